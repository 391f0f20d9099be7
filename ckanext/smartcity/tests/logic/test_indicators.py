"""What the actions on indicators and agencies answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests.helpers import call_action

from ckanext.smartcity import config
from ckanext.smartcity.portal import freshness, store
from ckanext.smartcity.tests.published import CONTRACTS, VISITS, dataset, organization

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins", "with_request_context")


def listed(uid: str = CONTRACTS, **filters) -> dict:
    answer = call_action("smartcity_indicator_list", **filters)
    return next(row for row in answer["indicators"] if row["uid"] == uid)


def test_an_empty_portal_still_lists_every_indicator() -> None:
    answer = call_action("smartcity_indicator_list")
    assert answer["totals"] == {"indicators": 80, "with_data": 0, "without_data": 80, "overdue": 0, "datasets": 0}
    assert [approach["totals"]["indicators"] for approach in answer["approaches"]] == [4, 6, 18, 7, 28, 17]


def test_a_public_dataset_is_counted_under_its_indicator() -> None:
    organization("dlh", abbreviation="DLH")
    dataset("sampah", "dlh", indicators=[CONTRACTS, VISITS], frequency="MONTHLY", age=100)
    dataset("air", "dlh", frequency="MONTHLY")
    row = listed()
    assert (row["dataset_count"], row["overdue_count"], row["agencies"]) == (2, 1, ["dlh"])
    assert row["newest"] == (datetime.now(config.timezone()) - timedelta(days=5)).date().isoformat()
    assert call_action("smartcity_indicator_list")["totals"]["datasets"] == 2


@pytest.mark.parametrize(
    "hidden",
    [{"private": True}, {"state": "draft"}, {"state": "deleted"}, {"type": "service_contract"}, {"type": "harvest"}],
    ids=["private", "draft", "deleted", "contract", "other type"],
)
def test_what_a_visitor_may_not_see_is_not_counted_for_anybody(hidden: dict) -> None:
    dataset("rahasia", columns=hidden)
    assert listed()["dataset_count"] == 0
    sysadmin = {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    shown = tk.get_action("smartcity_indicator_show")(sysadmin, {"id": CONTRACTS})
    assert shown["datasets"] == []


def test_a_dataset_from_before_the_private_column_counts_as_public() -> None:
    dataset("lama", columns={"private": None})
    assert listed()["dataset_count"] == 1


@pytest.mark.parametrize("odd", ["[", "null", '{"a": 1}', "5.1", '["5.1"]', "[5.1]"])
def test_an_odd_stored_value_breaks_nothing(odd: str) -> None:
    dataset("aneh", indicators=odd, opd=odd, frequency=odd, next_release_date=odd)
    assert listed()["dataset_count"] == 0


def test_the_day_of_a_moment_is_the_day_in_the_city() -> None:
    dataset("malam", age=None)
    package = model.Package.get("malam")
    late = datetime(2026, 3, 1, 20, 30)
    model.Session.add(model.Resource(package_id=package.id, url="x", created=late - timedelta(9), last_modified=late))
    model.Session.commit()
    day = store.public_datasets("Asia/Jakarta")[0].newest
    assert day.isoformat() == "2026-03-02"
    assert day == freshness.city_day(late, config.timezone())


def test_a_deleted_resource_is_no_data() -> None:
    dataset("kosong")
    model.Session.query(model.Resource).update({"state": "deleted"})
    model.Session.commit()
    assert listed()["newest"] is None


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"theme": "99"}, '"99"'),
        ({"theme": "5 or 1=1"}, '"5 or 1=1"'),
        ({"approach": "Governance"}, '"Governance"'),
        ({"agency": "nowhere"}, '"nowhere"'),
        ({"programme": "maybe"}, '"maybe"'),
        ({"state": ["overdue"]}, "['overdue']"),
    ],
)
def test_an_unknown_value_of_a_filter_is_named(filters: dict, sentence: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        call_action("smartcity_indicator_list", **filters)
    (field,) = filters
    assert sentence in refused.value.error_dict[field][0]


def test_all_refused_filters_are_named_at_once() -> None:
    with pytest.raises(tk.ValidationError) as refused:
        call_action("smartcity_indicator_list", theme="99", state="x")
    assert set(refused.value.error_dict) == {"theme", "state"}


@pytest.mark.parametrize("programme", [True, "true", "1"])
def test_the_programme_has_ten(programme: object) -> None:
    assert call_action("smartcity_indicator_list", programme=programme)["totals"]["indicators"] == 10


def test_an_agency_may_be_filtered_by_what_it_leads_supplies_or_publishes() -> None:
    organization("pasar", title="Dinas Pasar")
    dataset("kios", "pasar", indicators=[VISITS])
    for slug, expected in (("pasar", {"10.1"}), ("ukpbj", {"5.1"})):
        answer = call_action("smartcity_indicator_list", agency=slug)
        assert {row["code"] for row in answer["indicators"]} == expected


@pytest.mark.parametrize("reference", [CONTRACTS, "iso37122-2019/5.1", "5.1"])
def test_an_indicator_is_found_by_uid_address_or_code(reference: str) -> None:
    assert call_action("smartcity_indicator_show", id=reference)["uid"] == CONTRACTS


@pytest.mark.parametrize("reference", ["99.9", "iso37122:2019/99.9", "iso37122-2019/99.9", "x/y/z", "../5.1"])
def test_an_unknown_indicator_is_not_found(reference: str) -> None:
    with pytest.raises(tk.ObjectNotFound):
        call_action("smartcity_indicator_show", id=reference)


@pytest.mark.parametrize("reference", [7.1, ["5.1"], None, ""])
def test_a_reference_that_is_no_text_is_refused(reference: object) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        call_action("smartcity_indicator_show", id=reference)
    assert "id" in refused.value.error_dict


def test_an_indicator_says_all_that_is_known_about_it() -> None:
    answer = call_action("smartcity_indicator_show", id=CONTRACTS)
    assert answer["multiplier"] == "100"
    assert answer["unit"] == {"value": "PERCENT", "label": {"id": "persen", "en": "percent"}}
    assert answer["responsibility"]["lead"] == "diskominfo"
    assert {agency["slug"] for agency in answer["agency_names"]} == {"diskominfo", "ukpbj"}
    assert answer["programme_entry"]["document"]["date"] == "2023-08"
    areas = [requirement["service_areas"] for requirement in answer["programme_entry"]["requirements"]]
    assert [len(listed) for listed in areas] == [0, 0, 15]


def test_an_indicator_outside_the_programme_has_no_entry() -> None:
    assert call_action("smartcity_indicator_show", id="iso37122:2019/7.1")["programme_entry"] is None


def test_a_code_inside_another_code_is_another_indicator() -> None:
    dataset("banyak", indicators=["iso37122:2019/7.10"])
    assert call_action("smartcity_indicator_show", id="iso37122:2019/7.1")["dataset_count"] == 0
    assert call_action("smartcity_indicator_show", id="iso37122:2019/7.10")["dataset_count"] == 1


def test_datasets_of_an_indicator_come_youngest_first_and_may_be_limited() -> None:
    for age in (30, 1, 10):
        dataset(f"data-{age}", age=age)
    answer = call_action("smartcity_indicator_show", id=CONTRACTS, limit=2)
    assert [found["name"] for found in answer["datasets"]] == ["data-1", "data-10"]
    assert answer["dataset_count"] == 3


def test_the_list_of_agencies_counts_leads_supplies_and_own_datasets() -> None:
    organization("diskominfo")
    dataset("a", "diskominfo", indicators=[CONTRACTS, VISITS], opd='["ukpbj"]', frequency="WEEKLY", age=60)
    answer = call_action("smartcity_agency_list")
    rows = {agency["slug"]: agency for agency in answer["agencies"]}
    lead = rows["diskominfo"]
    assert (lead["answers"], lead["answers_with_data"], lead["dataset_count"], lead["overdue_count"]) == (13, 2, 1, 1)
    assert (rows["ukpbj"]["supplies"], rows["ukpbj"]["dataset_count"]) == (1, 1)
    assert answer["totals"] == {"agencies": len(rows), "on_portal": 1, "datasets": 1}
    assert sum(agency["answers"] for agency in rows.values()) == 80


def test_an_agency_sees_its_work_first() -> None:
    organization("dlh")
    dataset("terlambat", "dlh", indicators=["iso37122:2019/16.1"], frequency="WEEKLY", age=60)
    dataset("baru", "dlh", indicators=["iso37122:2019/8.2"], frequency="ANNUAL")
    answer = call_action("smartcity_agency_show", id="dlh")
    led = [row for row in answer["indicators"] if row["answers"]]
    assert (led[0]["code"], led[-1]["code"]) == ("16.1", "8.2")
    assert [row["name"] for row in answer["due"]] == ["terlambat", "baru"]
    assert led[0]["own_dataset_count"] == 1
    first = call_action("smartcity_agency_show", id="dlh", limit=1)
    assert ([row["name"] for row in first["due"]], first["due_count"]) == (["terlambat"], 2)


def test_an_agency_of_the_catalogue_needs_no_organisation() -> None:
    assert call_action("smartcity_agency_show", id="pln")["on_portal"] is False


@pytest.mark.parametrize("state", [None, "deleted"], ids=["never there", "deleted"])
def test_an_unknown_agency_is_not_found_and_a_deleted_one_is_the_same(state: str | None) -> None:
    if state:
        organization("pasar", state=state)
        dataset("kios", "pasar")
    with pytest.raises(tk.ObjectNotFound):
        call_action("smartcity_agency_show", id="pasar")
    assert "pasar" not in {agency["slug"] for agency in call_action("smartcity_agency_list")["agencies"]}
