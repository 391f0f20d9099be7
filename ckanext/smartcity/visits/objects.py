"""Which object of the portal a name or id in an address is, and whether everybody may see it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model

package, resource, group = model.package_table, model.resource_table, model.group_table

GROUP_KINDS = {"organization": True, "group": False}


class Found(NamedTuple):
    """An object as ``<kind>|<permanent id>``, what stands above it, and whether it is in public view."""

    object: str
    parents: tuple[str, ...] = ()
    listed: bool = True


def fixed(name: str) -> Found:
    """A page without an object of CKAN."""
    return Found(f"page|{name}")


def unknown(kind: str, ref: str) -> Found:
    """What the database does not have (any more): it counts for the portal only."""
    return Found(f"{kind}|{ref}", (), False)


def of_dataset(dataset_id: str, owner: str | None, private: bool, state: str) -> Found:
    """A dataset from its columns."""
    if private or state != "active":
        return Found(f"dataset|{dataset_id}", (), False)
    return Found(f"dataset|{dataset_id}", (f"organization|{owner}",) if owner else ())


def of_resource(resource_id: str, dataset: Found) -> Found:
    """A resource of a dataset."""
    parents = (dataset.object, *dataset.parents) if dataset.listed else ()
    return Found(f"resource|{resource_id}", parents, dataset.listed)


def find(kind: str, ref: str) -> Found:
    """The object of this kind with this name or id: one statement, on indexed columns."""
    if kind == "page":
        return fixed(ref)
    query = _statement(kind).where(_is(kind, ref))
    return next((found for _, found in _rows(kind, model.Session, query)), unknown(kind, ref))


def every(connection: Any) -> dict[tuple[str, str], Found]:
    """All objects by kind and by each name and id they have: four statements, for reading logs.

    ``connection`` is a SQLAlchemy connection or session.
    """
    return {
        (kind, ref): found
        for kind in ("dataset", "resource", *GROUP_KINDS)
        for refs, found in _rows(kind, connection, _statement(kind))
        for ref in refs
    }


def _statement(kind: str) -> sa.Select[Any]:
    if kind == "dataset":
        return sa.select(package.c.id, package.c.name, package.c.owner_org, package.c.private, package.c.state)
    if kind == "resource":
        columns = (resource.c.id, package.c.id.label("dataset"), package.c.owner_org, package.c.private)
        state = sa.case((resource.c.state == "active", package.c.state), else_=resource.c.state).label("state")
        return sa.select(*columns, state).join(package, package.c.id == resource.c.package_id)
    return sa.select(group.c.id, group.c.name, group.c.state).where(group.c.is_organization.is_(GROUP_KINDS[kind]))


def _is(kind: str, ref: str) -> sa.ColumnElement[bool]:
    if kind == "resource":
        return resource.c.id == ref
    table = package if kind == "dataset" else group
    return sa.or_(table.c.id == ref, table.c.name == ref)


def _rows(kind: str, connection: Any, query: sa.Select[Any]) -> Iterator[tuple[tuple[str, ...], Found]]:
    """Names and ids of each row with its object."""
    for row in connection.execute(query):
        if kind == "dataset":
            yield (row.name, row.id), of_dataset(row.id, row.owner_org, row.private, row.state)
        elif kind == "resource":
            yield (row.id,), of_resource(row.id, of_dataset(row.dataset, row.owner_org, row.private, row.state))
        else:
            yield (row.name, row.id), Found(f"{kind}|{row.id}", (), row.state == "active")
