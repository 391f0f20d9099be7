"""Rows to contracts: equal rows, versions, suppliers, companion files; the real files, row by row."""

from __future__ import annotations

import csv
import json
from collections import Counter

import pytest

from ckanext.smartcity.contracts.importers import pipeline
from ckanext.smartcity.contracts.importers.rows import FileRefused
from ckanext.smartcity.tests.pure.contracts.spse_files import (
    FINISHED,
    ORDER,
    REAL,
    as_csv,
    as_json,
    built,
    contract,
    one,
    read_file,
    rules,
)

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not part of the repository")


def test_a_contract_of_one_row(tmp_path):
    wanted = one(tmp_path, contract()).lead.wanted
    assert {name: value for name, value in wanted.items() if value is not None} == {
        "title": "Pengoperasian bus kota",
        "notes": "Bus kota",
        "contract_number": "027/01/2025",
        "supplier_name": "PT. Angkutan Jaya",
        "counterparty": "business",
        "value_amount": "1500000",
        "contract_status": "active",
        "signed_date": "2025-03-21",
        "start_date": "2025-03-21",
        "dates_assumed": True,
        "budget_year": "2025",
        "tender_code": "10002513000",
        "import_source": "spse",
        "amendments": [],
        "companions": [],
    }


def test_equal_rows_are_one_contract(tmp_path):
    group = one(tmp_path, contract(), contract(nama_ppk="lain"), contract())
    assert (len(group.rows), len(group.equal)) == (1, 2)


def test_an_amendment(tmp_path):
    later = contract(versi_addendum=1, no_kontrak="027/09/2025", tgl_kontrak="2025-09-01", nilai_kontrak=2)
    group = one(tmp_path, later, contract())
    wanted = group.lead.wanted
    assert (wanted["contract_number"], wanted["signed_date"], wanted["value_amount"]) == (
        "027/01/2025",
        "2025-03-21",
        "2",
    )
    assert wanted["amendments"] == [{"version": "1", "signed_date": "2025-09-01", "note": "027/09/2025"}]
    assert [row.lead for row in group.rows] == [group.lead] * 2
    assert rules(group.lead) == [("versi_addendum", "addendum_check_end")]


def test_amendments_under_other_spellings_are_of_the_one_contract(tmp_path):
    later = contract(versi_addendum=1, nama_penyedia="Angkoetan Djaja")
    group = one(tmp_path, contract(), later, contract(versi_addendum=2, nama_penyedia="Angkutan Djaya"))
    assert [row.version for row in group.rows] == [0, 1, 2]


def test_what_the_first_version_does_not_say_is_of_its_addendum(tmp_path):
    later = contract(versi_addendum=1, no_kontrak="027/09/2025", tgl_kontrak="2025-09-01")
    wanted = one(tmp_path, contract(no_kontrak=None, tgl_kontrak=None), later).lead.wanted
    assert (wanted["contract_number"], wanted["signed_date"]) == ("027/09/2025", "2025-09-01")


@pytest.mark.parametrize("column", ["no_kontrak", "tgl_kontrak"])
def test_what_no_version_says_is_missing(tmp_path, column):
    days = {"tgl_kontrak_awal": None, "tgl_kontrak_akhir": None}
    group = one(tmp_path, contract(**days, **{column: None}), contract(versi_addendum=1, **days, **{column: " "}))
    assert {row.outcome for row in group.rows} == {"refused"}
    assert (column, "missing") in rules(group.lead)


def test_a_supplier_that_only_an_earlier_version_names(tmp_path):
    later = {"versi_addendum": 1, "nama_penyedia": None, "bentuk_usaha_penyedia": None}
    person = {"nama_penyedia": "Eko Fiktif", "bentuk_usaha_penyedia": "Orang Perseorangan"}
    wanted = one(tmp_path, contract(), contract(**later)).lead.wanted
    assert (wanted["supplier_name"], wanted["counterparty"]) == ("PT. Angkutan Jaya", "business")
    assert one(tmp_path, contract(**person), contract(**later)).lead.wanted["counterparty"] == "individual"


def test_a_row_without_supplier_is_of_the_only_other_one(tmp_path):
    assert len(one(tmp_path, contract(), contract(versi_addendum=1, nama_penyedia=None)).rows) == 2


def test_suppliers_of_one_code_are_contracts_of_their_own(tmp_path):
    rows = [contract(), contract(nama_penyedia="CV Lain")]
    _, groups = built(tmp_path, as_json(rows))
    assert len(groups) == 2
    same = [contract(kd_penyedia=1), contract(kd_penyedia=1, nama_penyedia="CV Lain", versi_addendum=1)]
    assert len(built(tmp_path, as_json(same))[1]) == 1


def test_suppliers_are_told_apart_by_codes_of_the_list(tmp_path):
    rows = [contract(), contract(nama_penyedia="CV Lain")]
    listed = [{**FINISHED, "nama_penyedia": row["nama_penyedia"], "kd_penyedia": 1} for row in rows]
    _, groups = built(tmp_path, as_json(rows), as_json(listed))
    assert [row.outcome for row in groups[0].rows] == ["conflict"] * 2
    listed[1]["kd_penyedia"] = 2
    assert len(built(tmp_path, as_json(rows), as_json(listed))[1]) == 2


def test_rows_of_one_version_that_differ(tmp_path):
    group = one(tmp_path, contract(), contract(nilai_kontrak=7), contract(versi_addendum=1))
    assert {row.outcome for row in group.rows} == {"conflict"}
    assert group.rows[0].reasons[0].found == {"rows": "2", "columns": "nilai_kontrak"}


def test_what_stops_one_row_stops_its_contract(tmp_path):
    group = one(tmp_path, contract(), contract(versi_addendum=1, status_kontrak="Entah"))
    assert {row.outcome for row in group.rows} == {"refused"}


@pytest.mark.parametrize(
    ("cells", "start", "end"),
    [
        ({"status_kontrak": "Kontrak Selesai"}, "2025-03-21", "2025-12-31"),
        ({}, "2025-03-21", None),
    ],
)
def test_assumed_days(tmp_path, cells, start, end):
    wanted = one(tmp_path, contract(**cells)).lead.wanted
    assert (wanted["start_date"], wanted["end_date"], wanted["dates_assumed"]) == (start, end, True)


def test_days_that_the_contract_says(tmp_path):
    wanted = one(tmp_path, contract(tgl_kontrak_akhir="2025-06-30")).lead.wanted
    assert (wanted["start_date"], wanted["end_date"], wanted["dates_assumed"]) == ("2025-03-21", "2025-06-30", False)


def test_days_of_a_termination(tmp_path):
    cells = {"status_kontrak": "Kontrak Diputus", "tgl_penetapan_status_kontrak": "2025-05-05T03:00:00Z"}
    assert one(tmp_path, contract(**cells)).lead.wanted["terminated_date"] == "2025-05-05"
    cells["status_kontrak"] = "Kontrak Selesai"
    assert "terminated_date" not in one(tmp_path, contract(**cells)).lead.wanted


def test_companion_files(tmp_path):
    orders = [ORDER, {**ORDER, "tgl_mulai_pekerjaan": "Mar 25, 2025", "tgl_selesai_pekerjaan": "2026-01-15"}]
    stranger = {**ORDER, "kd_tender": 5}
    rows, groups = built(tmp_path, as_json([contract()]), as_csv([*orders, stranger]), as_csv([FINISHED]))
    wanted = groups[0].lead.wanted
    assert (wanted["start_date"], wanted["end_date"], wanted["dates_assumed"]) == ("2025-03-25", "2026-01-15", False)
    assert (wanted["procurement_category"], wanted["procurement_method"], wanted["rup_code"]) == (
        "other_services",
        "tender",
        "53613698",
    )
    assert [row.outcome for row in rows] == ["", "joined", "joined", "without_contract", "joined"]


def test_the_end_is_that_of_the_highest_version_of_start_orders(tmp_path):
    orders = [{**ORDER, "versi_addendum": 1, "tgl_selesai_pekerjaan": "2025-11-30"}, {**ORDER, "versi_addendum": 0}]
    _, groups = built(tmp_path, as_json([contract()]), as_json(orders))
    assert groups[0].lead.wanted["end_date"] == "2025-11-30"


def test_a_start_order_without_an_end_leaves_that_of_the_contract(tmp_path):
    order = {**ORDER, "tgl_selesai_pekerjaan": None}
    _, groups = built(tmp_path, as_json([contract(tgl_kontrak_akhir="2025-06-30")]), as_json([order]))
    wanted = groups[0].lead.wanted
    assert (wanted["start_date"], wanted["end_date"]) == ("2025-04-01", "2025-06-30")


def test_start_orders_of_several_suppliers(tmp_path):
    other = contract(nama_penyedia="CV Lain", no_kontrak="2")
    _, groups = built(tmp_path, as_json([contract(), other]), as_json([ORDER]))
    assert [group.lead.wanted["dates_assumed"] for group in groups] == [False, True]
    assert [group.lead.wanted["companions"] for group in groups] == [["start_orders"], []]
    rows, _ = built(tmp_path, as_json([contract(), other]), as_json([{**ORDER, "nama_penyedia": "PT Entah"}]))
    assert rows[-1].outcome == "without_contract"


def test_which_contracts_are_selected(tmp_path):
    works = {**FINISHED, "jenis_pengadaan": "Pekerjaan Konstruksi"}
    files = (as_json([contract()]), as_json([works]))
    assert built(tmp_path, *files)[1][0].lead.outcome == "not_selected"
    assert built(tmp_path, *files, categories=("works",))[1][0].lead.outcome == ""
    assert one(tmp_path, contract(), category_missing="goods").lead.outcome == "not_selected"


def test_files_without_contracts(tmp_path):
    with pytest.raises(FileRefused, match="no_contracts"):
        built(tmp_path, as_json([ORDER]))


@needs_real
@pytest.mark.parametrize(
    ("files", "outcomes"),
    [
        (["nontender_ekontrak_kontrak_2025.json"], {"contracts": 64}),
        (["nontender_ekontrak_kontrak_2025.csv"], {"contracts": 36}),
        (
            ["tender_ekontrak_kontrak_2025.json", "tender_ekontrak_spmk_2025.csv", "tender_selesai_2025.csv"],
            {"contracts": 13, "contracts not_selected": 13, "start_orders joined": 9, "finished joined": 26}
            | {"start_orders without_contract": 6},
        ),
    ],
)
def test_every_row_of_the_real_files_is_accounted_for(files, outcomes):
    rows = [row for number, name in enumerate(files) for row in read_file(REAL / f"spse_{name}", number)]
    groups = pipeline.build(rows, pipeline.Choice())
    assert Counter(f"{row.kind} {row.outcome}".strip() for row in rows) == outcomes
    accounted = sum(len(group.rows) + len(group.equal) for group in groups)
    assert accounted == sum(row.kind == "contracts" for row in rows)


@needs_real
def test_the_real_double_rows_and_amendments():
    rows = read_file(REAL / "spse_nontender_ekontrak_kontrak_2025.json")
    groups = pipeline.build(rows, pipeline.Choice())
    assert (len(groups), sum(len(group.equal) for group in groups)) == (56, 4)
    assert sum(len(group.rows) == 2 for group in groups) == 4


@needs_real
def test_names_of_persons_in_the_real_files_go_no_further():
    path = REAL / "spse_nontender_ekontrak_kontrak_2025.json"
    source = json.loads(path.read_text())
    hidden = {row[name] for row in source for name in row if name.startswith(("nip_", "nama_ppk", "no_rek", "npwp"))}
    hidden |= {row["nama_penyedia"] for row in source if "erseorangan" in (row["bentuk_usaha_penyedia"] or "")}
    rows = read_file(path)
    pipeline.build(rows, pipeline.Choice())
    stored = repr([(row.fields, row.wanted, row.reasons) for row in rows])
    assert not [value for value in hidden if len(str(value or "")) > 5 and str(value) in stored]


@needs_real
def test_csv_and_json_of_the_real_rows_give_the_same_contracts(tmp_path):
    path = REAL / "spse_nontender_ekontrak_kontrak_2025.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]
    _, ours = built(tmp_path, as_json(rows))
    theirs = pipeline.build(read_file(path), pipeline.Choice())
    assert [group.lead.wanted for group in ours] == [group.lead.wanted for group in theirs]
