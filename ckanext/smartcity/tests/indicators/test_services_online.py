"""10.2 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.indicators.results import value_of
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, WINDOWS, ZONES, closed_year, rows_of, running_year

RECIPE = RECIPES["services_online"]
CONDITIONS = ("accessible", "requestable", "central")
IDS = st.integers(1, 60).map(lambda number: f"LYN-{number}")


def reason(row, day):
    """Why a service is not counted; None where it is."""
    ends = row["active_to"] or date.max
    if row["provider"] not in ("city", "contracted"):
        return "other_level"
    if row["audience"] not in ("people", "business"):
        return "internal"
    if ends < row["active_from"]:
        return "invalid_interval"
    return None if row["active_from"] <= day <= ends else "inactive"


def oracle(rows, window):
    """Numerator, denominator, null reason, flags, exclusions, unknown services, companions."""
    reasons = [reason(row, window.last_day) for row in rows]
    used = [row for row, found in zip(rows, reasons, strict=True) if found is None]
    excluded = {found: reasons.count(found) for found in reasons if found}
    met = [[row[condition] for condition in CONDITIONS] for row in used]
    hits = sum(all(one) for one in met)
    unknown = sum(None in one and False not in one for one in met)
    areas = [row["area"] for row in used]
    companions = {
        **{condition: sum(row[condition] is True for row in used) for condition in CONDITIONS},
        "by_area": {area: areas.count(area) for area in areas},
    }
    flags = {
        "invalid_rows": "invalid_interval" in excluded,
        "unknown_values": unknown > 0,
        "period_incomplete": window.incomplete,
    }
    null = None if used else "zero_denominator"
    return hits, len(used), null, {flag for flag in flags if flags[flag]}, excluded, unknown, companions


@settings(max_examples=80, deadline=None)
@given(rows=rows_of("city_services", service_id=IDS), window=st.sampled_from(WINDOWS))
def test_it_is_what_the_rows_say(trial, rows, window):
    outcome = trial.outcome(RECIPE, {"city_services": rows}, Asked(window), split=2)
    value = value_of(CATALOGUE.indicator("10.2"), outcome, None, window.incomplete)
    hits, used, null, flags, excluded, unknown, companions = oracle(rows, window)
    assert (outcome.numerator, outcome.denominator) == (hits, used)
    assert (value.null_reason, set(value.flags)) == (null, flags)
    assert (value.exclusions, value.unknown_count) == (excluded, unknown)
    assert outcome.companions == companions


def service(number, **fields):
    return {
        "service_id": f"LYN-{number}", "name": "Izin reklame", "area": "permits-licences", "agency": "dpmptsp",
        "provider": "city", "audience": "people", "accessible": True, "requestable": True, "central": True,
        "active_from": date(2021, 1, 4),
    } | fields  # fmt: skip


def value(trial, rows, window=None):
    return trial.value("10.2", {"city_services": rows}, Asked(window or closed_year()))


def test_the_example_of_the_guide(trial):
    rows = [
        service(1),
        service(2, requestable=False),
        service(3, central=False, provider="contracted"),
        service(4, accessible=False, audience="business"),
        service(5, provider="other_level"),
        service(6, audience="internal"),
    ]
    found = value(trial, rows)
    assert (found.value, found.denominator) == (25, 4)
    assert found.exclusions == {"internal": 1, "other_level": 1}


def test_the_first_reason_counts(trial):
    rows = [service(1, provider="other_level", audience="internal", active_to=date(2020, 1, 1))]
    assert value(trial, rows).exclusions == {"other_level": 1}
    rows = [service(1, active_to=date(2020, 1, 1))]
    assert (value(trial, rows).exclusions, value(trial, rows).flags) == ({"invalid_interval": 1}, ("invalid_rows",))


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_service_is_counted_where_it_is_active_on_the_last_day(trial, zone):
    rows = [
        service(1, active_from=date(2025, 12, 31)),
        service(2, active_from=date(2026, 1, 1)),
        service(3, active_to=date(2025, 12, 31)),
        service(4, active_to=date(2025, 12, 30)),
    ]
    found = value(trial, rows, closed_year(2025, zone))
    assert (found.used, found.exclusions) == (2, {"inactive": 2})


def test_a_running_year_asks_for_the_last_day_before_the_cutoff(trial):
    rows = [service(1, active_from=date(2025, 2, 28)), service(2, active_from=date(2025, 3, 1))]
    found = value(trial, rows, running_year(2025, 3))
    assert (found.used, found.flags) == (1, ("period_incomplete",))


def test_a_service_of_which_one_condition_fails_is_known(trial):
    found = value(trial, [service(1), service(2, central=None), service(3, central=None, accessible=False)])
    assert (found.numerator, found.denominator) == (1, 3)
    assert (found.unknown_count, found.flags) == (1, ("unknown_values",))
    assert (found.companions["accessible"], found.companions["central"]) == (2, 1)


def test_no_service_is_no_value(trial):
    assert value(trial, []).null_reason == "zero_denominator"
