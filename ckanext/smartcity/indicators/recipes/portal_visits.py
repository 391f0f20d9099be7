"""10.1: visits to the open data portal per 100 000 inhabitants, from the portal's own count (docs/visits.md)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sqlalchemy as sa

from ckanext.smartcity.indicators.recipes.shape import TALLY, Asked, Counts, Recipe, Rows, Sources, tally
from ckanext.smartcity.indicators.results import Outcome

MINUTES = 24 * 60
"""Minutes of a wholly measured day, as the portal counts them."""

CONFIRMED, ALL = "confirmed", "all"
"""The grades: visits confirmed to be a person's, and all visits."""

GRADE, MIN_COVERAGE = "grade", "min_coverage"
"""Parameters: the strictest grade to use, and the share of days below which there is no value."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Days by reason, with the visits of both grades; the days of the period by method."""
    days, window = sources["portal_visits_daily"].c, asked.window
    inside = days.date.between(window.first_day, window.last_day)
    methods = (
        sa.select(
            days.method,
            sa.func.count().label("days"),
            sa.func.count().filter(days.visits_confirmed.is_(None)).label("unconfirmed"),
            sa.func.count().filter(days.measured_minutes < MINUTES).label("short"),
        )
        .where(inside)
        .group_by(days.method)
    )
    sums = {ALL: days.visits, CONFIRMED: days.visits_confirmed}
    counted = tally(sources["portal_visits_daily"], {"outside_period": sa.not_(inside)}, sa.true(), sums)
    return {TALLY: counted, "methods": methods}


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Visits of the strictest grade that every measured day gives. Missing days are never filled in."""
    counts, methods = Counts(answers[TALLY]), answers["methods"]
    days, coverage = counts.used, Fraction(counts.used, asked.window.days)
    confirmed = asked.parameters[GRADE] == CONFIRMED and not sum(method["unconfirmed"] for method in methods)
    grade = CONFIRMED if confirmed else ALL
    flags = {"partial_coverage"} if coverage < 1 else set()
    flags |= {"method_break"} if len(methods) > 1 else set()
    return counts.outcome(
        numerator=counts.total(grade),
        denominator=Fraction(asked.population.persons) if asked.population else None,
        null_reason="insufficient_coverage" if coverage < Fraction(asked.parameters[MIN_COVERAGE]) else None,
        flags=flags,
        companions={
            "grade": grade if days else None,
            "coverage": coverage,
            "methods": sorted(method["method"] for method in methods),
            "days_with_row": days,
            "days_in_period": asked.window.days,
            "days_short": sum(method["short"] for method in methods),
        },
    )


RECIPE = Recipe(
    name="portal_visits",
    version=1,
    inputs=("portal_visits_daily", "population"),
    reasons=("outside_period",),
    statements=statements,
    finish=finish,
    options=(GRADE,),
)
