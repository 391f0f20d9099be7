"""The shape of every recipe: statements that count rows by reason in the database, and arithmetic on the counts.

A recipe builds SELECTs (SQLAlchemy Core) and never runs them; no row of a table reaches Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from ckanext.smartcity.indicators.arithmetic import fraction
from ckanext.smartcity.indicators.periods import Window
from ckanext.smartcity.indicators.results import Outcome, Population

Rows = Sequence[Mapping[str, Any]]
Sources = Mapping[str, sa.FromClause]
"""A FROM clause by table name: one table, or the union of all resources of the role."""

Parameters = Mapping[str, str]
TALLY = "tally"
"""The statement of every recipe that gives its rows their reasons."""

UNKNOWN = "unknown"
"""Where rows are counted by a column: the name of those whose cell is empty."""


@dataclass(frozen=True)
class Asked:
    """What a value is asked for: the period, the parameters, and the population where the recipe takes it."""

    window: Window
    parameters: Parameters = field(default_factory=dict)
    population: Population | None = None


@dataclass(frozen=True)
class Recipe:
    """A formula. ``inputs``: the tables it reads, the one whose rows are accounted for first.

    ``statements`` builds SELECTs by name, of which ``tally`` gives the accounting; ``finish`` makes an Outcome of their
    rows. ``reasons`` are those of excluded rows, in the order in which they are asked. ``version`` rises with every
    change of a statement or of ``finish``. ``options`` are parameters that come from the configuration, ``lists`` those
    that hold a code list: vocabulary by parameter.
    """

    name: str
    version: int
    inputs: tuple[str, ...]
    reasons: tuple[str, ...]
    statements: Callable[[Sources, Asked], dict[str, sa.Select]]
    finish: Callable[[Mapping[str, Rows], Asked], Outcome]
    options: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)

    @property
    def takes_population(self) -> bool:
        """Whether the population of the year is part of the formula."""
        return "population" in self.inputs


def tally(
    source: sa.FromClause,
    reasons: Mapping[str, ColumnElement[bool]],
    hit: ColumnElement[bool],
    sums: Mapping[str, ColumnElement[Any]] | None = None,
) -> sa.Select:
    """Rows counted by reason, by hit and by whether anything about a used row is unknown.

    Each row takes the first reason whose condition is true. Columns: ``reason`` (null = used), ``hit`` (true, false,
    null = unknown), ``unknown`` (the hit or the condition of a reason is null), ``rows``, and one sum for each of
    ``sums`` by its name.
    """
    first = sa.case(*((condition, name) for name, condition in reasons.items()), else_=sa.null())
    unknown = sa.or_(hit.is_(None), *(condition.is_(None) for condition in reasons.values()))
    told = sa.select(
        first.label("reason"),
        hit.label("hit"),
        unknown.label("unknown"),
        *(summed.label(name) for name, summed in (sums or {}).items()),
    ).select_from(source)
    rows = told.subquery("told")
    by = (rows.c.reason, rows.c.hit, rows.c.unknown)
    return sa.select(
        *by, sa.func.count().label("rows"), *(sa.func.sum(rows.c[name]).label(name) for name in (sums or {}))
    ).group_by(*by)


@dataclass(frozen=True)
class Counts:
    """The answer of ``tally``."""

    lines: Rows

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(line["rows"] for line in self.lines)

    @property
    def used(self) -> int:
        """Rows without a reason."""
        return sum(line["rows"] for line in self._used())

    @property
    def hits(self) -> int:
        """Used rows whose hit is true."""
        return sum(line["rows"] for line in self._used() if line["hit"] is True)

    @property
    def unknown(self) -> int:
        """Used rows of which something is unknown."""
        return sum(line["rows"] for line in self._used() if line["unknown"])

    @property
    def excluded(self) -> dict[str, int]:
        """Rows by reason, those without a row left out."""
        found: dict[str, int] = {}
        for line in self.lines:
            if line["reason"] is not None:
                found[line["reason"]] = found.get(line["reason"], 0) + line["rows"]
        return dict(sorted(found.items()))

    def total(self, name: str, hits_only: bool = False) -> Fraction:
        """The sum ``name`` over the used rows, or over the hits among them; what is empty adds nothing."""
        lines = [line for line in self._used() if not hits_only or line["hit"] is True]
        return sum((exact(line[name]) for line in lines), Fraction(0))

    def excluded_total(self, name: str) -> dict[str, Fraction]:
        """The sum ``name`` over the excluded rows, by reason; what is empty adds nothing."""
        found: dict[str, Fraction] = {}
        for line in self.lines:
            if line["reason"] is not None:
                found[line["reason"]] = found.get(line["reason"], Fraction(0)) + exact(line[name])
        return dict(sorted(found.items()))

    def outcome(self, **found: Any) -> Outcome:
        """An Outcome with this accounting; keyword arguments are the rest of it."""
        flags = frozenset(found.pop("flags", ()))
        flags |= {"invalid_rows"} if self.excluded.keys() & {"invalid_interval", "zero_length"} else set()
        return Outcome(self.rows, self.used, self.excluded, unknown=self.unknown, flags=flags, **found)

    def _used(self) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if line["reason"] is None]


def exact(number: Decimal | int | None) -> Fraction:
    """A sum of the database as a fraction; null, the sum of nothing, is 0."""
    return fraction(number) or Fraction(0)


def percent(part: Fraction | int, whole: Fraction | int) -> Fraction | None:
    """A share in percent; None of nothing."""
    return Fraction(100 * part) / whole if whole else None
