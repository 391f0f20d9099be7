"""Codes of the labour force that hold one another."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.indicators.checks import LabourRow, no_nested_codes
from ckanext.smartcity.indicators.industries import SECTIONS, section, wholes


def employed(code, classification="kbli2020", year=2025):
    return LabourRow(year, "employed", classification, code)


UNEMPLOYED = LabourRow(2025, "unemployed", "none", "all")


def codes(*rows):
    return [(earlier.code, row.code) for earlier, row in no_nested_codes(rows)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("61", "611"), ("J", "62"), ("J", "6201"), ("all", "62"), ("all", "J"), ("all", "other"), ("P", "85")],
)
def test_codes_that_hold_each_other_in_either_order(one, other):
    assert codes(employed(one), employed(other)) == [(one, other)]
    assert codes(employed(other), employed(one)) == [(other, one)]


@pytest.mark.parametrize(("one", "other"), [("61", "62"), ("J", "26"), ("other", "62"), ("611", "612"), ("A", "U")])
def test_codes_beside_each_other(one, other):
    assert codes(employed(one), employed(other)) == []


def test_the_unemployed_stand_beside_every_code():
    assert codes(UNEMPLOYED, employed("62"), employed("all", year=2024)) == []


def test_every_pair_is_told():
    rows = [employed(code) for code in ("611", "J", "612", "61", "all")]
    told = {("611", "J"), ("J", "612"), ("611", "61"), ("J", "61"), ("612", "61")}
    assert set(codes(*rows)) == told | {(code, "all") for code in ("611", "J", "612", "61")}


def test_years_are_apart():
    assert codes(employed("61"), employed("611", year=2024), employed("62", "isic4", year=2023)) == []


def test_two_classifications_in_one_year():
    first = employed("61")
    rows = [first, employed("62", "isic4"), employed("63"), employed("85", "isic4")]
    assert list(no_nested_codes(rows)) == [(first, rows[1]), (first, rows[3])]


def test_sections_of_the_later_classification_hold_other_divisions():
    assert codes(employed("J", "kbli2025"), employed("62", "kbli2025"), employed("621", "kbli2025")) == [("62", "621")]


def test_one_key_twice_is_another_error():
    assert codes(employed("61"), employed("61")) == []


def test_a_row_is_answered_before_the_next_is_read():
    def rows():
        yield employed("61")
        yield employed("611")
        raise AssertionError("read too far")

    assert next(no_nested_codes(rows())) == (employed("61"), employed("611"))


def holds(whole, code):
    if whole == "all":
        return code != "all"
    if whole in SECTIONS:
        return code[:2].isdigit() and int(code[:2]) in SECTIONS[whole]
    return code != whole and whole.isdigit() and code.startswith(whole)


@given(st.lists(st.sampled_from(("J", "C", "26", "261", "2610", "61", "62", "6201", "all", "other")), unique=True))
def test_it_finds_what_comparing_all_pairs_finds(chosen):
    expected = {(one, two) for one, two in combinations(chosen, 2) if holds(one, two) or holds(two, one)}
    found = codes(*map(employed, chosen))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_sections_share_no_division():
    divisions = [division for held in SECTIONS.values() for division in held]
    assert len(divisions) == len(set(divisions)) == 88, "ISIC Rev.4 has 88 divisions"


def test_what_holds_a_code():
    assert wholes("6201") == ("J", "62", "620")
    assert wholes("62") == ("J",)
    assert wholes("J") == wholes("all") == wholes("other") == ()
    assert wholes("04") == (), "there is no division 04"
    assert section("0111") == "A"
