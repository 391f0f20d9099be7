"""5.2: survival rate of new businesses per 100 000 population."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from ckanext.smartcity.indicators.periods import last_day
from ckanext.smartcity.indicators.recipes.shape import (
    TALLY,
    Asked,
    Counts,
    Recipe,
    Rows,
    Sources,
    exact,
    percent,
    tally,
)
from ckanext.smartcity.indicators.results import Outcome

REGION_CODE = "region_code"


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Businesses by reason, and by whether they operate on the last day of the period."""
    businesses = sources["businesses"].c
    day = asked.window.last_day
    reasons = {
        "other_city": sa.func.replace(businesses.city_code, ".", "") != asked.parameters[REGION_CODE].replace(".", ""),
        "outside_window": sa.or_(businesses.registered_on <= two_years_before(day), businesses.registered_on > day),
        "invalid_interval": sa.func.coalesce(businesses.closed_on < businesses.registered_on, False),
    }
    return {TALLY: tally(sources["businesses"], reasons, operating(businesses, day))}


def two_years_before(day: date) -> date:
    """The same day two years earlier; 28 February for a leap day."""
    return last_day(day.year - 2, day.month, day.day)


def operating(businesses: sa.ColumnCollection, day: date) -> ColumnElement[bool]:
    """Whether a business operates at the end of a day; null where neither a date nor its state says so.

    Closing on the day is not surviving, a suspended business does not operate, and one that closes later did operate
    on the day, whatever its state is by now.
    """
    return sa.case(
        (businesses.closed_on <= day, sa.false()),
        (businesses.state == "suspended", sa.false()),
        (businesses.closed_on > day, sa.true()),
        (businesses.state == "active", sa.true()),
        (businesses.state == "closed", sa.false()),
        else_=sa.null(),
    )


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Survivors as a fraction of births, per inhabitant: one division by births x population."""
    counts = Counts(answers[TALLY])
    births, survivors = counts.used, counts.hits
    persons = asked.population.persons if asked.population else None
    return counts.outcome(
        numerator=exact(survivors),
        denominator=None if persons is None else exact(births * persons),
        companions={
            "births": births,
            "survivors": survivors,
            "survivors_per_100000": None if persons is None else exact(survivors) * 100_000 / persons,
            "survival_rate_percent": percent(survivors, births),
        },
    )


RECIPE = Recipe(
    name="business_survival",
    version=1,
    inputs=("businesses", "population"),
    reasons=("other_city", "outside_window", "invalid_interval"),
    statements=statements,
    finish=finish,
    options=(REGION_CODE,),
)
