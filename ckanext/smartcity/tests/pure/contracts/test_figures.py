"""Which contracts count in a year and as what: exclusions in their order, every edge of a date, sums that close."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.contracts import figures
from ckanext.smartcity.contracts.figures import Contract, Period

YEAR = figures.period(2025, date(2026, 3, 1))
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
DAY = timedelta(days=1)


def contract(number: int = 1, **given: Any) -> Contract:
    """A contract in force all through 2025 that nobody has looked at."""
    usual = {"organization": "dlh", "start": FIRST, "end": LAST}
    return Contract(contract_id=f"manual:dlh:{number}", **{**usual, **given})


def decided(number: int = 1, clause: str = "yes", **given: Any) -> Contract:
    reason = {"no": "no_mention"}.get(clause, "provision")
    decision = {"city_service": "yes", "areas": ("fire",), "clause_from": FIRST, "reason": reason}
    return contract(number, clause=clause, **{**decision, **given})


def test_the_period_is_the_year_or_its_days_up_to_the_cut_off():
    assert figures.period(2025, date(2026, 3, 1)) == Period(FIRST, LAST)
    assert figures.period(2026, date(2026, 3, 1)) == Period(date(2026, 1, 1), date(2026, 3, 1))
    assert figures.period(2026, date(2026, 1, 1)).last == date(2026, 1, 1)
    with pytest.raises(ValueError, match="2027 begins after"):
        figures.period(2027, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"counterparty": "individual"}, "not_business"),
        ({"counterparty": "government"}, "not_business"),
        ({"city_service": "no"}, "not_city_service"),
        ({"city_service": "yes", "category": "goods"}, None),
        ({"category": "goods"}, "not_city_service"),
        ({"category": "works"}, None),
        ({"end": FIRST - DAY}, "invalid_interval"),
        ({"terminated": FIRST - DAY}, "invalid_interval"),
        ({"start": None}, "invalid_interval"),
        ({"status": "cancelled"}, "not_in_force"),
        ({"status": "terminated", "terminated": FIRST}, None),
    ],
)
def test_why_a_contract_is_not_counted(given, expected):
    assert figures.exclusion(contract(**given), YEAR) == expected


def test_the_first_reason_in_order_holds():
    wrong = {"counterparty": "individual", "city_service": "no", "end": FIRST - DAY, "status": "cancelled"}
    mended = {"counterparty": "business", "city_service": "yes", "end": LAST, "status": "active"}
    found = []
    for name, value in mended.items():
        found.append(figures.exclusion(contract(**wrong), YEAR))
        wrong[name] = value
    assert tuple(found) == figures.EXCLUSIONS
    assert figures.exclusion(contract(**wrong), YEAR) is None


@pytest.mark.parametrize(
    ("start", "end", "terminated", "counts"),
    [
        (LAST, None, None, True),
        (LAST + DAY, None, None, False),
        (date(2020, 5, 1), FIRST, None, True),
        (date(2020, 5, 1), FIRST - DAY, None, False),
        (date(2020, 5, 1), LAST, FIRST, True),
        (date(2020, 5, 1), LAST, FIRST - DAY, False),
        (date(2020, 5, 1), None, FIRST - DAY, False),
        (date(2020, 5, 1), None, None, True),
        (date(2025, 6, 1), date(2025, 6, 1), None, True),
    ],
)
def test_both_ends_of_the_term_and_of_the_year_are_inclusive(start, end, terminated, counts):
    found = contract(start=start, end=end, terminated=terminated)
    assert (figures.exclusion(found, YEAR) is None) is counts
    assert figures.touches(found, YEAR) is counts


@pytest.mark.parametrize(
    ("clause_from", "clause_until", "counts"),
    [
        (FIRST, None, True),
        (LAST, None, True),
        (LAST + DAY, None, False),
        (None, None, False),
        (FIRST, LAST, False),
        (FIRST, LAST + DAY, True),
    ],
)
@pytest.mark.parametrize(("clause", "expected"), [("yes", "full"), ("partial", "partial")])
def test_a_clause_counts_from_its_first_day_and_not_on_the_day_it_is_gone(
    clause, expected, clause_from, clause_until, counts
):
    found = figures.outcome(decided(clause=clause, clause_from=clause_from, clause_until=clause_until), YEAR)
    assert found == ((expected, "") if counts else ("no", "clause_not_in_force"))


def test_the_cut_off_decides_on_a_clause_in_the_running_year():
    later = decided(clause_from=date(2025, 7, 1))
    assert figures.outcome(later, figures.period(2025, date(2025, 6, 30)))[0] == "no"
    assert figures.outcome(later, figures.period(2025, date(2025, 7, 1)))[0] == "full"


def test_value_companion_and_coverage():
    rows = [decided(1), contract(2), *(decided(n, "no") for n in (3, 4, 5))]
    tally = figures.figures(rows, YEAR).tally
    assert (tally.yes, tally.counted, tally.undecided) == (1, 5, 1)
    assert (tally.value, tally.value_among_decided, tally.coverage) == (Decimal(20), Decimal(25), Decimal("0.8"))
    assert tally.no_reasons == {"no_mention": 3}


def test_without_a_counted_contract_there_is_no_value():
    tally = figures.figures([contract(counterparty="individual")], YEAR).tally
    assert (tally.counted, tally.value, tally.value_among_decided, tally.coverage) == (0, None, None, None)


def test_with_nothing_decided_the_value_is_zero_and_the_companion_unknown():
    tally = figures.figures([contract()], YEAR).tally
    assert (tally.value, tally.value_among_decided, tally.coverage) == (Decimal(0), None, Decimal(0))


def test_a_third_is_not_rounded():
    tally = figures.figures([decided(1), decided(2, "no"), decided(3, "no")], YEAR).tally
    assert tally.value is not None
    assert round(tally.value, 20) == Decimal("33.33333333333333333333")


def test_what_is_said_beside_the_value():
    rows = [
        contract(1, counterparty="individual"),
        contract(2, counterparty="government"),
        contract(3, end=None),
        decided(4, dates_assumed=True),
        decided(5, "partial", terminated=date(2025, 2, 1), end=None),
    ]
    found = figures.figures(rows, YEAR)
    assert (found.read, found.individuals, found.excluded["not_business"]) == (5, 1, 2)
    assert (found.tally.without_end, found.tally.dates_assumed, found.tally.undecided_city_service) == (1, 1, 1)


def test_areas_do_not_add_up_and_offices_do():
    rows = [decided(1, areas=("fire", "recreation")), decided(2, "no", organization="dpu"), contract(3)]
    areas = figures.by_area(rows, YEAR)
    assert {area: tally.counted for area, tally in areas.items()} == {"": 1, "fire": 2, "recreation": 1}
    offices = figures.by_organization(rows, YEAR)
    assert {name: tally.counted for name, tally in offices.items()} == {"dlh": 2, "dpu": 1}


def test_the_years_of_the_register():
    rows = [contract(start=date(2023, 5, 1)), contract(start=date(2031, 1, 1)), contract(start=None)]
    assert figures.years(rows, date(2026, 3, 1), most=10) == [2023, 2024, 2025, 2026]
    assert figures.years(rows, date(2026, 3, 1), most=2) == [2025, 2026]
    assert figures.years([], date(2026, 3, 1), most=10) == [2026]


def test_a_row_of_the_snapshot():
    found = decided(1, "partial", areas=("fire", "recreation"), clause_until=LAST, version=2, category="goods")
    (row,) = figures.snapshot_rows([found], YEAR)
    assert tuple(row) == figures.SNAPSHOT_COLUMNS
    assert row == {
        "contract_no": "manual:dlh:1",
        "version": 2,
        "counterparty": "business",
        "city_service": True,
        "areas": "fire;recreation",
        "start_date": FIRST,
        "end_date": LAST,
        "terminated_on": None,
        "cancelled": False,
        "clause": True,
        "clause_from": FIRST,
        "clause_until": LAST,
    }


def test_a_snapshot_leaves_unknown_what_nobody_decided():
    (row,) = figures.snapshot_rows([contract()], YEAR)
    assert (row["city_service"], row["clause"], row["clause_from"], row["clause_until"]) == (None, None, None, None)
    (goods,) = figures.snapshot_rows([contract(category="goods")], YEAR)
    assert goods["city_service"] is False


def test_a_snapshot_holds_what_touches_the_year_also_what_the_engine_will_exclude():
    rows = [
        contract(4, status="cancelled"),
        contract(3, counterparty="individual"),
        contract(2, start=LAST, end=FIRST),
        contract(1, start=LAST + DAY, end=None),
        contract(5, start=None),
    ]
    found = [row["contract_no"] for row in figures.snapshot_rows(rows, YEAR)]
    assert found == ["manual:dlh:2", "manual:dlh:3", "manual:dlh:4"]


# Every edge of a term and of a clause is hit often when the days are few
EDGES = [FIRST + timedelta(days=n) for n in (-366, -1, 0, 1, 200, 363, 364, 365, 366)]
days = st.none() | st.sampled_from(EDGES)
contracts = st.builds(
    Contract,
    contract_id=st.uuids().map(str),
    organization=st.sampled_from(["dlh", "dpu", "diskominfo"]),
    counterparty=st.sampled_from(["business"] * 4 + ["government", "individual"]),
    category=st.sampled_from(["", "goods", "works", "other_services"]),
    status=st.sampled_from(["active", "completed", "terminated", "cancelled"]),
    start=days,
    end=days,
    terminated=days,
    dates_assumed=st.booleans(),
    city_service=st.sampled_from(["yes", "yes", "no", "undecided"]),
    areas=st.lists(st.sampled_from(["fire", "recreation"]), unique=True).map(tuple),
    clause=st.sampled_from(["yes", "partial", "no", "undecided"]),
    reason=st.sampled_from(["no_mention", "paid_access"]),
    clause_from=days,
    clause_until=days,
)
registers = st.lists(contracts, max_size=12)
periods = st.sampled_from([figures.period(2025, LAST), figures.period(2025, date(2025, 7, 20))])


@given(registers, periods)
def test_the_accounting_closes(rows, period):
    found = figures.figures(rows, period)
    assert found.read == found.tally.counted + sum(found.excluded.values())
    assert sum(found.tally.outcomes.values()) == found.tally.decided + found.tally.undecided == found.tally.counted
    assert sum(found.tally.no_reasons.values()) == found.tally.outcomes["no"]
    assert found.individuals <= found.excluded["not_business"]
    assert sum(tally.counted for tally in figures.by_organization(rows, period).values()) == found.tally.counted
    assert sum(tally.yes for tally in figures.by_organization(rows, period).values()) == found.tally.yes
    assert sum(tally.counted for tally in figures.by_area(rows, period).values()) >= found.tally.counted


@given(registers, periods)
def test_value_and_companion_keep_their_places(rows, period):
    tally = figures.tally(figures.split(rows, period)[0], period)
    if tally.value is None or tally.value_among_decided is None:
        assert tally.decided == 0
        return
    assert tally.coverage is not None
    assert 0 <= tally.value <= tally.value_among_decided <= 100
    assert abs(tally.value - tally.value_among_decided * tally.coverage) < Decimal("1e-20")


@given(registers, periods)
def test_order_does_not_matter(rows, period):
    assert figures.figures(rows, period) == figures.figures(rows[::-1], period)
    assert figures.snapshot_rows(rows, period) == figures.snapshot_rows(rows[::-1], period)


@given(contracts, periods)
def test_examining_a_contract_changes_its_outcome_only(found, period):
    examined = replace(found, clause="no")
    assert figures.exclusion(examined, period) == figures.exclusion(found, period)


@given(registers, periods)
def test_the_snapshot_gives_the_same_value_as_the_register(rows, period):
    """A second reckoning over the rows of the input table, written from the text of the recipe."""
    hits, counted, asked = 0, 0, 0
    for row in figures.snapshot_rows(rows, period):
        ends = [row[name] for name in ("end_date", "terminated_on") if row[name] is not None]
        ended = row["terminated_on"] or row["end_date"]
        if row["counterparty"] != "business" or row["city_service"] is False:
            continue
        if any(end < row["start_date"] for end in ends) or row["cancelled"]:
            continue
        if row["start_date"] > period.last or (ended is not None and ended < period.first):
            continue
        counted += 1
        asked += row["clause"] is not None
        begun = row["clause_from"] is not None and row["clause_from"] <= period.last
        over = row["clause_until"] is not None and row["clause_until"] <= period.last
        hits += bool(row["clause"]) and begun and not over
    tally = figures.figures(rows, period).tally
    assert (hits, asked, counted) == (tally.yes, tally.decided, tally.counted)
