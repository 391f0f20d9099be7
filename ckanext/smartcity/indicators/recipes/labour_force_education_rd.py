"""5.4: share of the labour force whose main job is in education or in research and development."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ckanext.smartcity.indicators.recipes import labour_force
from ckanext.smartcity.indicators.recipes.labour_force import PARTS, LabourForce, codes
from ckanext.smartcity.indicators.recipes.shape import TALLY, Asked, Recipe, Rows, Sources
from ckanext.smartcity.indicators.results import Outcome

LISTS = {"education": "education_codes", "research": "research_codes"}
"""Vocabulary by parameter; each is a part of the numerator, and both must be known."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Rows by reason; persons in education, in research and elsewhere."""
    return labour_force.statements(sources, asked, {part: codes(asked, part) for part in LISTS})


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Both parts of the labour force; a part without a row is hidden or suppressed, which is not zero."""
    force = LabourForce(answers[PARTS])
    education, research = (None if force.unmapped else force.persons(part) for part in LISTS)
    return force.outcome(
        answers[TALLY],
        None if education is None or research is None else education + research,
        companions={"education": education, "research": research},
    )


RECIPE = Recipe(
    name="labour_force_education_rd",
    version=1,
    inputs=("labour_force",),
    reasons=("other_year",),
    statements=statements,
    finish=finish,
    lists=LISTS,
)
