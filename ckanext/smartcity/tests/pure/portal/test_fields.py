"""The rules of single values: what they accept comes out again unchanged, everything else is refused with a reason."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.portal import fields

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
RULES = [
    fields.amount,
    fields.calendar_day,
    fields.concept_name,
    fields.email,
    fields.ocid,
    fields.region_code,
    fields.texts,
    fields.web_address,
    fields.year,
    fields.years,
]


def refused(rule: Any, value: Any) -> str | None:
    try:
        rule(value)
    except fields.FieldRefused as error:
        return error.reason
    return None


@pytest.mark.parametrize("rule", RULES)
@given(value=ANYTHING)
def test_a_rule_refuses_or_accepts_its_own_output(rule: Any, value: Any):
    try:
        accepted = rule(value)
    except fields.FieldRefused:
        return
    assert rule(accepted) == accepted


@pytest.mark.parametrize(
    ("rule", "value", "accepted"),
    [
        (fields.amount, "1250000", "1250000"),
        (fields.amount, " 0.5 ", "0.5"),
        (fields.amount, 7, "7"),
        (fields.amount, 1e14, "100000000000000"),
        (fields.amount, "1250000.50", "1250000.5"),
        (fields.amount, "5.00", "5"),
        (fields.amount, 0.1, "0.1"),
        (fields.amount, 12.5, "12.5"),
        (fields.calendar_day, "2024-02-29", "2024-02-29"),
        (fields.calendar_day, date(2026, 3, 31), "2026-03-31"),
        (fields.concept_name, "Angka Harapan Hidup", "Angka Harapan Hidup"),
        (fields.concept_name, "Penduduk (jiwa) miskin", "Penduduk (jiwa) miskin"),
        (fields.email, " a.b+c@kota.go.id ", "a.b+c@kota.go.id"),
        (fields.ocid, "ocds-abc123-2026/1", "ocds-abc123-2026/1"),
        (fields.region_code, "99", "99"),
        (fields.region_code, "32.73.01.1001", "32.73.01.1001"),
        (fields.texts, "satu", ["satu"]),
        (fields.texts, ["a", "", "b"], ["a", "b"]),
        (fields.web_address, "https://kota.go.id/a?b=c", "https://kota.go.id/a?b=c"),
        (fields.year, 2026, "2026"),
        (fields.years, "2020 \N{EN DASH} 2024", "2020-2024"),
        (fields.years, 2024, "2024"),
    ],
)
def test_accepted(rule: Any, value: Any, accepted: Any):
    assert rule(value) == accepted


@pytest.mark.parametrize(
    ("rule", "value", "reason"),
    [
        (fields.amount, "1.000.000", "not_an_amount"),
        (fields.amount, "1,5", "not_an_amount"),
        (fields.amount, "Rp 5", "not_an_amount"),
        (fields.amount, "-1", "not_an_amount"),
        (fields.amount, "1.005", "not_an_amount"),
        (fields.amount, "1" * 16, "not_an_amount"),
        (fields.amount, "٣", "not_an_amount"),
        (fields.amount, True, "not_an_amount"),
        (fields.amount, float("nan"), "not_an_amount"),
        (fields.calendar_day, "2026-02-31", "no_such_day"),
        (fields.calendar_day, "31-12-2026", "no_such_day"),
        (fields.calendar_day, "20260101", "no_such_day"),
        (fields.calendar_day, 20260101, "no_such_day"),
        (fields.concept_name, "IPM", "concept_abbreviation"),
        (fields.concept_name, "Penduduk 2020", "concept_year"),
        (fields.concept_name, "Kepadatan (jiwa/km2)", "concept_unit"),
        (fields.email, "nama@kota", "not_an_email"),
        (fields.email, "a b@kota.go.id", "not_an_email"),
        (fields.ocid, "OCDS-abc123-1", "not_an_ocid"),
        (fields.region_code, "3273", "not_a_region_code"),
        (fields.region_code, "32.73.", "not_a_region_code"),
        (fields.region_code, "٣٢.٧٣", "not_a_region_code"),
        (fields.region_code, 32.73, "not_a_region_code"),
        (fields.texts, {"a": "b"}, "not_texts"),
        (fields.texts, 5, "not_texts"),
        (fields.texts, ["a", 5], "not_texts"),
        (fields.texts, ["a"] * 51, "too_many_rows"),
        (fields.texts, ["a" * 201], "too_long"),
        (fields.web_address, "javascript:alert(1)", "not_a_web_address"),
        (fields.web_address, "https://", "not_a_web_address"),
        (fields.web_address, 'https://a"b', "not_a_web_address"),
        (fields.year, "1899", "not_a_year"),
        (fields.year, "26", "not_a_year"),
        (fields.years, "2024-2020", "not_years"),
        (fields.years, "2020-2021-2022", "not_years"),
    ],
)
def test_refused_with_its_reason(rule: Any, value: Any, reason: str):
    assert refused(rule, value) == reason


@given(value=st.decimals(min_value=0, max_value=10**13 - 1, places=2))
def test_an_amount_survives_storing_and_showing(value: Decimal):
    text = fields.amount(format(value, "f"))
    shown = fields.amount_number(text)
    assert Decimal(fields.amount(shown)) == value
    assert Decimal(fields.amount(str(shown))) == value


@given(value=ANYTHING)
def test_stored_values_are_read_whatever_they_are(value: Any):
    for stored in (value, json.dumps(value)):
        assert all(isinstance(text, str) and text.strip() for text in fields.stored_list(stored))
        assert all(isinstance(row, dict) for row in fields.stored_rows(stored))
        assert fields.is_yes(stored) in (True, False)
        assert fields.is_day(stored) in (True, False)


def test_a_stored_text_that_is_no_list_is_one_text():
    assert fields.stored_list("Kecamatan") == ["Kecamatan"]
    assert fields.stored_list('["a", 1, "", null]') == ["a"]
    assert fields.stored_list("  ") == []


@pytest.mark.parametrize("value", [None, "", " ", [], "[]", {}, ()])
def test_nothing_is_empty(value: Any):
    assert fields.is_empty(value)


@pytest.mark.parametrize("value", [0, False, "0", "no", ["a"], "[1]"])
def test_something_is_not_empty(value: Any):
    assert not fields.is_empty(value)


@pytest.mark.parametrize("value", [True, "true", "True", "yes", "1", " Y "])
def test_yes(value: Any):
    assert fields.is_yes(value)


@pytest.mark.parametrize("value", [False, None, "", "false", "ya", "2", [], "tidak"])
def test_everything_else_is_no(value: Any):
    assert not fields.is_yes(value)


def test_a_text_loses_what_postgresql_cannot_store_and_nothing_else():
    assert fields.storable("a\0b\ud800") == "ab?"
    assert fields.storable("Dinas \N{SMILING FACE WITH OPEN MOUTH}\n") == "Dinas \N{SMILING FACE WITH OPEN MOUTH}\n"
    assert fields.storable(["a\0"]) == ["a\0"]
