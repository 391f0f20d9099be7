"""10.1 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.periods import DAY
from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.indicators.results import value_of
from ckanext.smartcity.tests.indicators.trial import (
    CATALOGUE,
    WINDOWS,
    ZONES,
    closed_year,
    population,
    rows_of,
    running_year,
)

RECIPE = RECIPES["portal_visits"]
ASKED = {"grade": "confirmed", "min_coverage": "0.75"}
METHODS = st.sampled_from(("portal:1-a3f09c", "portal:2-77b1d0", "log:1-a3f09c"))


def oracle(rows, asked):
    """Numerator, denominator, null reason, flags, exclusions, companions."""
    window, people = asked.window, asked.population
    used = [row for row in rows if row["date"].year == window.year and row["date"] <= window.last_day]
    period = [window.first_day + n * DAY for n in range(370) if window.first_day + n * DAY <= window.last_day]
    measured = {row["date"] for row in used}
    strict = asked.parameters["grade"] == "confirmed" and all(row["visits_confirmed"] is not None for row in used)
    visits = sum(row["visits_confirmed" if strict else "visits"] for row in used)
    coverage = Fraction(sum(day in measured for day in period), len(period))
    methods = {row["method"] for row in used}
    if coverage < Fraction(asked.parameters["min_coverage"]):
        reason = "insufficient_coverage"
    else:
        reason = None if people else "missing_denominator"
    flags = {
        "partial_coverage": measured != set(period),
        "method_break": len(methods) > 1,
        "period_incomplete": window.incomplete,
        "estimated_denominator": people is not None and people.estimated,
    }
    companions = {
        "grade": None if not used else "confirmed" if strict else "all",
        "coverage": coverage,
        "methods": sorted(methods),
        "days_with_row": len(measured),
        "days_in_period": len(period),
        "days_short": sum(row["measured_minutes"] is not None and row["measured_minutes"] < 1440 for row in used),
    }
    excluded = {"outside_period": len(rows) - len(used)} if len(rows) > len(used) else {}
    return visits, people and people.persons, reason, {flag for flag in flags if flags[flag]}, excluded, companions


def agree(trial, rows, asked):
    outcome = trial.outcome(RECIPE, {"portal_visits_daily": rows}, asked, split=2)
    value = value_of(CATALOGUE.indicator("10.1"), outcome, asked.population, asked.window.incomplete)
    visits, persons, reason, flags, excluded, companions = oracle(rows, asked)
    assert (outcome.numerator, outcome.denominator) == (visits, persons)
    assert (value.null_reason, set(value.flags)) == (reason, flags)
    assert (value.exclusions, value.unknown_count) == (excluded, 0)
    assert outcome.companions == companions


@settings(max_examples=60, deadline=None)
@given(
    rows=rows_of("portal_visits_daily", method=METHODS, measured_minutes=st.none() | st.sampled_from((0, 1439, 1440))),
    window=st.sampled_from(WINDOWS),
    people=st.sampled_from((None, population(250_000), population(7, estimated=True))),
    grade=st.sampled_from(("confirmed", "all")),
    least=st.sampled_from(("0", "0.01", "0.75")),
)
def test_it_is_what_the_rows_say(trial, rows, window, people, grade, least):
    agree(trial, rows, Asked(window, {"grade": grade, "min_coverage": least}, people))


@settings(max_examples=15, deadline=None)
@given(
    window=st.sampled_from(WINDOWS),
    missing=st.sets(st.integers(0, 365), max_size=120),
    unconfirmed=st.none() | st.integers(0, 365),
)
def test_it_is_what_the_rows_of_whole_years_say(trial, window, missing, unconfirmed):
    rows = [
        visited(
            date(window.year - 1, 12, 31) + n * DAY, visits=n, visits_confirmed=None if n == unconfirmed else n // 2
        )
        for n in range(368)
        if n not in missing
    ]
    agree(trial, rows, Asked(window, ASKED, population(250_000)))


def visited(day, **fields):
    return {
        "date": day, "visits": 100, "visits_confirmed": 60, "method": "portal:1-a3f09c", "measured_minutes": 1440,
    } | fields  # fmt: skip


def year_of_days(number, year=2025, **fields):
    return [visited(date(year, 1, 1) + n * DAY, **fields) for n in range(number)]


def value(trial, rows, window=None, people=250_000, **parameters):
    asked = Asked(window or closed_year(), ASKED | parameters, population(people))
    return trial.value("10.1", {"portal_visits_daily": rows}, asked)


def test_the_example_of_the_guide(trial):
    found = value(trial, year_of_days(365), grade="all")
    assert (found.value, found.numerator, found.denominator, found.flags) == (14_600, 36_500, 250_000, ())


def test_confirmed_visits_are_used_where_every_day_has_them(trial):
    found = value(trial, year_of_days(365))
    assert (found.value, found.companions["grade"]) == (8_760, "confirmed")


def test_one_day_without_confirmed_visits_lowers_the_grade_of_the_year(trial):
    rows = [*year_of_days(364), visited(date(2025, 12, 31), visits_confirmed=None)]
    found = value(trial, rows)
    assert (found.value, found.companions["grade"], found.unknown_count) == (14_600, "all", 0)


def test_a_day_outside_the_period_does_not_lower_the_grade(trial):
    rows = [*year_of_days(365), visited(date(2026, 1, 1), visits_confirmed=None, method="log:1-a3f09c")]
    found = value(trial, rows)
    assert (found.companions["grade"], found.companions["methods"]) == ("confirmed", ["portal:1-a3f09c"])
    assert (found.exclusions, found.flags) == ({"outside_period": 1}, ())


@pytest.mark.parametrize(("days", "reason"), [(90, None), (89, "insufficient_coverage")])
def test_coverage_of_exactly_three_quarters_is_enough(trial, days, reason):
    found = value(trial, year_of_days(days), running_year(2025, 5))
    assert (found.null_reason, found.companions["coverage"]) == (reason, Fraction(days, 120))
    assert found.flags == ("partial_coverage", "period_incomplete")


def test_two_methods_break_the_series(trial):
    rows = [*year_of_days(364), visited(date(2025, 12, 31), method="log:1-a3f09c")]
    assert value(trial, rows).flags == ("method_break",)


def test_a_day_without_visits_is_measured_and_a_missing_day_is_not_filled(trial):
    zero = [*year_of_days(364), visited(date(2025, 12, 31), visits=0, visits_confirmed=0, measured_minutes=1439)]
    found = value(trial, zero)
    assert (found.numerator, found.companions["coverage"], found.companions["days_short"]) == (364 * 60, 1, 1)
    assert value(trial, zero[:-1]).flags == ("partial_coverage",)


def test_no_visit_on_any_day_is_zero(trial):
    assert value(trial, year_of_days(365, visits=0, visits_confirmed=0)).value == 0


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_days_are_local_in_every_zone(trial, zone):
    rows = [visited(day) for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))]
    found = value(trial, rows, closed_year(2025, zone), min_coverage="0")
    assert (found.used, found.exclusions) == (2, {"outside_period": 2})


def test_a_leap_year_has_366_days(trial):
    found = value(trial, year_of_days(366, 2024), closed_year(2024))
    assert (found.companions["days_in_period"], found.companions["coverage"]) == (366, 1)


def test_a_running_year_ends_with_the_last_day_before_the_cutoff(trial):
    found = value(trial, year_of_days(60), running_year(2025, 3))
    assert (found.used, found.exclusions, found.companions["days_in_period"]) == (59, {"outside_period": 1}, 59)
    assert (found.flags, found.companions["coverage"]) == (("period_incomplete",), 1)


def test_too_few_days_come_before_a_missing_population(trial):
    asked = Asked(closed_year(), ASKED)
    found = trial.value("10.1", {"portal_visits_daily": year_of_days(273)}, asked)
    assert (found.null_reason, found.flags) == ("insufficient_coverage", ("partial_coverage",))
    found = trial.value("10.1", {"portal_visits_daily": year_of_days(365)}, asked)
    assert (found.null_reason, found.denominator) == ("missing_denominator", None)


def test_no_measured_day_has_no_grade(trial):
    found = value(trial, [])
    assert (found.null_reason, found.companions["grade"], found.companions["methods"]) == (
        "insufficient_coverage", None, [],
    )  # fmt: skip
