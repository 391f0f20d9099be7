"""9.1 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.indicators.results import value_of
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, WINDOWS, ZONES, closed_year, rows_of, running_year

RECIPE = RECIPES["sharing_economy_revenue"]
COUNTED = ("tax", "levy", "permit", "licence", "user_fee")
IDS = st.integers(1, 60).map(lambda number: f"P-{number}")
AMOUNTS = st.decimals(-50, 50, places=2)


def worth(rows):
    return sum(
        (-abs(Fraction(row["amount"])) if row["refund"] else Fraction(row["amount"]) for row in rows), Fraction()
    )


def oracle(rows, window):
    """Numerator, denominator, null reason, flags, exclusions, unknown receipts, companions."""
    late = [row for row in rows if row["received_on"].year != window.year or row["received_on"] > window.last_day]
    used = [row for row in rows if row not in late and row["kind"] not in ("transfer", "grant", "loan")]
    excluded = {"outside_period": len(late), "not_own_source": len(rows) - len(late) - len(used)}
    candidates = [row for row in used if row["kind"] in COUNTED]
    unknown = [row for row in candidates if row["sharing"] is None]
    hits = [row for row in candidates if row["sharing"]]
    nothing_known = bool(candidates) and len(unknown) == len(candidates)
    total = worth(used)
    null = "missing_input" if nothing_known else "zero_denominator" if total <= 0 else None
    fields = {row["sharing_field"] or "unknown" for row in hits}
    companions = {
        "unknown_amount": worth(unknown),
        "sharing_other_kinds": worth(row for row in used if row["sharing"] and row not in candidates),
        "by_sharing_field": {
            field: worth(row for row in hits if (row["sharing_field"] or "unknown") == field) for field in fields
        },
    }
    share = None if null else worth(hits) / total
    flags = {
        "unknown_values": bool(unknown) and not nothing_known,
        "period_incomplete": window.incomplete,
        "out_of_bounds": share is not None and not 0 <= share <= 1,
    }
    return (
        None if nothing_known else worth(hits), total, null, {flag for flag in flags if flags[flag]},
        {name: number for name, number in excluded.items() if number}, 0 if nothing_known else len(unknown), companions,
    )  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(rows=rows_of("revenue", receipt_id=IDS, amount=AMOUNTS), window=st.sampled_from(WINDOWS))
def test_it_is_what_the_rows_say(trial, rows, window):
    outcome = trial.outcome(RECIPE, {"revenue": rows}, Asked(window), split=2)
    value = value_of(CATALOGUE.indicator("9.1"), outcome, None, window.incomplete)
    hits, total, null, flags, excluded, unknown, companions = oracle(rows, window)
    assert (outcome.numerator, outcome.denominator) == (hits, total)
    assert (value.null_reason, set(value.flags)) == (null, flags)
    assert (value.exclusions, value.unknown_count) == (excluded, unknown)
    assert outcome.companions == companions


def receipt(number, amount, **fields):
    return {
        "receipt_id": f"P-{number}", "received_on": date(2025, 5, 14), "kind": "levy", "amount": Decimal(amount),
        "sharing": False, "refund": False,
    } | fields  # fmt: skip


def value(trial, rows, window=None):
    return trial.value("9.1", {"revenue": rows}, Asked(window or closed_year()))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_example_of_the_guide_whichever_sign_a_refund_has(trial, sign):
    rows = [
        receipt(1, 985),
        receipt(2, 20, sharing=True, sharing_field="lodging"),
        receipt(3, 5 * sign, sharing=True, refund=True, sharing_field="lodging"),
        receipt(4, 300, kind="transfer"),
    ]
    found = value(trial, rows)
    assert (found.value, found.numerator, found.denominator) == (Decimal("1.5"), 15, 1000)
    assert found.companions["by_sharing_field"] == {"lodging": 15}
    assert (found.exclusions, found.flags) == ({"not_own_source": 1}, ())


@pytest.mark.parametrize("kind", COUNTED)
def test_sharing_unknown_in_all_rows_that_could_count_is_a_missing_input(trial, kind):
    rows = [receipt(1, 10, kind=kind, sharing=None), receipt(2, 90, kind="other_own", sharing=True)]
    found = value(trial, rows)
    assert (found.value, found.null_reason, found.numerator, found.denominator) == (None, "missing_input", None, 100)
    assert (found.flags, found.unknown_count) == ((), 0)
    assert (found.companions["unknown_amount"], found.companions["sharing_other_kinds"]) == (10, 90)


def test_sharing_unknown_in_all_five_kinds_at_once_is_a_missing_input(trial):
    rows = [receipt(number, 10, kind=kind, sharing=None) for number, kind in enumerate(COUNTED)]
    found = value(trial, rows)
    assert (found.null_reason, found.companions["unknown_amount"]) == ("missing_input", 50)
    assert value(trial, [*rows, receipt(9, 10, kind="tax")]).value == 0


def test_sharing_unknown_in_some_rows_is_told(trial):
    rows = [receipt(1, 10, sharing=None), receipt(2, 30, sharing=True), receipt(3, 60)]
    found = value(trial, rows)
    assert (found.value, found.unknown_count, found.flags) == (30, 1, ("unknown_values",))
    assert (found.companions["unknown_amount"], found.companions["by_sharing_field"]) == (10, {"unknown": 30})


def test_sharing_unknown_on_a_kind_that_cannot_count_is_known(trial):
    found = value(trial, [receipt(1, 40, sharing=True), receipt(2, 60, kind="separated_assets", sharing=None)])
    assert (found.value, found.unknown_count) == (40, 0)


def test_receipts_of_other_kinds_alone_have_a_share_of_zero(trial):
    assert value(trial, [receipt(1, 60, kind="other_own", sharing=None)]).value == 0


@pytest.mark.parametrize("amount", [10, 20])
def test_refunds_that_leave_nothing_leave_no_value(trial, amount):
    found = value(trial, [receipt(1, 10), receipt(2, amount, refund=True)])
    assert (found.value, found.null_reason, found.numerator) == (None, "zero_denominator", 0)


def test_a_missing_input_comes_before_an_empty_sum(trial):
    rows = [receipt(1, 10, sharing=None), receipt(2, 10, refund=True, sharing=None)]
    assert value(trial, rows).null_reason == "missing_input"


def test_more_refunded_than_shared_is_out_of_bounds(trial):
    found = value(trial, [receipt(1, 110), receipt(2, 10, sharing=True, refund=True)])
    assert (found.value, found.flags) == (-10, ("out_of_bounds",))


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_receipts_are_of_the_local_year(trial, zone):
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
    rows = [receipt(number, 10, received_on=day) for number, day in enumerate(days)]
    found = value(trial, rows, closed_year(2025, zone))
    assert (found.denominator, found.exclusions) == (20, {"outside_period": 2})


def test_a_leap_day_is_a_day_and_a_running_year_ends_before_the_cutoff(trial):
    days = (date(2024, 2, 29), date(2024, 3, 1))
    rows = [receipt(number, 10, received_on=day) for number, day in enumerate(days)]
    assert value(trial, rows, closed_year(2024)).denominator == 20
    found = value(trial, rows, running_year(2024, 3))
    assert (found.denominator, found.flags) == (10, ("period_incomplete",))
