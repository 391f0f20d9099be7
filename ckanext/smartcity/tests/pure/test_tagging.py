"""Rules of tag rows: what is added, what is refused, and that nothing is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.portal.tagging import Known, Problem, Row, Tagged, added, check, renamed

UIDS = [f"iso37122:2019/{code}" for code in ("5.1", "7.1", "7.10", "10.4")]
KNOWN = Known(
    indicators=UIDS,
    opd={"dinkes": "dinkes", "id-of-dinkes": "dinkes", "dishub": "dishub", "dinas-lama": "dinas-lama"},
    ended={"dinas-lama"},
)


def judge(dataset: Tagged, **cells):
    return check([Row(2, dataset.name, **cells)], {dataset.name: dataset, dataset.id: dataset}, KNOWN)[0]


def tagged(**stored) -> Tagged:
    return Tagged("id-1", "aduan", "Aduan warga", **stored)


def test_values_are_added_behind_those_that_are_stored():
    outcome = judge(tagged(indicators=(UIDS[0],)), indicators=(UIDS[2], UIDS[0], UIDS[2]))
    assert outcome.state == "new"
    assert outcome.indicators == (UIDS[2],)
    assert outcome.patch == {"indicators": [UIDS[0], UIDS[2]]}


def test_an_empty_cell_changes_nothing():
    outcome = judge(tagged(indicators=(UIDS[0],), opd=("dinkes",)))
    assert (outcome.state, outcome.patch) == ("unchanged", {})


def test_an_opd_by_id_is_stored_by_name():
    assert judge(tagged(), opd=("id-of-dinkes", "dinkes")).patch == {"opd": ["dinkes"]}


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("7.1", ("iso37122:2019/7.1", "iso37122:2019/7.10")),
        ("7,1", ("iso37122:2019/7.1", "iso37122:2019/7.10")),
        ("7.10", ("iso37122:2019/7.10",)),
        ("5.1", ("iso37122:2019/5.1",)),
        ("99", ("iso37122:2019/5.1",)),
    ],
)
def test_a_bare_code_is_refused_with_what_it_may_stand_for_or_an_example(value, meant):
    assert judge(tagged(), indicators=(value,)).problems == (Problem("bare_code", "indicators", value, meant),)


@pytest.mark.parametrize("value", ["iso37122:2019/7.100", "ISO37122:2019/7.1", "contracts", "<b>", "7.1.0"])
def test_an_unknown_indicator_is_refused(value):
    assert judge(tagged(), indicators=(value,)).problems == (Problem("unknown_indicator", "indicators", value),)


def test_an_unknown_opd_is_refused():
    assert judge(tagged(), opd=("dinas-x",)).problems == (Problem("unknown_opd", "opd", "dinas-x"),)


def test_an_opd_whose_time_is_over_is_not_added_but_may_stay():
    assert judge(tagged(), opd=("dinas-lama",)).problems == (Problem("ended_opd", "opd", "dinas-lama"),)
    assert judge(tagged(opd=("dinas-lama",)), opd=("dinas-lama",)).state == "unchanged"


def test_a_stored_value_that_is_no_longer_known_may_stay():
    outcome = judge(tagged(indicators=("gone/1",)), indicators=("gone/1", UIDS[0]))
    assert outcome.patch == {"indicators": ["gone/1", UIDS[0]]}


def test_all_problems_of_a_row_come_at_once():
    rules = [problem.rule for problem in judge(tagged(), indicators=("7.1", "x"), opd=("y",)).problems]
    assert rules == ["bare_code", "unknown_indicator", "unknown_opd"]


def test_values_are_judged_also_where_the_dataset_is_unknown():
    (outcome,) = check([Row(2, "tidak-ada", ("7.1",), ("y",))], {}, KNOWN)
    assert [problem.rule for problem in outcome.problems] == ["unknown_dataset", "bare_code", "unknown_opd"]
    assert outcome.patch == {}


def test_a_type_without_the_field_refuses_the_column():
    outcome = judge(tagged(fields=frozenset({"indicators"})), indicators=(UIDS[0],), opd=("dinkes",))
    assert [(problem.rule, problem.column) for problem in outcome.problems] == [("no_such_field", "opd")]


def test_a_dataset_named_twice_is_refused_the_second_time_also_by_its_id():
    dataset = tagged()
    rows = [Row(2, "aduan", (UIDS[0],)), Row(2, "id-1", (UIDS[1],))]
    first, second = check(rows, {"aduan": dataset, "id-1": dataset}, KNOWN)
    assert first.state == "new"
    assert second.problems == (Problem("dataset_twice", "dataset", "id-1", ("2",)),)


def test_missing_and_empty_datasets_are_refused():
    unseen, empty = check([Row(2, "tidak-ada", (UIDS[0],)), Row(3, "", (UIDS[0],))], {}, KNOWN)
    assert unseen.problems == (Problem("unknown_dataset", "dataset", "tidak-ada"),)
    assert empty.problems == (Problem("no_dataset", "dataset", ""),)


values = st.lists(st.sampled_from(UIDS), max_size=6).map(tuple)
agencies = st.lists(st.sampled_from(sorted(KNOWN.opd)), max_size=4).map(tuple)
names = st.sampled_from(["dinkes", "dishub", "dinas-lama"])


@given(stored=values, sent=values, opd=st.lists(names, unique=True).map(tuple), sent_opd=agencies)
def test_adding_never_removes_and_a_second_time_changes_nothing(stored, sent, opd, sent_opd):
    dataset = tagged(indicators=stored, opd=opd)
    outcome = judge(dataset, indicators=sent, opd=sent_opd)
    if outcome.problems:
        return
    after = tagged(**{"indicators": stored, "opd": opd, **{k: tuple(v) for k, v in outcome.patch.items()}})
    assert after.indicators[: len(stored)] == stored
    assert after.opd[: len(opd)] == opd
    assert set(after.indicators) == set(stored) | set(sent)
    assert set(after.opd) == set(opd) | {KNOWN.opd[value] for value in sent_opd}
    assert judge(after, indicators=sent, opd=sent_opd).state == "unchanged"


@given(st.lists(st.tuples(st.sampled_from(["aduan", "id-1", "x", ""]), st.lists(st.text(max_size=8)).map(tuple))))
def test_every_row_gets_one_outcome_in_its_order(cells):
    rows = [Row(line, dataset, indicators) for line, (dataset, indicators) in enumerate(cells, 2)]
    outcomes = check(rows, {"aduan": tagged(), "id-1": tagged()}, KNOWN)
    assert [outcome.row for outcome in outcomes] == rows


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_added_values_are_new_and_stand_once(stored, sent):
    new = added(stored, sent)
    assert len(set(new)) == len(new)
    assert set(new) == set(sent) - set(stored)


@given(st.lists(st.sampled_from("abcd"), unique=True))
def test_renaming_moves_one_tag_and_keeps_the_others(stored):
    moved = renamed(stored, "a", "b")
    assert "a" not in moved
    assert set(moved) == {"b" if value == "a" else value for value in stored}
    assert len(set(moved)) == len(moved)
    assert renamed(moved, "a", "b") == moved
