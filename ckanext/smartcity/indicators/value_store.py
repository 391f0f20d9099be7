"""Reads and writes of stored values, on CKAN's session. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.indicators.models import IndicatorValue
from ckanext.smartcity.indicators.statuses import REFUSED, Current

VALUE = IndicatorValue


def wait_for_turn(indicator: str, area: str, year: int) -> None:
    """Hold the series until the transaction ends: the second of two runs waits, and then sees the first one's row."""
    name = f"value:{indicator}:{area}:{year}"
    model.Session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def add(row: Mapping[str, Any], user: str) -> IndicatorValue:
    """Append a row, columns by name."""
    added = IndicatorValue(**row, created_by=user)
    model.Session.add(added)
    model.Session.flush()
    return added


def newest(indicator: str, area: str, year: int) -> IndicatorValue | None:
    """The newest row of a series; runs that stopped are in none."""
    return model.Session.scalars(_series(indicator, area, year).limit(1)).first()


def history(indicator: str, area: str, year: int) -> Sequence[IndicatorValue]:
    """All rows of a series, the newest first."""
    return model.Session.scalars(_series(indicator, area, year)).all()


def last_refusal(indicator: str, area: str, year: int) -> IndicatorValue | None:
    """The newest run that stopped, if no row came after it."""
    query = _rows(indicator, area, year).order_by(VALUE.seq.desc()).limit(1)
    found = model.Session.scalars(query).first()
    return found if found is not None and found.status == REFUSED else None


def newest_of_all(area: str, indicators: Collection[str] | None = None) -> Sequence[IndicatorValue]:
    """The newest row of every series of an area, by indicator and year: one query, whatever their number."""
    query = (
        sa.select(VALUE)
        .distinct(VALUE.indicator, VALUE.ref_year)
        .where(VALUE.ref_area == area, VALUE.status != REFUSED)
        .order_by(VALUE.indicator, VALUE.ref_year, VALUE.seq.desc())
    )
    if indicators is not None:
        query = query.where(VALUE.indicator.in_(indicators))
    return model.Session.scalars(query).all()


def value(value_id: str) -> IndicatorValue | None:
    """A row by its id, a uuid."""
    return model.Session.get(IndicatorValue, value_id)


def as_row(stored: IndicatorValue) -> dict[str, Any]:
    """A stored row, columns by name."""
    return {column.name: getattr(stored, column.name) for column in IndicatorValue.__table__.columns}


def current(stored: IndicatorValue | None) -> Current | None:
    """What the rules ask of the newest row of a series."""
    if stored is None:
        return None
    return Current(stored.id, stored.status, stored.fingerprint or "", stored.value is not None, stored.flags)


def _rows(indicator: str, area: str, year: int) -> sa.Select[tuple[IndicatorValue]]:
    return sa.select(VALUE).where(VALUE.indicator == indicator, VALUE.ref_area == area, VALUE.ref_year == year)


def _series(indicator: str, area: str, year: int) -> sa.Select[tuple[IndicatorValue]]:
    return _rows(indicator, area, year).where(VALUE.status != REFUSED).order_by(VALUE.seq.desc())
