"""What the days of a year add up to, which grade they give, and when they are final."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.figures import (
    Day,
    Figures,
    Method,
    Summary,
    confirmable,
    final_until,
    grade_of,
    in_force,
    is_final,
    summaries,
    total,
)
from ckanext.smartcity.visits.spans import Span, pieces, year_span

JAKARTA = ZoneInfo("Asia/Jakarta")
ON, OFF = Method("1-on", date(2026, 1, 1), True), Method("1-off", date(2026, 6, 1), False)


def day(n: int, source: str = "live", sure: bool = True, minutes: int = 1440, **figures: Figures) -> Day:
    return Day(date(2026, 1, 1) + timedelta(days=n), source, minutes, 0, figures, sure)


def year(*days: Day, grade: str = "confirmed") -> Summary:
    return Summary(year_span(2026), days, grade, 0.9)


def test_figures_add_up():
    assert total([Figures(1, 1, 3, 0), Figures(2, 0, 4, 1)]) == Figures(3, 1, 7, 1)
    assert total([]) == Figures()


@pytest.mark.parametrize(
    ("source", "versions", "expected"),
    [
        ("live", ["1-on"], True),
        ("live", ["1-on", "1-off"], False),
        ("live", ["1-lost"], False),
        ("log", ["1-on"], False),
    ],
)
def test_a_day_confirms_where_every_method_of_it_does(source, versions, expected):
    assert confirmable(source, versions, date(2026, 6, 1), [ON, OFF]) is expected


def test_a_day_without_a_count_goes_by_the_method_in_force():
    assert in_force([OFF, ON], date(2026, 5, 31)) == ON
    assert in_force([ON, OFF], date(2026, 6, 1)) == OFF
    assert in_force([ON], date(2025, 1, 1)) == ON
    assert in_force([], date(2026, 1, 1)) is None
    assert confirmable("live", [], date(2026, 5, 31), [ON, OFF])
    assert not confirmable("live", [], date(2026, 6, 2), [ON, OFF])
    assert not confirmable("live", [], date(2026, 6, 2), [])


def test_one_imported_day_sets_the_grade_of_the_year():
    assert grade_of([day(0), day(1)], "confirmed") == "confirmed"
    assert grade_of([day(0), day(1, "log", False)], "confirmed") == "all"
    assert grade_of([day(0)], "all") == "all"


def test_a_year_says_what_it_counted_and_how_much_of_it():
    counted = year(day(0, a=Figures(10, 8, 20, 2)), day(4, minutes=1295, a=Figures(1, 1, 1, 0)))
    assert (counted.visits, counted.figures.visits, counted.grade) == (9, 11, "confirmed")
    assert counted.coverage == 2 / 365
    assert [d.day for d in counted.low_days] == [date(2026, 1, 5)]
    assert counted.sources == {"live": 2, "log": 0}
    assert not counted.broken


def test_the_flag_of_a_day_stands_below_the_share_and_not_at_it():
    assert year(day(0, minutes=1296)).low_days == []
    assert len(year(day(0, minutes=1295)).low_days) == 1


def test_two_methods_are_two_series():
    changed = year(day(0, a=Figures(1)), day(1, a=Figures(2), b=Figures(4)), day(2, b=Figures(8)))
    assert changed.broken
    assert [(v.version, v.days, v.figures.visits) for v in changed.versions] == [("a", 2, 3), ("b", 2, 12)]
    assert (changed.versions[1].first, changed.versions[1].last) == (date(2026, 1, 2), date(2026, 1, 3))


@pytest.mark.parametrize(
    ("passed", "last"),
    [
        ("2026-03-10T04:05:00+07:00", date(2026, 3, 9)),
        ("2026-03-10T04:04:59+07:00", date(2026, 3, 8)),
        ("2026-03-09T21:05:00+00:00", date(2026, 3, 9)),
        ("2026-03-10T23:59:00+07:00", date(2026, 3, 9)),
    ],
)
def test_a_full_pass_after_five_past_four_makes_the_day_before_final(passed, last):
    assert final_until(datetime.fromisoformat(passed), JAKARTA) == last


def test_an_imported_day_needs_no_pass():
    now = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
    assert not is_final(day(0), None, now, JAKARTA)
    assert is_final(day(0, "log"), None, now, JAKARTA)
    assert not is_final(day(1, "log"), now, now, JAKARTA)


@given(st.lists(st.integers(0, 99), max_size=9), st.sampled_from(["day", "week", "month"]))
def test_parts_of_a_span_add_up_to_the_whole(numbers, interval):
    days = [day(n * 11, a=Figures(number)) for n, number in enumerate(numbers)]
    span = Span(date(2026, 1, 1), date(2026, 6, 30))
    parts = summaries(pieces(span, interval), days, "all", 0.9)
    assert sum(part.visits for part in parts) == sum(numbers)
    assert [d for part in parts for d in part.days] == days
