"""How much of a day was measured."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ckanext.smartcity.visits.coverage import coverage, day_begin, days_of, first_heartbeat, united

JAKARTA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
DAY = date(2026, 6, 10)
BEGIN = day_begin(DAY, JAKARTA)
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
FULL = "1" * 1440


def bits(*minutes: int) -> str:
    return "".join("1" if n in minutes else "0" for n in range(1440))


def test_a_full_day_without_gaps():
    assert coverage(FULL, [], DAY, JAKARTA) == (1440, 0)


def test_a_minute_without_heartbeat_is_not_measured():
    assert coverage(bits(0, 1, 1439), [], DAY, JAKARTA) == (3, 0)


@pytest.mark.parametrize(("seconds", "measured"), [(29, 1440), (30, 1440), (31, 1439), (89, 1439), (91, 1438)])
def test_gaps_are_taken_off_and_rounded_half_up(seconds, measured):
    gap = (BEGIN + HOUR, BEGIN + HOUR + seconds * SECOND)
    assert coverage(FULL, [gap], DAY, JAKARTA) == (measured, seconds)


def test_gaps_that_overlap_count_once():
    gaps = [(BEGIN, BEGIN + 2 * MINUTE), (BEGIN + MINUTE, BEGIN + 3 * MINUTE), (BEGIN, BEGIN + MINUTE)]
    assert coverage(FULL, gaps, DAY, JAKARTA) == (1437, 180)
    assert united(gaps) == [(BEGIN, BEGIN + 3 * MINUTE)]


def test_a_gap_in_minutes_without_heartbeat_takes_nothing_off_twice():
    assert coverage(bits(10), [(BEGIN, BEGIN + 10 * MINUTE)], DAY, JAKARTA) == (1, 600)
    assert coverage(bits(10), [(BEGIN, BEGIN + 11 * MINUTE)], DAY, JAKARTA) == (0, 660)


def test_a_gap_over_midnight_is_cut_at_the_day():
    gap = (BEGIN - HOUR, BEGIN + MINUTE)
    assert coverage(FULL, [gap], DAY, JAKARTA) == (1439, 60)
    assert days_of([gap], JAKARTA) == {date(2026, 6, 9), DAY}
    assert days_of([(BEGIN - HOUR, BEGIN)], JAKARTA) == {date(2026, 6, 9)}


def test_a_gap_of_days_leaves_nothing_and_never_less():
    assert coverage(bits(1, 2), [(BEGIN - 100 * HOUR, BEGIN + 100 * HOUR)], DAY, JAKARTA) == (0, 86_400)


def test_a_day_of_25_hours_has_1440_wall_clock_minutes():
    day = date(2026, 10, 25)
    begin = int(datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN).timestamp() * 1000)
    twice = [(begin, begin + MINUTE), (begin + HOUR, begin + HOUR + MINUTE)]
    assert coverage(FULL, twice, day, BERLIN) == (1438, 120)


def test_the_first_heartbeat_is_known_to_the_minute():
    assert first_heartbeat(bits(90, 91), DAY, JAKARTA) == BEGIN + 91 * MINUTE
    assert first_heartbeat(bits(), DAY, JAKARTA) is None
