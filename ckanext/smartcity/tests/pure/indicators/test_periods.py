"""The year of a value and the moment up to which events are known: rules G1 and G2."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.indicators.periods import DAY, last_day, local_midnight, usual_cutoff, window

ZONES = {
    name: ZoneInfo(name)
    for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "America/St_Johns", "Pacific/Kiritimati", "UTC")
}
JAKARTA = ZONES["Asia/Jakarta"]
zones = st.sampled_from(list(ZONES.values()))
years = st.integers(1990, 2037)


def at(*parts, zone=JAKARTA):
    return datetime(*parts, tzinfo=zone)


def closed(year, zone=JAKARTA):
    return window(year, zone, at(year + 1, 4, 1, zone=zone))


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)], ids=str)
def test_the_year_begins_and_ends_at_local_midnight(zone, hours):
    found = closed(2025, ZONES[zone])
    assert found.begin == datetime(2025, 1, 1, tzinfo=timezone.utc) - timedelta(hours=hours)
    assert found.end == datetime(2026, 1, 1, tzinfo=timezone.utc) - timedelta(hours=hours)
    assert (found.first_day, found.last_day) == (date(2025, 1, 1), date(2025, 12, 31))
    assert (found.zone, found.incomplete, found.days, found.seconds) == (zone, False, 365, 365 * 86_400)


def test_a_leap_year_has_its_day():
    assert (closed(2024).days, closed(2100).days, closed(2000).days) == (366, 365, 366)
    assert closed(2024).seconds == 366 * 86_400


@given(years, zones)
def test_years_join_without_gap_or_overlap(year, zone):
    one, two = closed(year, zone), closed(year + 1, zone)
    assert one.end == two.begin
    assert one.last_day + DAY == two.first_day
    assert one.begin.utcoffset() == one.end.utcoffset() == one.cutoff.utcoffset() == timedelta(0)


@given(years, zones, st.integers(-400 * 86_400, 400 * 86_400))
def test_an_event_of_a_day_lies_in_the_year_of_its_local_day(year, zone, seconds):
    event = local_midnight(date(year, 7, 1), zone) + timedelta(seconds=seconds)
    found = closed(year, zone)
    day = event.astimezone(zone).date()
    assert (found.begin <= event < found.end) == (found.first_day <= day <= found.last_day) == (day.year == year)


@pytest.mark.parametrize(
    ("cutoff", "last", "days"),
    [
        (at(2025, 6, 1), date(2025, 5, 31), 151),
        (at(2025, 6, 1, 0, 0, 1), date(2025, 5, 31), 151),
        (at(2025, 5, 31, 23, 59, 59), date(2025, 5, 30), 150),
        (at(2025, 12, 31, 23, 59, 59), date(2025, 12, 30), 364),
        (at(2025, 1, 2), date(2025, 1, 1), 1),
    ],
)
def test_a_cutoff_inside_the_year_ends_the_period_there(cutoff, last, days):
    found = window(2025, JAKARTA, cutoff)
    assert (found.end, found.cutoff, found.last_day, found.days) == (cutoff, cutoff, last, days)
    assert found.incomplete
    assert found.seconds == int((cutoff - found.begin).total_seconds())


def test_a_cutoff_at_the_very_end_leaves_the_year_complete():
    end = at(2026, 1, 1)
    assert not window(2025, JAKARTA, end).incomplete
    assert window(2025, JAKARTA, end - timedelta(microseconds=1)).incomplete


@pytest.mark.parametrize("cutoff", [at(2025, 1, 1), at(2025, 1, 1, 23, 59), at(2024, 6, 1)])
def test_without_a_whole_day_there_is_no_period(cutoff):
    with pytest.raises(ValueError, match="nothing of 2025 is over"):
        window(2025, JAKARTA, cutoff)


@given(years, zones, st.integers(1, 364 * 86_400))
def test_a_cutoff_keeps_only_whole_days(year, zone, seconds):
    cutoff = local_midnight(date(year, 1, 2), zone) + timedelta(seconds=seconds)
    found = window(year, zone, cutoff)
    assert local_midnight(found.last_day + DAY, zone) <= max(cutoff, found.end)
    assert found.end == min(cutoff, local_midnight(date(year + 1, 1, 1), zone))
    assert found.days == (found.last_day - date(year, 1, 1)).days + 1


def test_a_zone_that_changes_its_clocks_has_days_of_its_own_length():
    assert closed(2025, ZONES["America/St_Johns"]).seconds == 365 * 86_400
    half = window(2025, ZONES["America/St_Johns"], at(2025, 7, 1, zone=ZONES["America/St_Johns"]))
    assert (half.days, half.seconds) == (181, 181 * 86_400 - 3600)


def test_a_day_that_a_zone_left_out():
    """Samoa had no 30 December 2011: it went over the date line."""
    apia = ZoneInfo("Pacific/Apia")
    assert closed(2011, apia).seconds == 364 * 86_400


@pytest.mark.parametrize(
    ("month_day", "expected"),
    [
        ("03-31", at(2025, 4, 1)),
        ("12-31", at(2026, 1, 1)),
        ("02-29", at(2025, 3, 1)),
        ("02-28", at(2025, 3, 1)),
        ("01-01", at(2025, 1, 2)),
    ],
)
def test_the_usual_cutoff_is_the_end_of_a_day_of_the_following_year(month_day, expected):
    assert usual_cutoff(2024, JAKARTA, month_day, date(2025, 1, 1)) == expected


def test_the_29th_of_february_is_used_where_it_is():
    assert usual_cutoff(2023, JAKARTA, "02-29", date(2026, 1, 1)) == at(2024, 3, 1)
    assert usual_cutoff(2023, JAKARTA, "02-28", date(2026, 1, 1)) == at(2024, 2, 29)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 1, 31), None),
        (date(2025, 2, 1), at(2025, 2, 1)),
        (date(2025, 2, 28), at(2025, 2, 1)),
        (date(2025, 12, 31), at(2025, 12, 1)),
        (date(2026, 1, 1), at(2026, 4, 1)),
        (date(2024, 12, 31), None),
    ],
)
def test_a_running_year_is_cut_off_at_the_beginning_of_the_month(today, expected):
    assert usual_cutoff(2025, JAKARTA, "03-31", today) == expected


@given(years, zones, st.dates(date(1990, 1, 1), date(2037, 12, 31)))
def test_every_usual_cutoff_gives_a_period(year, zone, today):
    cutoff = usual_cutoff(year, zone, "03-31", today)
    if cutoff is None:
        assert (today.year, today.month) == (year, 1) or year > today.year
    else:
        assert window(year, zone, cutoff).incomplete == (year == today.year)


def test_last_day():
    assert last_day(2023, 2, 29) == date(2023, 2, 28)
    assert last_day(2024, 2, 29) == date(2024, 2, 29)
    assert last_day(2024, 4, 31) == date(2024, 4, 30)
