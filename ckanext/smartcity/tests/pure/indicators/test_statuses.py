"""Steps of a stored value: which are allowed, and how a value is observed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ckanext.smartcity.indicators.statuses import (
    CHANGE_KINDS,
    Current,
    Observed,
    StepRefused,
    check_finalise,
    check_reopen,
    check_withdraw,
    may_store,
    obs_status,
)

OPEN = Current("a", "provisional", "f1", True)
FINAL = replace(OPEN, status="final")
WITHDRAWN = replace(OPEN, status="withdrawn")
REASON = "Data Dishub datang terlambat"
PLAIN = Observed("final", True, None, "conforms", (), 1, "PERCENT")


def code(step, *given):
    with pytest.raises(StepRefused) as refused:
        step(*given)
    return refused.value.code


def test_a_run_stores_what_is_new_and_nothing_twice():
    assert may_store(None, "f1")
    assert may_store(OPEN, "f2")
    assert not may_store(OPEN, "f1")


@pytest.mark.parametrize("closed", [FINAL, WITHDRAWN])
def test_no_run_replaces_what_a_person_closed(closed):
    assert code(may_store, closed, "f1") == code(may_store, closed, "f2") == "reopen_first"


def test_a_provisional_value_with_a_figure_is_accepted():
    assert check_finalise(OPEN, ()) is OPEN
    assert code(check_finalise, None, ()) == "nothing_stored"
    assert code(check_finalise, FINAL, ()) == "already_final"
    assert code(check_finalise, WITHDRAWN, ()) == "reopen_first"
    assert code(check_finalise, replace(OPEN, has_value=False), ()) == "no_value"


def test_each_flag_that_asks_for_it_is_confirmed_one_by_one():
    flagged = replace(OPEN, flags=("unanswered", "partial_coverage", "unknown_values"))
    with pytest.raises(StepRefused) as refused:
        check_finalise(flagged, ["unanswered"])
    assert refused.value.found == {"flags": ["partial_coverage"]}
    assert check_finalise(flagged, ["unanswered", "partial_coverage"]) is flagged


def test_reopening_needs_a_closed_value_a_kind_and_a_reason():
    for kind in CHANGE_KINDS:
        assert check_reopen(FINAL, kind, REASON) is FINAL
    assert check_reopen(WITHDRAWN, "other", REASON) is WITHDRAWN
    assert code(check_reopen, None, "other", REASON) == "nothing_stored"
    assert code(check_reopen, OPEN, "other", REASON) == "not_closed"
    assert code(check_reopen, FINAL, "mood", REASON) == "unknown_kind"
    assert code(check_reopen, FINAL, "other", "   too short   ") == "short_reason"


def test_withdrawing_needs_a_reason_and_happens_once():
    for value in (OPEN, FINAL):
        assert check_withdraw(value, REASON) is value
    assert code(check_withdraw, None, REASON) == "nothing_stored"
    assert code(check_withdraw, WITHDRAWN, REASON) == "already_withdrawn"
    assert code(check_withdraw, FINAL, "x" * 19) == "short_reason"


@pytest.mark.parametrize(
    ("value", "before", "status"),
    [
        (PLAIN, None, "A"),
        (PLAIN, PLAIN, "A"),
        (PLAIN, replace(PLAIN, recipe_version=2), "B"),
        (PLAIN, replace(PLAIN, unit="DAYS"), "B"),
        (replace(PLAIN, flags=("method_break",), conformance="proxy"), None, "B"),
        (replace(PLAIN, conformance="proxy", flags=("survey_estimate",)), None, "D"),
        (replace(PLAIN, flags=("estimated_denominator",), status="provisional"), None, "E"),
        (replace(PLAIN, status="provisional"), None, "P"),
        (replace(PLAIN, null_reason="missing_input", has_value=False), None, "O"),
        (replace(PLAIN, null_reason="zero_denominator", has_value=False), None, "M"),
    ],
)
def test_the_observation_status_is_the_first_that_holds(value, before, status):
    assert obs_status(value, before) == status
