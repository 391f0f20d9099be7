"""5.3 against a second implementation over plain rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings

from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.indicators.results import null_reason
from ckanext.smartcity.tests.indicators.labour import (
    asked,
    employed,
    expected_companions,
    labour_rows,
    persons_of,
    unemployed,
)
from ckanext.smartcity.tests.indicators.trial import closed_year

RECIPE = RECIPES["labour_force_ict"]
LISTED = ["261", "262", "263", "264", "268", "4651", "4652", "582", "61", "62", "631", "951"]
HOLDING = {
    "26": LISTED[:5], "C": LISTED[:5], "46": LISTED[5:7], "465": LISTED[5:7], "G": LISTED[5:7], "58": ["582"],
    "63": ["631"], "J": ["582", "61", "62", "631"], "95": ["951"], "S": ["951"],
}  # fmt: skip
OTHERS = ("2611", "6201", "47", "474", "581", "639", "85", "other", "all")


def oracle(rows):
    """Numerator, denominator, reason, flags, conformance, companions."""
    used = [row for row in rows if row["year"] == 2025]
    working = [row for row in used if row["status"] == "employed"]
    flags = {"survey_estimate"} if any(row["estimate"] for row in used) else set()
    force = persons_of(used) if any(row["status"] == "unemployed" for row in used) else None
    if any(row["classification"] == "kbli2025" for row in working):
        companions = expected_companions(used, None) | {"absent_codes": None}
        return None, force, "unmapped_classification", flags, "conforms", companions
    hits = [row for row in working if any(row["code"].startswith(code) for code in LISTED)]
    absent = [code for code in LISTED if not any(row["code"].startswith(code) for row in working)]
    section = [row for row in working if row["code"] == "J"]
    conformance, persons = "conforms", None
    if hits:
        persons = persons_of(hits)
        flags |= {"unknown_values"} if absent else set()
        if any(row["code"] in HOLDING for row in working):
            flags, conformance = flags | {"proxy"}, "partial_numerator"
    elif section:
        persons = persons_of(section)
        flags |= {"proxy"}
    else:
        flags |= {"unknown_values"}
    reason = "missing_input" if persons is None else "missing_denominator" if force is None else None
    if force == 0:
        persons, reason = 0, "zero_denominator"
    companions = expected_companions(used, persons) | {"absent_codes": absent}
    return persons, force, reason, flags, conformance, companions


@settings(max_examples=150, deadline=None)
@given(rows=labour_rows(*LISTED, *LISTED[8:10] * 3, *HOLDING, "J", *OTHERS))
def test_it_is_what_the_rows_say(trial, rows):
    found = trial.outcome(RECIPE, {"labour_force": rows}, asked("5.3"), split=2)
    persons, force, reason, flags, conformance, companions = oracle(rows)
    assert (found.numerator, found.denominator, null_reason(found)) == (persons, force, reason)
    assert (found.flags, found.conformance, found.unknown) == (flags, conformance, 0)
    assert found.companions == companions
    other = sum(row["year"] != 2025 for row in rows)
    assert (found.rows, found.excluded) == (len(rows), {"other_year": other} if other else {})


def value(trial, *rows):
    return trial.value("5.3", {"labour_force": list(rows)}, asked("5.3"))


def all_codes(persons):
    return [employed(code, persons) for code in LISTED]


def test_the_example_of_the_guide(trial):
    found = value(trial, employed("62", 45), employed("other", 855), unemployed(100))
    assert str(found.value) == "4.5"
    assert (found.companions["persons"], found.companions["labour_force"]) == (45, 1000)
    assert (found.companions["employed"], found.companions["share_of_employed"]) == (900, 5)
    assert found.flags == ("unknown_values",), "most of the listed codes have no row"
    assert found.unknown_count == 0, "rows are counted, not codes"


def test_all_listed_codes_known_conform_without_a_flag(trial):
    found = value(trial, *all_codes(1), employed("other", 8), unemployed(1))
    assert str(found.value) == "57.142857142857142857142857142857142857142857142857"
    assert (found.flags, found.conformance, found.companions["absent_codes"]) == ((), "conforms", [])


@pytest.mark.parametrize("code", ["2611", "46511", "5820", "6120", "62014", "6311", "9511"])
def test_finer_codes_count(trial, code):
    assert value(trial, employed(code, 5), employed("other", 90), unemployed(5)).value == 5


@pytest.mark.parametrize("code", ["265", "4741", "581", "639", "952", "4649", "27"])
def test_neighbours_do_not_count(trial, code):
    found = value(trial, employed("62", 5), employed(code, 90), unemployed(5))
    assert (found.value, found.conformance) == (5, "conforms")


@pytest.mark.parametrize("code", HOLDING)
def test_a_code_that_holds_listed_ones_does_not_count_beside_them(trial, code):
    beside = "951" if code in ("J", "C", "26") else "261"
    found = value(trial, employed(beside, 5), employed(code, 90), unemployed(5))
    assert (found.value, found.conformance, found.flags) == (5, "partial_numerator", ("proxy", "unknown_values"))
    assert set(HOLDING[code]) <= set(found.companions["absent_codes"])


def test_section_j_alone_is_a_proxy(trial):
    found = value(trial, employed("J", 60), employed("C", 300), employed("other", 540), unemployed(100))
    assert (found.value, found.conformance, found.flags) == (6, "proxy", ("proxy",))
    assert found.companions["absent_codes"] == LISTED


def test_neither_a_listed_code_nor_j_is_missing(trial):
    found = value(trial, employed("26", 60), employed("other", 840), unemployed(100))
    assert (found.value, found.null_reason, found.conformance) == (None, "missing_input", "conforms")


@pytest.mark.parametrize("code", ["62", "J"])
def test_unknown_persons_in_the_numerator_are_missing_input(trial, code):
    found = value(trial, employed(code, None), employed("other", 840), unemployed(100))
    assert (found.value, found.null_reason) == (None, "missing_input")
    assert (found.companions["persons"], found.companions["labour_force"]) == (None, None)


@pytest.mark.parametrize(
    "rows",
    [
        [employed("62", 5), employed("other", 90)],
        [employed("62", 5), employed("other", None), unemployed(5)],
        [employed("62", 5), employed("other", 90), unemployed(None)],
        [employed("62", 5), employed("other", 90), unemployed(5, year=2024)],
    ],
)
def test_unknown_persons_elsewhere_or_no_unemployed_are_missing_denominator(trial, rows):
    found = value(trial, *rows)
    assert (found.value, found.null_reason, found.numerator) == (None, "missing_denominator", 5)


def test_another_year_is_not_taken(trial):
    found = value(trial, employed("62", 5, year=2024), unemployed(5, year=2026))
    assert (found.value, found.null_reason, found.exclusions) == (None, "missing_input", {"other_year": 2})
    assert found.companions["employed"] is None


def test_no_row_at_all(trial):
    assert value(trial).null_reason == "missing_input"


def test_kbli_2025_is_not_mapped_and_its_codes_are_not_asked(trial):
    found = value(trial, employed("62", None, classification="kbli2025"), employed("26", 5, classification="kbli2025"))
    assert (found.null_reason, found.flags, found.conformance) == ("unmapped_classification", (), "conforms")
    assert (found.companions["classification"], found.companions["absent_codes"]) == ("kbli2025", None)


def test_kbli_2025_of_another_year_does_not_matter(trial):
    found = value(trial, employed("62", 5), employed("62", 5, classification="kbli2025", year=2026), unemployed(5))
    assert found.value == 50


def test_a_labour_force_of_nobody_has_no_value_and_nobody_in_the_numerator(trial):
    found = value(trial, employed("other", 0), unemployed(0))
    assert (found.null_reason, found.numerator, found.denominator) == ("zero_denominator", 0, 0)
    assert found.companions["share_of_employed"] is None


def test_an_explicit_zero_is_a_row(trial):
    found = value(trial, *all_codes(0), employed("other", 9), unemployed(1))
    assert (found.value, found.null_reason, found.flags) == (0, None, ())


def test_an_estimate_of_a_survey_is_said_with_its_largest_error(trial):
    rows = [employed("other", 9, estimate=True, rse=Decimal("12.5")), unemployed(1, rse=Decimal("30.25"))]
    found = value(trial, *all_codes(1), *rows, employed("62", 1, year=2024, rse=Decimal(99)))
    assert (found.flags, found.companions["largest_rse"]) == (("survey_estimate",), Fraction("30.25"))


def test_the_list_is_a_parameter(trial):
    rows = {"labour_force": [employed("62", 5), employed("71", 15), unemployed(80)]}
    found = trial.value("5.3", rows, Asked(closed_year(), {"codes": "71"}))
    assert (found.value, found.companions["absent_codes"]) == (15, [])


def test_the_shipped_list_is_the_definition():
    assert asked("5.3").parameters == {"codes": ",".join(LISTED)}
