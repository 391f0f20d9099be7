"""Counted figures for tests of what is read: written straight into the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import BIT

from ckanext.smartcity.visits.models import (
    OBJECT_HOUR,
    VisitCount,
    VisitDay,
    VisitGap,
    VisitImport,
    VisitMethod,
    VisitState,
)

METHOD = "1-a3f09c"
WHOLE = "1" * 1440


def keep(*rows: Any) -> None:
    model.Session.add_all(rows)
    model.Session.commit()


def measured(day: date, source: str = "live", minutes: str = WHOLE) -> None:
    """A day with a heartbeat in the minutes that are 1; of a log no bits are known."""
    bits = sa.cast(minutes, BIT(1440)) if source == "live" else None
    keep(VisitDay(day=day, source=source, minutes=bits, measured_minutes=minutes.count("1"), gap_seconds=0))


def portal(day: date, hour: int = 9, source: str = "live", method: str = METHOD, run: str = "a" * 12, **n: int) -> None:
    """Counters of an hour of the portal."""
    key = {"day": day, "hour": hour, "kind": "portal", "object_id": "", "source": source}
    keep(VisitCount(**key, method=method, run=run, **n))


def thing(day: date, kind: str, object_id: str, source: str = "live", method: str = METHOD, **n: int) -> None:
    """Counters of a day of an object."""
    key = {"day": day, "hour": OBJECT_HOUR, "kind": kind, "object_id": object_id, "source": source}
    keep(VisitCount(**key, method=method, run="a" * 12, **n))


def in_force(version: str = METHOD, since: date = date(2020, 1, 1), beacon: bool = True) -> None:
    """A method that the flush has recorded."""
    at = datetime.combine(since, datetime.min.time(), timezone.utc)
    keep(VisitMethod(version=version, valid_from=at, parameters={"beacon": beacon}, lists={"is-bot": "0.3.7"}))


def imported(first: date, last: date, form: str = "combined") -> None:
    """An import of logs of these days."""
    begin, end = (datetime.combine(day, datetime.min.time(), timezone.utc) for day in (first, last))
    days = {"first_on": first, "last_on": last, "first_at": begin, "last_at": end, "imported_at": end}
    keep(VisitImport(id="b" * 12, sha256="", format=form, lines_read=9, lines_used=7, excluded={"robot": 2}, **days))


def gap(begin: datetime, seconds: int, reason: str = "redis", views: int = 0) -> None:
    """A recorded gap."""
    end = begin + timedelta(seconds=seconds)
    keep(VisitGap(id=f"{begin.timestamp()}", from_at=begin, to_at=end, reason=reason, unplaced_views=views))


def remembered(name: str, at: datetime, value: Any = None) -> None:
    """A state of the worker."""
    keep(VisitState(name=name, value=value, at=at))


def year(first: date, last: date, figures: Mapping[str, int]) -> None:
    """The same figures on every day."""
    in_force()
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        measured(day)
        portal(day, **figures)
