"""Importing contracts on the real stack: staged, applied, and the same files again."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.smartcity.cli import smartcity
from ckanext.smartcity.contracts import codes, staging, store
from ckanext.smartcity.contracts.models import ContractImportRow
from ckanext.smartcity.logic.action import contract_import_steps
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.pure.contracts.spse_files import (
    CONTRACT,
    FINISHED,
    ORDER,
    PLANTED,
    REAL,
    as_csv,
    as_json,
    contract,
)

pytestmark = pytest.mark.usefixtures("clean")

KEY = "spse:93:tender:10002513000:1"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not part of the repository")


@pytest.fixture(autouse=True)
def offices(clean: None) -> None:
    made.offices()
    office("dishub", "12335093")


def office(name: str, *codes: str) -> None:
    tk.get_action("organization_patch")({**made.site_user(), "ignore_auth": True}, {"id": name, "kd_satker": codes})


def call(verb: str, user: str = "wali", **data: Any) -> Any:
    return tk.get_action(f"smartcity_contract_import_{verb}")({"user": user, "ignore_auth": False}, data)


def finished(batch: dict[str, Any]) -> dict[str, Any]:
    while batch["state"] in ("checking", "applying"):
        batch = call("step", id=batch["id"])
    return batch


def staged(*contents: bytes, **choice: Any) -> dict[str, Any]:
    uploads = [FileStorage(BytesIO(content), filename=f"../{n}.x") for n, content in enumerate(contents)]
    return finished(call("create", upload=uploads, queue=False, **choice))


def applied(*contents: bytes, **choice: Any) -> dict[str, Any]:
    return finished(call("apply", id=staged(*contents, **choice)["id"], queue=False))


def shown_rows(batch: dict[str, Any]) -> list[dict[str, Any]]:
    return call("show", id=batch["id"])["rows"]


def register() -> dict[str, dict[str, Any]]:
    """The contracts by their keys, as they are stored."""
    model.Session.expire_all()
    found = {}
    for package in model.Session.query(model.Package).filter_by(type=store.CONTRACT, state="active"):
        shown = made.shown(package.name)
        found[shown["contract_id"]] = shown
    return found


def test_a_dry_run_writes_nothing_to_the_register():
    batch = staged(as_json([CONTRACT]))
    assert batch["state"] == "staged"
    assert batch["counts"]["rows"] == {"new": 1}
    assert batch["counts"]["without"] == {"start_orders": 1, "finished": 1}
    assert batch["files"][0]["name"] == "0.x"
    assert not register()


def test_a_contract_with_its_companions():
    batch = applied(as_json([CONTRACT]), as_csv([ORDER]), as_csv([FINISHED]))
    assert batch["counts"]["rows"] == {"new": 1, "joined": 2}
    assert batch["counts"]["without"] == {"start_orders": 0, "finished": 0}
    shown = register()[KEY]
    expected = {
        "name": "spse-93-tender-10002513000-1",
        "private": True,
        "title": "Pengoperasian bus kota",
        "contract_number": "027/01/2025",
        "supplier_name": "PT. Angkutan Jaya",
        "value_amount": 1500000,
        "start_date": "2025-04-01",
        "end_date": "2025-12-30",
        "dates_assumed": False,
        "procurement_category": "other_services",
        "procurement_method": "tender",
        "rup_code": "53613698",
        "tender_code": "10002513000",
        "import_source": "spse",
        "open_data_clause": "undecided",
    }
    assert {name: shown.get(name) or False for name in expected} == {k: v or False for k, v in expected.items()}
    assert shown["organization"]["name"] == "dishub"


def test_the_same_files_again_change_nothing():
    rows = [contract(), contract(), contract(versi_addendum=1, no_kontrak="2")]
    first = applied(as_json(rows))
    assert first["counts"]["rows"] == {"new": 1, "lower_version": 2}
    before = register()
    second = applied(as_json(rows))
    assert second["counts"]["rows"] == {"unchanged": 3}
    assert register() == before
    assert before[KEY]["amendments"][0]["note"] == "2"


def test_a_change_of_the_source_and_one_of_a_person():
    applied(as_json([CONTRACT]))
    tk.get_action("package_patch")(
        {**made.site_user(), "ignore_auth": True}, {"id": register()[KEY]["id"], "title": "Bus kota"}
    )
    batch = applied(as_json([contract(nilai_kontrak=2, nama_paket="Bus")]))
    (row,) = shown_rows(batch)
    assert row["changes"] == {"value_amount": ["1500000", "2"]}
    assert [(reason["column"], reason["rule"]) for reason in row["reasons"]] == [("title", "kept_by_person")]
    assert (register()[KEY]["title"], register()[KEY]["value_amount"]) == ("Bus kota", 2)
    assert applied(as_json([contract(nilai_kontrak=2, nama_paket="Bus")]))["counts"]["rows"] == {"unchanged": 1}


def test_what_files_do_not_give_stays():
    files = (as_json([CONTRACT]), as_csv([ORDER]), as_csv([FINISHED]))
    applied(*files)
    before = register()
    assert applied(as_json([CONTRACT]))["counts"]["rows"] == {"unchanged": 1}
    assert applied(*files)["counts"]["rows"] == {"unchanged": 1, "joined": 2}
    later = {**ORDER, "tgl_selesai_pekerjaan": "2026-02-28"}
    assert applied(as_json([CONTRACT]), as_csv([later]))["counts"]["rows"] == {"changed": 1, "joined": 1}
    assert register() != before
    assert register()[KEY]["end_date"] == "2026-02-28"


def test_decisions_and_visibility_are_not_touched():
    applied(as_json([CONTRACT]), visibility="public")
    name = register()[KEY]["name"]
    made.decide(name=name, city_service="yes", areas=["general-services"])
    tk.get_action("package_patch")({**made.site_user(), "ignore_auth": True}, {"id": name, "private": True})
    applied(as_json([contract(nilai_kontrak=3)]), visibility="public")
    shown = register()[KEY]
    assert (shown["private"], shown["provides_city_service"], shown["value_amount"]) == (True, "yes", 3)


def test_a_refused_row_leaves_its_contract_to_nobody_else():
    """Of two suppliers of a procurement only one is registered, and its row is the one that is refused."""
    applied(as_json([CONTRACT]))
    before = register()[KEY]
    batch = applied(as_json([contract(status_kontrak="Entah"), contract(nama_penyedia="CV Lain", no_kontrak="2")]))
    assert batch["counts"]["rows"] == {"refused": 1, "new": 1}
    found = register()
    assert found[KEY] == before
    assert found["spse:93:tender:10002513000:2"]["supplier_name"] == "CV Lain"


def test_unknown_offices_are_told_once():
    batch = staged(as_json([contract(kd_satker="9", kd_satker_str=None, kd_tender=code) for code in (1, 2)]))
    assert batch["counts"]["rows"] == {"needs_mapping": 2}
    assert batch["counts"]["offices"] == [{"codes": "9", "office": "DINAS PERHUBUNGAN", "rows": 2}]
    office("diskominfo", "9")
    assert staged(as_json([contract(kd_satker="9", kd_satker_str=None)]))["counts"]["rows"] == {"new": 1}


def test_what_the_dataset_type_refuses():
    cells = {"status_kontrak": "Kontrak Selesai", "tahun_anggaran": 2024}  # would end before it starts
    batch = applied(as_json([contract(**cells), contract(kd_tender=5)]))
    assert batch["counts"]["rows"] == {"refused": 1, "new": 1}
    (reason,) = shown_rows(batch)[0]["reasons"]
    assert (reason["column"], reason["rule"]) == ("end_date", "not_accepted")
    assert list(register()) == ["spse:93:tender:5:1"]


def test_a_contract_that_was_typed_in_is_told():
    made.contract(name="diketik", contract_number="027/01/2025")
    (row,) = shown_rows(staged(as_json([CONTRACT])))
    assert [reason["rule"] for reason in row["reasons"]] == ["possible_duplicate"]
    assert row["outcome"] == "new"


def test_a_contract_that_was_deleted_comes_back_as_a_new_one():
    applied(as_json([CONTRACT]))
    name = register()[KEY]["name"]
    tk.get_action("package_delete")({**made.site_user(), "ignore_auth": True}, {"id": name})
    assert applied(as_json([CONTRACT]))["counts"]["rows"] == {"new": 1}
    assert register()[KEY]["name"].startswith(f"{name}-")


def test_a_contract_that_was_purged_leaves_no_values():
    batch = applied(as_json([CONTRACT]))
    tk.get_action("dataset_purge")({**made.site_user(), "ignore_auth": True}, {"id": register()[KEY]["id"]})
    (row,) = shown_rows(batch)
    assert (row["title"], row["outcome"], row["contract_id"]) == ("", "new", KEY)
    assert applied(as_json([CONTRACT]))["counts"]["rows"] == {"new": 1}


def test_a_name_that_was_taken_out_does_not_come_back():
    applied(as_json([CONTRACT]))
    tk.get_action("smartcity_contract_supplier_hide")({"user": "wali"}, {"id": register()[KEY]["id"]})
    batch = applied(as_json([CONTRACT]))
    (row,) = shown_rows(batch)
    assert (row["outcome"], row["reasons"][0]["rule"]) == ("unchanged", "kept_by_person")
    assert register()[KEY]["supplier_name"] == codes.NO_NAME


def test_a_refused_file_leaves_its_reason():
    batch = staged(as_json([CONTRACT]), as_csv([{"nama": "x"}]))
    assert (batch["state"], batch["problem"]["code"]) == ("refused", "unknown_columns")
    assert batch["problem_text"].startswith("1.x: ")
    with pytest.raises(tk.ValidationError):
        call("apply", id=batch["id"])


def whole_database() -> str:
    """Every row of every table, as text."""
    names = sa.inspect(model.meta.engine).get_table_names()
    dump = [f'SELECT t::text FROM "{name}" t' for name in names]
    return "\n".join(str(line) for query in dump for line in model.Session.scalars(sa.text(query)))


def test_planted_values_are_nowhere(caplog):
    caplog.set_level("DEBUG", logger="ckanext")
    batch = applied(as_json([CONTRACT]), as_csv([ORDER]), visibility="public")
    stored = whole_database()
    assert "nama_ppk" in stored and "Pengoperasian bus kota" in stored  # the name of a dropped column is told
    index = repr(make_connection().search("*:*", fl="*", rows=10_000).docs)
    assert "Pengoperasian bus kota" in index
    everywhere = stored + index + caplog.text + repr(call("show", id=batch["id"]))
    assert not [value for value in PLANTED.values() if value in everywhere]


def test_names_of_individuals_are_nowhere():
    person = contract(bentuk_usaha_penyedia="Orang Perseorangan", nama_penyedia="Eko Fiktif")
    batch = applied(as_json([person, contract(**{**person, "versi_addendum": 1})]))
    assert batch["counts"]["contracts"] == {"new": 1}
    stored = repr(register()) + repr(
        [tuple(row) for row in model.Session.execute(sa.select(ContractImportRow.__table__))]
    )
    assert "Fiktif" not in stored


def test_an_import_goes_on_after_a_crash(monkeypatch):
    rows = as_json([contract(kd_tender=code) for code in range(1, 6)])
    batch = call("apply", id=staged(rows)["id"], queue=False)
    save, saved = contract_import_steps._save, []

    def crash_after_two(*given: Any) -> None:
        save(*given)
        saved.append(given)
        if len(saved) == 2:
            raise RuntimeError("the power is off")

    monkeypatch.setattr(contract_import_steps, "_save", crash_after_two)
    with pytest.raises(RuntimeError):
        call("step", id=batch["id"])
    model.Session.rollback()
    assert len(register()) == 2
    monkeypatch.setattr(contract_import_steps, "_save", save)
    assert finished(batch)["counts"]["rows"] == {"new": 5}
    assert len(register()) == 5


def test_two_batches_of_the_same_contract():
    first, second = staged(as_json([CONTRACT])), staged(as_json([contract(nama_penyedia="CV Lain")]))
    for batch in (first, second):
        finished(call("apply", id=batch["id"], queue=False))
    (row,) = shown_rows(second)
    assert (row["outcome"], row["reasons"][0]["rule"]) == ("conflict", "registered_meanwhile")
    assert register()[KEY]["supplier_name"] == "PT. Angkutan Jaya"


def test_publishing_and_deleting():
    waiting, done = staged(as_json([contract(kd_tender=5)])), applied(as_json([CONTRACT]))
    assert call("show", id=done["id"])["private"] == 1
    assert call("publish", id=done["id"]) == {"published": 1, "left": 0}
    assert register()[KEY]["private"] is False
    for verb, batch in (("publish", waiting), ("delete", done)):
        with pytest.raises(tk.ValidationError):
            call(verb, id=batch["id"])
    call("delete", id=waiting["id"])
    assert [batch["id"] for batch in call("list")["results"]] == [done["id"]]


@pytest.mark.parametrize("user", ["anggota", "petugas", "warga", ""])
def test_only_reviewers_import(user):
    batch = staged(as_json([CONTRACT]))
    for verb in ("create", "step", "show", "list", "apply", "publish", "delete"):
        with pytest.raises(tk.NotAuthorized):
            call(verb, user, id=batch["id"], upload=FileStorage(BytesIO(b"x"), filename="x"))


def test_the_command(cli, tmp_path):
    files = {"k.json": as_json([CONTRACT, contract(kd_tender=5, status_kontrak="Entah")]), "s.csv": as_csv([ORDER])}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    words = ["contracts", "import", "spse", *(str(tmp_path / name) for name in files), "--user", "wali"]
    found = cli.invoke(smartcity, words)
    assert found.exit_code == 1
    assert "3 rows = 1 + 1 + 1" in found.output
    assert "k.json, row 2: status_kontrak" in found.output
    assert not register()
    found = cli.invoke(smartcity, [*words, "--apply"])
    assert list(register()) == [KEY]
    batch = call("list")["results"][0]
    assert (
        "1 contracts published" in cli.invoke(smartcity, ["contracts", "publish", batch["id"], "--user", "wali"]).output
    )
    assert "may not" in cli.invoke(smartcity, [*words[:-1], "petugas"]).output


@needs_real
def test_the_real_files_twice():
    names = ("tender_ekontrak_kontrak_2025.json", "tender_ekontrak_spmk_2025.csv", "tender_selesai_2025.csv")
    names = (*names, "nontender_ekontrak_kontrak_2025.json", "nontender_ekontrak_kontrak_2025.csv")
    contents = [(REAL / f"spse_{name}").read_bytes() for name in names]
    batch = staged(*contents)
    for place, code in enumerate(row["codes"].split(", ")[-1] for row in batch["counts"]["offices"]):
        made.agency(f"opd-{place}", f"OPD {place}", kd_satker=f'["{code}"]')
    batch = applied(*contents)
    rows = batch["counts"]["rows"]
    assert sum(rows.values()) == sum(file["rows"] for file in batch["files"]) == 167
    assert rows == {"new": 109, "lower_version": 4, "not_selected": 13, "joined": 35, "without_contract": 6}
    assert len(register()) == 105
    again = {"unchanged": 113, "not_selected": 13, "joined": 35, "without_contract": 6}
    assert applied(*contents)["counts"]["rows"] == again
    assert staged(*(other_format(content) for content in contents))["counts"]["rows"] == again


def other_format(content: bytes) -> bytes:
    """The rows of CSV as JSON, and of JSON as CSV."""
    if content.lstrip()[:1] == b"[":
        return as_csv(json.loads(content))
    table = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))
    return as_json([{name: cell or None for name, cell in row.items()} for row in table])


def test_the_lock_is_given_back():
    with staging.applying():
        pass
    with staging.applying():
        assert model.Session.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
