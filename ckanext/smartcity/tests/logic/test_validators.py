"""Each validator from outside: an editor sends values to the API, both sides of each rule, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ckan import model
from ckan.lib.search import rebuild
from ckan.plugins import toolkit as tk
from ckan.tests import factories

pytestmark = pytest.mark.usefixtures("clean")

STATISTICS = {
    "concept": "Insiden TI",
    "definition": "Gangguan",
    "measure": "count",
    "unit": "insiden",
    "frequency": "ANNUAL",
}
CONTRACT = {
    "contract_number": "7/2026",
    "supplier_name": "PT Contoh",
    "counterparty": "business",
    "contract_status": "active",
    "start_date": "2026-01-10",
}


class Api:
    """The action API as the editor ani calls it."""

    def __init__(self, app: Any, token: str):
        self.app, self.token = app, token

    def __call__(self, action: str, language: str = "", **data: Any) -> Any:
        prefix = f"/{language}" if language else ""
        answer = self.app.post(
            f"{prefix}/api/action/{action}", json=data, headers={"Authorization": self.token}, follow_redirects=False
        )
        assert answer.status_code in (200, 409), answer.body
        return answer.json

    def create(self, language: str = "", **data: Any) -> Any:
        given = {"name": "data", "title": "Data", "owner_org": "diskominfo", "license_id": "CC-BY-4.0"}
        return self("package_create", language, **{**given, "data_kind": "geospatial", **data})

    def contract(self, language: str = "", **data: Any) -> Any:
        return self.create(language, **{"type": "service_contract", "data_kind": None, **CONTRACT, **data})


@pytest.fixture
def api(app: Any) -> Api:
    ani = factories.UserWithToken(name="ani")
    factories.Organization(name="bappeda")
    factories.Organization(name="diskominfo", users=[{"name": "ani", "capacity": "editor"}])
    return Api(app, ani["token"])


def errors(answer: dict[str, Any]) -> dict[str, Any]:
    assert not answer["success"]
    return {field: said for field, said in answer["error"].items() if field != "__type"}


def stored(field: str, name: str = "data") -> Any:
    model.Session.expire_all()
    return model.Package.get(name).extras.get(field)


REFUSED = [
    ("indicators", [7.1], "7.1"),
    ("indicators", 7.1, "7.1"),
    ("indicators", "[7.1]", "7.1"),
    ("indicators", "[" * 5_000, "[[["),
    ("indicators", ["5.99"], '"5.99"'),
    ("indicators", [{"code": "5.1"}], "code"),
    ("opd", ["dinas-entah"], '"dinas-entah"'),
    ("data_kind", "peta", '"peta"'),
    ("frequency", "SELALU", '"SELALU"'),
    ("access_rights", "RAHASIA", '"RAHASIA"'),
    ("measure", "banyak", '"banyak"'),
    ("concept", "IPM", '"IPM"'),
    ("concept", "Penduduk 2020", '"Penduduk 2020"'),
    ("concept", "Kepadatan (jiwa)", '"Kepadatan (jiwa)"'),
    ("concept", "a" * 201, "201"),
    ("definition", "a" * 8001, "8001"),
    ("classification", ["a" * 201], "200"),
    ("classification", ["a"] * 51, "50"),
    ("region_code", "3273", '"3273"'),
    ("next_release_date", "2026-02-31", '"2026-02-31"'),
    ("next_release_date", "31-12-2026", '"31-12-2026"'),
    ("temporal_coverage", [{"start": "2026-02-30"}], '"2026-02-30"'),
    ("temporal_coverage", [{"start": "2026-02-01", "end": "2026-01-01"}], "2026-01-01"),
    ("contact", [{"name": "Bidang", "email": "surel"}], '"surel"'),
    ("contact", [{"name": "Bidang", "url": "javascript:alert(1)"}], '"javascript:alert(1)"'),
    ("contact", [{"name": "Bidang"}], ""),
    ("contact", [{"email": "a@kota.example"}], ""),
]


@pytest.mark.parametrize("language", ["", "en"])
@pytest.mark.parametrize(("field", "value", "named"), REFUSED)
def test_refused_with_the_value_and_the_label(api: Api, field: str, value: Any, named: str, language: str):
    said = errors(api.create(language, **{field: value}))
    assert list(said) == [field]
    sentence = str(said[field])
    assert named in sentence
    schema = tk.h.scheming_get_dataset_schema("dataset")
    label = next(f for f in schema["dataset_fields"] if f["field_name"] == field)["label"]
    if field not in ("temporal_coverage", "contact"):
        assert label[language or "id"] in sentence


ACCEPTED = [
    ("indicators", ["5.1"], '["iso37122:2019/5.1"]'),
    ("indicators", "5.1", '["iso37122:2019/5.1"]'),
    ("indicators", ["iso37122:2019/7.10", "7.1", "7.10"], '["iso37122:2019/7.10", "iso37122:2019/7.1"]'),
    ("indicators", [], "[]"),
    ("frequency", "IRREG", "IRREG"),
    ("access_rights", "PUBLIC", "PUBLIC"),
    ("measure", "ratio", "ratio"),
    ("concept", "Angka Harapan Hidup", "Angka Harapan Hidup"),
    ("concept", "a" * 200, "a" * 200),
    ("definition", "a\r\nb", "a\nb"),
    ("classification", "Kecamatan", '["Kecamatan"]'),
    ("classification", ["Kecamatan", "", "Jenis"], '["Kecamatan", "Jenis"]'),
    ("region_code", "32.73.01.1001", "32.73.01.1001"),
    ("next_release_date", "2028-02-29", "2028-02-29"),
    (
        "temporal_coverage",
        [{"start": "2026-01-01", "end": "2026-01-01"}],
        '[{"end": "2026-01-01", "start": "2026-01-01"}]',
    ),
    (
        "contact",
        [{"name": "Bidang", "url": "https://kota.example"}, {}],
        '[{"name": "Bidang", "url": "https://kota.example"}]',
    ),
    ("priority_data", False, None),
]


@pytest.mark.parametrize(("field", "value", "kept"), ACCEPTED)
def test_accepted_and_accepted_again_as_it_is_shown(api: Api, field: str, value: Any, kept: Any):
    assert api.create(**{field: value})["success"]
    found = stored(field)
    if field in ("temporal_coverage", "contact"):
        assert json.loads(found) == json.loads(kept)
    else:
        assert found == kept
    shown = api("package_show", id="data")["result"]
    assert api("package_update", **{**shown, "title": "Lagi"})["success"]
    assert stored(field) == found


def test_an_opd_is_taken_by_name_or_id_and_stored_by_name(api: Api):
    bappeda = model.Group.get("bappeda").id
    assert api.create(opd=[bappeda, "diskominfo", "bappeda"])["result"]["opd"] == ["bappeda", "diskominfo"]


def test_all_errors_come_at_once(api: Api):
    said = errors(
        api.create(
            data_kind="statistics", license_id="", indicators=[7.1, "x"], opd=["entah"], region_code="a",
            next_release_date="2026-02-31", contact=[{"name": "a", "email": "b"}],
            temporal_coverage=[{"start": "2026-02-01", "end": "2026-01-01"}], priority_data=True,
        )
    )  # fmt: skip
    assert set(said) == {
        "license_id", "indicators", "opd", "region_code", "next_release_date", "contact", "temporal_coverage",
        "priority_id", "concept", "definition", "measure", "unit", "frequency",
    }  # fmt: skip
    assert len(said["indicators"]) == 2


@pytest.mark.parametrize("field", STATISTICS)
def test_statistics_need_their_standard_data_others_do_not(api: Api, field: str):
    said = errors(api.create(data_kind="statistics", **{**STATISTICS, field: ""}))
    assert list(said) == [field]
    assert "Statistik" in said[field][0]
    assert api.create(data_kind="statistics", name="lengkap", **STATISTICS)["success"]
    assert api.create(data_kind="geospatial", name="peta")["success"]


@pytest.mark.parametrize("field", ["title", "owner_org", "data_kind", "license_id"])
@pytest.mark.parametrize("empty", ["", None])
def test_a_new_dataset_needs_its_required_fields(api: Api, field: str, empty: str | None):
    said = errors(api.create(**{field: empty}))
    assert field in said
    assert len(said[field]) == 1


def test_a_filled_required_field_cannot_be_emptied_an_empty_one_may_stay(api: Api):
    api.create()
    assert list(errors(api("package_patch", id="data", license_id=""))) == ["license_id"]
    package = model.Package.get("data")
    package.license_id, package.extras = "", {}
    model.repo.commit()
    rebuild("data")
    assert api("package_patch", id="data", notes="Baru")["success"]
    assert not model.Package.get("data").license_id


def test_harvesters_may_create_with_empty_fields(api: Api):
    made = tk.get_action("package_create")(
        {"ignore_auth": True, "user": "ani"}, {"name": "asing", "title": "Asing", "owner_org": "diskominfo"}
    )
    assert made["name"] == "asing"


def test_a_resource_needs_a_name_and_years_in_order(api: Api):
    api.create()
    url = "https://kota.example/a.csv"
    assert list(errors(api("resource_create", package_id="data", url=url))) == ["name"]
    said = errors(api("resource_create", package_id="data", url=url, name="a", smartcity_years="2024-2020"))
    assert "2024-2020" in said["smartcity_years"][0]
    made = api("resource_create", package_id="data", url=url, name="a", smartcity_years="2020 - 2024")["result"]
    assert made["smartcity_years"] == "2020-2024"
    assert list(errors(api("resource_patch", id=made["id"], name=""))) == ["name"]


def test_a_resource_fills_a_table_that_agencies_fill(api: Api):
    api.create()
    url = "https://kota.example/a.csv"
    made = api("resource_create", package_id="data", url=url, name="a", smartcity_table="payments")["result"]
    assert made["smartcity_table"] == "payments"
    assert api("resource_patch", id=made["id"], smartcity_table="")["result"].get("smartcity_table") is None
    for wrong in ("taxes", "contracts", "portal_visits_daily"):
        said = errors(api("resource_create", package_id="data", url=url, name="b", smartcity_table=wrong))
        assert wrong in said["smartcity_table"][0]


def test_only_the_portal_marks_a_table_that_it_writes_itself(api: Api):
    api.create()
    sent = {"package_id": "data", "url": "https://kota.example/a.csv", "name": "a", "smartcity_table": "contracts"}
    assert "smartcity_table" in errors(api("resource_create", **sent, smartcity_portal_table="contracts"))
    made = tk.get_action("resource_create")({"ignore_auth": True, "smartcity_portal_table": "contracts"}, sent)
    assert made["smartcity_table"] == "contracts"
    assert api("resource_patch", id=made["id"], description="Baru")["result"]["smartcity_table"] == "contracts"


def test_an_identifier_belongs_to_one_dataset(api: Api):
    api.create(identifier="ID-1")
    assert list(errors(api.create(name="dua", identifier="ID-1"))) == ["identifier"]
    assert api.create(name="dua", identifier="ID-2")["success"]
    assert api("package_patch", id="data", identifier="ID-1", notes="x")["success"]


def test_closed_data_hold_no_files_while_they_are_public(api: Api):
    files = [{"name": "a", "url": "https://kota.example/a.csv"}]
    assert api.create(name="daftar", access_rights="NON_PUBLIC")["success"]
    assert list(errors(api.create(access_rights="RESTRICTED", resources=files))) == ["access_rights"]
    assert api.create(name="privat", access_rights="RESTRICTED", resources=files, private=True)["success"]
    assert api.create(name="terbuka", access_rights="PUBLIC", resources=files)["success"]
    assert list(errors(api("package_patch", id="terbuka", access_rights="NON_PUBLIC"))) == ["access_rights"]
    assert list(errors(api("package_patch", id="privat", private=False))) == ["access_rights"]


def test_priority_data_need_their_identifier(api: Api):
    assert list(errors(api.create(priority_data=True))) == ["priority_id"]
    assert api.create(priority_data="true", priority_id="DDP-1")["result"]["priority_data"] is True


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("end_date", {"end_date": "2026-01-09"}),
        ("terminated_date", {"terminated_date": "2026-01-09", "contract_status": "terminated"}),
        ("terminated_date", {"terminated_date": "2027-01-01", "end_date": "2026-12-31"}),
        ("terminated_date", {"contract_status": "terminated"}),
        ("value_amount", {"value_amount": "1.000.000"}),
        ("value_amount", {"value_amount": -1}),
        ("budget_year", {"budget_year": "26"}),
        ("counterparty", {"counterparty": "teman"}),
        ("contract_number", {"contract_number": ""}),
        ("amendments", {"amendments": [{"version": "1"}, {"version": "1"}]}),
        ("ocid", {"ocid": "bukan"}),
    ],
)
def test_contracts_refuse(api: Api, field: str, given: dict[str, Any]):
    assert list(errors(api.contract(**given))) == [field]


@pytest.mark.parametrize(
    "given",
    [
        {"end_date": "2026-01-10", "signed_date": "2026-02-01"},
        {"terminated_date": "2026-06-01", "end_date": "2026-12-31", "contract_status": "terminated"},
        {"value_amount": 0, "budget_year": 2026},
        {"value_amount": 1250000000.5},
        {"amendments": [{"version": "1"}, {"version": "2"}, {"note": "tanpa versi"}]},
        {"ocid": "ocds-abc123-1", "tender_code": "T1"},
    ],
)
def test_contracts_accept(api: Api, given: dict[str, Any]):
    shown = api.contract(**given)["result"]
    for field, value in given.items():
        assert str(shown[field]) == str(value) or field == "budget_year"


def test_what_people_decide_is_not_written_by_an_api_call(api: Api):
    shown = api.contract(open_data_clause="yes", clause_reason="entah", city_service_areas=["fire"])["result"]
    assert (shown["open_data_clause"], shown["provides_city_service"]) == ("undecided", "undecided")
    assert shown["city_service_areas"] == []
    assert "clause_reason" not in shown


def test_a_contract_keeps_its_key_and_no_other_takes_it(api: Api):
    key = api.contract()["result"]["contract_id"]
    assert key.endswith(":7/2026")
    assert list(errors(api.contract(name="lagi"))) == ["contract_number"]
    assert api("package_patch", id="data", contract_number="8/2026", contract_id="x")["result"]["contract_id"] == key
    assert api("package_delete", id="data")["success"]
    assert api.contract(name="lagi")["result"]["contract_id"] == key


def test_a_kept_value_survives_a_full_update_that_leaves_it_out(api: Api):
    shown = api.contract(tender_code="T-1")["result"]
    shown.pop("tender_code")
    assert api("package_update", **{**shown, "title": "Baru"})["result"]["tender_code"] == "T-1"


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("abbreviation", "a" * 21, True),
        ("abbreviation", "a" * 20, False),
        ("kind", "kerajaan", True),
        ("sdi_role", "walidata", False),
        ("themes", ["99"], True),
        ("themes", ["19"], False),
        ("contact_email", "surel", True),
        ("contact_url", "ftp://x", True),
        ("active_until_date", "2026-02-31", True),
        ("kd_satker", "1.02", False),
    ],
)
def test_profiles(api: Api, as_user: Any, field: str, value: Any, refused: bool):
    factories.Sysadmin(name="admin")
    if refused:
        with pytest.raises(tk.ValidationError) as error:
            as_user("admin", "organization_patch", id="bappeda", **{field: value})
        assert list(error.value.error_dict) == [field]
    else:
        as_user("admin", "organization_patch", id="bappeda", **{field: value})
        assert as_user("admin", "organization_show", id="bappeda")[field] in (value, [value])
