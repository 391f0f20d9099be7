"""Grouping of published datasets: whatever is stored, sums hold."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity import catalogue
from ckanext.smartcity.portal import summary
from ckanext.smartcity.portal.summary import Calendar, Filters, StoredDataset, StoredOrganization

TODAY = date(2026, 11, 25)
CALENDAR = Calendar(today=TODAY, periods={"MONTHLY": 31, "ANNUAL": 366, "IRREG": None}, grace=(3, 10, 20, 30, 60))
CATALOGUE = catalogue.load()
UIDS = [indicator.uid for indicator in CATALOGUE.indicators]
CONTRACTS, BUSINESSES = "iso37122:2019/5.1", "iso37122:2019/5.2"


def stored(name: str = "data", **given) -> StoredDataset:
    values = {
        "title": "Data",
        "title_en": None,
        "owner": "dlh",
        "indicators": json.dumps([CONTRACTS]),
        "opd": None,
        "frequency": "MONTHLY",
        "access_rights": "PUBLIC",
        "next_release_date": None,
        "newest": TODAY - timedelta(days=5),
    }
    return StoredDataset(name=name, **{**values, **given})


def judged(*datasets: StoredDataset) -> list[summary.Dataset]:
    return summary.judge(datasets, set(UIDS), CALENDAR)


def rows(*datasets: StoredDataset) -> list[summary.IndicatorRow]:
    return summary.indicator_rows(CATALOGUE, judged(*datasets))


def row(uid: str, *datasets: StoredDataset) -> summary.IndicatorRow:
    return next(row for row in rows(*datasets) if row.indicator.uid == uid)


def test_a_dataset_stands_under_each_of_its_indicators_and_counts_once() -> None:
    both = stored(indicators=json.dumps([CONTRACTS, BUSINESSES, CONTRACTS]))
    assert [len(row(uid, both).datasets) for uid in (CONTRACTS, BUSINESSES)] == [1, 1]
    assert summary.dataset_count(rows(both)) == 1


@pytest.mark.parametrize("odd", [None, "", "[]", "{", "null", "7", '{"a": 1}', "[1, null]", '["iso37120:2018/5.1"]'])
def test_odd_or_unknown_indicators_are_passed_over(odd: str | None) -> None:
    assert judged(stored(indicators=odd)) == []


@pytest.mark.parametrize("odd", ["{", "null", "[7]", "[]", ""])
def test_an_odd_list_of_agencies_leaves_the_owner_and_never_fails(odd: str) -> None:
    assert "dlh" in judged(stored(opd=odd))[0].agencies


def test_the_owner_is_named_first_and_once() -> None:
    assert judged(stored(opd='["dinkes", "dlh"]'))[0].agencies == ("dlh", "dinkes")


def test_without_an_active_organisation_only_the_named_agencies_count() -> None:
    assert judged(stored(owner=None, opd='["dinkes"]'))[0].agencies == ("dinkes",)


def test_without_a_title_the_name_stands_in_both_languages() -> None:
    dataset = judged(stored("pajak", title="", title_en=""))[0]
    assert (dataset.title, dataset.title_en) == ("pajak", "pajak")


@pytest.mark.parametrize(
    ("age", "overdue"),
    [(31 + 10, False), (31 + 11, True)],
    ids=["on the last day of grace", "a day later"],
)
def test_overdue_begins_after_period_and_grace(age: int, overdue: bool) -> None:
    dataset = judged(stored(newest=TODAY - timedelta(days=age)))[0]
    assert dataset.overdue is overdue
    assert dataset.due == TODAY - timedelta(days=age - 31)


@pytest.mark.parametrize(
    "given",
    [{"frequency": "IRREG"}, {"frequency": "nonsense"}, {"newest": None}, {"access_rights": "NON_PUBLIC"}],
    ids=["irregular", "unknown frequency", "no resource", "closed"],
)
def test_what_is_never_due_is_never_overdue(given: dict) -> None:
    dataset = judged(stored(**{"newest": date(2001, 1, 1), **given}))[0]
    assert (dataset.due, dataset.overdue) == (None, False)


def test_a_row_names_agencies_newest_day_and_overdue_datasets() -> None:
    old = stored("old", owner="dinkes", newest=date(2020, 1, 1))
    found = row(CONTRACTS, old, stored("new"))
    assert (found.agencies, found.newest, found.overdue) == (("dinkes", "dlh"), TODAY - timedelta(days=5), 1)


def test_an_indicator_without_datasets_keeps_its_row() -> None:
    found = row(CONTRACTS)
    assert (len(found.datasets), found.agencies, found.newest, found.overdue) == (0, (), None, 0)


def test_a_row_concerns_who_leads_supplies_or_publishes_and_nobody_else() -> None:
    found = row(CONTRACTS, stored(owner="dinkes"))
    assert [slug for slug in ("diskominfo", "ukpbj", "dinkes", "dlh") if found.concerns(slug)] == [
        "diskominfo",
        "ukpbj",
        "dinkes",
    ]


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), 80),
        (Filters(approach="governance"), 4),
        (Filters(theme=5), 4),
        (Filters(programme=True), 10),
        (Filters(programme=False), 70),
        (Filters(state="with_data"), 1),
        (Filters(state="without_data"), 79),
        (Filters(state="overdue"), 0),
        (Filters(agency="dlh", theme=5), 1),
        (Filters(approach="governance", theme=5), 0),
    ],
)
def test_filters_narrow_together(filters: Filters, shown: int) -> None:
    assert len(summary.matching(rows(stored()), filters)) == shown


def test_the_state_overdue_is_a_part_of_with_data() -> None:
    late = rows(stored(newest=date(2020, 1, 1)))
    assert summary.matching(late, Filters(state="overdue")) == summary.matching(late, Filters(state="with_data"))


def test_work_comes_first_overdue_then_without_data() -> None:
    late, fresh = stored("late", newest=date(2020, 1, 1)), stored("fresh", indicators=json.dumps([BUSINESSES]))
    ordered = summary.work_first(rows(late, fresh))
    assert [r.indicator.uid for r in (ordered[0], ordered[-1])] == [CONTRACTS, BUSINESSES]


def test_lists_are_ordered_by_day_and_then_by_name() -> None:
    datasets = judged(stored("b"), stored("a"), stored("none", newest=None), stored("old", newest=date(2025, 1, 1)))
    assert [d.name for d in summary.newest_first(datasets)] == ["a", "b", "old", "none"]
    assert [d.name for d in summary.due_first(datasets)] == ["old", "a", "b"]


def test_an_agency_is_named_by_the_portal_then_by_the_catalogue_then_by_its_word() -> None:
    on_portal = summary.organizations([StoredOrganization("dlh", "DLH Kota", "City DLH", "DLHK")])
    named = [summary.agency(slug, CATALOGUE, on_portal) for slug in ("dlh", "dinkes", "pasar-lama")]
    assert [(a.short, a.on_portal) for a in named] == [("DLHK", True), ("Dinkes", False), ("pasar-lama", False)]
    assert (named[0].name.id, named[0].name.en, named[1].name.en) == ("DLH Kota", "City DLH", "Health Office")


def test_an_organisation_without_texts_is_named_by_its_name() -> None:
    agency = summary.organizations([StoredOrganization("dlh", None, None, None)])["dlh"]
    assert (agency.short, agency.name.id, agency.name.en) == ("dlh", "dlh", "dlh")


DATASETS = st.lists(
    st.builds(
        stored,
        owner=st.sampled_from([None, "dlh", "dinkes", "pasar-lama"]),
        indicators=st.one_of(st.lists(st.sampled_from([*UIDS[:6], "iso37120:2018/7.3"])).map(json.dumps), st.text()),
        opd=st.one_of(st.none(), st.lists(st.sampled_from(["dlh", "bps"])).map(json.dumps), st.text()),
        frequency=st.one_of(st.none(), st.sampled_from(["MONTHLY", "ANNUAL", "IRREG"]), st.text()),
        next_release_date=st.one_of(st.none(), st.dates().map(str), st.text()),
        newest=st.one_of(st.none(), st.dates(date(2015, 1, 1), TODAY)),
    ),
    max_size=12,
).map(lambda found: [dataset._replace(name=f"d{n}") for n, dataset in enumerate(found)])


@settings(max_examples=30, deadline=None)
@given(DATASETS)
def test_sums_of_the_parts_are_the_whole(datasets: list[StoredDataset]) -> None:
    everything = rows(*datasets)
    totals = summary.totals(everything)
    assert totals.indicators == totals.with_data + totals.without_data == 80
    assert totals.overdue <= totals.with_data
    for attribute in ("approach", "theme"):
        parts = {getattr(r.indicator, attribute) for r in everything}
        shown = [summary.matching(everything, Filters(**{attribute: part})) for part in parts]
        assert sum(summary.totals(part).with_data for part in shown) == totals.with_data
    states = [summary.matching(everything, Filters(state=state)) for state in ("with_data", "without_data")]
    assert sum(map(len, states)) == 80


@settings(max_examples=30, deadline=None)
@given(DATASETS)
def test_datasets_counted_are_the_datasets_that_name_a_known_indicator(datasets: list[StoredDataset]) -> None:
    everything = rows(*datasets)
    recounted = {d.name for d in datasets if set(_list(d.indicators)) & set(UIDS)}
    assert summary.dataset_count(everything) == len(recounted)
    by_agency = summary.by_agency(everything)
    assert {d.name for owned in by_agency.values() for d in owned} <= recounted
    assert len(by_agency.get("dlh", [])) == sum("dlh" in d.agencies for d in judged(*datasets))


@settings(max_examples=30, deadline=None)
@given(DATASETS)
def test_the_order_of_reading_changes_nothing(datasets: list[StoredDataset]) -> None:
    def said(read: list[StoredDataset]) -> list:
        return [(r.agencies, r.newest, r.overdue, summary.newest_first(r.datasets)) for r in rows(*read)]

    assert said(datasets) == said(datasets[::-1])


def _list(text: str | None) -> list:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
