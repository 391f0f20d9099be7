"""Rows of SPSE's files: what is kept, what is refused, what goes no further."""

from __future__ import annotations

import pytest

from ckanext.smartcity.contracts import codes
from ckanext.smartcity.contracts.importers import plain, spse
from ckanext.smartcity.contracts.importers.rows import NOT_NAMED, FileRefused
from ckanext.smartcity.tests.pure.contracts.spse_files import (
    CONTRACT,
    DROPPED,
    FINISHED,
    ORDER,
    PLANTED,
    as_csv,
    as_json,
    contract,
    read,
    rules,
)


@pytest.mark.parametrize(
    ("columns", "kind"), [(CONTRACT, "contracts"), (ORDER, "start_orders"), (FINISHED, "finished")]
)
def test_kinds_of_files(columns, kind):
    assert spse.kind_of(columns) == kind


def test_a_file_of_another_kind_is_told_what_it_misses():
    with pytest.raises(FileRefused) as refused:
        spse.kind_of([name for name in CONTRACT if name not in ("no_kontrak", "kd_tender")])
    assert refused.value.code == "unknown_columns"
    assert refused.value.found["missing"] == "no_kontrak, kd_tender / kd_nontender"
    with pytest.raises(FileRefused) as refused:
        spse.kind_of([*FINISHED, "no_kontrak"])
    assert refused.value.found["missing"] == "tgl_mulai_pekerjaan, tgl_selesai_pekerjaan"


def test_no_column_that_is_dropped_is_kept():
    assert not set(DROPPED) & set(spse.columns()["keep"])


@pytest.mark.parametrize("form", [as_json, as_csv])
def test_planted_values_of_dropped_columns_are_nowhere(tmp_path, form):
    for row in read(tmp_path, form([CONTRACT]), form([ORDER])):
        assert not [value for value in PLANTED.values() if value in repr(vars(row))]


def test_csv_and_json_of_the_same_rows_are_the_same(tmp_path):
    ours, theirs = read(tmp_path, as_json([CONTRACT]), as_csv([CONTRACT]))
    assert (ours.fields, ours.cells, ours.code) == (theirs.fields, theirs.cells, theirs.code)
    assert ours.code == "93:tender:10002513000"


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"kd_tender": None}, ("kd_tender / kd_nontender", "code_missing")),
        ({"kd_nontender": 5}, ("kd_tender / kd_nontender", "code_missing")),
        ({"kd_tender": "x:1"}, ("kd_tender", "code_form")),
        ({"kd_klpd": "D999"}, ("kd_klpd", "other_government")),
        ({"no_kontrak": "a@b.example"}, ("no_kontrak", "personal_data_number")),
        ({"nama_paket": None}, ("nama_paket", "missing")),
        ({"nilai_kontrak": "1,500"}, ("nilai_kontrak", "number_form")),
        ({"nilai_kontrak": 1.234}, ("nilai_kontrak", "number_form")),
        ({"tahun_anggaran": "25"}, ("tahun_anggaran", "year_form")),
        ({"tgl_kontrak": "01/03/25"}, ("tgl_kontrak", "date_short_year")),
        ({"tgl_kontrak": "2025-02-31"}, ("tgl_kontrak", "date_impossible")),
        ({"status_kontrak": "Entah"}, ("status_kontrak", "status_unknown")),
        ({"versi_addendum": "dua"}, ("versi_addendum", "version_form")),
        ({"kd_satker": None, "kd_satker_str": None}, ("kd_satker", "missing")),
    ],
)
def test_a_row_that_is_refused_says_where(tmp_path, cells, rule):
    (row,) = read(tmp_path, as_json([contract(**cells)]))
    assert row.outcome == "refused"
    assert rule in rules(row)


def test_all_reasons_at_once(tmp_path):
    (row,) = read(tmp_path, as_json([contract(nama_paket=None, nilai_kontrak="-1", tgl_kontrak="x")]))
    assert [column for column, _ in rules(row)] == ["tgl_kontrak", "nama_paket", "nilai_kontrak"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([contract(nilai_kontrak="1.500"), contract(nilai_kontrak="1500.5")], "mixed_numbers"),
        ([contract(), contract(tgl_kontrak="03/25/2025")], "date_month_first"),
    ],
)
def test_a_doubt_about_one_row_that_is_one_about_all(tmp_path, rows, code):
    with pytest.raises(FileRefused, match=code):
        read(tmp_path, as_json(rows))


@pytest.mark.parametrize("form", ["Orang Perseorangan", "KONSULTAN PERSEORANGAN"])
def test_the_name_of_an_individual_goes_no_further(tmp_path, form):
    (row,) = read(tmp_path, as_json([contract(bentuk_usaha_penyedia=form, nama_penyedia="Eko Fiktif")]))
    assert (row.fields["counterparty"], row.fields["supplier_name"]) == ("individual", codes.NO_NAME)
    assert "Eko" not in str(row.fields) + str(row.reasons)


@pytest.mark.parametrize(
    ("form", "name", "kept"),
    [
        ("Perseroan Terbatas (PT) Perorangan", "PT Satu", "PT Satu"),
        ("Perseroan Terbatas (PT)", None, NOT_NAMED),
        ("Bentuk Baru", "Eko Fiktif", NOT_NAMED),
        (None, "Eko Fiktif", NOT_NAMED),
        ("Koperasi", "Koperasi 1234567890123456", NOT_NAMED),
    ],
)
def test_names_of_businesses(tmp_path, form, name, kept):
    (row,) = read(tmp_path, as_json([contract(bentuk_usaha_penyedia=form, nama_penyedia=name)]))
    assert (row.fields["counterparty"], row.fields["supplier_name"], row.outcome) == ("business", kept, "")


def test_personal_data_in_texts(tmp_path):
    (row,) = read(
        tmp_path, as_json([contract(nama_paket="Jasa 199001012015011001", lingkup_pekerjaan="<p>0812-3456-7890</p>")])
    )
    assert (row.fields["title"], row.fields["notes"]) == ("Paket 10002513000", None)
    assert rules(row) == [("nama_paket", "personal_data"), ("lingkup_pekerjaan", "personal_data")]


def test_plain_text():
    assert plain.text("<p>Satu&nbsp;&amp; dua\r\n</p><ul><li>tiga<li>empat</ul><script>x</script>") == (
        "Satu & dua\ntiga\nempat"
    )


def test_a_long_title_is_cut(tmp_path):
    (row,) = read(tmp_path, as_json([contract(nama_paket="x" * 225)]))
    assert row.fields["title"] == "x" * 199 + "…"
    assert rules(row) == [("nama_paket", "text_cut")]


def test_a_long_scope_is_cut(tmp_path):
    (row,) = read(tmp_path, as_json([contract(lingkup_pekerjaan="kata " * 2000)]))
    assert len(row.fields["notes"]) <= spse.SCOPE
    assert rules(row) == [("lingkup_pekerjaan", "text_cut")]


@pytest.mark.parametrize(
    ("name", "same"), [("PT. MAJU JAYA, Tbk.", "Maju-Jaya"), ("CV Maju", "maju"), ("Cvekspres", "CVEKSPRES")]
)
def test_suppliers_spelled_in_several_ways(name, same):
    assert spse.folded_supplier(name) == spse.folded_supplier(same)
