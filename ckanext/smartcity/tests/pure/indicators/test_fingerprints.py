"""Same fingerprint, same value: rule G10."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.indicators import fingerprints
from ckanext.smartcity.indicators.fingerprints import Input, Made, canonical, fingerprint, moment
from ckanext.smartcity.indicators.periods import window

JAKARTA = ZoneInfo("Asia/Jakarta")
WINDOW = window(2025, JAKARTA, datetime(2026, 4, 1, tzinfo=JAKARTA))
PAYMENTS = Input("payments", "0b1f", 1, 8, "ab" * 32)
MORE = Input("payments", "77aa", 1, 3, "cd" * 32)
POPULATION = Input("population", "9c3e", 1, 40, "ef" * 32, {"2025": "12" * 32, "2024": None})
MADE = Made("iso37122:2019/9.2", "35.78", WINDOW, {"a": "1", "b": "2"}, "electronic_payments", 1, (PAYMENTS, MORE))


def test_it_is_the_digest_of_canonical_json():
    told = (
        '{"area":"35.78","cutoff":"2026-03-31T17:00:00.000000Z","engine_version":1,'
        '"indicator":"iso37122:2019/9.2","inputs":['
        '{"digest":"' + "ab" * 32 + '","role":"payments","rows":8,"version":1},'
        '{"digest":"' + "cd" * 32 + '","role":"payments","rows":3,"version":1}],'
        '"parameters":{"a":"1","b":"2"},'
        '"period":["2024-12-31T17:00:00.000000Z","2025-12-31T17:00:00.000000Z"],'
        '"recipe":"electronic_payments","recipe_version":1,"year":2025}'
    )
    assert fingerprint(MADE) == hashlib.sha256(told.encode()).hexdigest()


@given(st.permutations((PAYMENTS, MORE, POPULATION)), st.permutations((("a", "1"), ("b", "2"))))
def test_order_does_not_matter(inputs, parameters):
    made = replace(MADE, inputs=(PAYMENTS, MORE, POPULATION))
    assert fingerprint(replace(made, inputs=inputs, parameters=dict(parameters))) == fingerprint(made)


@given(st.uuids(), st.uuids())
def test_the_id_of_a_resource_does_not_matter(one, other):
    inputs = (replace(PAYMENTS, resource=str(one)), replace(MORE, resource=str(other)))
    assert fingerprint(replace(MADE, inputs=inputs)) == fingerprint(MADE)


def test_the_same_moments_written_in_another_zone_do_not_matter():
    tokyo = ZoneInfo("Asia/Tokyo")
    moved = replace(WINDOW, cutoff=WINDOW.cutoff.astimezone(tokyo), begin=WINDOW.begin.astimezone(tokyo))
    assert fingerprint(replace(MADE, window=moved)) == fingerprint(MADE)


@pytest.mark.parametrize(
    "changes",
    [
        {"uid": "iso37122:2019/9.1"},
        {"area": "35.79"},
        {"window": replace(WINDOW, year=2024)},
        {"window": replace(WINDOW, begin=WINDOW.begin + timedelta(hours=1))},
        {"window": replace(WINDOW, end=WINDOW.end - timedelta(microseconds=1))},
        {"window": replace(WINDOW, cutoff=WINDOW.cutoff + timedelta(microseconds=1))},
        {"parameters": {"a": "1", "b": "3"}},
        {"parameters": {"a": "1"}},
        {"recipe": "generic"},
        {"recipe_version": 2},
        {"inputs": (PAYMENTS,)},
        {"inputs": (PAYMENTS, MORE, MORE)},
        {"inputs": (PAYMENTS, replace(MORE, digest="00" * 32))},
        {"inputs": (PAYMENTS, replace(MORE, rows=4))},
        {"inputs": (PAYMENTS, replace(MORE, version=2))},
        {"inputs": (PAYMENTS, replace(MORE, role="revenue"))},
        {"inputs": (PAYMENTS, MORE, POPULATION)},
    ],
)
def test_whatever_could_change_the_value_changes_it(changes):
    assert fingerprint(replace(MADE, **changes)) != fingerprint(MADE)


def test_the_version_of_the_engine_is_part_of_it(monkeypatch):
    before = fingerprint(MADE)
    monkeypatch.setattr(fingerprints, "ENGINE_VERSION", fingerprints.ENGINE_VERSION + 1)
    assert fingerprint(MADE) != before


def per_population(**changes):
    return fingerprint(replace(MADE, inputs=(PAYMENTS, replace(POPULATION, **changes))))


def test_other_rows_of_a_table_with_row_digests_do_not_matter():
    assert per_population(rows=41, digest="99" * 32) == per_population()


@pytest.mark.parametrize(
    "row_digests",
    [
        {"2025": "34" * 32, "2024": None},
        {"2025": "12" * 32, "2024": "12" * 32},
        {"2025": None, "2024": None},
        {"2025": "12" * 32},
    ],
)
def test_the_rows_that_are_asked_for_do(row_digests):
    assert per_population(row_digests=row_digests) != per_population()


def test_the_order_of_row_digests_does_not_matter():
    assert per_population(row_digests=dict(reversed(POPULATION.row_digests.items()))) == per_population()


def test_a_moment_is_written_in_utc_with_six_decimals():
    assert moment(datetime(2025, 1, 1, tzinfo=JAKARTA)) == "2024-12-31T17:00:00.000000Z"
    assert moment(datetime(2025, 1, 1, 0, 0, 0, 5, timezone.utc)) == "2025-01-01T00:00:00.000005Z"


def test_canonical_json_has_one_form():
    assert canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'
