"""The tag actions: who may, what a row does, and that a refused row writes nothing."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import helpers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ckanext.smartcity.tests.tagging_city import CONTRACTS, LAMPS, SENSORS, agency, build, dataset, site_user, stored


@pytest.fixture(autouse=True)
def city(clean):
    build()


@pytest.fixture
def tag(as_user):
    def call(*rows, user="wali", **more):
        return as_user(user, "smartcity_tag_update", rows=[dict(row) for row in rows], **more)

    return call


def states(result):
    return [row["state"] for row in result["rows"]]


def messages(result):
    return [problem["message"] for row in result["rows"] for problem in row["problems"]]


CALLS = [
    ("smartcity_tag_list", {}),
    ("smartcity_tag_update", {"rows": [{"dataset": "aduan", "indicators": [CONTRACTS]}]}),
    ("smartcity_opd_rename", {"old": "dinas-lama", "new": "dinkes"}),
    ("smartcity_schema_check", {}),
]


def test_only_editors_of_the_walidata_and_sysadmins_may(as_user):
    for action, data in CALLS:
        for user in ("", "warga", "petugas", "anggota", "no-such-user"):
            with pytest.raises(tk.NotAuthorized):
                as_user(user, action, **data)
    assert not stored("aduan", "indicators")
    for action, data in CALLS:
        as_user("wali", action, **data)
        as_user(site_user()["user"], action, **data)


def test_the_list_has_public_datasets_without_an_indicator_by_agency_then_title(as_user):
    result = as_user("wali", "smartcity_tag_list")
    assert [row["name"] for row in result["results"]] == ["aduan", "puskesmas", "halte"]
    assert result["count"] == 3
    assert [(row["name"], row["count"]) for row in result["organizations"]] == [("dinkes", 2), ("dishub", 1)]
    assert result["results"][0]["organization"] == {"name": "dinkes", "title": "Dinas Kesehatan", "title_en": None}


def test_the_list_can_be_filtered_and_paged(as_user):
    for filters, names in (
        ({"opd": "dishub"}, ["halte"]),
        ({"opd": "no-such"}, []),
        ({"q": "WARGA aduan"}, ["aduan"]),
        ({"q": "%"}, []),
        ({"q": "puskesmas", "opd": "dinkes"}, ["puskesmas"]),
        ({"limit": 1, "offset": 1}, ["puskesmas"]),
        ({"limit": "2", "offset": "2"}, ["halte"]),
    ):
        assert [row["name"] for row in as_user("wali", "smartcity_tag_list", **filters)["results"]] == names, filters


def test_counts_follow_the_filters_not_the_page(as_user):
    assert as_user("wali", "smartcity_tag_list", opd="dinkes", limit=1)["count"] == 2
    assert as_user("wali", "smartcity_tag_list", q="halte", opd="dinkes")["count"] == 0


def test_odd_filters_are_refused(as_user):
    for odd in ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"offset": 10**30}, {"q": "x" * 201}, {"opd": 7}):
        with pytest.raises(tk.ValidationError):
            as_user("wali", "smartcity_tag_list", **odd)


@given(q=st.text(max_size=200), opd=st.text(max_size=50))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_filter(as_user, q, opd):
    assert as_user("wali", "smartcity_tag_list", q=q, opd=opd)["count"] >= 0


def statements(call, *arguments, **data) -> int:
    """How many SQL statements a call takes."""
    seen = []
    engine = model.Session.get_bind()

    def listen(*event_arguments):
        seen.append(event_arguments[2])

    event.listen(engine, "before_cursor_execute", listen)
    try:
        call(*arguments, **data)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    return len(seen)


def add_datasets(count: int) -> list[str]:
    owner = model.Group.get("dinkes").id
    names = [f"lain-{number}" for number in range(count)]
    for name in names:
        model.Session.add(model.Package(name=name, title="Lain", type="dataset", owner_org=owner, extras={}))
    model.Session.commit()
    return names


def test_a_list_takes_the_same_statements_for_three_datasets_and_for_forty(as_user):
    few = statements(as_user, "wali", "smartcity_tag_list")
    add_datasets(40)
    assert as_user("wali", "smartcity_tag_list")["count"] == 43
    assert statements(as_user, "wali", "smartcity_tag_list") == few


def test_checking_takes_the_same_statements_for_one_public_dataset_and_for_forty(tag):
    few = statements(tag, {"dataset": "aduan", "indicators": [CONTRACTS]}, dry_run=True)
    rows = [{"dataset": name, "indicators": [CONTRACTS]} for name in add_datasets(40)]
    assert statements(tag, *rows, dry_run=True) == few


def test_a_walidata_tags_datasets_of_other_agencies_and_it_is_done_in_their_name(tag):
    result = tag({"dataset": "aduan", "indicators": [CONTRACTS], "opd": ["dishub"]})
    assert result["counts"] == {"new": 1, "unchanged": 0, "refused": 0}
    assert stored("aduan", "indicators") == [CONTRACTS]
    assert stored("aduan", "opd") == ["dishub"]
    assert helpers.call_action("package_show", id="aduan")["indicators"] == [CONTRACTS]


def test_tagging_changes_nothing_else(tag):
    before = helpers.call_action("package_show", id="lampu")
    tag({"dataset": "lampu", "indicators": [CONTRACTS]})
    after = helpers.call_action("package_show", id="lampu")
    assert after["indicators"] == [LAMPS, CONTRACTS]
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {"indicators", "metadata_modified"}


def test_a_dry_run_writes_nothing_and_says_the_same(tag):
    rows = [{"dataset": "aduan", "indicators": [CONTRACTS]}, {"dataset": "lampu", "indicators": [LAMPS]}]
    dry = tag(*rows, dry_run=True)
    assert states(dry) == ["new", "unchanged"]
    assert not stored("aduan", "indicators")
    done = tag(*rows)
    assert {**dry, "dry_run": False, "written": 1} == done


def test_the_same_rows_again_are_unchanged_and_save_nothing(tag):
    rows = [{"dataset": "aduan", "indicators": [CONTRACTS, LAMPS], "opd": ["dinkes"]}]
    tag(*rows)
    modified = model.Package.get("aduan").metadata_modified
    assert states(tag(*rows)) == ["unchanged"]
    model.Session.expire_all()
    assert model.Package.get("aduan").metadata_modified == modified


def test_while_a_row_is_refused_nothing_is_written(tag):
    result = tag({"dataset": "aduan", "indicators": [CONTRACTS]}, {"dataset": "halte", "indicators": ["7.1"]})
    assert states(result) == ["new", "refused"]
    assert not stored("aduan", "indicators")


def test_a_bare_code_is_refused_with_the_identifiers_it_may_stand_for(tag):
    (message,) = messages(tag({"dataset": "aduan", "indicators": ["7.1"]}))
    assert '"7.1"' in message
    assert SENSORS in message
    assert LAMPS in message


def test_a_number_is_no_cell(tag):
    with pytest.raises(tk.ValidationError) as refused:
        tag({"dataset": "aduan", "indicators": [7.1]})
    assert "7.1" in str(refused.value.error_dict)


def test_hidden_and_missing_datasets_read_the_same(tag):
    hidden, missing = tag(
        {"dataset": "rahasia", "indicators": [CONTRACTS]}, {"dataset": "halus", "indicators": [CONTRACTS]}
    )["rows"]
    assert {key: hidden[key] for key in ("name", "title", "state")} == {
        key: missing[key] for key in ("name", "title", "state")
    }
    said = [row["problems"][0]["message"].replace(row["dataset"], "X") for row in (hidden, missing)]
    assert said[0] == said[1]


def test_a_hidden_dataset_by_its_id_reads_as_missing(tag):
    secret = model.Package.get("rahasia").id
    row = tag({"dataset": secret, "indicators": [CONTRACTS]})["rows"][0]
    assert row["problems"][0]["rule"] == "unknown_dataset"
    assert row["name"] is None


def test_a_sysadmin_tags_private_datasets_too(as_user):
    rows = [{"dataset": "rahasia", "indicators": [CONTRACTS]}]
    as_user(site_user()["user"], "smartcity_tag_update", rows=rows)
    assert stored("rahasia", "indicators") == [CONTRACTS]


def test_the_same_dataset_by_name_and_by_id_is_refused_the_second_time(tag):
    (row,) = [
        row
        for row in tag(
            {"dataset": "aduan", "indicators": [CONTRACTS], "line": 2},
            {"dataset": model.Package.get("aduan").id, "indicators": [LAMPS], "line": 5},
        )["rows"]
        if row["state"] == "refused"
    ]
    assert row["line"] == 5
    assert "2" in row["problems"][0]["message"]


def test_unknown_and_ended_organizations_are_refused(tag):
    agency("dinas-lama", "Dinas Lama", active_until_date="2020-12-31")
    result = tag({"dataset": "aduan", "opd": ["no-such", "dinas-lama"]})
    assert [problem["rule"] for problem in result["rows"][0]["problems"]] == ["unknown_opd", "ended_opd"]


def test_a_contract_has_no_field_for_an_indicator(tag):
    dataset("kontrak", "dinkes", type="service_contract")
    result = tag({"dataset": "kontrak", "indicators": [CONTRACTS]})
    assert [problem["rule"] for problem in result["rows"][0]["problems"]] == ["no_such_field"]


def test_a_deleted_dataset_is_missing(tag):
    helpers.call_action("package_delete", id="aduan")
    assert tag({"dataset": "aduan", "indicators": [CONTRACTS]})["rows"][0]["problems"][0]["rule"] == "unknown_dataset"


def test_what_is_no_list_of_rows_is_refused(as_user):
    typo = [{"dataset": "aduan", "indikator": []}]
    for rows in (None, [], "aduan", ["aduan"], typo, [{"dataset": 7}], [{"line": "x"}], [{}] * 5001):
        with pytest.raises(tk.ValidationError):
            as_user("wali", "smartcity_tag_update", rows=rows)
    with pytest.raises(tk.ValidationError):
        as_user("wali", "smartcity_tag_update")


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=30))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_in_a_cell_is_an_outcome(as_user, values, name):
    rows = [{"dataset": name, "indicators": values, "opd": values}, {"dataset": "aduan", "indicators": values}]
    result = as_user("wali", "smartcity_tag_update", rows=rows, dry_run=True)
    assert sum(result["counts"].values()) == 2


def test_a_tag_that_somebody_else_added_meanwhile_stays(tag, monkeypatch):
    from ckanext.smartcity.portal import store

    hold = store.hold

    def quicker(dataset_id):
        monkeypatch.setattr(store, "hold", hold)
        helpers.call_action("package_patch", id=dataset_id, indicators=[LAMPS])
        hold(dataset_id)

    monkeypatch.setattr(store, "hold", quicker)
    tag({"dataset": "aduan", "indicators": [CONTRACTS]})
    assert stored("aduan", "indicators") == [LAMPS, CONTRACTS]


def test_an_old_text_in_the_field_is_kept_beside_the_new_tag(tag):
    model.Package.get("aduan").extras = {"indicators": "transparansi"}
    model.Session.commit()
    tag({"dataset": "aduan", "indicators": [CONTRACTS]})
    assert stored("aduan", "indicators") == ["transparansi", CONTRACTS]


def test_renaming_moves_the_tag_in_public_and_private_datasets(as_user):
    helpers.call_action("package_patch", id="rahasia", opd=["dinkes", "dishub"])
    helpers.call_action("organization_patch", id="dishub", name="dinas-perhubungan")
    dry = as_user("wali", "smartcity_opd_rename", old="dishub", new="dinas-perhubungan", dry_run=True)
    assert stored("lampu", "opd") == ["dishub"]
    done = as_user("wali", "smartcity_opd_rename", old="dishub", new="dinas-perhubungan")
    assert {**dry, "dry_run": False} == done
    assert (done["count"], done["datasets"], done["failed"]) == (2, ["lampu"], [])
    assert stored("lampu", "opd") == ["dinas-perhubungan"]
    assert stored("rahasia", "opd") == ["dinkes", "dinas-perhubungan"]
    again = as_user("wali", "smartcity_opd_rename", old="dishub", new="dinas-perhubungan")
    assert again["count"] == 0


def test_a_name_that_is_part_of_another_is_left_alone(as_user):
    agency("dis", "Dis")
    helpers.call_action("organization_patch", id="dis", name="dis-baru")
    assert as_user("wali", "smartcity_opd_rename", old="dis", new="dis-baru")["count"] == 0
    assert stored("lampu", "opd") == ["dishub"]


def test_renaming_needs_a_name_that_is_free_and_one_that_exists(as_user):
    for names, field in (({"old": "dishub", "new": "dinkes"}, "old"), ({"old": "lama", "new": "baru"}, "new")):
        with pytest.raises(tk.ValidationError) as refused:
            as_user("wali", "smartcity_opd_rename", **names)
        assert list(refused.value.error_dict) == [field]


def test_our_own_schema_has_all_our_fields(as_user):
    result = as_user("wali", "smartcity_schema_check")
    assert [(row["type"], row["loaded"], row["fields"]) for row in result["types"]] == [
        ("dataset", True, []),
        ("service_contract", True, []),
        ("organization", True, []),
    ]
    assert (result["count"], result["datasets"]) == (0, [])


def test_an_old_extra_with_the_name_of_a_repeating_field_is_found_before_it_breaks_a_page(as_user):
    for name in ("aduan", "rahasia"):
        model.Package.get(name).extras = {"contact": "Dinas Kesehatan, telepon 112"}
    model.Session.commit()
    result = as_user("wali", "smartcity_schema_check")
    assert result["count"] == 2
    assert result["datasets"] == [{"name": "aduan", "field": "contact", "value": "Dinas Kesehatan, telepon 112"}]
