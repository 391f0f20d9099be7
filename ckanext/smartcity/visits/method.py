"""The method of counting: its version, its parameters, and the city's clock. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.sessions import Params
from ckanext.smartcity.visits.settings import Settings

DEFINITIONS = 1
"""Number of the definitions in docs/visits.md; a change of what is counted raises it."""

SALT_HOUR = 4
"""Local hour at which the key of a day dies."""

HOUR_MS = 3_600_000
EPOCH = datetime(1970, 1, 1)


def params(settings: Settings) -> Params:
    """What ``sessions.step`` compares with."""
    return Params(limit_minute=settings.limit_minute, limit_visit=settings.limit_visit)


def parameters(settings: Settings) -> dict[str, Any]:
    """Everything an operator can change that changes what is counted."""
    rules = params(settings)
    return {
        "timeout_seconds": rules.timeout_ms // 1000,
        "repeat_seconds": rules.repeat_ms // 1000,
        "limit_minute": rules.limit_minute,
        "limit_visit": rules.limit_visit,
        "timezone": settings.zone.key,
        "beacon": settings.beacon,
        "internal_roles": list(settings.internal_roles),
    }


def version(of: Mapping[str, Any]) -> str:
    """``1-a3f09c``: the number of the definitions, and six hex digits over the parameters as canonical JSON."""
    canonical = json.dumps(of, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{DEFINITIONS}-{sha256(canonical.encode()).hexdigest()[:6]}"


class Span(NamedTuple):
    """A stretch of time with one salt day and one offset from UTC: [first, end) in milliseconds, offset in seconds.

    ``salt_end`` is the end of the salt day, which an offset that changes cuts in two.
    """

    first: int
    end: int
    offset: int
    salt_day: str
    salt_end: int


class Clock:
    """The city's wall clock for times in milliseconds."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._current = Span(0, 0, 0, "", 0)
        self._hours: dict[int, str] = {}

    def hour(self, at: int) -> str:
        """The local hour, ``YYYY-MM-DDTHH``."""
        number = (at + self.span(at).offset * 1000) // HOUR_MS
        found = self._hours.get(number)
        if found is None:
            found = (EPOCH + timedelta(hours=number)).strftime("%Y-%m-%dT%H")
            self._hours[number] = found
        return found

    def salt_day(self, at: int) -> str:
        """The day whose key a request is made with: from 04:00 to the next 04:00, named by its begin."""
        return self.span(at).salt_day

    def span(self, at: int) -> Span:
        """The stretch of time that ``at`` lies in."""
        span = self._current
        if not span.first <= at < span.end:
            span = self._current = self._search(at)
        return span

    def _search(self, at: int) -> Span:
        local = datetime.fromtimestamp(at / 1000, self._zone).replace(tzinfo=None)
        day = (local - timedelta(hours=SALT_HOUR)).date()
        first = self._begin(day)
        end = salt_end = self._begin(day + timedelta(days=1))
        if self._offset(first) != self._offset(end - 1):
            change = self._change(first, end)
            first, end = (change, end) if at >= change else (first, change)
        return Span(first, end, self._offset(at), day.isoformat(), salt_end)

    def _begin(self, day: date) -> int:
        return int(datetime.combine(day, time(SALT_HOUR), self._zone).timestamp()) * 1000

    def _offset(self, at: int) -> int:
        ahead = datetime.fromtimestamp(at / 1000, self._zone).utcoffset() or timedelta()
        return int(ahead.total_seconds())

    def _change(self, first: int, end: int) -> int:
        """The first second between the two with the offset of the later: zones change once a day at most."""
        before, after = first // 1000, end // 1000 - 1
        while after - before > 1:
            middle = (before + after) // 2
            if self._offset(middle * 1000) == self._offset(first):
                before = middle
            else:
                after = middle
        return after * 1000
