"""10.4: mean downtime of the city's IT infrastructure, in hours per incident."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from ckanext.smartcity.indicators.recipes.shape import (
    TALLY,
    UNKNOWN,
    Asked,
    Counts,
    Recipe,
    Rows,
    Sources,
    exact,
    tally,
)
from ckanext.smartcity.indicators.results import Outcome

HOUR = 3_600
"""In seconds."""

SPLITS = ("planned", "unplanned", "mixed", UNKNOWN)
"""Whether the rows of an incident were planned. One row that does not say makes it unknown."""

SEVERAL = "several"
"""The kind of an incident that put assets of several kinds out of service."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Rows by reason and whether their end is known; incidents by plan and kind; the time with anything down."""
    rows, window = sources["it_incidents"].c, asked.window
    reasons = {
        "invalid_interval": sa.func.coalesce(rows.end_at < rows.start_at, False),
        "zero_length": sa.func.coalesce(rows.end_at == rows.start_at, False),
        "outside_period": sa.or_(rows.start_at >= window.end, sa.func.coalesce(rows.end_at <= window.begin, False)),
    }
    ended = sa.func.coalesce(rows.end_at <= window.cutoff, False)
    used = sa.select(
        rows.root_id,
        sa.case((rows.root_id.is_(None), rows.asset_id)).label("asset_id"),
        rows.asset_kind,
        rows.planned,
        sa.func.greatest(rows.start_at, window.begin).label("begin"),
        sa.func.least(rows.end_at, window.end).label("end"),
    ).where(sa.and_(*(sa.not_(condition) for condition in reasons.values())))
    return {
        TALLY: tally(sources["it_incidents"], reasons, ended),
        "incidents": by_plan_and_kind(incidents(used.subquery("used"))),
        "union": anything_down(used.subquery("used")),
    }


def incidents(used: sa.Subquery) -> sa.Subquery:
    """One line an incident: rows, time down, and what its rows say of plan and kind.

    Rows with a root are one incident however far apart. Other rows of an asset are one as long as they touch: a row
    that begins after all rows before it have ended begins the next.
    """
    group = (used.c.root_id, used.c.asset_id)
    before = latest_end(used, group)
    told = sa.select(used, added(used, before).label("added"), before.label("before")).subquery("told")
    starts = sa.or_(told.c.before.is_(None), sa.and_(told.c.root_id.is_(None), told.c.begin > told.c.before))
    number = sa.func.count().filter(starts).over(partition_by=(told.c.root_id, told.c.asset_id), order_by=told.c.begin)
    numbered = sa.select(told, number.label("number")).subquery("numbered").c
    plan = sa.case(
        (sa.func.count(numbered.planned) < sa.func.count(), UNKNOWN),
        (sa.func.bool_and(numbered.planned), "planned"),
        (sa.func.bool_or(numbered.planned), "mixed"),
        else_="unplanned",
    )
    kind = sa.case(
        (sa.func.count(numbered.asset_kind) < sa.func.count(), UNKNOWN),
        (sa.func.min(numbered.asset_kind) < sa.func.max(numbered.asset_kind), SEVERAL),
        else_=sa.func.min(numbered.asset_kind),
    )
    return (
        sa.select(plan.label("plan"), kind.label("kind"), sa.func.sum(numbered.added).label("down"))
        .group_by(numbered.root_id, numbered.asset_id, numbered.number)
        .subquery("incidents")
    )


def by_plan_and_kind(found: sa.Subquery) -> sa.Select:
    """Incidents and their seconds by plan and kind."""
    return sa.select(
        found.c.plan,
        found.c.kind,
        sa.func.count().label("incidents"),
        sa.extract("epoch", sa.func.sum(found.c.down)).label("seconds"),
    ).group_by(found.c.plan, found.c.kind)


def anything_down(used: sa.Subquery) -> sa.Select:
    """Seconds in which anything was down."""
    down = sa.select(added(used, latest_end(used)).label("added")).subquery("down")
    return sa.select(sa.extract("epoch", sa.func.sum(down.c.added)).label("seconds"))


def latest_end(used: sa.Subquery, group: tuple[ColumnElement, ...] | None = None) -> ColumnElement:
    """The latest end among the rows of the group that begin before this one; null for the first."""
    return sa.func.max(used.c.end).over(partition_by=group, order_by=used.c.begin, rows=(None, -1))


def added(used: sa.Subquery, before: ColumnElement) -> ColumnElement:
    """The time that a row adds to the union of those before it; ``greatest`` passes over a null."""
    return sa.func.greatest(used.c.end, before) - sa.func.greatest(used.c.begin, before)


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Hours per incident, planned and unplanned, around the clock."""
    counts, found = Counts(answers[TALLY]), answers["incidents"]
    number = sum(line["incidents"] for line in found)
    seconds = sum((exact(line["seconds"]) for line in found), Fraction(0))
    union = exact(answers["union"][0]["seconds"])
    kinds = sorted({line["kind"] for line in found})
    return counts.outcome(
        numerator=seconds,
        denominator=Fraction(HOUR * number),
        flags={"open_incident"} if counts.hits < counts.used else set(),
        companions={
            "incidents": number,
            "total_downtime_hours": seconds / HOUR,
            "union_hours": union / HOUR,
            "availability_percent": 100 * (1 - union / asked.window.seconds),
            "rows_merged": counts.used - number,
            "split_incidents": {plan: incidents_of(found, "plan", plan) for plan in SPLITS},
            "split_hours": {plan: hours_of(found, "plan", plan) for plan in SPLITS},
            "kind_incidents": {kind: incidents_of(found, "kind", kind) for kind in kinds},
            "kind_hours": {kind: hours_of(found, "kind", kind) for kind in kinds},
        },
    )


def incidents_of(found: Rows, name: str, value: str) -> int:
    """Incidents whose ``name`` is ``value``."""
    return sum(line["incidents"] for line in found if line[name] == value)


def hours_of(found: Rows, name: str, value: str) -> Fraction:
    """Hours of the incidents whose ``name`` is ``value``."""
    return sum((exact(line["seconds"]) for line in found if line[name] == value), Fraction(0)) / HOUR


RECIPE = Recipe(
    name="downtime",
    version=1,
    inputs=("it_incidents",),
    reasons=("invalid_interval", "zero_length", "outside_period"),
    statements=statements,
    finish=finish,
)
