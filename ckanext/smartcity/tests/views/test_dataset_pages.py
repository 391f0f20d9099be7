"""What the pages of datasets, contracts and agencies show, and that hostile text stays text."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib.search import rebuild
from ckan.plugins import toolkit as tk
from ckan.tests import factories

pytestmark = pytest.mark.usefixtures("clean")

HOSTILE = ['"><svg onload=alert(1)>', "javascript:alert(1)", "{{7*7}}", "x onmouseover=alert(1)@a.b", "</script><b>"]


@pytest.fixture
def office() -> dict[str, Any]:
    factories.Organization(name="bappeda", title="Badan Perencanaan", title_en="Planning Office")
    return factories.Organization(name="diskominfo", title="Dinas Kominfo")


def page(app: Any, address: str) -> BeautifulSoup:
    answer = app.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.body, "lxml")


def texts(found: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(element.get_text(" ", strip=True).split()) for element in found.select(selector)]


def dataset(**fields: Any) -> dict[str, Any]:
    given = {"name": "data", "owner_org": "diskominfo", "data_kind": "geospatial", "license_id": "cc-by", **fields}
    return factories.Dataset(**given)


def contract(**fields: Any) -> dict[str, Any]:
    given = {
        "name": "kontrak", "type": "service_contract", "owner_org": "diskominfo", "contract_number": "7/2026",
        "supplier_name": "PT Contoh", "counterparty": "business", "contract_status": "active",
        "start_date": "2026-01-10",
    }  # fmt: skip
    return factories.Dataset(**given, **fields)


def test_indicators_and_agencies_link_to_their_pages(app: Any, office: dict[str, Any]):
    dataset(indicators=["5.1"], opd=["bappeda"])
    links = {a["href"]: a.get_text() for a in page(app, "/dataset/data").select(".scf-chips a")}
    assert links["/smartcity/indicator/iso37122-2019/5.1"].startswith("5.1 Persentase kontrak")
    assert links["/smartcity/agency/bappeda"] == "Badan Perencanaan"
    english = {a["href"]: a.get_text() for a in page(app, "/en/dataset/data").select(".scf-chips a")}
    assert english["/en/smartcity/agency/bappeda"] == "Planning Office"


def test_an_unknown_indicator_is_shown_without_a_link(app: Any, office: dict[str, Any]):
    dataset()
    model.Package.get("data").extras = {"indicators": '["iso37122:2019/999.9"]'}
    model.repo.commit()
    rebuild("data")
    found = page(app, "/dataset/data")
    assert texts(found, ".scf-chips span") == ["iso37122:2019/999.9"]
    assert not found.select(".scf-chips a")


def test_a_late_dataset_says_so_on_its_page_and_in_the_list(app: Any, office: dict[str, Any]):
    old = dataset(frequency="MONTHLY", resources=[{"name": "a", "url": "https://kota.example/a.csv"}])
    resource = model.Resource.get(old["resources"][0]["id"])
    resource.created = resource.last_modified = datetime.utcnow() - timedelta(days=90)
    model.repo.commit()
    rebuild(old["id"])
    assert texts(page(app, "/en/dataset/data"), ".scf-late") == ["Overdue"]
    assert "Overdue" in " ".join(texts(page(app, "/en/dataset/"), ".dataset-heading .badge"))

    model.Resource.get(old["resources"][0]["id"]).last_modified = datetime.utcnow()
    model.repo.commit()
    rebuild(old["id"])
    found = page(app, "/en/dataset/data")
    assert not found.select(".scf-late")
    assert "Next release" in " ".join(texts(found, ".scf-facts dt"))
    assert "Overdue" not in " ".join(texts(page(app, "/en/dataset/"), ".dataset-heading .badge"))


def test_english_title_and_notes_show_on_english_pages(app: Any, office: dict[str, Any]):
    dataset(title="Judul", notes="Isi", title_en="Title", notes_en="Contents")
    assert texts(page(app, "/dataset/data"), "h1") == ["Judul"]
    english = page(app, "/en/dataset/data")
    assert texts(english, "h1") == ["Title"]
    assert texts(english, ".notes") == ["Contents"]
    assert "Title" in " ".join(texts(page(app, "/en/dataset/"), ".dataset-heading"))


def test_fields_without_a_value_have_no_row(app: Any, office: dict[str, Any]):
    dataset(unit="jiwa", contact=[{"name": "Bidang", "email": "a@kota.example"}])
    labels = texts(page(app, "/dataset/data"), ".scf-fields th")
    assert {"Satuan", "Kontak", "Jenis data"} <= set(labels)
    assert not {"Konsep", "Klasifikasi", "Bahasa", "Periode data", "ID DDP"} & set(labels)


def test_a_contract_shows_first_what_matters(app: Any, office: dict[str, Any]):
    contract(value_amount=1250000000, end_date="2026-12-31", signed_date="2027-01-02")
    found = page(app, "/service_contract/kontrak")
    facts = dict(zip(texts(found, ".scf-facts dt"), texts(found, ".scf-facts dd"), strict=True))
    assert facts["Kebijakan data terbuka"] == "Belum diperiksa"
    assert facts["Nilai kontrak (Rp)"].replace("\xa0", " ") == "Rp 1.250.000.000"
    assert (facts["Penyedia"], facts["OPD pemilik kontrak"]) == ("PT Contoh", "Dinas Kominfo")
    assert (facts["Mulai"], facts["Selesai"]) == ("10 Januari 2026", "31 Desember 2026")
    assert len(found.select(".scf-note")) == 1


def test_a_contract_without_an_end_says_so(app: Any, office: dict[str, Any]):
    contract()
    found = page(app, "/en/service_contract/kontrak")
    facts = dict(zip(texts(found, ".scf-facts dt"), texts(found, ".scf-facts dd"), strict=True))
    assert facts["End"] == "No end agreed"
    assert not found.select(".scf-note")


def test_a_resource_page_shows_our_fields_once(app: Any, office: dict[str, Any]):
    made = dataset(resources=[{"name": "a", "url": "https://kota.example/a.csv", "smartcity_years": "2020-2024"}])
    found = page(app, f"/dataset/data/resource/{made['resources'][0]['id']}")
    rows = [" ".join(row.get_text(" ", strip=True).split()) for row in found.select("table tr")]
    assert rows.count("Tahun data 2020-2024") == 1
    assert not [row for row in rows if row.startswith(("Smartcity years", "Bahasa"))]


def test_the_profile_of_an_agency_shows_what_it_has(app: Any):
    factories.Organization(
        name="dishub", title="Dishub", sdi_role="produsen", themes=["19"], contact_email="a@b.example"
    )
    found = page(app, "/organization/about/dishub")
    rows = dict(zip(texts(found, ".scf-fields th"), texts(found, ".scf-fields td"), strict=True))
    assert rows["Surel"] == "a@b.example"
    assert rows["Tema ISO 37122"].startswith("19 ")
    assert "Kode satker" not in rows


def test_an_agency_has_its_english_name_on_english_pages(app: Any, office: dict[str, Any]):
    for address in ("/organization/bappeda", "/organization/about/bappeda"):
        assert "Badan Perencanaan" in texts(page(app, address), "h2.heading")
        assert "Planning Office" in texts(page(app, f"/en{address}"), "h2.heading")
    assert texts(page(app, "/en/organization/about/bappeda"), "h1") == ["Planning Office"]


def test_the_search_page_leads_to_overdue_datasets_and_back(app: Any, office: dict[str, Any]):
    link = page(app, "/dataset/?q=air&page=2").select_one(".smartcity-toggle a")["href"]
    assert link == "/dataset/?q=air&ext_smartcity_overdue=1"
    found = page(app, link)
    assert found.select_one(".smartcity-toggle a")["href"] == "/dataset/?q=air"
    assert found.select_one("form input[type=hidden][name=ext_smartcity_overdue]")["value"] == "1"
    assert not page(app, "/service_contract/").select(".smartcity-toggle")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("dataset_type", ["dataset", "service_contract"])
def test_hostile_text_stays_text_in_every_field(app: Any, office: dict[str, Any], dataset_type: str, hostile: str):
    """Planted past the validators, as an older portal may hold it; on pages for readers and in the form."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type)
    made = dataset() if dataset_type == "dataset" else contract()
    package = model.Package.get(made["id"])
    extras = {
        field["field_name"]: _rows(field, hostile) if "repeating_subfields" in field else hostile
        for field in schema["dataset_fields"]
        if not hasattr(model.Package, field["field_name"]) and field["field_name"] != "tag_string"
    }
    package.extras = {**extras, hostile: hostile}
    package.title, package.notes, package.license_id = hostile, hostile, hostile
    names = [field["field_name"] for field in schema["resource_fields"]]
    own = {name: hostile for name in names if not hasattr(model.Resource, name)}
    resource = model.Resource(url=hostile, name=hostile, description=hostile, extras=own)
    package.resources_all.append(resource)
    model.repo.commit()
    resource_id, name = resource.id, package.name
    rebuild(made["id"])
    factories.Sysadmin(name="admin")
    app.set_session_user("admin")

    for address in (name, f"edit/{name}", f"{name}/resource/{resource_id}", f"{name}/resource/{resource_id}/edit"):
        found = page(app, f"/{dataset_type}/{address}")
        assert not found.select("[onload], [onmouseover]")
        assert not [link for link in found.select("[href], [src]") if _runs(link)]
        typed = [str(control["value"]) for control in found.select("input[value]")]
        assert hostile in typed or hostile in found.get_text()


def _rows(field: dict[str, Any], text: str) -> str:
    return json.dumps([{subfield["field_name"]: text for subfield in field["repeating_subfields"]}])


def _runs(link: Any) -> bool:
    address = str(link.get("href") or link.get("src")).strip().lower()
    return address.startswith("javascript:alert")
