"""5.3: share of the labour force whose main job is in the sector of information and communications technology (ICT)."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ckanext.smartcity.indicators import industries
from ckanext.smartcity.indicators.recipes import labour_force
from ckanext.smartcity.indicators.recipes.labour_force import PARTS, LabourForce, codes
from ckanext.smartcity.indicators.recipes.shape import TALLY, Asked, Recipe, Rows, Sources
from ckanext.smartcity.indicators.results import Outcome

CODES = "codes"
SECTION = "J"
"""Stands in where no listed code has a row: it adds publishing and broadcasting, and misses manufacturing, wholesale
and repair."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Rows by reason; persons under each listed code, under each code that holds one and more, and elsewhere."""
    listed = codes(asked, CODES)
    return labour_force.statements(sources, asked, {code: [code] for code in listed}, coarser(listed))


def coarser(listed: list[str]) -> list[str]:
    """Codes that hold a listed one and more: 26 and C of 261."""
    return sorted({whole for code in listed for whole in industries.wholes(code)} - set(listed))


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Persons under the listed codes of the labour force, or else under section J.

    A listed code without a row is unknown. Beside others, a code that holds a listed one and more leaves a part out; it
    does not count. Section J alone is another figure, and said to be one.
    """
    force, listed = LabourForce(answers[PARTS]), codes(asked, CODES)
    if force.unmapped:
        return force.outcome(answers[TALLY], None, companions={"absent_codes": None})
    absent = [code for code in listed if not force.has(code)]
    companions = {"absent_codes": absent}
    if absent == listed and force.has(SECTION):
        return force.outcome(answers[TALLY], force.persons(SECTION), companions=companions, flags={"proxy"})
    partial = absent != listed and any(force.has(code) for code in coarser(listed))
    return force.outcome(
        answers[TALLY],
        force.persons(*listed),
        companions=companions,
        flags=({"unknown_values"} if absent else set()) | ({"proxy"} if partial else set()),
        conformance="partial_numerator" if partial else "conforms",
    )


RECIPE = Recipe(
    name="labour_force_ict",
    version=1,
    inputs=("labour_force",),
    reasons=("other_year",),
    statements=statements,
    finish=finish,
    lists={CODES: "ict_codes"},
)
