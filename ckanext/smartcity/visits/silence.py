"""Runs of minutes without a heartbeat: the portal, or the count, was not working. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.spans import DAY, MINUTES, Span


class Run(NamedTuple):
    """Unmeasured time: [begin, end)."""

    begin: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        return round((self.end - self.begin).total_seconds() / 60)


def runs(span: Span, minutes: Mapping[date, str | None], until: datetime, zone: ZoneInfo) -> list[Run]:
    """Runs of unmeasured minutes of a span, in order; a run over midnight is one.

    ``minutes`` has the 1440 bits of each measured day as text, 00:00 first; ``None`` for a day whose source cannot tell
    (a log), which is taken as measured. What is not there was not measured. Nothing from ``until`` on is judged.
    """
    bits = "".join(_bits(minutes.get(span.first + n * DAY, "0" * MINUTES)) for n in range(span.days))
    local = until.astimezone(zone).replace(tzinfo=None)
    bits = bits[: max(0, int((local - _midnight(span.first)).total_seconds() // 60))]
    return [
        Run(_moment(span.first, match.start(), zone), _moment(span.first, match.end(), zone))
        for match in re.finditer("0+", bits)
    ]


def _bits(minutes: str | None) -> str:
    return "1" * MINUTES if minutes is None else minutes


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _moment(first: date, minute: int, zone: ZoneInfo) -> datetime:
    return (_midnight(first) + timedelta(minutes=minute)).replace(tzinfo=zone)
