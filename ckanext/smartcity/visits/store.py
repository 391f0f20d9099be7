"""Reads of the portal's own figures. Nothing here commits.

A day counts by its chosen source: live where a minute of it was measured, else an imported log; a day without a
measured minute is not there at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.visits.figures import FILTER_NAMES, Day, Figures, Method, confirmable
from ckanext.smartcity.visits.models import (
    FIGURES,
    METRICS,
    VisitCount,
    VisitDay,
    VisitGap,
    VisitImport,
    VisitMethod,
    VisitState,
)
from ckanext.smartcity.visits.spans import Span

PORTAL = ("portal", "")


def published(kind: str) -> list[sa.ColumnElement[int]]:
    """Sums of the four figures, without what was voided; rows of objects have nothing voided."""
    columns = []
    for name in FIGURES:
        column = getattr(VisitCount, name)
        if kind == "portal":
            column = column - getattr(VisitCount, f"void_{name}")
        columns.append(sa.func.coalesce(sa.func.sum(column), 0).label(name))
    return columns


def chosen_days(span: Span | None) -> sa.CTE:
    """The measured days of a span, or all, each with its chosen source: of two sources ``live`` sorts first."""
    query = (
        sa.select(VisitDay.day, VisitDay.source, VisitDay.measured_minutes, VisitDay.gap_seconds)
        .distinct(VisitDay.day)
        .where(VisitDay.measured_minutes > 0)
        .order_by(VisitDay.day, VisitDay.source)
    )
    if span:
        query = query.where(VisitDay.day.between(span.first, span.last))
    return query.cte("chosen")


def methods(zone: ZoneInfo) -> list[Method]:
    """Every version in the order in which it came into force, by local day."""
    return [
        Method(row.version, row.valid_from.astimezone(zone).date(), bool(row.parameters.get("beacon")))
        for row in method_rows()
    ]


def method_rows() -> Sequence[VisitMethod]:
    """What was recorded of the method and its lists of agents, oldest first."""
    return model.Session.scalars(sa.select(VisitMethod).order_by(VisitMethod.valid_from, VisitMethod.version)).all()


def imports() -> Sequence[VisitImport]:
    """All imports of logs, by their days."""
    return model.Session.scalars(sa.select(VisitImport).order_by(VisitImport.first_on, VisitImport.id)).all()


def days(span: Span, zone: ZoneInfo, kind: str = "portal", object_id: str = "") -> list[Day]:
    """The measured days of a span in order, with the figures of the portal or of one object."""
    known = methods(zone)
    invented = [Span(row.first_on, row.last_on) for row in imports() if row.format == "invented"]
    return [
        Day(
            day=day,
            source=source,
            measured_minutes=minutes,
            gap_seconds=gap,
            figures=figures,
            confirmable=confirmable(source, figures, day, known),
            invented=source == "log" and any(held.holds(day) for held in invented),
        )
        for (day, source, minutes, gap), figures in _by_day(span, kind, object_id)
    ]


def _by_day(span: Span, kind: str, object_id: str) -> Iterator[tuple[tuple[Any, ...], dict[str, Figures]]]:
    chosen = chosen_days(span)
    key = (chosen.c.day, chosen.c.source, chosen.c.measured_minutes, chosen.c.gap_seconds)
    rows = model.Session.execute(
        sa.select(*key, VisitCount.method, *published(kind))
        .select_from(chosen)
        .outerjoin(VisitCount, sa.and_(of_object(kind, object_id, span), *same_day(chosen)))
        .group_by(*key, VisitCount.method)
        .order_by(chosen.c.day, VisitCount.method)
    )
    for day, of_day in groupby(rows, key=lambda row: tuple(row[:4])):
        yield day, {row.method: Figures(*row[5:]) for row in of_day if row.method}


def of_object(kind: str, object_id: str, span: Span) -> sa.ColumnElement[bool]:
    """The rows of one object, or of the portal, by the index on (kind, object_id, day)."""
    return sa.and_(
        VisitCount.kind == kind, VisitCount.object_id == object_id, VisitCount.day.between(span.first, span.last)
    )


def same_day(chosen: sa.CTE) -> tuple[sa.ColumnElement[bool], ...]:
    """A count belongs to the chosen source of its day."""
    return VisitCount.day == chosen.c.day, VisitCount.source == chosen.c.source


def hours(span: Span) -> dict[tuple[date, int], Figures]:
    """The portal's figures by local day and hour; what is not there is zero or not measured."""
    chosen = chosen_days(span)
    rows = model.Session.execute(
        sa.select(VisitCount.day, VisitCount.hour, *published("portal"))
        .join(chosen, sa.and_(*same_day(chosen)))
        .where(of_object(*PORTAL, span))
        .group_by(VisitCount.day, VisitCount.hour)
    )
    return {(row.day, row.hour): Figures(*row[2:]) for row in rows}


def minutes(span: Span) -> dict[date, str | None]:
    """The measured minutes of each measured day as a text of 1440 bits; ``None`` for a day of a log."""
    chosen = chosen_days(span)
    rows = model.Session.execute(
        sa.select(chosen.c.day, VisitDay.minutes).join(
            VisitDay, sa.and_(VisitDay.day == chosen.c.day, VisitDay.source == chosen.c.source)
        )
    )
    return {row.day: None if row.minutes is None else str(row.minutes) for row in rows}


def removals(span: Span) -> dict[str, int]:
    """Requests that each filter kept out, and ``void_visits`` and so on: what was voided after counting."""
    chosen = chosen_days(span)
    names = (*FILTER_NAMES, *(f"void_{name}" for name in FIGURES))
    sums = [sa.func.coalesce(sa.func.sum(getattr(VisitCount, name)), 0).label(name) for name in names]
    row = model.Session.execute(
        sa.select(*sums).join(chosen, sa.and_(*same_day(chosen))).where(of_object(*PORTAL, span))
    ).one()
    return dict(row._mapping)


def portal_counters(span: Span) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Every counter of the portal's rows as stored, in order of time: names of columns, and the rows.

    ``chosen`` says whether the day counts by this row's source.
    """
    chosen = chosen_days(span)
    key = (VisitCount.day, VisitCount.hour, VisitCount.source)
    counters = [getattr(VisitCount, name) for name in METRICS]
    rows = model.Session.execute(
        sa.select(*key, chosen.c.day.is_not(None).label("chosen"), VisitCount.run, VisitCount.method, *counters)
        .outerjoin(chosen, sa.and_(*same_day(chosen)))
        .where(of_object(*PORTAL, span))
        .order_by(*key, VisitCount.run, VisitCount.method)
    )
    return list(rows.keys()), iter(rows)


def gaps(begin: datetime, end: datetime) -> Sequence[VisitGap]:
    """Recorded gaps that touch [begin, end), the newest first."""
    query = sa.select(VisitGap).where(VisitGap.from_at < end, VisitGap.to_at >= begin)
    return model.Session.scalars(query.order_by(VisitGap.from_at.desc(), VisitGap.id)).all()


def first_day() -> date | None:
    """The first day that was ever measured."""
    return model.Session.scalar(sa.select(sa.func.min(VisitDay.day)).where(VisitDay.measured_minutes > 0))


def states() -> dict[str, VisitState]:
    """What the worker remembers, by name."""
    return {row.name: row for row in model.Session.scalars(sa.select(VisitState))}
