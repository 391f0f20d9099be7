"""When a dataset is next due and from when it counts as overdue. Pure; days are days of the city's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo

# Up to how many days a publishing period takes which of the five graces; longer ones take the last.
GRACE_STEPS = (7, 31, 92, 183)


def due_on(period_days: int | None, newest: date | None, next_release: date | None) -> date | None:
    """The day on which the next data are due.

    The announced release counts where it lies after the newest data, else the newest data plus one period. ``None``
    without data (``newest`` is the youngest day of a resource) or without a period and an announcement.
    """
    if newest is None:
        return None
    if next_release is not None and next_release > newest:
        return next_release
    return newest + timedelta(days=period_days) if period_days else None


def grace_days(period_days: int | None, grace: Sequence[int]) -> int:
    """Days of grace: ``grace`` holds five, for periods up to weekly, monthly, quarterly, half-yearly, and longer.

    An announced release without a period takes the longest: nobody promised a rhythm.
    """
    if period_days is None:
        return grace[-1]
    for step, days in zip(GRACE_STEPS, grace, strict=False):
        if period_days <= step:
            return days
    return grace[-1]


def overdue_from(due: date, period_days: int | None, grace: Sequence[int]) -> date:
    """The last day on which the dataset is still in time; it is overdue on every later day."""
    return due + timedelta(days=grace_days(period_days, grace))


def is_overdue(last_day: date | None, today: date) -> bool:
    """Whether ``today`` lies after the last day in time (``overdue_from``)."""
    return last_day is not None and today > last_day


def city_day(moment: datetime | str | None, zone: tzinfo) -> date | None:
    """The day, in the city's zone, of a moment as CKAN stores it: UTC without a zone, a ``datetime`` or ISO text."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return None
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(zone).date()


def last_day_in_time(
    period_days: int | None,
    newest: date | None,
    next_release: date | None,
    access_rights: str | None,
    grace: Sequence[int],
) -> date | None:
    """The last day on which a dataset is still in time; ``None`` where nothing is due.

    Nothing is due for data that are closed to the public (NON_PUBLIC).
    """
    if access_rights == "NON_PUBLIC":
        return None
    due = due_on(period_days, newest, next_release)
    return None if due is None else overdue_from(due, period_days, grace)
