"""What a recipe finds and what becomes of it: value, accounting, flags. Rules G4 to G9 of docs/indicators.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from ckanext.smartcity.catalogue import Indicator
from ckanext.smartcity.indicators.arithmetic import decimal

NULL_REASONS = (
    "missing_input",
    "unmapped_classification",
    "insufficient_coverage",
    "missing_denominator",
    "zero_denominator",
)
"""Why a value is null, in the order in which they are asked: a value has exactly one."""

CONFIRMED_FLAGS = frozenset(
    {
        "partial_coverage",
        "period_incomplete",
        "unanswered",
        "open_incident",
        "estimated_denominator",
        "proxy",
        "invalid_rows",
        "out_of_bounds",
    }
)
"""Flags that keep a value provisional until a person accepts it, flag by flag. All others inform only."""

CONFORMANCES = ("conforms", "partial_numerator", "partial_denominator", "partial_both", "proxy")

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class AccountingOpen(ArithmeticError):
    """Rows read are not rows used plus rows excluded: the value is refused."""


@dataclass(frozen=True)
class Population:
    """The population a value is computed with: persons, the year it is of, source, the day it holds for.

    ``estimated``: it is the figure of the year before.
    """

    persons: int
    year: int
    source: str
    as_of: date | None
    estimated: bool


@dataclass(frozen=True)
class Outcome:
    """What a recipe finds. ``rows`` = ``used`` + all ``excluded`` (rows by reason).

    ``numerator`` and ``denominator`` are exact; None where they are not known. ``null_reason`` is the recipe's own; the
    engine adds the zero and the missing denominator. ``unknown`` counts used rows of which something is unknown.
    ``per_population`` is false where the recipe was given a population and did not need it.
    """

    rows: int
    used: int
    excluded: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    null_reason: str | None = None
    flags: frozenset[str] = frozenset()
    unknown: int = 0
    conformance: str = "conforms"
    companions: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    per_population: bool = True


@dataclass(frozen=True)
class Value:
    """A computed value: ``value`` = ``multiplier`` x ``numerator`` / ``denominator``, or null with one reason."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    multiplier: Decimal
    null_reason: str | None
    flags: tuple[str, ...]
    unknown_count: int
    conformance: str
    rows: int
    used: int
    exclusions: Mapping[str, int]
    companions: Mapping[str, Any]


def value_of(indicator: Indicator, outcome: Outcome, population: Population | None, incomplete: bool) -> Value:
    """The value of an outcome, with every flag that holds, also on a null value.

    ``population`` is None where the recipe does not use it. Raises AccountingOpen.
    """
    if outcome.rows != outcome.used + sum(outcome.excluded.values()):
        raise AccountingOpen(f"{indicator.uid}: {outcome.rows} rows, {outcome.used} used, {dict(outcome.excluded)}")
    reason = null_reason(outcome)
    value = None
    if reason is None and outcome.numerator is not None and outcome.denominator:
        value = decimal(Fraction(indicator.multiplier) * outcome.numerator / outcome.denominator)
    flags = set(outcome.flags)
    flags |= {"period_incomplete"} if incomplete else set()
    flags |= {"estimated_denominator"} if outcome.per_population and population and population.estimated else set()
    flags |= {"unknown_values"} if outcome.unknown else set()
    flags |= {"out_of_bounds"} if value is not None and not within(indicator, value) else set()
    return Value(
        value=value,
        numerator=None if outcome.numerator is None else decimal(outcome.numerator),
        denominator=None if outcome.denominator is None else decimal(outcome.denominator),
        multiplier=indicator.multiplier,
        null_reason=reason,
        flags=tuple(sorted(flags)),
        unknown_count=outcome.unknown,
        conformance="proxy" if "proxy" in flags and outcome.conformance == "conforms" else outcome.conformance,
        rows=outcome.rows,
        used=outcome.used,
        exclusions=outcome.excluded,
        companions=outcome.companions,
    )


def null_reason(outcome: Outcome) -> str | None:
    """Why the value is null, the first reason that holds; None where there is a value. A zero numerator is a value."""
    reasons = {outcome.null_reason}
    reasons |= {"missing_input"} if outcome.numerator is None and outcome.null_reason is None else set()
    reasons |= {"missing_denominator"} if outcome.denominator is None and outcome.null_reason is None else set()
    reasons |= {"zero_denominator"} if outcome.denominator == 0 else set()
    return next((reason for reason in NULL_REASONS if reason in reasons), None)


def within(indicator: Indicator, value: Decimal) -> bool:
    """Whether a value lies within the bounds of its indicator."""
    bounds = indicator.bounds
    return (bounds.minimum is None or value >= bounds.minimum) and (bounds.maximum is None or value <= bounds.maximum)
