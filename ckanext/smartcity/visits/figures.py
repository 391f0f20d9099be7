"""What the counted days of a year add up to, and how far it can be trusted. Pure; docs/visits.md is the guide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.spans import MINUTES, Span

KINDS = ("dataset", "resource", "organization", "group", "page")
"""What has figures of its own, beside the portal."""

FILTER_NAMES = ("robots", "machine", "internal", "opted_out", "errors")
"""The filters, in the order in which a page explains them."""

FINAL_AFTER = time(4, 5)
"""Local time of the next day from which a full pass makes a day final: its visits ended at 04:00."""


class Figures(NamedTuple):
    """Published figures: counters less what was voided."""

    visits: int = 0
    visits_confirmed: int = 0
    views: int = 0
    downloads: int = 0

    def of_grade(self, grade: str) -> int:
        """The visits of a grade."""
        return self.visits_confirmed if grade == "confirmed" else self.visits


def total(figures: Iterable[Figures]) -> Figures:
    """The sum, zero for none."""
    return Figures(*map(sum, zip(Figures(), *figures, strict=True)))


@dataclass(frozen=True)
class Day:
    """A measured day of its chosen source. ``figures`` by version of the method; none where nothing was counted."""

    day: date
    source: str  # live or log
    measured_minutes: int
    gap_seconds: int
    figures: Mapping[str, Figures]
    confirmable: bool
    invented: bool = False

    @property
    def total(self) -> Figures:
        return total(self.figures.values())


class Method(NamedTuple):
    """A version of the method, the local day from which it was in force, and whether pages carried the beacon."""

    version: str
    valid_from: date
    beacon: bool


def in_force(methods: Iterable[Method], day: date) -> Method | None:
    """The method of a day on which nothing was counted: the last one that began by then, else the first there is."""
    by_date = sorted(methods, key=lambda method: method.valid_from)
    begun = [method for method in by_date if method.valid_from <= day]
    return begun[-1] if begun else next(iter(by_date), None)


def confirmable(source: str, versions: Iterable[str], day: date, methods: Sequence[Method]) -> bool:
    """Whether a day can give confirmed visits: live, with the beacon on under every method of that day.

    A version that nobody recorded cannot.
    """
    beacons = {method.version: method.beacon for method in methods}
    held = set(versions)
    if not held:
        assumed = in_force(methods, day)
        held = {assumed.version} if assumed else set()
    return source == "live" and bool(held) and all(beacons.get(version, False) for version in held)


def grade_of(days: Iterable[Day], configured: str) -> str:
    """The strictest grade that all of these days can give, at most the configured one."""
    return "confirmed" if configured == "confirmed" and all(day.confirmable for day in days) else "all"


def final_until(full_pass: datetime | None, zone: ZoneInfo) -> date | None:
    """The last day that a full pass, ended at ``full_pass``, has made final; ``None`` without one."""
    if full_pass is None:
        return None
    local = full_pass.astimezone(zone)
    return local.date() - timedelta(days=1 if local.time() >= FINAL_AFTER else 2)


def is_final(day: Day, full_pass: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a day's figures will not change any more. An imported day needs no pass, it only has to be over."""
    until = final_until(now if day.source == "log" else full_pass, zone)
    return until is not None and day.day <= until


@dataclass(frozen=True)
class Version:
    """The days of a span that were counted by one version of the method."""

    version: str
    first: date
    last: date
    days: int
    figures: Figures


@dataclass(frozen=True)
class Summary:
    """A span of days, such as a year, added up. Missing days are not filled in."""

    span: Span
    days: Sequence[Day]
    configured_grade: str
    min_coverage: float
    figures: Figures = field(init=False)
    grade: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", total(day.total for day in self.days))
        object.__setattr__(self, "grade", grade_of(self.days, self.configured_grade))

    @property
    def can_confirm(self) -> bool:
        """Whether every day of it can give confirmed visits, whatever the operator chose."""
        return bool(self.days) and all(day.confirmable for day in self.days)

    @property
    def visits(self) -> int:
        """Visits of the grade."""
        return self.figures.of_grade(self.grade)

    @property
    def coverage(self) -> float:
        """Days measured by days of the span, 0 to 1."""
        return len(self.days) / self.span.days

    @property
    def measured_minutes(self) -> int:
        return sum(day.measured_minutes for day in self.days)

    @property
    def low_days(self) -> list[Day]:
        """Measured days of which too few minutes were."""
        return [day for day in self.days if day.measured_minutes < self.min_coverage * MINUTES]

    @property
    def invented(self) -> bool:
        return any(day.invented for day in self.days)

    @property
    def sources(self) -> dict[str, int]:
        """Days by source."""
        return {source: sum(day.source == source for day in self.days) for source in ("live", "log")}

    @property
    def versions(self) -> list[Version]:
        """One row for each version that counted something, in the order in which they began."""
        found: dict[str, list[Day]] = {}
        for day in self.days:
            for version in day.figures:
                found.setdefault(version, []).append(day)
        return [
            Version(version, days[0].day, days[-1].day, len(days), total(day.figures[version] for day in days))
            for version, days in found.items()
        ]

    @property
    def broken(self) -> bool:
        """Whether more than one version counted: such figures should not be compared as one series."""
        return len(self.versions) > 1


def summaries(spans: Iterable[Span], days: Sequence[Day], grade: str, min_coverage: float) -> list[Summary]:
    """The days added up by span; days and spans are in order, spans do not overlap."""
    found, position = [], 0
    for span in spans:
        begin = position
        while position < len(days) and days[position].day <= span.last:
            position += 1
        found.append(Summary(span, days[begin:position], grade, min_coverage))
    return found
