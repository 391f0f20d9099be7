"""The other 70: a published numerator and denominator, against a second implementation over plain rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.indicators.parameters import parameters_of
from ckanext.smartcity.indicators.recipes import Asked
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, closed_year, population, rows_of

GENERIC = [indicator for indicator in CATALOGUE.indicators if indicator.recipe == "generic"]
PER_INHABITANT = ("per_100000", "per_1000", "per_capita")
UIDS = st.sampled_from(("iso37122:2019/7.1", "iso37122:2019/7.10", "iso37122:2019/11.2"))


def value(trial, code, rows, persons=None, estimated=False):
    indicator = CATALOGUE.indicator(code)
    people = population(persons, estimated) if persons and "population" in indicator.inputs else None
    asked = Asked(closed_year(), parameters_of(indicator, CATALOGUE, {}), people)
    return trial.value(indicator.uid, {"indicator_parts": rows}, asked)


def parts(code, numerator, denominator, **fields):
    return {
        "indicator": f"iso37122:2019/{code}", "year": 2025, "numerator_source": "Dishub", "denominator_source": "BPS",
        "numerator": None if numerator is None else Decimal(numerator),
        "denominator": None if denominator is None else Decimal(denominator),
    } | fields  # fmt: skip


def test_it_is_70_indicators():
    assert len(GENERIC) == 70


@settings(max_examples=60, deadline=None)
@given(
    rows=rows_of("indicator_parts", indicator=UIDS, year=st.sampled_from((2024, 2025, 2025, 2026))),
    code=st.sampled_from(("7.1", "7.10", "11.2")),
    persons=st.sampled_from((None, 7, 512_400)),
)
def test_it_is_what_the_row_says(trial, rows, code, persons):
    found = value(trial, code, rows, persons)
    indicator = CATALOGUE.indicator(code)
    row = next((row for row in rows if (row["indicator"], row["year"]) == (indicator.uid, 2025)), None)
    numerator, denominator = (row["numerator"], row["denominator"]) if row else (None, None)
    if row and denominator is None and indicator.formula_type in PER_INHABITANT:
        denominator = persons
    assert (found.numerator, found.denominator) == (numerator, denominator)
    assert (found.rows, found.used, found.exclusions) == ((1, 1, {}) if row else (0, 0, {}))
    if numerator is None:
        assert (found.value, found.null_reason) == (None, "missing_input")
    elif denominator is None:
        assert (found.value, found.null_reason) == (None, "missing_denominator")
    elif denominator == 0:
        assert (found.value, found.null_reason) == (None, "zero_denominator")
    else:
        exact = Fraction(indicator.multiplier) * Fraction(numerator) / Fraction(denominator)
        assert abs(Fraction(found.value) - exact) * 10**40 < 1
        assert found.null_reason is None


@pytest.mark.parametrize("indicator", GENERIC, ids=lambda indicator: indicator.code)
def test_every_indicator_takes_its_multiplier_and_nothing_else(trial, indicator):
    found = value(trial, indicator.code, [parts(indicator.code, 1, 8), parts("5.1", 3, 4), parts("5.2", 5, 6)])
    assert found.value == indicator.multiplier / 8
    assert (found.null_reason, found.conformance) == (None, "conforms")


@pytest.mark.parametrize("indicator", GENERIC, ids=lambda indicator: indicator.code)
def test_an_empty_denominator_is_the_population_only_per_inhabitant(trial, indicator):
    found = value(trial, indicator.code, [parts(indicator.code, 3, None)], persons=48)
    if indicator.formula_type in PER_INHABITANT:
        assert found.value == indicator.multiplier / 16
        assert found.denominator == 48
    else:
        assert (found.value, found.null_reason) == (None, "missing_denominator")


def test_sources_stand_beside_the_value(trial):
    found = value(trial, "7.1", [parts("7.1", 412, 1650, note="Tanpa kecamatan Timur")])
    assert str(found.value) == "24.969696969696969696969696969696969696969696969697"
    assert found.companions == {
        "numerator_source": "Dishub", "denominator_source": "BPS", "note": "Tanpa kecamatan Timur",
    }  # fmt: skip


def test_item_10_is_not_item_1(trial):
    assert value(trial, "7.1", [parts("7.10", 1, 2)]).null_reason == "missing_input"


@pytest.mark.parametrize("year", [2024, 2026])
def test_another_year_is_not_taken(trial, year):
    assert value(trial, "7.1", [parts("7.1", 1, 2, year=year)]).null_reason == "missing_input"


@pytest.mark.parametrize(
    ("numerator", "denominator", "reason"),
    [
        (None, None, "missing_input"),
        (None, 0, "missing_input"),
        (1, None, "missing_denominator"),
        (1, 0, "zero_denominator"),
        (0, 0, "zero_denominator"),
    ],
)
def test_empty_is_not_zero(trial, numerator, denominator, reason):
    found = value(trial, "7.1", [parts("7.1", numerator, denominator)])
    assert (found.value, found.null_reason) == (None, reason)


def test_zero_of_something_is_zero(trial):
    found = value(trial, "7.1", [parts("7.1", 0, 5)])
    assert (found.value, found.null_reason) == (0, None)


def test_per_inhabitant_without_any_population(trial):
    assert value(trial, "11.2", [parts("11.2", 5, None)]).null_reason == "missing_denominator"


def test_the_population_of_the_year_before_is_flagged_only_where_it_is_the_denominator(trial):
    assert value(trial, "11.2", [parts("11.2", 5, None)], 500, estimated=True).flags == ("estimated_denominator",)
    assert value(trial, "11.2", [parts("11.2", 5, 250)], 500, estimated=True).flags == ()
    assert value(trial, "11.2", [], 500, estimated=True).flags == ()


def test_more_than_the_whole_is_flagged(trial):
    share = next(indicator for indicator in GENERIC if indicator.bounds.maximum == 100)
    found = value(trial, share.code, [parts(share.code, 6, 5)])
    assert (found.value, found.flags) == (120, ("out_of_bounds",))
