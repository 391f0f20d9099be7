"""Stretches of days: what a row of a series covers. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

INTERVALS = ("hour", "day", "week", "month")
HOUR_DAYS = 7
"""Days that a series by the hour may cover."""

DAY = timedelta(days=1)
MINUTES = 1440  # of a day by the clock on the wall


class Span(NamedTuple):
    """From one local day to another, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def year_span(year: int) -> Span:
    """The calendar year."""
    return Span(date(year, 1, 1), date(year, 12, 31))


def pieces(span: Span, interval: str) -> list[Span]:
    """The days, weeks (from Monday) or months of a span in their order; the first and the last may be cut by it."""
    found = []
    first = span.first
    while first <= span.last:
        last = min(_end(first, interval), span.last)
        found.append(Span(first, last))
        first = last + DAY
    return found


def _end(day: date, interval: str) -> date:
    if interval == "day":
        return day
    if interval == "week":
        return day + timedelta(days=6 - day.weekday())
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - DAY


def fitting(span: Span) -> str:
    """The interval that shows a span in at most 31 rows where that is possible."""
    if span.days <= 31:
        return "day"
    return "week" if span.days <= 31 * 7 else "month"
