"""Reads of figures about objects: datasets, resources, organisations, groups, pages. Nothing here commits.

One lane: an object has figures only while an anonymous visitor may read it, for every caller alike. Visibility is
judged by core's tables in the statement itself, so hiding a dataset acts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.visits.figures import Figures
from ckanext.smartcity.visits.models import OBJECT_HOUR, VisitCount, VisitMethod
from ckanext.smartcity.visits.spans import Span
from ckanext.smartcity.visits.store import chosen_days, published

RECENT_DAYS = 30

package, resource, group = model.package_table, model.resource_table, model.group_table


def is_public() -> sa.ColumnElement[bool]:
    """Core's rule of what an anonymous visitor may read of ``package``."""
    return sa.and_(package.c.state == "active", package.c.private.is_not(True))


def public_objects(kind: str, without_types: Collection[str] = ()) -> sa.Select[Any]:
    """The public objects of a kind: id, name, title, title_en, dataset (name) and dataset_type where there is one.

    ``without_types`` leaves out datasets of these types and what belongs to them.
    """
    nothing = sa.null()
    if kind in ("organization", "group"):
        return _columns(group, group.c.name, nothing, nothing).where(
            group.c.is_organization.is_(kind == "organization"), group.c.state == "active"
        )
    table = package if kind == "dataset" else resource
    name = package.c.name if kind == "dataset" else resource.c.id
    query = _columns(table, name, package.c.name, package.c.type).where(is_public())
    if kind == "resource":
        query = query.join(package, package.c.id == resource.c.package_id).where(resource.c.state == "active")
    return query.where(package.c.type.not_in(without_types)) if without_types else query


def _columns(table: sa.Table, name: Any, dataset: Any, dataset_type: Any) -> sa.Select[Any]:
    title = table.c.name if table is resource else table.c.title
    english = sa.null() if table is resource else table.c.extras["title_en"].astext
    return sa.select(
        table.c.id,
        name.label("name"),
        title.label("title"),
        english.label("title_en"),
        sa.cast(dataset, sa.Text).label("dataset"),
        sa.cast(dataset_type, sa.Text).label("dataset_type"),
    )


def find(kind: str, reference: str) -> Any:
    """A public object by name or id: a row of ``public_objects``; ``None`` for a hidden and a missing one alike."""
    table = {"dataset": package, "resource": resource}.get(kind, group)
    named = table.c.id == reference
    if kind != "resource":
        named = sa.or_(named, table.c.name == reference)
    return model.Session.execute(public_objects(kind).where(named)).first()


class Ranked(NamedTuple):
    """A line of a list of the most visited; ``title`` is ``None`` for pages."""

    object_id: str
    name: str
    title: str | None
    title_en: str | None
    dataset: str | None
    dataset_type: str | None
    figures: Figures


def top(kind: str, span: Span, grade: str, limit: int, without_types: Collection[str] = ()) -> list[Ranked]:
    """The public objects of a kind with the most visits of a grade in a span, ties by views, then by name."""
    chosen = chosen_days(span)
    counted = (
        sa.select(VisitCount.object_id, *published(kind))
        .where(
            VisitCount.kind == kind,
            VisitCount.hour == OBJECT_HOUR,
            VisitCount.day.between(span.first, span.last),
            _of_chosen(chosen),
        )
        .group_by(VisitCount.object_id)
        .subquery()
    )
    figures = (counted.c.visits, counted.c.visits_confirmed, counted.c.views, counted.c.downloads)
    first = counted.c.visits_confirmed if grade == "confirmed" else counted.c.visits
    if kind == "page":
        query = sa.select(counted.c.object_id, counted.c.object_id.label("name"), *[sa.null()] * 4, *figures)
        name = counted.c.object_id
    else:
        known = public_objects(kind, without_types).subquery()
        query = sa.select(*known.c, *figures).join(counted, counted.c.object_id == known.c.id)
        name = known.c.name
    rows = model.Session.execute(query.order_by(first.desc(), counted.c.views.desc(), name).limit(limit))
    return [Ranked(row[0], row[1], row[2], row[3], row[4], row[5], Figures(*row[6:])) for row in rows]


class Counted(NamedTuple):
    """What was counted of a dataset since the beginning, its visits of the last days, whether all can be confirmed."""

    figures: Figures
    recent: Figures
    confirmable: bool


def counts(kind: str, ids: Sequence[str], today: date) -> dict[str, Counted]:
    """Figures of many objects by one statement; hidden ones are not in the answer, nor any while nothing was measured.

    ``recent`` covers the 30 days to ``today``.
    """
    known = public_objects(kind).where((package if kind == "dataset" else group).c.id.in_(ids)).subquery()
    chosen = chosen_days(None)
    recent = VisitCount.day.between(today - timedelta(days=RECENT_DAYS - 1), today)
    lately = [sa.func.sum(getattr(VisitCount, name)).filter(recent).label(f"recent_{name}") for name in Figures._fields]
    counted = (
        sa.select(VisitCount.object_id, *published(kind), *lately, sa.func.bool_or(_beacon_off()).label("beacon_off"))
        .where(VisitCount.kind == kind, VisitCount.object_id.in_(ids), _of_chosen(chosen))
        .group_by(VisitCount.object_id)
        .subquery()
    )
    figures = [sa.func.coalesce(column, 0) for column in counted.c if column.name not in ("object_id", "beacon_off")]
    rows = model.Session.execute(
        sa.select(known.c.id, *figures, sa.not_(sa.func.coalesce(counted.c.beacon_off, False)))
        .select_from(known)
        .outerjoin(counted, counted.c.object_id == known.c.id)
        .where(sa.exists(sa.select(chosen.c.day)))
    )
    return {row[0]: Counted(Figures(*row[1:5]), Figures(*row[5:9]), row[9]) for row in rows}


def _of_chosen(chosen: sa.CTE) -> sa.ColumnElement[bool]:
    """Whether a row is of the chosen source of its day.

    ``IS TRUE`` says nothing new; it keeps PostgreSQL from making a join of it, whose size it would guess at a
    thousandth and then sort what it had better hash.
    """
    pairs = sa.select(chosen.c.day, chosen.c.source)
    return sa.tuple_(VisitCount.day, VisitCount.source).in_(pairs).is_(True)


def _beacon_off() -> sa.ColumnElement[bool]:
    """Whether a counted row cannot tell what was confirmed: of a log, or of a version without the beacon."""
    confirming = sa.select(VisitMethod.version).where(VisitMethod.parameters["beacon"].as_boolean())
    return sa.or_(VisitCount.source != "live", VisitCount.method.not_in(confirming))
