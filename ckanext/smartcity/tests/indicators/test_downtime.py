"""10.4 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

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

RECIPE = RECIPES["downtime"]
IDS = st.integers(1, 60).map(lambda number: f"G-{number}")
MICROSECOND = timedelta(microseconds=1)
SPLITS = ("planned", "unplanned", "mixed", "unknown")


def reason(row, window):
    """Why a row is not counted; None where it is."""
    if row["end_at"] and row["end_at"] < row["start_at"]:
        return "invalid_interval"
    if row["end_at"] and row["end_at"] == row["start_at"]:
        return "zero_length"
    begin, end = clipped(row, window)
    return None if begin < end else "outside_period"


def clipped(row, window):
    return max(row["start_at"], window.begin), min(row["end_at"] or window.end, window.end)


def hours(intervals):
    """Hours in at least one of the intervals: the edges cut time into pieces, a piece counts where one covers it."""
    edges = sorted({edge for interval in intervals for edge in interval})
    pieces = pairwise(edges)
    covered = [end - begin for begin, end in pieces if any(b <= begin and end <= e for b, e in intervals)]
    return Fraction(sum(covered, timedelta()) // MICROSECOND, 3_600_000_000)


def together(one, other, window):
    """Whether two rows are of one incident by themselves."""
    if one["root_id"] is not None or other["root_id"] is not None:
        return one["root_id"] == other["root_id"]
    (begin, end), (other_begin, other_end) = clipped(one, window), clipped(other, window)
    return one["asset_id"] == other["asset_id"] and begin <= other_end and other_begin <= end


def incidents(used, window):
    """Rows in groups: each row joins all groups that hold a row it belongs to."""
    groups = []
    for row in used:
        joined = [group for group in groups if any(together(row, other, window) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([row, *(other for group in joined for other in group)])
    return groups


def plan_of(group):
    plans = {row["planned"] for row in group}
    if None in plans:
        return "unknown"
    return "mixed" if len(plans) > 1 else "planned" if plans == {True} else "unplanned"


def kind_of(group):
    kinds = {row["asset_kind"] for row in group}
    if None in kinds:
        return "unknown"
    return "several" if len(kinds) > 1 else kinds.pop()


def oracle(rows, window):
    """Hours, incidents, null reason, flags, exclusions, companions."""
    reasons = [reason(row, window) for row in rows]
    used = [row for row, found in zip(rows, reasons, strict=True) if found is None]
    excluded = {found: reasons.count(found) for found in reasons if found}
    found = [
        (plan_of(group), kind_of(group), hours([clipped(row, window) for row in group]))
        for group in incidents(used, window)
    ]
    total = sum((down for _, _, down in found), Fraction())
    union = hours([clipped(row, window) for row in used])
    kinds = {kind for _, kind, _ in found}
    companions = {
        "incidents": len(found),
        "total_downtime_hours": total,
        "union_hours": union,
        "availability_percent": 100 - 100 * union / hours([(window.begin, window.end)]),
        "rows_merged": len(used) - len(found),
        "split_incidents": {one: sum(plan == one for plan, _, _ in found) for one in SPLITS},
        "split_hours": {one: sum((down for plan, _, down in found if plan == one), Fraction()) for one in SPLITS},
        "kind_incidents": {one: sum(kind == one for _, kind, _ in found) for one in kinds},
        "kind_hours": {one: sum((down for _, kind, down in found if kind == one), Fraction()) for one in kinds},
    }
    flags = {
        "open_incident": any(row["end_at"] is None or row["end_at"] > window.cutoff for row in used),
        "invalid_rows": bool({"invalid_interval", "zero_length"} & excluded.keys()),
        "period_incomplete": window.incomplete,
    }
    null = None if found else "zero_denominator"
    return total, len(found), null, {flag for flag in flags if flags[flag]}, excluded, companions


def agree(trial, rows, window):
    outcome = trial.outcome(RECIPE, {"it_incidents": rows}, Asked(window), split=2)
    value = value_of(CATALOGUE.indicator("10.4"), outcome, None, window.incomplete)
    total, number, null, flags, excluded, companions = oracle(rows, window)
    assert (outcome.numerator, outcome.denominator) == (3_600 * total, 3_600 * number)
    assert (value.null_reason, set(value.flags)) == (null, flags)
    assert (value.exclusions, value.unknown_count) == (excluded, 0)
    assert outcome.companions == companions


@settings(max_examples=150, deadline=None)
@given(
    rows=rows_of("it_incidents", incident_id=IDS, end_at=st.none() | moments() | at_cutoff()),
    window=st.sampled_from(WINDOWS),
)
def test_it_is_what_the_rows_say(trial, rows, window):
    agree(trial, rows, window)


NOON = datetime(2025, 6, 1, 12, tzinfo=JAKARTA)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "asset_id": st.sampled_from("AB"),
                "asset_kind": st.sampled_from((None, "hardware", "hardware", "network")),
                "root_id": st.sampled_from((None, None, "A", "r")),
                "planned": st.sampled_from((None, True, True, False, False)),
                "start_at": st.integers(0, 12).map(lambda hour: NOON + timedelta(hours=hour)),
                "length": st.integers(1, 4),
            }
        ),
        max_size=14,
    )
)
def test_it_merges_what_touches_and_nothing_else(trial, drawn):
    rows = [
        {
            **{name: cell for name, cell in row.items() if name != "length"},
            "incident_id": f"G-{number}",
            "end_at": row["start_at"] + timedelta(hours=row["length"]),
        }
        for number, row in enumerate(drawn)
    ]
    agree(trial, rows, closed_year())


def down(number, start, end, **fields):
    """An interruption of asset A, by hours after noon of a day of 2025; no end: not restored."""
    return {
        "incident_id": f"G-{number}", "asset_id": "A", "asset_kind": "hardware", "planned": False,
        "start_at": NOON + timedelta(hours=start), "end_at": None if end is None else NOON + timedelta(hours=end),
    } | fields  # fmt: skip


def value(trial, rows, window=None):
    return trial.value("10.4", {"it_incidents": rows}, Asked(window or closed_year()))


def test_the_example_of_the_guide(trial):
    found = value(trial, [down(1, 1, 3), down(2, 2, 4), down(3, 10, 11, asset_id="B")])
    assert (found.value, found.numerator, found.denominator) == (2, 4 * 3600, 2 * 3600)
    assert (found.companions["incidents"], found.companions["total_downtime_hours"]) == (2, 4)
    assert (found.companions["rows_merged"], found.flags) == (1, ())


@pytest.mark.parametrize(
    ("rows", "number", "total", "union"),
    [
        ([down(1, 0, 1), down(2, 1, 2)], 1, 2, 2),
        ([down(1, 0, 1), down(2, 1, 2, start_at=NOON + timedelta(hours=1, microseconds=1))], 2, 2, 2),
        ([down(1, 0, 9), down(2, 1, 2), down(3, 3, 4)], 1, 9, 9),
        ([down(1, 0, 2), down(2, 1, 3, asset_id="B")], 2, 4, 3),
        ([down(1, 0, 2, root_id="r"), down(2, 1, 3, asset_id="B", root_id="r")], 1, 3, 3),
        ([down(1, 0, 1, root_id="r"), down(2, 5, 6, root_id="r")], 1, 2, 2),
        ([down(1, 0, 2, root_id="r"), down(2, 1, 3)], 2, 4, 3),
        ([down(1, 0, 2, root_id="A"), down(2, 1, 3)], 2, 4, 3),
        ([down(1, 0, 2, root_id="r"), down(2, 1, 3, root_id="s")], 2, 4, 3),
    ],
    ids=["touch", "gap", "inside", "assets", "root", "root apart", "root beside none", "root named as asset", "roots"],
)  # fmt: skip
def test_rows_of_one_incident(trial, rows, number, total, union):
    found = value(trial, rows).companions
    assert found["incidents"] == number
    assert [round(found[name], 3) for name in ("total_downtime_hours", "union_hours")] == [total, union]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_an_incident_across_new_year_counts_in_both_years_with_the_hours_of_each(trial, zone):
    midnight = datetime(2025, 1, 1, tzinfo=zone)
    rows = [down(1, 0, 0, start_at=midnight - timedelta(hours=2), end_at=midnight + timedelta(hours=5))]
    assert value(trial, rows, closed_year(2024, zone)).value == 2
    assert value(trial, rows, closed_year(2025, zone)).value == 5


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_what_ends_when_the_year_begins_or_begins_when_it_ends_is_outside(trial, zone):
    first, following = datetime(2025, 1, 1, tzinfo=zone), datetime(2026, 1, 1, tzinfo=zone)
    hour = timedelta(hours=1)
    rows = [
        down(1, 0, 0, start_at=first - hour, end_at=first),
        down(2, 0, 0, start_at=following, end_at=following + hour),
        down(3, 0, 0, asset_id="B", start_at=first - hour, end_at=first + MICROSECOND),
        down(4, 0, 0, asset_id="C", start_at=following - MICROSECOND, end_at=following + hour),
    ]
    found = value(trial, rows, closed_year(2025, zone))
    assert (found.exclusions, found.companions["total_downtime_hours"]) == (
        {"outside_period": 2}, Fraction(2, 3_600_000_000),
    )  # fmt: skip


def test_an_open_incident_lasts_until_the_period_ends(trial):
    rows = [down(1, 0, None, start_at=datetime(2025, 12, 31, 12, tzinfo=JAKARTA))]
    found = value(trial, rows)
    assert (found.value, found.flags) == (12, ("open_incident",))
    assert (value(trial, rows, closed_year(2024)).exclusions) == {"outside_period": 1}
    assert value(trial, [down(1, 0, None, start_at=datetime(2026, 1, 1, tzinfo=JAKARTA))]).flags == ()


@pytest.mark.parametrize(("late", "flags"), [(0 * MICROSECOND, ()), (MICROSECOND, ("open_incident",))])
def test_an_end_is_known_up_to_and_at_the_cutoff(trial, late, flags):
    new_year, cutoff = datetime(2026, 1, 1, tzinfo=JAKARTA), datetime(2026, 4, 1, tzinfo=JAKARTA)
    found = value(trial, [down(1, 0, 0, start_at=new_year - timedelta(hours=1), end_at=cutoff + late)])
    assert (found.value, found.flags) == (1, flags)


def test_a_running_year_ends_at_the_cutoff(trial):
    march = datetime(2025, 3, 1, tzinfo=JAKARTA)
    hour = timedelta(hours=1)
    rows = [
        down(1, 0, 0, start_at=march - 3 * hour, end_at=march + hour),
        down(2, 0, 0, start_at=march, end_at=march + hour),
    ]
    found = value(trial, rows, running_year(2025, 3))
    assert (found.value, found.exclusions) == (3, {"outside_period": 1})
    assert found.flags == ("open_incident", "period_incomplete")
    assert found.companions["availability_percent"] == 100 * (1 - Fraction(3, 59 * 24))


@pytest.mark.parametrize(("year", "days"), [(2024, 366), (2025, 365)])
def test_the_whole_year_down_is_one_incident_and_no_availability(trial, year, days):
    rows = [down(1, 0, None, start_at=datetime(2023, 1, 1, tzinfo=JAKARTA))]
    found = value(trial, rows, closed_year(year))
    assert (found.value, found.companions["availability_percent"]) == (24 * days, 0)


def test_the_first_reason_counts(trial):
    last_year = datetime(2024, 3, 1, tzinfo=JAKARTA)
    rows = [
        down(1, 0, 0, start_at=last_year, end_at=last_year - timedelta(hours=1)),
        down(2, 0, 0, start_at=last_year, end_at=last_year),
        down(3, 2, 1),
        down(4, 1, 1),
        down(5, 0, 0, start_at=last_year, end_at=last_year + timedelta(hours=1)),
    ]
    found = value(trial, rows)
    assert found.exclusions == {"invalid_interval": 2, "zero_length": 2, "outside_period": 1}
    assert (found.null_reason, found.flags) == ("zero_denominator", ("invalid_rows",))


def test_incidents_are_split_by_plan_and_kind(trial):
    rows = [
        down(1, 0, 1, planned=True),
        down(2, 2, 4),
        down(3, 5, 6, planned=True),
        down(4, 6, 7, planned=False, asset_kind="network"),
        down(5, 8, 9, planned=True, asset_kind="network"),
        down(6, 9, 10, planned=False),
        down(7, 10, 11, planned=None, asset_kind=None),
    ]
    found = value(trial, rows).companions
    assert found["split_incidents"] == {"planned": 1, "unplanned": 1, "mixed": 1, "unknown": 1}
    assert found["split_hours"] == {"planned": 1, "unplanned": 2, "mixed": 2, "unknown": 3}
    assert found["kind_incidents"] == {"hardware": 2, "several": 1, "unknown": 1}
    assert found["kind_hours"] == {"hardware": 3, "several": 2, "unknown": 3}


def test_a_monitored_year_without_an_incident_has_no_mean_but_full_availability(trial):
    found = value(trial, [])
    assert (found.value, found.null_reason) == (None, "zero_denominator")
    assert (found.companions["availability_percent"], found.companions["kind_incidents"]) == (100, {})
