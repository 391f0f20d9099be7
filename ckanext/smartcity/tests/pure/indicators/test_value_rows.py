"""The rows of stored values: what a run writes, and what a person's step copies and changes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.indicators import value_rows
from ckanext.smartcity.indicators.fingerprints import Input
from ckanext.smartcity.indicators.periods import usual_cutoff, window
from ckanext.smartcity.indicators.results import Outcome, value_of
from ckanext.smartcity.indicators.runs import Loaded, Question, Run, Supplied
from ckanext.smartcity.indicators.stamps import Stamp

JAKARTA = ZoneInfo("Asia/Jakarta")
INDICATOR = catalogue.load().indicator("9.2")


@pytest.fixture
def question():
    cutoff = usual_cutoff(2025, JAKARTA, "03-31", date(2027, 1, 1))
    return Question(INDICATOR, "99.71", window(2025, JAKARTA, cutoff), {})


@pytest.fixture
def run():
    outcome = Outcome(
        3, 2, {"not_settled": 1}, Fraction(1), Fraction(3), flags=frozenset({"unanswered"}),
        companions={"share_by_value": Fraction(100, 3), "by_area": {"fire": 2}, "note": None},
    )  # fmt: skip
    supplied = Supplied("payments", "r1", "p1")
    stamp = Stamp("payments", 1, "l1", 3, "d" * 64, "m" * 64)
    inputs = (Input("payments", "r1", 1, 3, "d" * 64),)
    return Run(value_of(INDICATOR, outcome, None, False), inputs, (Loaded(supplied, stamp),), None, "f" * 64)


def stored(row, **fields):
    empty = dict.fromkeys((*value_rows.FIGURES, *value_rows.CHANGE))
    return {"id": "v1", "status": "provisional", **empty, **row, **fields}


def test_a_run_writes_its_figures_inputs_and_how_to_repeat_it(question, run):
    row = value_rows.of_run(question, run, None)
    assert (row["status"], row["supersedes"], row["fingerprint"]) == ("provisional", None, "f" * 64)
    assert row["value"] == run.value.value
    assert (row["numerator"], row["denominator"], row["exclusions"]) == (1, 3, {"not_settled": 1})
    assert row["inputs"] == [
        {"role": "payments", "resource": "r1", "package": "p1", "version": 1, "load": "l1", "rows": 3,
         "digest": "d" * 64, "map": "m" * 64},
    ]  # fmt: skip
    assert row["input_resources"] == ["r1"]
    assert (row["recipe"], row["ref_year"], row["unit"]) == ("electronic_payments", 2025, "PERCENT")


def test_companions_are_json_to_the_last_digit(question, run):
    companions = value_rows.of_run(question, run, None)["companions"]
    assert json.loads(json.dumps(companions)) == {
        "share_by_value": "33." + "3" * 48, "by_area": {"fire": 2}, "note": None,
    }  # fmt: skip
    assert value_rows.told({"a": [Decimal("1E+2"), Fraction(1, 4), True, "x"]}) == {"a": ["100", "0.25", True, "x"]}


def test_a_run_supersedes_and_keeps_why_the_value_was_reopened(question, run):
    first = stored(value_rows.of_run(question, run, None))
    reopened = stored(value_rows.of_reopening(first, "late_data", "Data Bapenda terlambat"), id="v2")
    row = value_rows.of_run(question, run, reopened)
    assert (row["supersedes"], row["change_kind"], row["change_reason"]) == (
        "v2", "late_data", "Data Bapenda terlambat",
    )  # fmt: skip
    final = stored(value_rows.of_final(stored(row, id="v3")), id="v4")
    assert (final["status"], final["change_kind"], final["supersedes"]) == ("final", "late_data", "v3")


def test_a_persons_step_copies_every_figure(question, run):
    before = stored(value_rows.of_run(question, run, None))
    for step in (
        value_rows.of_final(before),
        value_rows.of_reopening(before, "other", "Alasan yang cukup panjang"),
        value_rows.of_withdrawal(before, "Alasan yang cukup panjang"),
    ):
        assert {name: step[name] for name in value_rows.FIGURES} == {name: before[name] for name in value_rows.FIGURES}
        assert step["supersedes"] == "v1"


def test_a_stopped_run_has_no_figure(question):
    row = value_rows.of_refusal(question, "duplicate_key", [Supplied("payments", "r1", "p1")])
    assert (row["status"], row["refused_reason"], row["input_resources"]) == ("refused", "duplicate_key", ["r1"])
    assert not row.keys() & {"value", "fingerprint", "supersedes"}
