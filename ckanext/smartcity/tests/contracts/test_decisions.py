"""Deciding about a contract on the real stack: rows that stay, a dataset that follows, and nobody else who can."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search import SearchIndexError
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.smartcity.contracts import store
from ckanext.smartcity.contracts.models import ContractDecision
from ckanext.smartcity.tests.contracts import made

pytestmark = pytest.mark.usefixtures("clean")

DECIDED = (
    "provides_city_service",
    "city_service_areas",
    "open_data_clause",
    "clause_reason",
    "clause_scope_note",
    "clause_decided_date",
    "clause_rule_version",
)
UNDECIDED = {"provides_city_service": "undecided", "city_service_areas": [], "open_data_clause": "undecided"}


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract()


def decided(name: str = "bus-kota") -> dict[str, Any]:
    """The decided fields that hold something, as everybody sees them, and as the index has them."""
    dataset = made.shown(name)
    found = {field: dataset[field] for field in DECIDED if field in dataset}
    answer = tk.get_action("package_search")(
        {"ignore_auth": True}, {"q": f"name:{name}", "fq": "dataset_type:service_contract", "include_private": True}
    )
    assert {field: answer["results"][0][field] for field in found} == found
    return found


def rows() -> list[ContractDecision]:
    return list(model.Session.scalars(sa.select(ContractDecision).order_by(ContractDecision.number)))


def answer(**more: Any) -> dict[str, Any]:
    return {"city_service": "yes", "areas": ["roads-traffic"], "open_data": "yes", "reason": "provision", **more}


def test_a_person_decides_both_questions_and_the_dataset_says_so():
    document = made.document()
    result = made.decide(**answer(evidence=made.evidence(document)))
    said = decided()
    assert said["clause_decided_date"] and said == {
        "provides_city_service": "yes",
        "city_service_areas": ["roads-traffic"],
        "open_data_clause": "yes",
        "clause_reason": "provision",
        "clause_decided_date": said["clause_decided_date"],
        "clause_rule_version": "odp-1",
    }
    service, clause = rows()
    assert [row["id"] for row in result["decisions"]] == [service.id, clause.id]
    assert (clause.reviewer_name, clause.organization_title, clause.by_owner) == ("Wali", "Dinas Komunikasi", False)
    assert clause.clause_from and clause.clause_from.isoformat() == "2025-12-20"
    (quote,) = clause.evidence
    assert quote["quote_verified"] is True and quote["sha256"] == document.sha256 and quote["page"] == 1
    assert clause.facts["end_date"] == "2026-12-31"


def test_a_change_of_mind_is_a_new_row_and_reopening_takes_it_back():
    document = made.document()
    made.decide(**answer(evidence=made.evidence(document)))
    made.decide(open_data="no", reason="no_mention")
    assert decided()["open_data_clause"] == "no"
    made.decide(open_data="reopened", note="Ada addendum")
    assert decided()["open_data_clause"] == "undecided"
    chain = [row for row in rows() if row.question == "open_data"]
    assert [(row.value, row.previous_id) for row in chain] == [
        ("yes", None),
        ("no", chain[0].id),
        ("reopened", chain[1].id),
    ]


def test_a_partial_policy_is_yes_with_its_scope():
    document = made.document()
    partial = {**answer(evidence=made.evidence(document)), "open_data": "partial", "scope_note": "Jadwal saja"}
    made.decide(**partial)
    assert (decided()["open_data_clause"], decided()["clause_scope_note"]) == ("partial", "Jadwal saja")
    assert (rows()[1].value, rows()[1].scope) == ("yes", "partial")


def test_what_is_missing_is_refused_as_a_whole():
    with pytest.raises(tk.ValidationError) as error:
        made.decide(**answer())
    assert set(error.value.error_dict) == {"open_data", "quote"}
    assert rows() == [] and {field: decided()[field] for field in UNDECIDED} == UNDECIDED


def test_a_quote_that_is_not_on_its_page_must_be_confirmed():
    document = made.document()
    given = answer(evidence=made.evidence(document, "Penyedia menerbitkan semuanya."))
    with pytest.raises(tk.ValidationError) as error:
        made.decide(**given)
    assert list(error.value.error_dict) == ["confirm_quotes"] and rows() == []
    made.decide(**given, confirm_quotes=True)
    assert rows()[1].evidence[0]["quote_verified"] is False


def test_a_scan_can_be_quoted_and_is_not_verified():
    scan = made.document("bus-kota", "", "")
    made.decide(**answer(evidence=made.evidence(scan)))
    assert rows()[1].evidence[0]["quote_verified"] is None


def test_who_did_not_see_the_newest_decision_is_told_and_nothing_is_written():
    document = made.document()
    made.decide(**answer(evidence=made.evidence(document)))
    with pytest.raises(tk.ValidationError) as error:
        made.decide("wakil", open_data="no", reason="no_mention", seen_open_data="")
    assert "Wali has decided" in error.value.error_dict["seen"][0]
    assert len(rows()) == 2 and decided()["open_data_clause"] == "yes"


def test_two_first_answers_at_once_cannot_both_stand():
    """The contract is locked while somebody decides, so the second sees what the first one wrote."""
    package = store.contract("bus-kota", lock=True)
    assert package
    with model.meta.engine.connect() as other, pytest.raises(sa.exc.OperationalError):
        other.execute(sa.text("SET lock_timeout = '200ms'"))
        other.execute(sa.text("SELECT 1 FROM package WHERE id = :id FOR UPDATE"), {"id": package.id})
    model.Session.rollback()


@pytest.mark.parametrize("user", ["anggota", "petugas", "warga", ""])
def test_others_may_not_decide(user):
    with pytest.raises(tk.NotAuthorized):
        made.decide(user, city_service="no", city_service_reason="not_a_service")
    assert rows() == []


def test_no_script_decides():
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    for context in ({"user": "wali", "ignore_auth": True}, {"user": site_user}):
        with pytest.raises(tk.NotAuthorized):
            data = {"id": "bus-kota", "city_service": "no", "city_service_reason": "not_a_service"}
            tk.get_action("smartcity_contract_decision_create")(context, data)
    assert rows() == []


def test_a_sysadmin_without_an_office_decides():
    factories.Sysadmin(name="kepala")
    made.decide("kepala", city_service="no", city_service_reason="internal_only")
    assert decided()["provides_city_service"] == "no" and rows()[0].organization_title == ""


def test_a_contract_of_the_walidata_itself_is_marked():
    made.contract("jaringan", "diskominfo")
    made.decide(name="jaringan", city_service="no", city_service_reason="internal_only")
    assert rows()[0].by_owner is True


def test_a_decision_cannot_be_changed_in_the_database():
    made.decide(city_service="no", city_service_reason="not_a_service")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        model.Session.execute(sa.update(ContractDecision).values(value="yes"))
    model.Session.rollback()


FORGED = {
    "provides_city_service": "yes",
    "city_service_areas": ["water-sewer"],
    "open_data_clause": "yes",
    "clause_reason": "provision",
    "clause_scope_note": "semua",
    "clause_decided_date": "2020-01-01",
    "clause_rule_version": "x",
}


@pytest.mark.parametrize("action", ["package_patch", "package_update", "package_revise"])
def test_the_decided_fields_cannot_be_sent(action, as_user):
    made.decide(city_service="no", city_service_reason="not_a_service")
    before = decided()
    dataset = {"package_patch": {"id": "bus-kota"}, "package_update": made.shown()}
    sent = {**dataset.get(action, {}), **FORGED, "contract_id": "manual:x:1"}
    if action == "package_revise":
        sent = {"match__name": "bus-kota", "update": sent}
    key = made.shown()["contract_id"]
    as_user("petugas", action, **sent)
    assert decided() == before and made.shown()["contract_id"] == key


def test_a_new_contract_begins_undecided_whatever_is_sent(as_user):
    made.contract("kapal", **FORGED)
    assert {field: decided("kapal")[field] for field in UNDECIDED} == UNDECIDED


def test_while_the_index_is_away_nothing_is_decided(monkeypatch):
    """The dataset cannot be saved without it, and a decision that the dataset does not show would be worth nothing."""
    monkeypatch.setattr("ckan.lib.search.index.make_connection", _unreachable_index)
    with pytest.raises(SearchIndexError):
        made.decide(city_service="no", city_service_reason="not_a_service")
    monkeypatch.undo()
    assert rows() == [] and decided()["provides_city_service"] == "undecided"


def _unreachable_index() -> Any:
    import pysolr

    return pysolr.Solr("http://127.0.0.1:1/solr/none", timeout=1)


def test_the_decision_stays_when_the_dataset_said_so_already():
    """CKAN commits nothing where the dataset is as it was; the decision must not be lost with it."""
    made.decide(city_service="no", city_service_reason="not_a_service")
    made.decide(city_service="no", city_service_reason="internal_only")
    model.Session.rollback()
    assert [row.reason for row in rows()] == ["not_a_service", "internal_only"]
