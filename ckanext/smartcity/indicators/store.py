"""Reads and writes of the record of loads and values. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.indicators.models import TableLoad


def add_load(connection: sa.Connection, load: Mapping[str, Any]) -> None:
    """Record a load, given by the names of its columns. The loader's own connection, not CKAN's session."""
    connection.execute(sa.insert(TableLoad), load)


def load(load_id: str) -> TableLoad | None:
    """A load by its id, a uuid."""
    return model.Session.get(TableLoad, load_id)


def last_load(resource_id: str) -> TableLoad | None:
    """The newest load of a resource, also a refused one."""
    return model.Session.scalars(_of([resource_id]).limit(1)).first()


def loads(resource_id: str, limit: int) -> Sequence[TableLoad]:
    """The newest loads of a resource, the newest first."""
    return model.Session.scalars(_of([resource_id]).limit(limit)).all()


def loads_in_use(resource_ids: Collection[str]) -> dict[str, TableLoad]:
    """By resource the newest load that was not refused: its digests are those of the rows in use."""
    newest = (
        _of(resource_ids)
        .where(TableLoad.state != "refused")
        .distinct(TableLoad.resource_id)
        .order_by(None)
        .order_by(TableLoad.resource_id, TableLoad.seq.desc())
    )
    return {found.resource_id: found for found in model.Session.scalars(newest)}


def _of(resource_ids: Collection[str]) -> sa.Select[tuple[TableLoad]]:
    return sa.select(TableLoad).where(TableLoad.resource_id.in_(resource_ids)).order_by(TableLoad.seq.desc())
