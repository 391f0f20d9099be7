"""Facets, filters, free text and overdue on the real Solr with CKAN's unchanged schema."""

from __future__ import annotations

from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

pytestmark = [pytest.mark.solr, pytest.mark.usefixtures("clean")]

DATASET = {
    "title": "Insiden infrastruktur TI",
    "name": "insiden-ti",
    "data_kind": "geospatial",
    "license_id": "CC-BY-4.0",
}


@pytest.fixture
def office(clean):
    return factories.Organization(name="diskominfo", title="Dinas Komunikasi dan Informatika")


def create(office, **more):
    return helpers.call_action("package_create", **{**DATASET, "owner_org": office["id"], **more})


def found(**query) -> list[str]:
    return [d["name"] for d in helpers.call_action("package_search", **query)["results"]]


def test_a_dataset_is_found_by_its_indicator(office):
    create(office, indicators=["5.1", "10.4"])
    assert found(fq='vocab_smartcity_indicators:"iso37122:2019/5.1"') == ["insiden-ti"]
    assert found(fq='vocab_smartcity_indicators:"iso37122:2019/9.1"') == []


def test_themes_and_approaches_follow_from_the_indicator(office):
    create(office, indicators=["10.4"])
    assert found(fq='vocab_smartcity_themes:"10"') == ["insiden-ti"]
    assert found(fq="vocab_smartcity_approach:governance") == ["insiden-ti"]


def test_the_owner_and_the_tagged_agencies_are_related(office):
    factories.Organization(name="bapenda")
    create(office, opd=["bapenda"])
    assert found(fq="vocab_smartcity_opd:bapenda") == ["insiden-ti"]
    assert found(fq="vocab_smartcity_opd:diskominfo") == ["insiden-ti"]


@pytest.mark.parametrize("word", ["waktu henti", "downtime", "Pemerintahan", "Governance", "Informatics"])
def test_free_text_knows_the_names_of_tags_in_both_languages(office, word):
    create(office, title="Tabel", indicators=["10.4"])
    assert found(q=word) == ["insiden-ti"]


def test_facet_items_bear_names_in_the_language_of_the_page(office, app):
    create(office, indicators=["10.4"])
    for address, indicator in (("/dataset/", "Waktu henti TI"), ("/en/dataset/", "IT downtime")):
        assert f"10.4 {indicator}" in app.get(address).body


def headings(page: str) -> list[str]:
    return [h.text.strip() for h in BeautifulSoup(page, "html.parser").select(".module-heading")]


def test_facets_stand_after_the_organizations(office, app):
    create(office, indicators=["10.4"])
    titles = headings(app.get("/en/dataset/").body)
    at = titles.index("Organizations")
    assert titles[at + 1 : at + 5] == ["Indicator", "Theme", "Approach", "Related agency"]


def test_overdue_is_a_range_over_the_last_day_in_time(office):
    create(office, name="terlambat", frequency="MONTHLY", resources=[{"name": "a", "url": "http://x.id/a.csv"}])
    create(office, name="tepat", frequency="MONTHLY", resources=[{"name": "a", "url": "http://x.id/a.csv"}])
    model.Session.query(model.Resource).filter(model.Resource.package_id == model.Package.get("terlambat").id).update(
        {"created": datetime(2020, 1, 1), "last_modified": None}
    )
    model.Session.commit()
    search.rebuild()
    assert found(extras={"ext_smartcity_overdue": "1"}) == ["terlambat"]
    assert sorted(found()) == ["tepat", "terlambat"]


def test_a_foreign_dataset_with_none_of_our_fields_is_indexed(office):
    context = {"ignore_auth": True, "user": helpers.call_action("get_site_user")["name"]}
    tk.get_action("package_create")(context, {"name": "asing", "title": "Asing", "owner_org": office["id"]})
    assert found() == ["asing"]


def test_long_texts_of_four_byte_characters_are_indexed(office):
    create(
        office,
        definition="\N{SMILING FACE WITH OPEN MOUTH}" * 8_000,
        contact=[{"name": f"Unit {n}", "email": "data@kota.example"} for n in range(50)],
    )
    assert found() == ["insiden-ti"]


CONTRACT = {
    "type": "service_contract",
    "title": "Jasa pemeliharaan server",
    "name": "kontrak-server",
    "contract_number": "027/12/2026",
    "supplier_name": "PT Contoh",
    "counterparty": "business",
    "contract_status": "active",
    "start_date": "2025-03-01",
    "end_date": "2026-02-28",
    "value_amount": "1250000",
    "procurement_category": "other_services",
}


def test_contracts_stand_in_no_general_listing_and_all_in_their_own(office, app):
    helpers.call_action("package_create", **CONTRACT, owner_org=office["id"])
    assert found() == []
    assert found(q="server") == []
    assert found(fq="dataset_type:service_contract") == ["kontrak-server"]
    assert "Jasa pemeliharaan server" not in app.get("/dataset/").body
    assert "Jasa pemeliharaan server" not in app.get("/organization/diskominfo").body
    assert "Jasa pemeliharaan server" in app.get("/service_contract/").body


@pytest.mark.ckan_config("ckanext.smartcity.portal.list_contracts", True)
def test_contracts_are_listed_where_the_portal_wants_it(office):
    helpers.call_action("package_create", **CONTRACT, owner_org=office["id"])
    assert found() == ["kontrak-server"]


def test_contracts_have_their_facets(office):
    helpers.call_action("package_create", **CONTRACT, owner_org=office["id"])
    for query in (
        "vocab_smartcity_open_data_clause:undecided",
        "vocab_smartcity_years:2025 AND vocab_smartcity_years:2026",
        "vocab_smartcity_category:other_services",
        "smartcity_value_sort:000000000125000000",
    ):
        assert found(fq=f"+dataset_type:service_contract +({query})") == ["kontrak-server"], query
