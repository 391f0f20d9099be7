"""What 5.3 and 5.4 share: the labour force of a year, and the persons employed in listed industries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from ckanext.smartcity.indicators.arithmetic import fraction
from ckanext.smartcity.indicators.recipes.shape import TALLY, Asked, Counts, Rows, Sources, exact, percent, tally
from ckanext.smartcity.indicators.results import Outcome

PARTS = "parts"
"""The statement that sums the persons of a year by status, classification and part."""

UNMAPPED = "kbli2025"
"""A classification without a table of correspondence to the listed codes."""

Parts = Mapping[str, Iterable[str]]
"""By name of a part, the codes it is made of. A code stands for all codes that begin with it."""


def statements(sources: Sources, asked: Asked, parts: Parts, wholes: Iterable[str] = ()) -> dict[str, sa.Select]:
    """Rows by reason, and the persons of the year by part.

    ``wholes`` are codes that hold listed ones and more; each is a part of its own name, as it stands.
    """
    force = sources["labour_force"].c
    year = force.year == asked.window.year
    listed = {name: sa.or_(*(begins(force.code, code) for code in codes)) for name, codes in parts.items()}
    listed |= {code: force.code == code for code in wholes}
    employed = force.status == "employed"
    part = sa.case(*((sa.and_(employed, condition), name) for name, condition in listed.items()), else_=sa.null())
    told = sa.select(force.status, force.classification, part.label("part"), force.persons, force.rse, force.estimate)
    rows = told.where(year).subquery("told")
    by = (rows.c.status, rows.c.classification, rows.c.part)
    summed = sa.select(
        *by,
        sa.func.count().label("rows"),
        sa.func.count(rows.c.persons).label("known"),
        sa.func.sum(rows.c.persons).label("persons"),
        sa.func.max(rows.c.rse).label("rse"),
        sa.func.bool_or(rows.c.estimate).label("estimate"),
    ).group_by(*by)
    hit = sa.and_(employed, sa.or_(*(listed[name] for name in parts)))
    return {TALLY: tally(sources["labour_force"], {"other_year": sa.not_(year)}, hit), PARTS: summed}


def begins(code: ColumnElement[str], listed: str) -> ColumnElement[bool]:
    """Whether a code is a listed one or lies under it."""
    return sa.func.starts_with(code, listed, type_=sa.Boolean)


@dataclass(frozen=True)
class LabourForce:
    """The answer of ``parts``."""

    lines: Rows

    def persons(self, *parts: str) -> Fraction | None:
        """Persons employed in these parts together; None where one of their cells is unknown, or none has a row."""
        lines = [line for line in self.lines if line["part"] in parts]
        return total(lines) if lines else None

    def has(self, part: str) -> bool:
        """Whether a part has a row."""
        return any(line["part"] == part for line in self.lines)

    @property
    def employed(self) -> Fraction | None:
        """All employed persons; None where a cell is unknown, or there is no row."""
        lines = self._of("employed")
        return total(lines) if lines else None

    @property
    def all(self) -> Fraction | None:
        """Employed and unemployed persons; None where a cell is unknown or no row tells the unemployed."""
        return total(self.lines) if self._of("unemployed") else None

    @property
    def unmapped(self) -> bool:
        """Whether an employed row has a classification to which the listed codes do not belong."""
        return any(line["classification"] == UNMAPPED for line in self._of("employed"))

    def outcome(self, tallied: Rows, persons: Fraction | None, **found: Any) -> Outcome:
        """The outcome for ``persons`` in the numerator; ``companions``, ``flags`` and ``conformance`` add to it.

        Where nobody is in the labour force, nobody is in the numerator either, whatever the codes say.
        """
        whole = self.all
        if self.unmapped:
            persons = None
        elif whole == 0:
            persons = Fraction(0)
        companions = {
            "persons": persons,
            "labour_force": whole,
            "employed": self.employed,
            "share_of_employed": None if persons is None or not self.employed else percent(persons, self.employed),
            "largest_rse": fraction(max((line["rse"] for line in self.lines if line["rse"] is not None), default=None)),
            "classification": self._classification(),
        }
        flags = {"survey_estimate"} if any(line["estimate"] for line in self.lines) else set()
        return Counts(tallied).outcome(
            numerator=persons,
            denominator=whole,
            null_reason="unmapped_classification" if self.unmapped else None,
            companions=companions | found.pop("companions"),
            flags=flags | set(found.pop("flags", ())),
            **found,
        )

    def _classification(self) -> str | None:
        """That of the employed rows. A file has one a year; two files that differ are told, joined by ``;``."""
        return ";".join(sorted({line["classification"] for line in self._of("employed")})) or None

    def _of(self, status: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if line["status"] == status]


def total(lines: Iterable[Mapping[str, Any]]) -> Fraction | None:
    """The sum of persons; None where a cell is unknown."""
    summed = Fraction(0)
    for line in lines:
        if line["known"] < line["rows"]:
            return None
        summed += exact(line["persons"])
    return summed


def codes(asked: Asked, parameter: str) -> list[str]:
    """A code list that came as a parameter."""
    return asked.parameters[parameter].split(",")
