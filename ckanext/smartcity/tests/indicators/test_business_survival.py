"""5.2 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.tests.indicators.trial import WINDOWS, closed_year, days, population, rows_of, running_year

RECIPE = RECIPES["business_survival"]
HERE = {"region_code": "35.78"}
NIBS = st.integers(1, 60).map(lambda number: f"91200{number:08}")
CITIES = st.sampled_from(("35.78", "3578", "35.79", "357.8"))
LEAP = running_year(2024, 3)
"""Cut off at 1 March of a leap year: D is 29 February."""


def oracle(rows, window, persons):
    """Numerator, denominator, exclusions, unknown rows, companions."""
    end = window.last_day
    since = date(end.year - 2, 2, 28) if (end.month, end.day) == (2, 29) else end.replace(year=end.year - 2)
    excluded, births, survivors, unknown = {}, 0, 0, 0
    for row in rows:
        opened, closed, state = row["registered_on"], row["closed_on"], row["state"]
        if row["city_code"].replace(".", "") != "3578":
            reason = "other_city"
        elif not since < opened <= end:
            reason = "outside_window"
        elif closed is not None and closed < opened:
            reason = "invalid_interval"
        else:
            births += 1
            if closed is None:
                survivors += state == "active"
                unknown += state is None
            else:
                survivors += closed > end and state != "suspended"
            continue
        excluded[reason] = excluded.get(reason, 0) + 1
    companions = {
        "births": births,
        "survivors": survivors,
        "survivors_per_100000": Fraction(100_000 * survivors, persons) if persons else None,
        "survival_rate_percent": Fraction(100 * survivors, births) if births else None,
    }
    return survivors, births * persons if persons else None, excluded, unknown, companions


def near_two_years():
    """Days around both ends of two years that end with 2025, or on 29 February 2024."""
    edges = (date(2022, 2, 28), date(2023, 12, 31), date(2024, 2, 29), date(2025, 12, 31), date(2023, 5, 31))
    return st.builds(lambda day, by: day + timedelta(by), st.sampled_from(edges), st.integers(-1, 1)) | days()


@settings(max_examples=80, deadline=None)
@given(
    rows=rows_of("businesses", nib=NIBS, city_code=CITIES, registered_on=near_two_years()),
    window=st.sampled_from((*WINDOWS, LEAP)),
    persons=st.sampled_from((None, 1, 499_979)),
)
def test_it_is_what_the_rows_say(trial, rows, window, persons):
    asked = Asked(window, HERE, population(persons) if persons else None)
    found = trial.outcome(RECIPE, {"businesses": rows}, asked, split=2)
    survivors, divisor, excluded, unknown, companions = oracle(rows, window, persons)
    assert (found.numerator, found.denominator) == (survivors, divisor)
    assert (found.excluded, found.unknown) == (excluded, unknown)
    assert found.flags == ({"invalid_rows"} if "invalid_interval" in excluded else set())
    assert found.companions == companions


def business(number, **fields):
    return {
        "nib": f"91200{number:08}", "city_code": "35.78", "registered_on": date(2024, 3, 11), "state": "active",
    } | fields  # fmt: skip


def value(trial, *rows, persons=500_000, estimated=False):
    asked = Asked(closed_year(), HERE, population(persons, estimated) if persons else None)
    return trial.value("5.2", {"businesses": list(rows)}, asked)


def test_the_example_of_the_guide(trial):
    rows = [business(number, state="active" if number <= 150 else "closed") for number in range(1, 201)]
    found = value(trial, *rows)
    assert str(found.value) == "0.15"
    assert found.companions == {
        "births": 200, "survivors": 150, "survivors_per_100000": 30, "survival_rate_percent": 75,
    }  # fmt: skip
    assert (found.numerator, found.denominator, found.flags, found.conformance) == (150, 10**8, (), "conforms")


def test_it_has_fifty_digits(trial):
    found = value(trial, business(1), business(2), business(3, state="closed"), persons=7)
    assert str(found.value) == "9523.8095238095238095238095238095238095238095238095"


@pytest.mark.parametrize(
    ("registered_on", "counts"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_births_are_those_of_two_years_up_to_the_last_day(trial, registered_on, counts):
    found = value(trial, business(1, registered_on=registered_on))
    assert found.companions["births"] == counts
    assert found.exclusions == ({} if counts else {"outside_window": 1})


@pytest.mark.parametrize(
    ("closed_on", "state", "hit"),
    [
        (date(2025, 12, 31), "active", 0),
        (date(2026, 1, 1), "active", 1),
        (date(2026, 1, 1), "closed", 1),
        (date(2026, 1, 1), None, 1),
        (date(2026, 12, 1), "closed", 1),
        (date(2026, 1, 1), "suspended", 0),
        (date(2025, 12, 31), None, 0),
        (None, "active", 1),
        (None, "suspended", 0),
        (None, "closed", 0),
    ],
)
def test_who_operates_on_the_last_day(trial, closed_on, state, hit):
    found = value(trial, business(1, closed_on=closed_on, state=state))
    assert (found.companions["survivors"], found.unknown_count) == (hit, 0)


def test_an_unknown_state_stays_among_the_births(trial):
    found = value(trial, business(1), business(2, state=None))
    assert (found.companions["survival_rate_percent"], found.unknown_count) == (50, 1)
    assert found.flags == ("unknown_values",)


def test_a_business_of_another_city_is_that_first(trial):
    row = business(1, city_code="3579", registered_on=date(2020, 1, 1), closed_on=date(2019, 1, 1))
    assert value(trial, row).exclusions == {"other_city": 1}


def test_closed_before_registered_is_invalid(trial):
    found = value(trial, business(1), business(2, closed_on=date(2024, 3, 10)))
    assert (found.exclusions, found.flags) == ({"invalid_interval": 1}, ("invalid_rows",))
    assert value(trial, business(1, closed_on=date(2024, 3, 11))).exclusions == {}


def test_no_birth_is_no_value(trial):
    found = value(trial)
    assert (found.value, found.null_reason, found.denominator) == (None, "zero_denominator", 0)
    assert found.companions["survival_rate_percent"] is None


def test_without_population_there_is_no_value(trial):
    found = value(trial, persons=None)
    assert (found.value, found.null_reason) == (None, "missing_denominator")
    assert found.companions["survivors_per_100000"] is None


def test_nobody_survives_is_zero(trial):
    found = value(trial, business(1, state="closed"))
    assert (found.value, found.null_reason) == (0, None)


def test_the_population_of_the_year_before_is_flagged(trial):
    assert value(trial, business(1), estimated=True).flags == ("estimated_denominator",)
