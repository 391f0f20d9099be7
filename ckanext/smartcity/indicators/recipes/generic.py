"""Every indicator without a recipe of its own: the numerator and the denominator that an agency published."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sqlalchemy as sa

from ckanext.smartcity.indicators.arithmetic import fraction
from ckanext.smartcity.indicators.recipes.shape import Asked, Recipe, Rows, Sources
from ckanext.smartcity.indicators.results import Outcome

PER_INHABITANT = "per_inhabitant"
INDICATOR = "indicator"


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """The row of the indicator and year, if there is one."""
    parts = sources["indicator_parts"].c
    row = sa.select(
        parts.numerator, parts.denominator, parts.numerator_source, parts.denominator_source, parts.note
    ).where(parts.indicator == asked.parameters[INDICATOR], parts.year == asked.window.year)
    return {"row": row}


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Numerator and denominator as published; an empty denominator per inhabitant is the population."""
    rows = answers["row"]
    if not rows:
        return Outcome(0, 0, null_reason="missing_input", per_population=False)
    row = rows[0]
    numerator, denominator = fraction(row["numerator"]), fraction(row["denominator"])
    people = asked.population if denominator is None and PER_INHABITANT in asked.parameters else None
    if people:
        denominator = Fraction(people.persons)
    return Outcome(
        len(rows),
        len(rows),
        numerator=numerator,
        denominator=denominator,
        null_reason="missing_input" if numerator is None else None,
        companions={name: row[name] for name in ("numerator_source", "denominator_source", "note")},
        per_population=people is not None,
    )


RECIPE = Recipe(
    name="generic",
    version=1,
    inputs=("indicator_parts",),
    reasons=(),
    statements=statements,
    finish=finish,
)
