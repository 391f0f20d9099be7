"""Reads of core's tables that several files of this room need. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.portal.summary import StoredDataset, StoredOrganization


def organization_names(references: Collection[str]) -> dict[str, str]:
    """Names of active organisations by reference: a mapping from each name or id that is known to the name."""
    if not references:
        return {}
    group = model.group_table
    rows = model.Session.execute(
        sa.select(group.c.id, group.c.name).where(
            group.c.is_organization.is_(True),
            group.c.state == "active",
            sa.or_(group.c.id.in_(references), group.c.name.in_(references)),
        )
    )
    found = {key: row.name for row in rows for key in (row.id, row.name)}
    return {reference: found[reference] for reference in references if reference in found}


def organization_name(reference: str | None) -> str | None:
    """The name of an organisation, whatever its state, by name or id."""
    organization = model.Group.get(reference) if reference else None
    return organization.name if organization and organization.is_organization else None


def organization_titles() -> dict[str, dict[str, str]]:
    """Titles of all active organisations: ``{name: {"id": Indonesian title, "en": English title or the same}}``."""
    group = model.group_table
    rows = model.Session.execute(
        sa.select(group.c.name, group.c.title, group.c.extras["title_en"].astext.label("title_en"))
        .where(group.c.is_organization.is_(True), group.c.state == "active")
        .order_by(group.c.title, group.c.name)
    )
    return {row.name: {"id": row.title or row.name, "en": row.title_en or row.title or row.name} for row in rows}


def is_sysadmin(user_name: str) -> bool:
    """Whether an active user of this name or id is a sysadmin."""
    user = model.User.get(user_name)
    return bool(user and user.state == "active" and user.sysadmin)


def walidata_capacities(user_name: str) -> set[str]:
    """Capacities (member, editor, admin) of a user in active organisations whose profile says walidata."""
    group, member, user = model.group_table, model.member_table, model.user_table
    rows = model.Session.execute(
        sa.select(member.c.capacity)
        .join(group, group.c.id == member.c.group_id)
        .join(user, user.c.id == member.c.table_id)
        .where(
            member.c.table_name == "user",
            member.c.state == "active",
            group.c.is_organization.is_(True),
            group.c.state == "active",
            group.c.extras["sdi_role"].astext == "walidata",
            user.c.state == "active",
            sa.or_(user.c.name == user_name, user.c.id == user_name),
        )
    )
    return set(rows.scalars())


def identifier_owner(field: str, value: str, dataset_type: str, except_id: str | None) -> str | None:
    """The id of another dataset, not deleted, of this type whose extra ``field`` holds ``value``."""
    package = model.package_table
    query = sa.select(package.c.id).where(
        package.c.type == dataset_type,
        package.c.state != "deleted",
        package.c.extras[field].astext == value,
    )
    if except_id:
        query = query.where(package.c.id != except_id)
    return model.Session.execute(query.limit(1)).scalar()


def public_datasets(zone: str, code: str = "") -> list[StoredDataset]:
    """All datasets with an indicator that an anonymous visitor may see: core's public rule, judged now.

    ``zone`` is the name of the city's zone: in it a moment becomes a day, as in ``freshness.city_day``.
    ``code`` narrows to those whose stored indicators contain this text; the caller still compares whole uids. In no
    order: sorting 20,000 names by a language costs more than reading them.
    """
    package, resource, group = model.package_table, model.resource_table, model.group_table
    newest = (
        sa.select(
            resource.c.package_id,
            sa.func.max(sa.func.coalesce(resource.c.last_modified, resource.c.created)).label("newest"),
        )
        .where(resource.c.state == "active")
        .group_by(resource.c.package_id)
        .subquery()
    )
    tags = package.c.extras["indicators"].astext
    rows = model.Session.execute(
        sa.select(
            package.c.name,
            package.c.title,
            package.c.extras["title_en"].astext,
            group.c.name,
            tags,
            package.c.extras["opd"].astext,
            package.c.extras["frequency"].astext,
            package.c.extras["access_rights"].astext,
            package.c.extras["next_release_date"].astext,
            sa.cast(sa.func.timezone(zone, sa.func.timezone("UTC", newest.c.newest)), sa.Date),
        )
        .select_from(package)
        .outerjoin(newest, newest.c.package_id == package.c.id)
        .outerjoin(
            group,
            sa.and_(group.c.id == package.c.owner_org, group.c.is_organization.is_(True), group.c.state == "active"),
        )
        .where(
            package.c.type == "dataset",
            package.c.state == "active",
            package.c.private.is_not(True),
            tags.contains(code, autoescape=True),
        )
    )
    return [StoredDataset._make(row) for row in rows]


def public_organizations() -> list[StoredOrganization]:
    """All active organisations."""
    group = model.group_table
    rows = model.Session.execute(
        sa.select(
            group.c.name,
            group.c.title,
            group.c.extras["title_en"].astext,
            group.c.extras["abbreviation"].astext,
        ).where(group.c.is_organization.is_(True), group.c.state == "active")
    )
    return [StoredOrganization(*row) for row in rows]


def tags(references: Collection[str]) -> Sequence[Any]:
    """Datasets by name or id, drafts too.

    Rows of id, name, title, type, ``public`` (core's rule for anonymous visitors) and the stored texts of indicators
    and opd.
    """
    package = model.package_table
    query = sa.select(
        package.c.id,
        package.c.name,
        package.c.title,
        package.c.type,
        sa.and_(package.c.state == "active", package.c.private.is_not(True)).label("public"),
        package.c.extras["indicators"].astext.label("indicators"),
        package.c.extras["opd"].astext.label("opd"),
    ).where(
        package.c.state != "deleted",
        sa.or_(package.c.id.in_(references), package.c.name.in_(references)),
    )
    return model.Session.execute(query).all()


def hold(dataset_id: str) -> None:
    """Let no other transaction write this dataset until ours ends, and read it afresh from here on."""
    package = model.package_table
    model.Session.execute(sa.select(package.c.id).where(package.c.id == dataset_id).with_for_update())
    model.Session.expire_all()


def datasets_with_opd(organization_name: str) -> Sequence[Any]:
    """Datasets that may carry the tag, drafts too: rows of id, name, type and the stored text of opd, by name."""
    package = model.package_table
    opd = package.c.extras["opd"].astext
    query = (
        sa.select(package.c.id, package.c.name, package.c.type, opd.label("opd"))
        .where(package.c.state != "deleted", opd.contains(organization_name, autoescape=True))
        .order_by(package.c.name)
    )
    return model.Session.execute(query).all()


def _untagged(types: Collection[str], words: Sequence[str]) -> tuple[Any, list[Any]]:
    """Public active datasets of these types without an indicator, beside their organisation: a join and conditions."""
    package, group = model.package_table, model.group_table
    joined = package.outerjoin(group, sa.and_(group.c.id == package.c.owner_org, group.c.state == "active"))
    stored = sa.func.coalesce(package.c.extras["indicators"].astext, "")
    conditions = [
        package.c.type.in_(types),
        package.c.state == "active",
        package.c.private.is_not(True),
        stored.in_(["", "[]"]),
    ]
    text = sa.func.concat_ws(" ", package.c.title, package.c.extras["title_en"].astext, package.c.name)
    conditions += [text.icontains(word, autoescape=True) for word in words]
    return joined, conditions


def untagged(
    types: Collection[str], words: Sequence[str], organization_name: str, limit: int, offset: int
) -> Sequence[Any]:
    """One page of them by title of organisation, then title; an empty ``organization_name`` takes all.

    Rows of id, name, title, title_en, notes (200 characters), metadata_modified, and the organisation's name, title
    and title_en, all ``None`` for a dataset of nobody.
    """
    package, group = model.package_table, model.group_table
    joined, conditions = _untagged(types, words)
    if organization_name:
        conditions.append(group.c.name == organization_name)
    query = (
        sa.select(
            package.c.id,
            package.c.name,
            package.c.title,
            package.c.extras["title_en"].astext.label("title_en"),
            sa.func.left(package.c.notes, 200).label("notes"),
            package.c.metadata_modified,
            group.c.name.label("organization"),
            group.c.title.label("organization_title"),
            group.c.extras["title_en"].astext.label("organization_title_en"),
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(group.c.title, group.c.name, package.c.title, package.c.name)
        .limit(limit)
        .offset(offset)
    )
    return model.Session.execute(query).all()


def untagged_by_organization(types: Collection[str], words: Sequence[str]) -> Sequence[Any]:
    """How many of them each organisation has: rows of name, title, title_en (``None`` for nobody's) and count."""
    group = model.group_table
    joined, conditions = _untagged(types, words)
    columns = (group.c.name, group.c.title, group.c.extras["title_en"].astext)
    query = (
        sa.select(columns[0], columns[1], columns[2].label("title_en"), sa.func.count().label("count"))
        .select_from(joined)
        .where(*conditions)
        .group_by(*columns)
        .order_by(group.c.title, group.c.name)
    )
    return model.Session.execute(query).all()


def ended_organizations(on: date) -> set[str]:
    """Names of organisations whose profile says that they ended before a day."""
    group = model.group_table
    until = group.c.extras["active_until_date"].astext
    query = sa.select(group.c.name, until).where(group.c.is_organization.is_(True), until != "")
    return {name for name, last in model.Session.execute(query) if last < on.isoformat()}


def stored_texts(dataset_type: str, field: str) -> Sequence[Any]:
    """What datasets of a type that are not deleted hold under the name of a field: rows of id, name and text."""
    package = model.package_table
    text = package.c.extras[field].astext
    query = (
        sa.select(package.c.id, package.c.name, text.label("text"))
        .where(package.c.type == dataset_type, package.c.state != "deleted", text.is_not(None))
        .order_by(package.c.name)
    )
    return model.Session.execute(query).all()
