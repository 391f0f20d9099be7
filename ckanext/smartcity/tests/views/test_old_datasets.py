"""Datasets stored before the schemas were switched on: pages that stand, saves that work, values that stay."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.smartcity.tests.views.browser_form import BrowserForm

pytestmark = pytest.mark.usefixtures("clean")

# What a portal may hold in extras that have the names of our fields
OLD = {
    "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
    "access_rights": "terbuka",
    "data_kind": "statistik",
    "concept": "IKLH 2020 (persen)",
    "definition": "Satu\nDua",
    "unit": " persen ",
    "measure": "Indeks\nKomposit",
    "region_code": "3273",
    "next_release_date": "Maret 2024",
    "indicators": "ekonomi",
    "opd": '["Dinas Lama", "bappeda"]',
    "classification": "Kecamatan",
    "language": '["id", 7]',
    "priority_data": "ya",
    "identifier": "x" * 300,
    "contact": '[{"name": "Budi", "phone": "022-1"}, {}]',
    "temporal_coverage": '[{"start": "2020", "end": "2019"}]',
    "spatial": '{"type": "Point", "coordinates": [1, 2]}',
    "catatan lama": "tetap",
}
ODD = [
    {},
    OLD,
    {"indicators": "[1, null, {}]", "opd": "{}", "classification": "[[1]]", "language": "null"},
    {"indicators": '["iso37122:2019/999.9"]', "frequency": "[]", "contact": "[]", "temporal_coverage": "[{}]"},
    {"indicators": "[", "concept": "[]", "unit": "", "priority_data": "[]", "next_release_date": "9999-99-99"},
]


@pytest.fixture
def office(app: Any) -> dict[str, Any]:
    ani = factories.User(name="ani")
    factories.Organization(name="bappeda")
    organization = factories.Organization(name="diskominfo", users=[{"name": ani["name"], "capacity": "editor"}])
    app.set_session_user("ani")
    return organization


def plant(office: dict[str, Any], extras: dict[str, Any], dataset_type: str = "dataset") -> model.Package:
    """A row as an older portal left it, past every validator."""
    package = model.Package(
        name="lama", title="Data lama", type=dataset_type, owner_org=office["id"], license_id="lisensi-lama",
        notes="a\nb", extras=dict(extras),
    )  # fmt: skip
    package.resources_all.append(model.Resource(url="http://kota.example/a.xls", extras={"language": "id"}))
    model.Session.add(package)
    model.repo.commit()
    return package


def stored(name: str = "lama") -> tuple[Any, ...]:
    model.Session.expire_all()
    package = model.Package.get(name)
    return package.title, package.notes, package.license_id, package.owner_org, package.private, package.extras


@pytest.mark.parametrize("extras", ODD)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_of_odd_datasets_stand(app: Any, office: dict[str, Any], extras: dict[str, str], prefix: str):
    plant(office, extras)
    tk.get_action("package_show")({"ignore_auth": True}, {"id": "lama"})
    for address in ("/dataset/lama", "/dataset/edit/lama"):
        assert app.get(prefix + address).status_code == 200


@pytest.mark.parametrize("extras", ODD)
def test_an_unchanged_form_save_changes_no_stored_value(app: Any, office: dict[str, Any], extras: dict[str, str]):
    plant(office, extras)
    before = stored()
    form = BrowserForm(app.get("/dataset/edit/lama").body, "form#dataset-edit")

    answer = app.post("/dataset/edit/lama", data=form.sent(), follow_redirects=False)

    assert answer.status_code == 302, BrowserForm(answer.body, "form#dataset-edit").texts(".scf-problems li")
    after = stored()
    assert after[:-1] == before[:-1]
    assert _filled(after[-1]) == _filled(before[-1])


def _filled(extras: dict[str, Any]) -> dict[str, Any]:
    """Extras without those that hold nothing; rows without those that hold nothing, in any order of their keys."""
    found = {}
    for key, value in extras.items():
        rows = key in ("contact", "temporal_coverage")
        held = [row for row in json.loads(value) if row] if rows else value
        if held not in ("", "[]", []):
            found[key] = held
    return found


@pytest.mark.parametrize("extras", ODD)
def test_a_patch_of_one_field_changes_no_other(office: dict[str, Any], as_user: Any, extras: dict[str, str]):
    plant(office, extras)
    before = stored()

    as_user("ani", "package_patch", id="lama", provenance="Survei")

    after = stored()
    assert after[:-1] == before[:-1]
    assert _filled(after[-1]) == {**_filled(before[-1]), "provenance": "Survei"}


def test_emptying_a_filled_required_field_is_refused(app: Any, office: dict[str, Any], as_user: Any):
    plant(office, {**OLD, "data_kind": "statistics", "definition": "Ada"})
    with pytest.raises(tk.ValidationError) as refused:
        as_user("ani", "package_patch", id="lama", definition="", license_id="")
    assert set(refused.value.error_dict) == {"definition", "license_id"}

    form = BrowserForm(app.get("/dataset/edit/lama").body, "form#dataset-edit").fill(definition="")
    answer = app.post("/dataset/edit/lama", data=form.sent(), follow_redirects=False)
    assert answer.status_code == 200
    assert stored()[-1]["definition"] == "Ada"


def test_editors_see_what_is_not_filled_in_and_others_do_not(app: Any, office: dict[str, Any]):
    plant(office, {"data_kind": "statistics", "definition": "Ada"})
    listed = BrowserForm(app.get("/dataset/lama").body, "body").texts(".scf-empty li")
    assert [text for text in listed if text.startswith("Konsep")]
    assert not [text for text in listed if text.startswith("Definisi")]
    required = [n for n, text in enumerate(listed) if text.split()[-1] in ("wajib", "required")]
    assert required == list(range(len(required))) and required

    helpers.call_action("package_patch", id="lama", private=False)
    app.set_session_user("")
    anonymous = app.get("/dataset/lama", extra_environ={"REMOTE_USER": ""})
    assert "scf-empty" not in anonymous.body


def test_a_contract_from_before_the_schema_can_be_saved(app: Any, office: dict[str, Any]):
    plant(office, {"contract_number": "1", "start_date": "kemarin", "value_amount": "1.000.000"}, "service_contract")
    before = stored()[-1]
    assert app.get("/service_contract/lama").status_code == 200
    form = BrowserForm(app.get("/service_contract/edit/lama").body, "form#dataset-edit")

    answer = app.post("/service_contract/edit/lama", data=form.sent(), follow_redirects=False)

    assert answer.status_code == 302, BrowserForm(answer.body, "form#dataset-edit").texts(".scf-problems li")
    assert before.items() <= stored()[-1].items()
