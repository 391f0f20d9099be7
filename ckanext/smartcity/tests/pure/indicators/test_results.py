"""From what a recipe finds to a value: reasons, accounting, flags. Rules G4 to G9."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity import catalogue
from ckanext.smartcity.indicators.results import (
    CONFIRMED_FLAGS,
    CONFORMANCES,
    NULL_REASONS,
    AccountingOpen,
    Outcome,
    Population,
    null_reason,
    value_of,
    within,
)

CATALOGUE = catalogue.load()
PERCENT = next(i for i in CATALOGUE.indicators if i.bounds.maximum == 100)
COUNT = next(i for i in CATALOGUE.indicators if i.bounds.maximum is None and i.bounds.minimum == 0)
FOUND = Outcome(10, 10, numerator=Fraction(1), denominator=Fraction(3))


def value(outcome=FOUND, population=None, incomplete=False, indicator=PERCENT, **changes):
    return value_of(indicator, replace(outcome, **changes), population, incomplete)


def people(estimated):
    return Population(500_000, 2025, "BPS", date(2025, 6, 30), estimated)


def test_the_value_is_multiplier_times_numerator_by_denominator():
    found = value()
    assert str(found.value) == "33.333333333333333333333333333333333333333333333333"
    assert (found.numerator, found.denominator, found.multiplier) == (1, 3, 100)
    assert (found.null_reason, found.flags, found.conformance) == (None, (), "conforms")


@given(
    st.fractions(0, 10**9, max_denominator=10**6),
    st.fractions(0, 10**9, max_denominator=10**6).filter(bool),
    st.sampled_from(CATALOGUE.indicators),
)
def test_it_is_divided_once(numerator, denominator, indicator):
    found = value(indicator=indicator, numerator=numerator, denominator=denominator)
    exact = Fraction(indicator.multiplier) * numerator / denominator
    assert abs(Fraction(found.value) - exact) <= exact / 10**49


def test_a_true_zero_is_a_value():
    found = value(numerator=Fraction(0))
    assert (found.value, found.null_reason) == (0, None)


def test_nothing_known_is_missing_input():
    assert value(numerator=None, denominator=None).null_reason == "missing_input"
    assert value(numerator=None, denominator=Fraction(0)).null_reason == "missing_input"
    assert value(denominator=None).null_reason == "missing_denominator"
    assert value(denominator=Fraction(0)).null_reason == "zero_denominator"


@pytest.mark.parametrize(("first", "second"), list(combinations(NULL_REASONS, 2)))
def test_the_first_reason_that_holds_is_the_one(first, second):
    told = {
        "missing_denominator": {"denominator": None},
        "zero_denominator": {"denominator": Fraction(0)},
    }
    changes = told.get(second, {})
    assert value(null_reason=first, **changes).null_reason == first


@given(
    st.none() | st.fractions(0, 3),
    st.none() | st.fractions(0, 3),
    st.none() | st.sampled_from(NULL_REASONS),
)
def test_a_value_is_null_with_exactly_one_reason(numerator, denominator, reason):
    found = value(numerator=numerator, denominator=denominator, null_reason=reason)
    assert (found.value is None) == (found.null_reason is not None)
    assert found.null_reason is None or found.null_reason in NULL_REASONS
    assert found.null_reason == null_reason(
        replace(FOUND, numerator=numerator, denominator=denominator, null_reason=reason)
    )


def test_a_null_value_keeps_what_is_known_and_its_flags():
    found = value(
        numerator=Fraction(5), denominator=Fraction(0), flags=frozenset({"unanswered"}), unknown=2, incomplete=True
    )
    assert (found.value, found.numerator, found.denominator) == (None, 5, 0)
    assert found.flags == ("period_incomplete", "unanswered", "unknown_values")


@given(st.integers(0, 9), st.dictionaries(st.sampled_from(("a", "b", "c")), st.integers(0, 9)), st.integers(0, 30))
def test_an_open_accounting_is_refused(used, excluded, rows):
    outcome = replace(FOUND, rows=rows, used=used, excluded=excluded)
    if rows == used + sum(excluded.values()):
        found = value_of(PERCENT, outcome, None, False)
        assert (found.rows, found.used, found.exclusions) == (rows, used, excluded)
    else:
        with pytest.raises(AccountingOpen, match=f"{PERCENT.uid}: {rows} rows, {used} used"):
            value_of(PERCENT, outcome, None, False)


def test_an_open_accounting_is_refused_without_a_value_too():
    with pytest.raises(AccountingOpen):
        value(rows=11, null_reason="missing_input")


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({"unknown": 1}, ("unknown_values",)),
        ({"incomplete": True}, ("period_incomplete",)),
        ({"population": people(True)}, ("estimated_denominator",)),
        ({"population": people(True), "per_population": False}, ()),
        ({"population": people(False)}, ()),
        ({"numerator": Fraction(4)}, ("out_of_bounds",)),
        ({"numerator": Fraction(-1)}, ("out_of_bounds",)),
        ({"numerator": Fraction(3)}, ()),
        ({"flags": frozenset({"survey_estimate", "invalid_rows"})}, ("invalid_rows", "survey_estimate")),
    ],
)
def test_flags(given, flags):
    assert value(**given).flags == flags


def test_just_outside_a_bound_is_outside():
    assert within(PERCENT, Decimal(100))
    assert within(PERCENT, Decimal(0))
    assert not within(PERCENT, Decimal("100." + "0" * 46 + "1"))
    assert not within(PERCENT, Decimal("-0." + "0" * 49 + "1"))
    assert within(COUNT, Decimal(10) ** 12)


@pytest.mark.parametrize("conformance", CONFORMANCES)
def test_a_proxy_is_called_so_unless_the_recipe_says_more(conformance):
    found = value(conformance=conformance, flags=frozenset({"proxy"}))
    assert found.conformance == ("proxy" if conformance == "conforms" else conformance)


def test_flags_that_only_inform_need_no_confirmation():
    assert not CONFIRMED_FLAGS & {"survey_estimate", "unknown_values", "method_break"}
