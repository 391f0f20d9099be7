"""Figures, decisions and export of the register on the real stack: public contracts only, judged at the question."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import helpers

from ckanext.smartcity.contracts import counting, export
from ckanext.smartcity.tests.contracts import made

pytestmark = pytest.mark.usefixtures("clean")
YEAR = 2026


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()


def shown(user: str = "", **data: Any) -> dict[str, Any]:
    return tk.get_action("smartcity_contract_figure_show")({"user": user, "ignore_auth": False}, {"year": YEAR, **data})


def listed(user: str = "", name: str = "bus-kota") -> list[dict[str, Any]]:
    return tk.get_action("smartcity_contract_decision_list")({"user": user, "ignore_auth": False}, {"id": name})


def exported(**page: Any) -> list[dict[str, Any]]:
    return tk.get_action("smartcity_contract_export")({"user": "", "ignore_auth": False}, page)


def decide(name: str, open_data: str = "yes", user: str = "wali", **answer: Any) -> None:
    reason = {"no": "no_mention"}.get(open_data, "provision")
    given = {"city_service": "yes", "areas": ["roads-traffic"], "open_data": open_data, "reason": reason}
    quoted = {"evidence": made.evidence(made.document(name))} if open_data != "no" else {}
    if open_data == "no":
        made.document(name)
    made.decide(user, name, **{**given, **quoted, **answer})


def test_a_year_counts_what_is_decided_and_what_is_not():
    for name in ("bus", "halte", "taman", "lampu"):
        made.contract(name)
    decide("bus")
    decide("halte", "partial", scope_note="Jadwal saja")
    decide("taman", "no")
    found = shown(by=["organization", "area"])
    assert (found["value"], found["counted"], found["undecided"]) == ("50", 4, 1)
    assert found["value_among_decided"].startswith("66.666666") and found["coverage"] == "0.75"
    assert found["outcomes"] == {"full": 1, "partial": 1, "no": 1, "undecided": 1}
    assert found["no_reasons"] == {"no_mention": 1}
    (office,) = found["by"]["organization"]
    assert (office["organization"], office["title"]["id"], office["counted"]) == ("dishub", "Dinas Perhubungan", 4)
    assert [(row["area"], row["counted"]) for row in found["by"]["area"]] == [("", 1), ("roads-traffic", 3)]


def test_who_is_left_out_is_counted_by_reason():
    made.contract("orang", counterparty="individual")
    made.contract("barang", procurement_category="goods")
    made.contract("lama", start_date="2024-01-01", end_date="2025-12-31")
    found = shown(by="contract")
    assert found["value"] is None and found["counted"] == 0
    assert found["excluded"] == {"not_business": 1, "not_city_service": 1, "invalid_interval": 0, "not_in_force": 1}
    assert found["excluded_individuals"] == 1
    assert {row["name"]: row["reason"] for row in found["by"]["contract"]} == {
        "orang": "not_business",
        "barang": "not_city_service",
        "lama": "not_in_force",
    }


def test_a_reopened_service_takes_the_answer_about_data_out_of_the_figures():
    made.contract()
    decide("bus-kota")
    assert shown()["yes"] == 1
    made.decide(city_service="reopened", note="Salah bidang")
    assert (shown()["yes"], shown()["undecided"], shown()["undecided_city_service"]) == (0, 1, 1)


def test_each_year_of_a_contract_counts_it_once():
    made.contract("jalan", start_date="2024-06-01", end_date="2026-01-01", signed_date="2024-05-01")
    rows = shown(by="year")["by"]["year"]
    assert [(row["year"], row["counted"]) for row in rows] == [(2024, 1), (2025, 1), (2026, 1)]


def test_a_year_that_has_not_begun_and_an_unknown_split_are_refused():
    for wrong in ({"year": 2099}, {"by": "supplier"}, {"by": ["area", 1]}, {"scope": "everything"}):
        with pytest.raises(tk.ValidationError):
            shown(**wrong)


def test_only_reviewers_see_the_whole_register():
    made.contract("rahasia", private=True)
    made.contract("terbuka")
    for user in ("", "warga", "petugas", "anggota"):
        with pytest.raises(tk.NotAuthorized):
            shown(user, scope="register")
    assert (shown("wali", scope="register")["counted"], shown("wali")["counted"], shown()["counted"]) == (2, 1, 1)


def hide(how: str, name: str) -> None:
    """Take a public contract out of the public eye."""
    if how == "private":
        helpers.call_action("package_patch", id=name, private=True)
    elif how == "draft":
        helpers.call_action("package_patch", id=name, state="draft")
    elif how == "deleted":
        helpers.call_action("package_delete", id=name)
    else:
        helpers.call_action("dataset_purge", id=name)


@pytest.mark.parametrize("how", ["private", "draft", "deleted", "purged"])
def test_what_is_no_longer_public_leaves_figures_export_and_snapshot_at_once(how):
    made.contract()
    decide("bus-kota")
    assert (shown()["yes"], len(exported()), len(counting.snapshot_rows(YEAR))) == (1, 1, 1)
    hide(how, "bus-kota")
    assert (shown()["counted"], exported(), counting.snapshot_rows(YEAR)) == (0, [], [])


def test_the_snapshot_says_what_was_decided():
    made.contract(
        amendments=[{"version": "1", "note": "satu"}, {"version": "3", "note": "tiga"}, {"note": "tanpa nomor"}]
    )
    decide("bus-kota", "partial", scope_note="Jadwal saja", clause_until="2026-07-01")
    (row,) = counting.snapshot_rows(YEAR)
    assert (row["version"], row["city_service"], row["areas"], row["clause"]) == (3, True, "roads-traffic", True)
    assert (row["clause_from"], row["clause_until"]) == (date(2025, 12, 20), date(2026, 7, 1))


def test_a_row_of_the_export_has_the_sentence_that_decided():
    made.contract(value_amount="1250000000.5")
    decide("bus-kota")
    (row,) = exported()
    assert set(row) == set(export.COLUMNS)
    assert (row["contract_id"], row["organization"]) == ("manual:dishub:027/bus-kota/2026", "dishub")
    assert (row["value_amount"], row["open_data_clause"], row["quote"]) == ("1250000000.5", "yes", made.CLAUSE)
    assert (row["page"], row["city_service_areas"], row["clause_from"]) == (1, ["roads-traffic"], "2025-12-20")
    assert row["url"] == "http://test.ckan.net/service_contract/bus-kota"
    (again,) = csv.DictReader(io.StringIO("".join(export.lines([row])).removeprefix("\ufeff")))
    assert (again["city_service_areas"], again["clause_reason"]) == ("roads-traffic", "provision")


def test_the_export_goes_by_key_and_page_by_page():
    for name in ("cc", "aa", "bb"):
        made.contract(name)
    keys = [row["contract_id"] for row in exported()]
    assert keys == sorted(keys)
    assert [row["contract_id"] for row in exported(limit=1, offset=1)] == [keys[1]]
    assert [row["contract_id"] for row in exported(after=keys[1])] == [keys[2]]


def test_decisions_are_public_with_their_evidence_and_without_who_decided():
    made.contract()
    decide("bus-kota", note="Cek lagi")
    clause, service = listed()
    assert (clause["question"], service["question"]) == ("open_data", "city_service")
    (quote,) = clause["evidence"]
    assert (quote["quote"], quote["page"], quote["document_kind"]) == (made.CLAUSE, 1, "signed")
    assert not {"reviewer_name", "note", "suggestion_id", "detector_version"} & set(clause)
    assert listed("warga") == listed()
    assert listed("petugas")[0]["reviewer_name"] == "Wali" and "note" not in listed("petugas")[0]
    assert (listed("wali")[0]["reviewer_name"], listed("wali")[0]["note"]) == ("Wali", "Cek lagi")


def test_decisions_about_a_hidden_contract_are_those_of_an_unknown_one():
    made.contract(private=True)
    decide("bus-kota")
    for user in ("", "warga", "anggota"):
        for name in ("bus-kota", "tidak-ada"):
            with pytest.raises(tk.ObjectNotFound, match="There is no such contract"):
                listed(user, name)
    assert len(listed("petugas")) == len(listed("wali")) == 2


@contextmanager
def statements():
    """The statements sent to PostgreSQL while the block runs."""
    sent: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(model.meta.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", listen)


def test_no_query_per_contract():
    counts = []
    for names in (("satu",), ("dua", "tiga", "empat")):
        for name in names:
            made.contract(name)
        with statements() as sent:
            shown(by=["organization", "area", "year", "contract"])
            exported()
        counts.append(len(sent))
    assert counts == [2, 2]
