"""The tables of the count. Only numbers: no address, no agent, no key of a browser."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import BIT, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.smartcity.visits.figures import FILTER_NAMES, Figures
from ckanext.smartcity.visits.spans import MINUTES

OBJECT_HOUR = -1
"""The hour of rows about objects, which are counted by day."""

FIGURES = Figures._fields
VOIDS = tuple(f"void_{name}" for name in FIGURES)
METRICS = (*FIGURES, *VOIDS, *FILTER_NAMES)
"""The counters of ``smartcity_visit_count``."""


def _counter() -> Mapped[int]:
    return mapped_column(sa.Integer, server_default="0", default=0)


class VisitCount(tk.BaseModel):
    """One hour of the portal (``kind`` portal, ``object_id`` empty) or one day of an object (``hour`` -1).

    ``run`` is the id of the Redis data set, or of the import, that counted; figures are summed over runs. Every counter
    only grows. Twins ``void_*`` and the filters belong to the portal's rows only.
    """

    __tablename__ = "smartcity_visit_count"
    __table_args__ = (sa.Index("smartcity_visit_count_object", "kind", "object_id", "day"),)

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    hour: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    object_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    source: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    run: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    method: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    visits: Mapped[int] = _counter()
    visits_confirmed: Mapped[int] = _counter()
    views: Mapped[int] = _counter()
    downloads: Mapped[int] = _counter()
    void_visits: Mapped[int] = _counter()
    void_visits_confirmed: Mapped[int] = _counter()
    void_views: Mapped[int] = _counter()
    void_downloads: Mapped[int] = _counter()
    robots: Mapped[int] = _counter()
    machine: Mapped[int] = _counter()
    internal: Mapped[int] = _counter()
    opted_out: Mapped[int] = _counter()
    errors: Mapped[int] = _counter()


class VisitDay(tk.BaseModel):
    """A day that was measured. ``minutes`` has one bit for each minute with a heartbeat, 00:00 leftmost (live only)."""

    __tablename__ = "smartcity_visit_day"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    source: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    minutes: Mapped[str | None] = mapped_column(BIT(MINUTES))
    measured_minutes: Mapped[int] = _counter()
    gap_seconds: Mapped[int] = _counter()


class VisitGap(tk.BaseModel):
    """A time for which the count may be too low. ``reason``: redis, new_replica, regression or clock."""

    __tablename__ = "smartcity_visit_gap"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    from_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    to_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(sa.Text)
    unplaced_views: Mapped[int] = _counter()


class VisitImport(tk.BaseModel):
    """One import of web server logs. ``format`` is ``combined``, or ``invented`` for the demo city's."""

    __tablename__ = "smartcity_visit_import"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.Text)
    format: Mapped[str] = mapped_column(sa.Text)
    first_on: Mapped[date] = mapped_column(sa.Date)
    last_on: Mapped[date] = mapped_column(sa.Date)
    first_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    lines_read: Mapped[int] = mapped_column(sa.BigInteger)
    lines_used: Mapped[int] = mapped_column(sa.BigInteger)
    excluded: Mapped[dict[str, int]] = mapped_column(JSONB)
    imported_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))


class VisitMethod(tk.BaseModel):
    """A method that was in force from a moment on: its parameters and the lists of agents it used."""

    __tablename__ = "smartcity_visit_method"

    version: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), primary_key=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    lists: Mapped[dict[str, str]] = mapped_column(JSONB)


class VisitState(tk.BaseModel):
    """What the worker remembers: last good flush, last full pass, last data set of Redis, start checks."""

    __tablename__ = "smartcity_visit_state"

    name: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
