"""Reads of core's tables that several files of this room need. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.portal.summary import StoredDataset, StoredOrganization


def organization_names(references: Collection[str]) -> dict[str, str]:
    """Names of active organisations by reference: a mapping from each name or id that is known to the name."""
    if not references:
        return {}
    group = model.Group.__table__
    rows = model.Session.execute(
        sa.select(group.c.id, group.c.name).where(
            group.c.is_organization.is_(True),
            group.c.state == "active",
            sa.or_(group.c.id.in_(references), group.c.name.in_(references)),
        )
    )
    found = {key: row.name for row in rows for key in (row.id, row.name)}
    return {reference: found[reference] for reference in references if reference in found}


def organization_id(reference: str | None) -> str | None:
    """The id of an organisation, whatever its state, by name or id."""
    organization = model.Group.get(reference) if reference else None
    return organization.id if organization and organization.is_organization else None


def organization_titles() -> dict[str, dict[str, str]]:
    """Titles of all active organisations: ``{name: {"id": Indonesian title, "en": English title or the same}}``."""
    group = model.Group.__table__
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
    group, member, user = model.Group.__table__, model.Member.__table__, model.User.__table__
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
    package = model.Package.__table__
    query = sa.select(package.c.id).where(
        package.c.type == dataset_type,
        package.c.state != "deleted",
        package.c.extras[field].astext == value,
    )
    if except_id:
        query = query.where(package.c.id != except_id)
    return model.Session.execute(query.limit(1)).scalar()


def public_datasets(code: str = "") -> list[StoredDataset]:
    """All datasets with an indicator that an anonymous visitor may see: core's public rule, judged now.

    ``code`` narrows to those whose stored indicators contain this text; the caller still compares whole uids.
    """
    package, resource, group = model.Package.__table__, model.Resource.__table__, model.Group.__table__
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
            newest.c.newest,
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
        .order_by(package.c.name)
    )
    return [StoredDataset(*row) for row in rows]


def public_organizations() -> list[StoredOrganization]:
    """All active organisations."""
    group = model.Group.__table__
    rows = model.Session.execute(
        sa.select(
            group.c.name,
            group.c.title,
            group.c.extras["title_en"].astext,
            group.c.extras["abbreviation"].astext,
        ).where(group.c.is_organization.is_(True), group.c.state == "active")
    )
    return [StoredOrganization(*row) for row in rows]
