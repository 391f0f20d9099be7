"""When a dataset is due, how much grace it has, and from which day it is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.portal import freshness

GRACE = (3, 10, 20, 30, 60)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
PERIODS = st.none() | st.sampled_from([1, 7, 31, 92, 183, 366, 731, 1461])
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("period", "newest", "announced", "due"),
    [
        (366, date(2025, 1, 1), None, date(2026, 1, 2)),
        (31, date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 1)),
        (31, date(2025, 1, 1), date(2025, 1, 1), date(2025, 2, 1)),
        (31, date(2025, 1, 1), date(2024, 12, 1), date(2025, 2, 1)),
        (None, date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 1)),
        (None, date(2025, 1, 1), date(2024, 3, 1), None),
        (None, date(2025, 1, 1), None, None),
        (31, None, date(2025, 3, 1), None),
        (None, None, None, None),
    ],
)
def test_due(period: int | None, newest: date | None, announced: date | None, due: date | None):
    assert freshness.due_on(period, newest, announced) == due


@pytest.mark.parametrize(
    ("period", "days"),
    [(1, 3), (7, 3), (8, 10), (31, 10), (32, 20), (92, 20), (93, 30), (183, 30), (184, 60), (1461, 60), (None, 60)],
)
def test_the_longer_the_period_the_longer_the_grace(period: int | None, days: int):
    assert freshness.grace_days(period, GRACE) == days


def test_late_is_the_day_after_the_last_day_in_time():
    last = freshness.last_day_in_time(31, date(2025, 1, 1), None, "PUBLIC", GRACE)
    assert last == date(2025, 2, 11)
    assert not freshness.is_overdue(last, last)
    assert freshness.is_overdue(last, last + timedelta(days=1))
    assert not freshness.is_overdue(None, date.max)


def test_nothing_is_due_for_data_closed_to_the_public():
    assert freshness.last_day_in_time(31, date(2025, 1, 1), date(2025, 6, 1), "NON_PUBLIC", GRACE) is None
    assert freshness.last_day_in_time(31, date(2025, 1, 1), None, "RESTRICTED", GRACE)


@given(period=PERIODS, newest=st.none() | DAYS, announced=st.none() | DAYS)
def test_what_is_due_lies_after_the_data_and_late_lies_after_due(
    period: int | None, newest: date | None, announced: date | None
):
    due = freshness.due_on(period, newest, announced)
    last = freshness.last_day_in_time(period, newest, announced, None, GRACE)
    assert (due is None) == (last is None)
    if due is not None and newest is not None and last is not None:
        assert newest < due < last


@given(newest=DAYS, later=st.integers(1, 4000), period=PERIODS)
def test_newer_data_are_never_due_earlier(newest: date, later: int, period: int | None):
    before = freshness.due_on(period, newest, None)
    after = freshness.due_on(period, newest + timedelta(days=later), None)
    assert (before is None) == (after is None)
    assert before is None or after is None or before < after


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2025-12-31T16:59:59", date(2025, 12, 31)),
        ("2025-12-31T17:00:00.123456", date(2026, 1, 1)),
        (datetime(2025, 12, 31, 17, 0, tzinfo=timezone.utc), date(2026, 1, 1)),
        ("2025-12-31T17:00:00+07:00", date(2025, 12, 31)),
        ("kemarin", None),
        ("", None),
        (None, None),
    ],
)
def test_days_are_days_of_the_city(moment: datetime | str | None, day: date | None):
    assert freshness.city_day(moment, JAKARTA) == day
