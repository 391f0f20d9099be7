"""5.1 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.tests.indicators.trial import WINDOWS, closed_year, rows_of

RECIPE = RECIPES["open_data_clause"]
YEAR = closed_year()
NUMBERS = st.integers(1, 5).map(lambda number: f"manual:dlh:{number}")
VERSIONS = st.integers(0, 3)
AREAS = st.sampled_from((None, "fire", "fire;roads-traffic", "roads-traffic;fire", "fire;fire"))


def reason_of(last, window):
    ends = last["end_date"] if last["terminated_on"] is None else last["terminated_on"]
    if last["counterparty"] != "business":
        return "not_business"
    if last["city_service"] is False:
        return "not_city_service"
    if any(day and day < last["start_date"] for day in (last["end_date"], last["terminated_on"])):
        return "invalid_interval"
    if last["cancelled"] or last["start_date"] > window.last_day or (ends and ends < window.first_day):
        return "not_in_force"
    return None


def has_clause(version, day):
    if not version["clause"] or version["clause_from"] is None or version["clause_from"] > day:
        return False
    return version["clause_until"] is None or version["clause_until"] > day


def oracle(rows, window):
    """Numerator, denominator, exclusions, companions."""
    excluded, excluded_rows, areas = {}, {}, {}
    used, hits, undecided, undecided_service, rows_used, individuals = 0, 0, 0, 0, 0, 0
    ordered = sorted(rows, key=lambda row: (row["contract_no"], row["version"]))
    for _, group in groupby(ordered, key=lambda row: row["contract_no"]):
        versions = list(group)
        last = versions[-1]
        individuals += last["counterparty"] == "individual"
        if reason := reason_of(last, window):
            excluded[reason] = excluded.get(reason, 0) + 1
            excluded_rows[reason] = excluded_rows.get(reason, 0) + len(versions)
            continue
        used, rows_used = used + 1, rows_used + len(versions)
        hits += any(has_clause(version, window.last_day) for version in versions)
        undecided += all(version["clause"] is None for version in versions)
        undecided_service += last["city_service"] is None
        for area in set((last["areas"] or "").split(";")) - {""}:
            areas[area] = areas.get(area, 0) + 1
    companions = {
        "undecided_clause": undecided,
        "undecided_city_service": undecided_service,
        "share_among_decided": Fraction(100 * hits, used - undecided) if used > undecided else None,
        "by_area": areas,
        "excluded_individuals": individuals,
        "rows_used": rows_used,
        "excluded_rows": excluded_rows,
    }
    return hits, used, excluded, companions


@settings(max_examples=100, deadline=None)
@given(
    rows=rows_of("contracts", most=14, contract_no=NUMBERS, version=VERSIONS, areas=AREAS),
    window=st.sampled_from(WINDOWS),
)
def test_it_is_what_the_rows_say(trial, rows, window):
    found = trial.outcome(RECIPE, {"contracts": rows}, Asked(window), split=2)
    hits, used, excluded, companions = oracle(rows, window)
    assert (found.numerator, found.denominator) == (hits, used)
    assert (found.excluded, found.unknown) == (excluded, companions["undecided_clause"])
    assert found.flags == ({"invalid_rows"} if "invalid_interval" in excluded else set())
    assert found.companions == companions
    assert found.rows == found.used + sum(found.excluded.values())


def contract(number, **fields):
    return {
        "contract_no": f"manual:dlh:{number}", "version": 0, "counterparty": "business", "city_service": True,
        "areas": "waste-recycling", "start_date": date(2025, 1, 15), "end_date": date(2025, 12, 31),
        "cancelled": False, "clause": False,
    } | fields  # fmt: skip


def clause(number, since=date(2025, 1, 15), until=None, **fields):
    return contract(number, clause=True, clause_from=since, clause_until=until, **fields)


def value(trial, *rows, window=YEAR):
    return trial.value("5.1", {"contracts": list(rows)}, Asked(window))


def test_the_example_of_the_guide(trial):
    found = value(trial, clause(1), contract(2), contract(3), contract(4), contract(5, clause=None))
    assert (found.value, found.companions["share_among_decided"]) == (20, 25)
    assert (found.unknown_count, found.flags, found.conformance) == (1, ("unknown_values",), "conforms")
    assert found.companions["undecided_clause"] == 1


@pytest.mark.parametrize(
    ("term", "counts"),
    [
        ({"start_date": date(2025, 12, 31), "end_date": date(2026, 6, 30)}, True),
        ({"start_date": date(2026, 1, 1), "end_date": date(2026, 6, 30)}, False),
        ({"start_date": date(2023, 1, 1), "end_date": date(2025, 1, 1)}, True),
        ({"start_date": date(2023, 1, 1), "end_date": date(2024, 12, 31)}, False),
        ({"start_date": date(2023, 1, 1), "end_date": None}, True),
        ({"start_date": date(2023, 1, 1), "terminated_on": date(2024, 12, 31)}, False),
        ({"start_date": date(2023, 1, 1), "terminated_on": date(2025, 1, 1)}, True),
        ({"start_date": date(2023, 1, 1), "end_date": date(2024, 6, 30), "terminated_on": date(2025, 2, 1)}, True),
        ({"start_date": date(2025, 6, 1), "end_date": date(2025, 6, 1)}, True),
        ({"cancelled": True}, False),
    ],
)
def test_a_contract_counts_in_the_years_in_which_it_is_in_force(trial, term, counts):
    found = value(trial, contract(1, **term))
    assert (found.used, found.exclusions) == ((1, {}) if counts else (0, {"not_in_force": 1}))


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_a_contract_over_several_years_counts_once_in_each(trial, year):
    over = contract(1, start_date=date(2023, 12, 31), end_date=date(2025, 1, 1))
    assert value(trial, over, window=closed_year(year)).used == 1


@pytest.mark.parametrize(
    ("since", "until", "hit"),
    [
        (date(2025, 12, 31), None, 1),
        (date(2026, 1, 1), None, 0),
        (date(2025, 1, 15), date(2025, 12, 31), 0),
        (date(2025, 1, 15), date(2026, 1, 1), 1),
    ],
)
def test_the_clause_must_be_in_force_on_the_last_day(trial, since, until, hit):
    found = value(trial, clause(1, since, until))
    assert (found.numerator, found.unknown_count) == (hit, 0)


def test_any_version_may_bring_the_clause(trial):
    found = value(trial, clause(1), contract(1, version=1, clause=None), contract(1, version=2))
    assert (found.value, found.rows, found.companions["rows_used"], found.unknown_count) == (100, 1, 3, 0)


def test_one_examined_version_is_known(trial):
    found = value(trial, contract(1), contract(1, version=1, clause=None))
    assert (found.value, found.unknown_count) == (0, 0)


def test_the_highest_version_says_who_and_until_when(trial):
    first = clause(1, counterparty="government", city_service=False, start_date=date(2020, 1, 1), areas="fire")
    found = value(trial, contract(1, version=10), first | {"version": 9})
    assert (found.value, found.companions["by_area"]) == (100, {"waste-recycling": 1})


def test_the_first_reason_that_holds(trial):
    wrong = {"counterparty": "government", "city_service": False, "end_date": date(2024, 1, 1), "cancelled": True}
    found = value(
        trial,
        contract(1, **wrong),
        contract(2, **wrong | {"counterparty": "business"}),
        contract(3, **wrong | {"counterparty": "business", "city_service": True}),
        contract(4, cancelled=True),
    )
    assert found.exclusions == {"invalid_interval": 1, "not_business": 1, "not_city_service": 1, "not_in_force": 1}
    assert (found.null_reason, found.flags) == ("zero_denominator", ("invalid_rows",))


def test_an_undecided_city_service_stays_in_without_a_flag(trial):
    found = value(trial, clause(1, city_service=None), contract(2))
    assert (found.value, found.companions["undecided_city_service"], found.flags) == (50, 1, ())


def test_individuals_are_counted_apart_and_accounted_for_in_rows_too(trial):
    person = {"counterparty": "individual"}
    found = value(
        trial, contract(1, **person), contract(1, version=1, **person), contract(2, counterparty="government")
    )
    assert (found.exclusions, found.companions["excluded_rows"]) == ({"not_business": 2}, {"not_business": 3})
    assert found.companions["excluded_individuals"] == 1


def test_a_contract_of_several_areas_counts_in_each(trial):
    found = value(trial, contract(1, areas="fire;roads-traffic"), contract(2, areas="fire"), contract(3, areas=None))
    assert found.companions["by_area"] == {"fire": 2, "roads-traffic": 1}


def test_all_unexamined_is_zero_and_no_share_among_the_decided(trial):
    found = value(trial, contract(1, clause=None))
    assert (found.value, found.companions["share_among_decided"]) == (0, None)


def test_no_contract_is_no_value(trial):
    assert value(trial).null_reason == "zero_denominator"
