"""Keeping the register in order: differing datasets, hidden names, purged contracts, the night list, commands."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from click.testing import CliRunner

from ckanext.smartcity.contracts import codes, documents, store
from ckanext.smartcity.contracts.models import (
    ContractDecision,
    ContractImportRow,
    ContractPage,
    ContractSuggestion,
)
from ckanext.smartcity.tests.contract_files import pdf
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.test_documents import CONTRACT, call, upload

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract()


def run(*words: str) -> Any:
    from ckanext.smartcity.cli import smartcity

    return CliRunner().invoke(smartcity, ["contracts", *words], catch_exceptions=False)


def tamper(**fields: Any) -> None:
    """Change the stored dataset behind the back of every action."""
    package = store.contract("bus-kota")
    assert package
    package.extras = {**package.extras, **fields}
    model.Session.commit()


def test_a_dataset_that_differs_is_found_and_mended():
    made.decide(city_service="no", city_service_reason="not_a_service")
    assert run("check").exit_code == 0
    tamper(provides_city_service="yes", clause_reason="provision")
    found = run("check", "--json")
    (row,) = json.loads(found.output)["different"]
    assert found.exit_code == 1 and row["fields"] == ["provides_city_service", "clause_reason"]
    assert run("check", "--fix").exit_code == 0
    assert made.shown()["provides_city_service"] == "no" and "clause_reason" not in made.shown()


def test_the_night_list_says_what_differs_and_mends_nothing():
    from ckanext.smartcity import nightly_contracts

    tamper(open_data_clause="yes")
    (problem,) = nightly_contracts.unlike_decisions()
    package = store.contract("bus-kota")
    assert problem.startswith("bus-kota differs") and package and package.extras["open_data_clause"] == "yes"


def test_the_name_of_a_person_is_taken_out():
    key = made.shown()["contract_id"]
    row = ContractImportRow(import_id="b1", number=1, file=0, row=2, contract_id=key)
    row.fields = {"supplier_name": "Budi", "title": "x"}
    store.add(row)
    model.Session.commit()
    call("wali", "supplier_hide", id="bus-kota")
    assert made.shown()["supplier_name"] == codes.NO_NAME
    model.Session.expire_all()
    assert row.fields == {"supplier_name": codes.NO_NAME, "title": "x"}


@pytest.mark.parametrize("action", ["check", "supplier_hide"])
@pytest.mark.parametrize("user", ["petugas", "anggota", "warga", ""])
def test_others_may_not(action, user):
    with pytest.raises(tk.NotAuthorized):
        call(user, action, id="bus-kota")


def test_a_purged_contract_leaves_its_decisions_only():
    row = upload()
    call("wali", "document_read", id=row["id"])
    made.decide(city_service="no", city_service_reason="not_a_service")
    kept = store.document(row["id"])
    assert kept and documents.storage().exists(_data(kept))
    tk.get_action("dataset_purge")({"ignore_auth": True, "user": made.site_user()["user"]}, {"id": "bus-kota"})
    left = {table: model.Session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES}
    assert left == {ContractPage: 0, ContractSuggestion: 0, ContractDecision: 1}
    assert not documents.storage().exists(_data(kept))


TABLES = (ContractPage, ContractSuggestion, ContractDecision)


def _data(row: Any) -> Any:
    from ckan.lib import files

    return files.FileData(files.Location(row.location))


def test_purging_another_dataset_is_as_ever():
    dataset = tk.get_action("package_create")(
        {**made.site_user(), "ignore_auth": True}, {"name": "halte", "title": "Halte", "owner_org": "dishub"}
    )
    tk.get_action("dataset_purge")({**made.site_user(), "ignore_auth": True}, {"id": dataset["id"]})
    assert model.Package.get("halte") is None


def test_documents_that_wait_are_read_by_the_command():
    upload()
    upload(content=pdf(""))
    assert "2 documents read" in run("read", "--pending").output
    assert "0 documents read" in run("read", "--pending").output
    assert [row["state"] for row in call("petugas", "document_list", id="bus-kota")] == ["read", "no_text"]


def test_a_document_is_read_anew_and_changed_rules_look_again():
    row = upload()
    assert "kontrak.pdf: read" in run("read", row["id"]).output
    assert "0 contracts looked at again" in run("read", "--stale").output
    suggestion = store.suggestion(store.document(row["id"]).package_id)
    suggestion.version = "0-old"
    model.Session.commit()
    assert "1 contracts looked at again" in run("read", "--stale").output
    assert run("read", "nothing").exit_code == 1
    assert run("read").exit_code == 2


def test_a_file_that_is_gone_does_not_stop_the_others():
    first, second = upload(), upload(content=CONTRACT + b"\n")
    documents.storage().remove(_data(store.document(first["id"])))
    assert "1 documents read" in run("read", "--pending").output
    assert call("wali", "document_show", id=second["id"])["state"] == "read"


def test_a_contract_without_an_end_is_in_force_in_the_new_year_too(monkeypatch):
    from datetime import date

    from ckanext.smartcity import config, nightly_contracts

    made.contract("sewa", end_date="")
    years = {"q": "name:sewa", "facet.field": ["vocab_smartcity_years"], "fq": "dataset_type:service_contract"}
    next_year = config.today().year + 1
    assert nightly_contracts.index_open_ended(date(next_year, 1, 8)) == 0
    monkeypatch.setattr(config, "today", lambda: date(next_year, 1, 3))
    assert nightly_contracts.index_open_ended(config.today()) == 1
    answer = tk.get_action("package_search")({"ignore_auth": True}, years)
    assert str(next_year) in answer["facets"]["vocab_smartcity_years"]
