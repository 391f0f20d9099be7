"""How much of a day was measured: minutes with a heartbeat, less the time of known gaps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000

Interval = tuple[int, int]
"""From and to, in milliseconds."""


class Coverage(NamedTuple):
    """What the row of a day says."""

    measured_minutes: int
    gap_seconds: int


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order."""
    found: list[Interval] = []
    for first, last in sorted(intervals):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def day_begin(day: date, zone: ZoneInfo) -> int:
    """Midnight of a local day, in milliseconds."""
    return int(datetime.combine(day, time(), zone).timestamp()) * 1000


def coverage(bits: str, gaps: Iterable[Interval], day: date, zone: ZoneInfo) -> Coverage:
    """The coverage of a local day from its 1440 bits (``0`` and ``1``, 00:00 first) and the gaps of all time.

    Seconds of a gap count only where the minute had a heartbeat: the others are missing already. Rounded to the
    nearest minute, half up. A wall-clock minute that a day has twice is one bit.
    """
    first, last = day_begin(day, zone), day_begin(day + timedelta(days=1), zone)
    within = [(max(a, first), min(b, last)) for a, b in united(gaps) if a < last and b > first]
    gap = sum(b - a for a, b in within)
    lost = sum(lost_of_minutes(bits, a, b, zone) for a, b in within)
    measured = bits.count("1") * MINUTE_MS - lost
    return Coverage(max(0, (2 * measured + MINUTE_MS) // (2 * MINUTE_MS)), gap // 1000)


def lost_of_minutes(bits: str, first: int, last: int, zone: ZoneInfo) -> int:
    """Milliseconds of an interval that lie in minutes with a heartbeat."""
    lost, at = 0, first
    while at < last:
        end = min(last, (at // MINUTE_MS + 1) * MINUTE_MS)
        if bits[minute_of_day(at, zone)] == "1":
            lost += end - at
        at = end
    return lost


def minute_of_day(at: int, zone: ZoneInfo) -> int:
    """The wall-clock minute of a time, 0 to 1439."""
    local = datetime.fromtimestamp(at // 1000, zone)
    return local.hour * 60 + local.minute


def first_heartbeat(bits: str, day: date, zone: ZoneInfo) -> int | None:
    """The end of the first minute with a heartbeat, in milliseconds; ``None`` where there is none."""
    place = bits.find("1")
    return None if place < 0 else _minute(day, place, zone) + MINUTE_MS


def days_of(intervals: Iterable[Interval], zone: ZoneInfo) -> set[date]:
    """The local days that intervals touch."""
    found: set[date] = set()
    for first, last in intervals:
        day, end = _day(first, zone), _day(max(first, last - 1), zone)
        found.update(day + timedelta(days=n) for n in range((end - day).days + 1))
    return found


def _day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at // 1000, zone).date()


def _minute(day: date, minute: int, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(minute // 60, minute % 60), zone).timestamp()) * 1000
