"""Stretches of days, and runs of silent minutes in them."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.silence import runs
from ckanext.smartcity.visits.spans import DAY, Span, fitting, pieces, year_span

JAKARTA = ZoneInfo("Asia/Jakarta")
FIRST = date(2026, 3, 1)
LATER = datetime(2026, 12, 1, tzinfo=JAKARTA)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_weeks_begin_on_monday_and_months_on_the_first():
    span = Span(date(2026, 1, 30), date(2026, 3, 2))
    assert pieces(span, "month") == [
        Span(date(2026, 1, 30), date(2026, 1, 31)),
        Span(date(2026, 2, 1), date(2026, 2, 28)),
        Span(date(2026, 3, 1), date(2026, 3, 2)),
    ]
    assert [piece.first.isoformat() for piece in pieces(span, "week")][:3] == ["2026-01-30", "2026-02-02", "2026-02-09"]


@given(days, st.integers(0, 800), st.sampled_from(["day", "week", "month"]))
def test_pieces_cover_a_span_without_gap_or_overlap(first, length, interval):
    span = Span(first, min(first + timedelta(days=length), date(2100, 12, 31)))
    parts = pieces(span, interval)
    assert parts[0].first == span.first and parts[-1].last == span.last
    assert sum(part.days for part in parts) == span.days
    assert all(a.last + DAY == b.first for a, b in itertools.pairwise(parts))


def test_a_leap_year_has_a_day_more():
    assert (year_span(2024).days, year_span(2026).days) == (366, 365)


def test_the_interval_fits_the_span():
    lengths = {31: "day", 32: "week", 217: "week", 218: "month"}
    assert {n: fitting(Span(FIRST, FIRST + timedelta(days=n - 1))) for n in lengths} == lengths


def bits(*silent: tuple[int, int]) -> str:
    minutes = ["1"] * 1440
    for begin, end in silent:
        minutes[begin:end] = "0" * (end - begin)
    return "".join(minutes)


def test_a_run_over_midnight_is_one():
    found = runs(Span(FIRST, FIRST + DAY), {FIRST: bits((1430, 1440)), FIRST + DAY: bits((0, 5))}, LATER, JAKARTA)
    assert [(run.begin.isoformat(), run.minutes) for run in found] == [("2026-03-01T23:50:00+07:00", 15)]


def test_a_day_without_a_row_is_silent_and_a_day_of_a_log_is_not():
    span = Span(FIRST, FIRST + 2 * DAY)
    found = runs(span, {FIRST: bits(), FIRST + 2 * DAY: None}, LATER, JAKARTA)
    assert [(run.begin.date(), run.minutes) for run in found] == [(FIRST + DAY, 1440)]


def test_nothing_is_said_of_minutes_to_come():
    until = datetime(2026, 3, 1, 10, 0, 30, tzinfo=JAKARTA)
    found = runs(Span(FIRST, FIRST), {FIRST: bits((590, 1440))}, until, JAKARTA)
    assert [(run.begin.hour, run.minutes) for run in found] == [(9, 10)]
    assert runs(Span(FIRST, FIRST), {}, datetime(2026, 2, 1, tzinfo=JAKARTA), JAKARTA) == []
