"""Exact numbers: rule G3."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.indicators.arithmetic import DIGITS, decimal, fraction, plain, rounded

finite = st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**30), max_value=10**30)


def test_a_third_has_fifty_digits():
    assert str(decimal(Fraction(1, 3))) == "0." + "3" * DIGITS
    assert str(decimal(Fraction(2, 3))) == "0." + "6" * (DIGITS - 1) + "7"
    assert str(decimal(Fraction(200, 3))) == "66." + "6" * (DIGITS - 3) + "7"


@given(st.fractions())
def test_it_is_off_by_less_than_half_of_the_fiftieth_digit(number):
    found = decimal(number)
    digits = found.as_tuple().digits
    assert len(digits) <= DIGITS + max(0, found.adjusted() + 1 - DIGITS)
    assert abs(Fraction(found) - number) <= abs(number) * Fraction(1, 10 ** (DIGITS - 1)) / 2


@given(finite)
def test_a_decimal_comes_back_as_it_was(number):
    assert decimal(Fraction(number)) == number


@given(st.fractions(), st.integers(1, 20))
def test_the_callers_context_changes_nothing(number, precision):
    with localcontext() as context:
        context.prec = precision
        narrow = decimal(number)
    assert narrow == decimal(number)


def test_half_of_the_last_digit_goes_to_the_even_one():
    half, zeros = Fraction(5, 10 ** (DIGITS + 1)), "0" * (DIGITS - 2)
    assert str(decimal(Fraction(2, 10) + half)) == "0.2"
    assert str(decimal(Fraction(2, 10) + 3 * half)) == f"0.2{zeros}2"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("1E+2", "100"), ("100", "100"), ("2.500", "2.5"), ("0.000", "0"), ("-0.10", "-0.1"), ("1E-7", "0.0000001")],
)
def test_plain_has_neither_exponent_nor_trailing_zeros(given, expected):
    assert f"{plain(Decimal(given)):f}" == expected


@given(finite)
def test_plain_is_the_same_number(number):
    found = plain(number)
    assert found == number
    assert "E" not in f"{found:f}"
    assert "." not in f"{found:f}" or not f"{found:f}".endswith("0")


def test_plain_keeps_every_digit_of_a_long_number():
    long = Decimal("1" * 80)
    assert plain(long) == long


@pytest.mark.parametrize(
    ("given", "decimals", "expected"),
    [
        ("0.125", 2, "0.13"),
        ("0.135", 2, "0.14"),
        ("-0.125", 2, "-0.13"),
        ("2.5", 0, "3"),
        ("1.005", 2, "1.01"),
        ("0.1249999999999999999999999999999999999999", 2, "0.12"),
        ("7", 2, "7.00"),
        ("0.00005", 4, "0.0001"),
    ],
)
def test_display_rounds_half_up(given, decimals, expected):
    assert str(rounded(Decimal(given), decimals)) == expected


@given(finite, st.integers(0, 6))
def test_display_is_off_by_at_most_half_a_unit(number, decimals):
    found = rounded(number, decimals)
    assert -found.as_tuple().exponent == decimals
    assert abs(Fraction(found) - Fraction(number)) <= Fraction(1, 2 * 10**decimals)


def test_a_number_of_the_database_is_exact():
    assert fraction(Decimal("0.1")) == Fraction(1, 10)
    assert fraction(7) == 7
    assert fraction(0) == 0
    assert fraction(None) is None
