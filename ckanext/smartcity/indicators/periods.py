"""The year a value is of, and the moment up to which events are known: rules G1 and G2 of docs/indicators.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A calendar year in the city's zone, cut off at the moment ``cutoff``.

    ``begin`` and ``end`` are aware datetimes, the end outside; ``first_day`` and ``last_day`` (D) local days, both
    inside. An event after ``cutoff`` (C) is unknown, one exactly at it is known. ``incomplete``: C lies before the end
    of the year, so the period ends there.
    """

    year: int
    zone: str
    begin: datetime
    end: datetime
    cutoff: datetime
    first_day: date
    last_day: date
    incomplete: bool

    @property
    def days(self) -> int:
        """Local days of the period."""
        return (self.last_day - self.first_day).days + 1

    @property
    def seconds(self) -> Fraction:
        """Length of the period; a change of clocks makes a day longer or shorter."""
        return Fraction((self.end - self.begin) // timedelta(microseconds=1), 1_000_000)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(timezone.utc)


def window(year: int, zone: ZoneInfo, cutoff: datetime) -> Window:
    """The period of a year as known at an aware ``cutoff``. Raises ValueError where no local day of it is over then."""
    first, following = date(year, 1, 1), date(year + 1, 1, 1)
    begin, end = local_midnight(first, zone), local_midnight(following, zone)
    incomplete = cutoff < end
    if incomplete:
        following = cutoff.astimezone(zone).date()
        end = cutoff
    if following <= first:
        raise ValueError(f"nothing of {year} is over at {cutoff.isoformat()}")
    return Window(
        year, zone.key, begin, end.astimezone(timezone.utc), cutoff.astimezone(timezone.utc), first, following - DAY,
        incomplete,
    )  # fmt: skip


def usual_cutoff(year: int, zone: ZoneInfo, month_day: str, today: date) -> datetime | None:
    """C by the calendar: the end of ``month_day`` (``MM-DD``) of the following year; of a running year the start of
    the month, so that a running figure changes once a month. None in January of the year, and for a year to come.
    """
    if year > today.year or (year == today.year and today.month == 1):
        return None
    if year == today.year:
        return local_midnight(today.replace(day=1), zone)
    month, day = map(int, month_day.split("-"))
    return local_midnight(last_day(year + 1, month, day) + DAY, zone)


def last_day(year: int, month: int, day: int) -> date:
    """That day, or the last one before it where the month is shorter: 29 February."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
