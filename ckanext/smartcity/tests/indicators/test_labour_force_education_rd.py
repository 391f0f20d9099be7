"""5.4 against a second implementation over plain rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from ckanext.smartcity.indicators.recipes import RECIPES
from ckanext.smartcity.indicators.results import null_reason
from ckanext.smartcity.tests.indicators.labour import (
    asked,
    employed,
    expected_companions,
    labour_rows,
    persons_of,
    unemployed,
)

RECIPE = RECIPES["labour_force_education_rd"]
CODES = ("85", "85", "P", "72", "72", "851", "8521", "721", "722", "M", "84", "71", "other", "all")


def oracle(rows):
    """Numerator, denominator, reason, flags, companions."""
    used = [row for row in rows if row["year"] == 2025]
    working = [row for row in used if row["status"] == "employed"]
    flags = {"survey_estimate"} if any(row["estimate"] for row in used) else set()
    force = persons_of(used) if any(row["status"] == "unemployed" for row in used) else None
    if any(row["classification"] == "kbli2025" for row in working):
        companions = expected_companions(used, None) | {"education": None, "research": None}
        return None, force, "unmapped_classification", flags, companions
    teaching = [row for row in working if row["code"] == "P" or row["code"].startswith("85")]
    searching = [row for row in working if row["code"].startswith("72")]
    education = persons_of(teaching) if teaching else None
    research = persons_of(searching) if searching else None
    persons = None if education is None or research is None else education + research
    reason = "missing_input" if persons is None else "missing_denominator" if force is None else None
    if force == 0:
        persons, reason = 0, "zero_denominator"
    companions = expected_companions(used, persons) | {"education": education, "research": research}
    return persons, force, reason, flags, companions


@settings(max_examples=120, deadline=None)
@given(rows=labour_rows(*CODES))
def test_it_is_what_the_rows_say(trial, rows):
    found = trial.outcome(RECIPE, {"labour_force": rows}, asked("5.4"), split=2)
    persons, force, reason, flags, companions = oracle(rows)
    assert (found.numerator, found.denominator, null_reason(found)) == (persons, force, reason)
    assert (found.flags, found.conformance, found.unknown) == (flags, "conforms", 0)
    assert found.companions == companions
    other = sum(row["year"] != 2025 for row in rows)
    assert (found.rows, found.excluded) == (len(rows), {"other_year": other} if other else {})


def value(trial, *rows):
    return trial.value("5.4", {"labour_force": list(rows)}, asked("5.4"))


def test_the_example_of_the_guide(trial):
    found = value(trial, employed("85", 30), employed("72", 6), employed("other", 864), unemployed(100))
    assert (str(found.value), found.flags, found.conformance) == ("3.6", (), "conforms")
    assert (found.companions["education"], found.companions["research"], found.companions["persons"]) == (30, 6, 36)
    assert (found.companions["employed"], found.companions["share_of_employed"]) == (900, 4)


def test_section_p_equals_division_85(trial):
    found = value(trial, employed("P", 30), employed("72", 6), employed("other", 864), unemployed(100))
    assert str(found.value) == "3.6"


def test_finer_codes_count(trial):
    rows = [employed("851", 10), employed("8521", 20), employed("721", 4), employed("722", 2)]
    assert str(value(trial, *rows, employed("84", 864), unemployed(100)).value) == "3.6"


@pytest.mark.parametrize(
    "rows",
    [
        [employed("85", 30), employed("other", 870)],
        [employed("85", 30), employed("M", 20), employed("other", 850)],
        [employed("85", 30), employed("72", None), employed("other", 850)],
        [employed("85", None), employed("72", 6), employed("other", 850)],
        [employed("72", 6), employed("other", 894)],
        [employed("85", 30), employed("851", 2, year=2024), employed("72", 6, year=2024)],
    ],
)
def test_a_division_that_is_absent_suppressed_or_hidden_is_missing(trial, rows):
    found = value(trial, *rows, unemployed(100))
    assert (found.value, found.null_reason, found.numerator) == (None, "missing_input", None)


def test_an_explicit_zero_is_data(trial):
    found = value(trial, employed("85", 30), employed("72", 0), employed("other", 870), unemployed(100))
    assert (found.value, found.null_reason) == (3, None)


def test_public_administration_of_education_is_outside(trial):
    found = value(trial, employed("85", 30), employed("72", 6), employed("84", 864), unemployed(100))
    assert found.numerator == 36


def test_kbli_2025_is_not_mapped(trial):
    rows = [employed("85", 30, classification="kbli2025"), employed("72", 6, classification="kbli2025")]
    found = value(trial, *rows, unemployed(100))
    assert (found.null_reason, found.companions["education"]) == ("unmapped_classification", None)


def test_without_the_unemployed_there_is_no_labour_force(trial):
    assert value(trial, employed("85", 30), employed("72", 6)).null_reason == "missing_denominator"


def test_a_labour_force_of_nobody(trial):
    found = value(trial, employed("other", 0), unemployed(0))
    assert (found.null_reason, found.numerator) == ("zero_denominator", 0)


def test_the_shipped_lists():
    assert asked("5.4").parameters == {"education": "85,P", "research": "72"}
