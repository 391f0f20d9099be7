"""9.2 against a second implementation over plain rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.tests.indicators.trial import closed_year, rows_of, running_year

RECIPE = RECIPES["electronic_payments"]
ELECTRONIC = {
    "qris", "virtual_account", "transfer", "card", "e_wallet", "direct_debit", "mobile_banking", "internet_banking",
    "atm",
}  # fmt: skip
IDS = st.integers(1, 60).map(lambda number: f"B-{number}")


def oracle(rows, window):
    """Numerator, denominator, exclusions, unknown rows, companions."""
    excluded, used = {}, []
    for row in rows:
        if not window.first_day <= row["paid_on"] <= window.last_day:
            reason = "outside_period"
        elif row["state"] != "settled":
            reason = "not_settled"
        else:
            used.append(row)
            continue
        excluded[reason] = excluded.get(reason, 0) + 1
    hits, unknown, otherwise, any_invoice = [], 0, 0, 0
    for row in used:
        method, form = row["method"], row["invoice_form"]
        electronic = None if method is None else method in ELECTRONIC
        invoiced = None if form is None else form == "electronic"
        if electronic and invoiced:
            hits.append(row)
        elif electronic is not False and invoiced is not False:
            unknown += 1
        any_invoice += bool(electronic and form in ("electronic", "paper"))
        otherwise += bool(invoiced and electronic is False)
    total = sum(Fraction(row["amount"]) for row in used)
    share = 100 * sum(Fraction(row["amount"]) for row in hits) / total if total else None
    companions = {
        "share_by_value": share, "electronic_any_invoice": any_invoice, "e_invoices_paid_otherwise": otherwise,
    }  # fmt: skip
    return len(hits), len(used), excluded, unknown, companions


@settings(max_examples=60, deadline=None)
@given(rows=rows_of("payments", payment_id=IDS), window=st.sampled_from((closed_year(), running_year(2025, 6))))
def test_it_is_what_the_rows_say(trial, rows, window):
    found = trial.outcome(RECIPE, {"payments": rows}, Asked(window), split=2)
    hits, used, excluded, unknown, companions = oracle(rows, window)
    assert (found.numerator, found.denominator) == (hits, used)
    assert (found.excluded, found.unknown) == (excluded, unknown)
    assert found.companions == companions


def payment(number, **fields):
    return {
        "payment_id": f"B-{number}", "paid_on": date(2025, 5, 2), "amount": Decimal(10), "invoice_form": "electronic",
        "method": "qris", "state": "settled",
    } | fields  # fmt: skip


def test_the_example_of_the_guide(trial):
    rows = [
        payment(1),
        payment(2),
        payment(3, method="cheque"),
        *(payment(n, invoice_form="paper") for n in range(4, 9)),
    ]
    assert trial.value("9.2", {"payments": rows}, Asked(closed_year())).value == 25


def test_no_settled_payment_is_no_value(trial):
    value = trial.value("9.2", {"payments": [payment(1, state="failed")]}, Asked(closed_year()))
    assert (value.value, value.null_reason, value.exclusions) == (None, "zero_denominator", {"not_settled": 1})


def test_an_unknown_method_stays_in_the_denominator(trial):
    value = trial.value("9.2", {"payments": [payment(1), payment(2, method=None)]}, Asked(closed_year()))
    assert (value.value, value.unknown_count, value.flags) == (50, 1, ("unknown_values",))


def test_an_unknown_method_on_paper_is_known_not_to_count(trial):
    rows = [payment(1), payment(2, method=None, invoice_form="paper")]
    assert trial.value("9.2", {"payments": rows}, Asked(closed_year())).unknown_count == 0
