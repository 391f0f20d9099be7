"""Journeys through the forms as a browser without scripts sends them: what goes in is kept, what is wrong is said."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.smartcity.tests.views.browser_form import BrowserForm
from ckanext.smartcity.tests.views.form_values import CONTRACT, DATASET, PROFILE

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def office(app: Any) -> dict[str, Any]:
    """The communications office with its editor ani, who is logged in; beside it the planning office."""
    ani = factories.User(name="ani")
    factories.Organization(name="bappeda", title="Bappeda")
    organization = factories.Organization(
        name="diskominfo", title="Dinas Kominfo", users=[{"name": ani["name"], "capacity": "editor"}]
    )
    app.set_session_user("ani")
    return organization


def open_form(app: Any, address: str, selector: str = "form#dataset-edit") -> BrowserForm:
    answer = app.get(address)
    assert answer.status_code == 200
    return BrowserForm(answer.body, selector)


def send(app: Any, address: str, form: BrowserForm, button: str = "") -> Any:
    return app.post(address, data=form.sent(button), follow_redirects=False)


def shown(name: str, action: str = "package_show") -> dict[str, Any]:
    return tk.get_action(action)({"ignore_auth": True}, {"id": name})


def stored(name: str) -> dict[str, Any]:
    """Everything a dataset holds in the database, but its days of change."""
    model.Session.expire_all()
    package = model.Package.get(name)
    columns = {c.name: getattr(package, c.name) for c in package.__table__.columns}
    return {key: value for key, value in columns.items() if key not in ("metadata_modified", "plugin_data")}


def publish(app: Any, form: BrowserForm, dataset_type: str, name: str) -> None:
    """Save a new dataset and finish it without a file."""
    answer = send(app, f"/{dataset_type}/new", form)
    assert answer.status_code == 302, BrowserForm(answer.body, "form#dataset-edit").texts(".scf-problems li")
    tk.get_action("package_patch")({"ignore_auth": True}, {"id": name, "state": "active"})


def test_a_dataset_keeps_every_value_through_form_edit_and_patch(app: Any, office: dict[str, Any], as_user: Any):
    form = open_form(app, "/dataset/new").fill(owner_org=office["id"], **DATASET)
    publish(app, form, "dataset", "insiden-ti")
    first = shown("insiden-ti")
    assert first["indicators"] == ["iso37122:2019/10.4", "iso37122:2019/5.1"]
    assert (first["opd"], first["classification"]) == (["bappeda"], ["Kecamatan", "Jenis insiden"])
    assert (first["notes"], first["definition"]) == ("Baris satu\nbaris dua", "Kejadian yang\nmengganggu layanan")
    assert first["temporal_coverage"] == [{"start": "2025-01-01", "end": "2025-12-31"}]
    assert first["contact"] == [
        {"name": "Bidang Infrastruktur", "email": "ti@kota.example"},
        {"name": "Pusat Layanan", "url": "https://kota.example/layanan"},
    ]
    assert first["priority_data"] is True
    for name in ("concept", "measure", "unit", "frequency", "next_release_date", "region_code", "identifier"):
        assert first[name] == DATASET[name]
    before = stored("insiden-ti")

    assert send(app, "/dataset/edit/insiden-ti", open_form(app, "/dataset/edit/insiden-ti")).status_code == 302
    assert stored("insiden-ti") == before

    as_user("ani", "package_patch", id="insiden-ti", unit="kejadian")
    form = open_form(app, "/dataset/edit/insiden-ti").fill(title="Insiden TI")
    assert send(app, "/dataset/edit/insiden-ti", form).status_code == 302
    after = stored("insiden-ti")
    assert after["title"] == "Insiden TI"
    assert after["extras"] == {**before["extras"], "unit": "kejadian"}


def test_a_contract_keeps_every_value_the_hidden_ones_too(app: Any, office: dict[str, Any], as_user: Any):
    form = open_form(app, "/service_contract/new").fill(owner_org=office["id"], **CONTRACT)
    publish(app, form, "service_contract", "sewa-jaringan")
    first = shown("sewa-jaringan")
    assert first["contract_id"] == f"manual:{office['name']}:027/15/2026"
    assert (first["import_source"], first["open_data_clause"]) == ("manual", "undecided")
    assert (first["value_amount"], first["dates_assumed"]) == (1250000000.5, True)
    assert first["amendments"] == [
        {"version": "1", "signed_date": "2026-03-01"},
        {"version": "2", "note": "Tambah dua titik"},
    ]
    # As an importer leaves it
    tk.get_action("package_patch")(
        {"ignore_auth": True}, {"id": "sewa-jaringan", "tender_code": "T-9", "ocid": "ocds-abc123-1"}
    )
    before = stored("sewa-jaringan")
    assert before["extras"]["tender_code"] == "T-9"

    address = "/service_contract/edit/sewa-jaringan"
    assert send(app, address, open_form(app, address)).status_code == 302
    assert stored("sewa-jaringan") == before

    as_user("ani", "package_patch", id="sewa-jaringan", contract_status="completed")
    form = open_form(app, address).fill(supplier_name="PT Lain")
    assert send(app, address, form).status_code == 302
    assert stored("sewa-jaringan")["extras"] == {
        **before["extras"],
        "contract_status": "completed",
        "supplier_name": "PT Lain",
    }


def test_a_profile_keeps_every_value(app: Any, as_user: Any):
    factories.Sysadmin(name="admin")
    app.set_session_user("admin")
    selector = "form#organization-edit-form"
    form = open_form(app, "/organization/new", selector).fill(**PROFILE)
    assert send(app, "/organization/new", form).status_code == 302
    first = shown("dishub", "organization_show")
    assert (first["kd_satker"], first["themes"]) == (["1.02", "1.03"], ["19", "5"])
    for name in ("title", "title_en", "description", "kind", "sdi_role", "contact_url", "active_until_date"):
        assert first[name] == PROFILE[name]
    before = dict(model.Group.get("dishub").extras)

    form = open_form(app, "/organization/edit/dishub", selector)
    assert send(app, "/organization/edit/dishub", form).status_code == 302
    model.Session.expire_all()
    assert model.Group.get("dishub").extras == before

    as_user("admin", "organization_patch", id="dishub", abbreviation="DISHUB")
    form = open_form(app, "/organization/edit/dishub", selector).fill(contact_name="Tata usaha")
    assert send(app, "/organization/edit/dishub", form).status_code == 302
    model.Session.expire_all()
    after = model.Group.get("dishub")
    assert after.extras == {**before, "abbreviation": "DISHUB", "contact_name": "Tata usaha"}
    assert [m.capacity for m in model.Session.query(model.Member).filter_by(group_id=after.id, state="active")] == [
        "admin"
    ]


def test_an_edit_by_form_keeps_files_groups_and_members(app: Any, office: dict[str, Any], as_user: Any):
    factories.Group(name="internet", users=[{"name": "ani", "capacity": "admin"}])
    factories.Dataset(
        name="data",
        owner_org="diskominfo",
        data_kind="geospatial",
        license_id="cc-by",
        groups=[{"name": "internet"}],
        resources=[
            {"name": "Berkas", "url": "https://kota.example/a.csv", "smartcity_years": "2024", "language": ["id"]}
        ],
    )
    before = shown("data")

    assert send(app, "/dataset/edit/data", open_form(app, "/dataset/edit/data").fill(title="Baru")).status_code == 302

    after = shown("data")
    assert after["title"] == "Baru"
    assert after["resources"] == before["resources"]
    assert [group["name"] for group in after["groups"]] == ["internet"]


def test_a_resource_form_keeps_values_and_a_file(app: Any, office: dict[str, Any]):
    factories.Dataset(name="data", owner_org="diskominfo", data_kind="geospatial", license_id="cc-by")
    form = open_form(app, "/dataset/data/resource/new", "form#resource-edit").fill(
        name="Insiden 2025",
        url="https://kota.example/2025.csv",
        format="CSV",
        smartcity_years="2020 - 2025",
        language=["id", "en"],
    )
    assert send(app, "/dataset/data/resource/new", form, "go-dataset-complete").status_code == 302
    resource = shown("data")["resources"][0]
    assert (resource["smartcity_years"], resource["language"]) == ("2020-2025", ["id", "en"])

    address = f"/dataset/data/resource/{resource['id']}/edit"
    form = open_form(app, address, "form#resource-edit").fill(description="Satu\r\nDua")
    assert send(app, address, form).status_code == 302
    again = shown("data")["resources"][0]
    assert again["description"] == "Satu\nDua"
    for name in ("url", "name", "format", "smartcity_years", "language"):
        assert again[name] == resource[name]


def test_an_uploaded_file_stays_when_its_resource_is_edited(app: Any, office: dict[str, Any]):
    factories.Dataset(name="data", owner_org="diskominfo", data_kind="geospatial", license_id="cc-by")
    form = open_form(app, "/dataset/data/resource/new", "form#resource-edit").fill(name="Berkas")
    upload = (BytesIO(b"a,b\n1,2\n"), "angka.csv")
    app.post(
        "/dataset/data/resource/new",
        data={**form.sent("go-dataset-complete"), "upload": upload},
        follow_redirects=False,
    )
    resource = shown("data")["resources"][0]
    assert (resource["url_type"], resource["url"].rsplit("/", 1)[-1]) == ("upload", "angka.csv")

    address = f"/dataset/data/resource/{resource['id']}/edit"
    form = open_form(app, address, "form#resource-edit").fill(name="Angka")
    assert send(app, address, form).status_code == 302

    again = shown("data")["resources"][0]
    assert (again["name"], again["url"], again["url_type"]) == ("Angka", resource["url"], "upload")


def test_errors_come_all_at_once_and_what_was_typed_stays(app: Any, office: dict[str, Any]):
    form = open_form(app, "/dataset/new").fill(
        title="Data", name="data", owner_org=office["id"], data_kind="statistics", unit="orang", region_code="3273",
        indicators=["", "iso37122:2019/5.1"], opd=["", "bappeda"], classification=["Kecamatan", "", ""],
        next_release_date="2026-02-31", temporal_coverage__00__start="2026-05-01",
        temporal_coverage__00__end="2026-04-01", contact__00__name="Bidang", contact__00__email="bukan surel",
        license_id="", priority_data="true",
    )  # fmt: skip
    answer = send(app, "/dataset/new", form)
    assert answer.status_code == 200
    again = BrowserForm(answer.body, "form#dataset-edit")
    problems = again.texts(".scf-problems li")

    for label in ("Konsep", "Definisi", "Ukuran", "Jadwal pemutakhiran", "Lisensi", "Kode wilayah", "Rilis berikutnya"):
        assert any(problem.startswith(label) for problem in problems), label
    assert any(problem.startswith("Periode 1: ") for problem in problems)
    assert any(problem.startswith("Kontak 1: Surel: ") for problem in problems)
    assert len(problems) == len(set(problems))
    assert not any("Konsep: Konsep" in problem for problem in problems)
    for link in again.page.select(".scf-problems a"):
        assert again.page.select_one(f"[id='{str(link['href'])[1:]}']"), link["href"]
    assert again.page.select_one(".scf-problems[autofocus][tabindex='-1']")

    for name, value in form.values.items():
        if name == "_csrf_token":
            continue
        assert [v for v in again.values.get(name, []) if v] == [v for v in value if v], name


def test_an_emptied_group_of_boxes_stays_empty_beside_an_error(app: Any, office: dict[str, Any]):
    factories.Dataset(
        name="data", owner_org="diskominfo", data_kind="geospatial", license_id="cc-by", indicators=["5.1"],
        contact=[{"name": "Bidang", "email": "a@kota.example"}],
    )  # fmt: skip
    form = open_form(app, "/dataset/edit/data").fill(
        indicators=[""], region_code="x", contact__00__name="Lain", contact__00__email="b@kota.example"
    )
    again = BrowserForm(send(app, "/dataset/edit/data", form).body, "form#dataset-edit")
    assert again.ticked("indicators") == []
    assert (again.values["contact-00-name"], again.values["contact-00-email"]) == (["Lain"], ["b@kota.example"])

    assert send(app, "/dataset/edit/data", again.fill(region_code="32.73")).status_code == 302
    assert shown("data")["indicators"] == []
    assert shown("data")["contact"] == [{"name": "Lain", "email": "b@kota.example"}]


@pytest.mark.parametrize(("prefix", "start"), [("", "Kode wilayah Kemendagri: "), ("/en", "Kemendagri region code: ")])
def test_the_summary_speaks_the_language_of_the_page(app: Any, office: dict[str, Any], prefix: str, start: str):
    form = open_form(app, f"{prefix}/dataset/new").fill(region_code="x")
    again = BrowserForm(send(app, f"{prefix}/dataset/new", form).body, "form#dataset-edit")
    assert any(problem.startswith(start + '"x"') for problem in again.texts(".scf-problems li"))


def test_more_than_ten_rows_keep_their_order(app: Any, office: dict[str, Any]):
    periods = [{"start": f"20{year}-01-01", "end": f"20{year}-12-31"} for year in range(10, 23)]
    factories.Dataset(
        name="data", owner_org="diskominfo", data_kind="geospatial", license_id="cc-by", temporal_coverage=periods
    )
    assert send(app, "/dataset/edit/data", open_form(app, "/dataset/edit/data")).status_code == 302
    assert shown("data")["temporal_coverage"] == periods


def test_a_new_form_proposes_licence_and_region_an_edit_form_does_not(app: Any, office: dict[str, Any]):
    new = open_form(app, "/dataset/new")
    assert (new.values["license_id"], new.values["region_code"]) == (["CC-BY-4.0"], ["99.71"])
    assert new.values["owner_org"] == [office["id"]]
    assert new.values["data_kind"] == [""]

    model.Session.add(model.Package(name="lama", title="Lama", type="dataset", owner_org=office["id"]))
    model.repo.commit()
    edit = open_form(app, "/dataset/edit/lama")
    assert (edit.values["license_id"], edit.values["region_code"], edit.values["data_kind"]) == ([""], [""], [""])


def test_eighty_indicators_stand_under_their_nineteen_themes(app: Any, office: dict[str, Any]):
    form = open_form(app, "/dataset/new")
    field = form.page.select_one("#field-indicators")
    assert len(field.select("input[type=checkbox]")) == 80
    assert len(field.select("details")) == 19
    assert not field.select("details[open]")

    factories.Dataset(name="data", owner_org="diskominfo", data_kind="other", license_id="cc-by", indicators=["5.1"])
    opened = open_form(app, "/dataset/edit/data").page.select("#field-indicators details[open]")
    assert [group.select_one("summary").get_text(" ", strip=True).split()[0] for group in opened] == ["5"]


def test_an_editor_of_another_office_does_not_move_a_dataset_by_saving_it(app: Any, office: dict[str, Any]):
    factories.Dataset(name="milik-bappeda", owner_org="bappeda", data_kind="other", license_id="cc-by")
    tk.get_action("package_collaborator_create")(
        {"ignore_auth": True}, {"id": "milik-bappeda", "user_id": "ani", "capacity": "editor"}
    )
    form = open_form(app, "/dataset/edit/milik-bappeda").fill(title="Diperbaiki")
    assert send(app, "/dataset/edit/milik-bappeda", form).status_code == 302
    after = shown("milik-bappeda")
    assert (after["title"], after["organization"]["name"]) == ("Diperbaiki", "bappeda")


@pytest.mark.parametrize("address", ["/dataset/new", "/service_contract/new", "/dataset/edit/data"])
def test_forms_hold_no_inline_script_or_style(app: Any, office: dict[str, Any], address: str):
    factories.Dataset(name="data", owner_org="diskominfo", data_kind="other", license_id="cc-by")
    fields = open_form(app, address).page.select_one(".scf-form")
    assert not fields.select("script, style, [style], [onclick], [href^='javascript:']")


def test_a_retired_choice_stays_where_it_is_held_and_is_offered_nowhere_else(
    app: Any, office: dict[str, Any], as_user: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    factories.Dataset(
        name="data", owner_org="diskominfo", data_kind="other", license_id="cc-by", measure="ratio", frequency="DAILY"
    )
    (tmp_path / "measures.yaml").write_text(
        "- {value: count, label: {id: Jumlah, en: Count}}\n"
        "- {value: ratio, label: {id: Rasio, en: Ratio}, retired: true}\n"
        "- {value: index, label: {id: Indeks, en: Index}, retired: true}\n"
    )
    monkeypatch.setitem(tk.config, "ckanext.smartcity.portal.vocabularies_path", str(tmp_path))

    new = [option["value"] for option in open_form(app, "/dataset/new").page.select("#field-measure option")]
    form = open_form(app, "/dataset/edit/data")
    edit = [option["value"] for option in form.page.select("#field-measure option")]
    assert (new, edit) == (["", "count"], ["", "count", "ratio"])
    assert send(app, "/dataset/edit/data", form.fill(title="Lagi")).status_code == 302
    as_user("ani", "package_patch", id="data", frequency="WEEKLY")
    assert (shown("data")["measure"], shown("data")["title"]) == ("ratio", "Lagi")
    assert "Rasio" in app.get("/dataset/data").body
