"""10.3 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.indicators.results import value_of
from ckanext.smartcity.tests.indicators.trial import (
    CATALOGUE,
    JAKARTA,
    WINDOWS,
    ZONES,
    at_cutoff,
    closed_year,
    moments,
    rows_of,
    running_year,
)

RECIPE = RECIPES["response_time"]
IDS = st.integers(1, 60).map(lambda number: f"T-{number}")
KINDS = st.sampled_from(("information", "complaint", "other", "jalan rusak", "parkir"))
MICROSECOND = timedelta(microseconds=1)


def reason(row, window):
    """Why an inquiry is not counted; None where it is."""
    year = row["submitted_at"].astimezone(ZoneInfo(window.zone)).year
    if year != window.year or row["submitted_at"] >= window.end:
        return "outside_period"
    if row["state"] in ("spam", "duplicate", "withdrawn"):
        return "not_counted_state"
    if row["is_emergency"] is True:
        return "emergency"
    if row["is_complaint"] is True and row["is_accessibility"] is False:
        return "complaint"
    return "invalid_interval" if row["responded_at"] and row["responded_at"] < row["submitted_at"] else None


def unsure(row):
    """Whether it is unknown if a used inquiry should be left out."""
    may_be_complaint = row["is_complaint"] is not False and row["is_accessibility"] is not True
    return row["is_emergency"] is None or may_be_complaint


def seconds(row):
    return Fraction((row["responded_at"] - row["submitted_at"]) // MICROSECOND, 1_000_000)


def counted(values):
    return {value: values.count(value) for value in values}


def oracle(rows, window):
    """Numerator, denominator, null reason, flags, exclusions, unknown inquiries, companions."""
    reasons = [reason(row, window) for row in rows]
    used = [row for row, found in zip(rows, reasons, strict=True) if found is None]
    excluded = counted([found for found in reasons if found])
    waited = [seconds(row) for row in used if row["responded_at"] and row["responded_at"] <= window.cutoff]
    unanswered = len(used) - len(waited)
    listed = ("information", "service_request", "report", "suggestion", "complaint")
    companions = {
        "answered": len(waited),
        "unanswered": unanswered,
        "unanswered_share": Fraction(unanswered, len(used)) if used else None,
        "median_days": median(waited) / 86_400 if waited else None,
        "total_hours": sum(waited, Fraction()) / 3_600,
        "by_kind": counted([row["kind"] if row["kind"] in listed else "other" for row in used]),
        "by_agency": counted([row["agency"] or "unknown" for row in used]),
    }
    unknown = sum(unsure(row) for row in used)
    flags = {
        "unanswered": unanswered > 0,
        "invalid_rows": "invalid_interval" in excluded,
        "unknown_values": unknown > 0,
        "period_incomplete": window.incomplete,
    }
    null = None if waited else "zero_denominator"
    found = {flag for flag in flags if flags[flag]}
    return sum(waited, Fraction()), 86_400 * len(waited), null, found, excluded, unknown, companions


@settings(max_examples=150, deadline=None)
@given(
    rows=rows_of("inquiries", inquiry_id=IDS, kind=KINDS, responded_at=st.none() | moments() | at_cutoff()),
    window=st.sampled_from(WINDOWS),
)
def test_it_is_what_the_rows_say(trial, rows, window):
    outcome = trial.outcome(RECIPE, {"inquiries": rows}, Asked(window), split=2)
    value = value_of(CATALOGUE.indicator("10.3"), outcome, None, window.incomplete)
    total, answered, null, flags, excluded, unknown, companions = oracle(rows, window)
    assert (outcome.numerator, outcome.denominator) == (total, answered)
    assert (value.null_reason, set(value.flags)) == (null, flags)
    assert (value.exclusions, value.unknown_count) == (excluded, unknown)
    assert outcome.companions == companions


def local(year, month, day, hour=0, zone=JAKARTA):
    return datetime(year, month, day, hour, tzinfo=zone)


def inquiry(number, hours=12, **fields):
    """An inquiry that was answered after some hours; None: not answered."""
    asked = fields.get("submitted_at", local(2025, 2, 3, 9))
    return {
        "inquiry_id": f"T-{number}", "kind": "information", "is_emergency": False, "is_complaint": False,
        "is_accessibility": False, "submitted_at": asked, "state": "answered",
        "responded_at": None if hours is None else asked + timedelta(hours=hours),
    } | fields  # fmt: skip


def value(trial, rows, window=None):
    return trial.value("10.3", {"inquiries": rows}, Asked(window or closed_year()))


def test_the_example_of_the_guide(trial):
    found = value(trial, [inquiry(1, 12), inquiry(2, 36), inquiry(3, None, state="open")])
    assert (found.value, found.numerator, found.denominator) == (1, 48 * 3600, 2 * 86_400)
    assert (found.companions["unanswered"], found.companions["unanswered_share"]) == (1, Fraction(1, 3))
    assert found.flags == ("unanswered",)


def test_the_first_reason_counts(trial):
    last_year = local(2024, 12, 31, 23)
    rows = [
        inquiry(1, state="spam", submitted_at=last_year),
        inquiry(2, state="spam", is_emergency=True),
        inquiry(3, is_emergency=True, is_complaint=True),
        inquiry(4, -1, is_complaint=True),
        inquiry(5, -1),
        inquiry(6, 0),
    ]
    found = value(trial, rows)
    reasons = ("outside_period", "not_counted_state", "emergency", "complaint", "invalid_interval")
    assert found.exclusions == dict.fromkeys(reasons, 1)
    assert (found.value, found.flags) == (0, ("invalid_rows",))


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_year_begins_and_ends_at_local_midnight(trial, zone):
    first, following = local(2025, 1, 1, zone=zone), local(2026, 1, 1, zone=zone)
    edges = (first - MICROSECOND, first, following - MICROSECOND, following)
    rows = [inquiry(number, submitted_at=moment) for number, moment in enumerate(edges)]
    found = value(trial, rows, closed_year(2025, zone))
    assert (found.used, found.exclusions) == (2, {"outside_period": 2})


def test_a_leap_day_is_one_day_more(trial):
    rows = [inquiry(1, submitted_at=local(2024, 2, 28), responded_at=local(2024, 3, 1))]
    assert value(trial, rows, closed_year(2024)).value == 2
    rows = [inquiry(1, submitted_at=local(2025, 2, 28), responded_at=local(2025, 3, 1))]
    assert value(trial, rows).value == 1


@pytest.mark.parametrize(("late", "answered"), [(-MICROSECOND, 1), (0 * MICROSECOND, 1), (MICROSECOND, 0)])
def test_an_answer_is_known_up_to_and_at_the_cutoff(trial, late, answered):
    cutoff = local(2026, 4, 1)
    found = value(trial, [inquiry(1, responded_at=cutoff + late)])
    assert found.companions["answered"] == answered
    assert found.null_reason == (None if answered else "zero_denominator")
    assert found.flags == (() if answered else ("unanswered",))


def test_a_running_year_knows_what_came_before_the_month(trial):
    rows = [
        inquiry(1, submitted_at=local(2025, 2, 28, 12), responded_at=local(2025, 3, 1)),
        inquiry(2, submitted_at=local(2025, 2, 28, 12), responded_at=local(2025, 3, 1) + MICROSECOND),
        inquiry(3, submitted_at=local(2025, 3, 1)),
    ]
    found = value(trial, rows, running_year(2025, 3))
    assert (found.value, found.exclusions) == (Decimal("0.5"), {"outside_period": 1})
    assert found.flags == ("period_incomplete", "unanswered")


def test_an_answer_counts_whatever_the_state_says(trial):
    found = value(trial, [inquiry(1, 24, state="open"), inquiry(2, None, state="closed")])
    assert (found.value, found.companions["unanswered"]) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "used", "unknown"),
    [
        ({"is_emergency": None}, 1, 1),
        ({"is_complaint": None}, 1, 1),
        ({"is_complaint": True, "is_accessibility": None}, 1, 1),
        ({"is_complaint": None, "is_accessibility": True}, 1, 0),
        ({"is_complaint": True, "is_accessibility": True}, 1, 0),
        ({"is_accessibility": None}, 1, 0),
        ({"is_emergency": None, "is_complaint": None, "is_accessibility": None}, 1, 1),
        ({"is_emergency": None, "is_complaint": True}, 0, 0),
        ({"is_emergency": None, "state": "spam"}, 0, 0),
    ],
)
def test_an_unknown_flag_leaves_an_inquiry_in(trial, fields, used, unknown):
    found = value(trial, [inquiry(1, **fields)])
    assert (found.used, found.unknown_count) == (used, unknown)
    assert found.flags == (("unknown_values",) if unknown else ())


def test_the_median_of_an_even_number_is_between_the_two_in_the_middle(trial):
    rows = [inquiry(number, hours) for number, hours in enumerate((1, 24, 48, 1000))]
    assert value(trial, rows).companions["median_days"] == Fraction(3, 2)
    assert value(trial, rows[:3]).companions["median_days"] == 1


def test_kinds_that_are_not_listed_count_as_other(trial):
    rows = [inquiry(1, kind="parkir", agency="dishub"), inquiry(2, kind="other"), inquiry(3, None, agency="dishub")]
    found = value(trial, rows).companions
    assert found["by_kind"] == {"information": 1, "other": 2}
    assert found["by_agency"] == {"dishub": 2, "unknown": 1}


def test_nothing_answered_is_no_value_and_nothing_asked_neither(trial):
    found = value(trial, [inquiry(1, None)])
    assert (found.null_reason, found.flags) == ("zero_denominator", ("unanswered",))
    assert (found.companions["median_days"], found.companions["unanswered_share"]) == (None, 1)
    found = value(trial, [])
    assert (found.null_reason, found.companions["unanswered_share"], found.flags) == ("zero_denominator", None, ())
