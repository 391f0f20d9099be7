"""Tables as offices really publish them: read once it is said how, or refused with what to mend. None is guessed at."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ckanext.smartcity.catalogue import Column, Table
from ckanext.smartcity.catalogue.model import Bounds, Text
from ckanext.smartcity.indicators.checking import Surroundings, check
from ckanext.smartcity.indicators.files import FileRefused
from ckanext.smartcity.indicators.reading_options import ReadingOptions
from ckanext.smartcity.indicators.report import Report

REAL = Path(__file__).parents[5].parent / "shared/data/real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the files of offices are not at hand")

SAID = Text("tabel", "table")


def table(time: str, key: str, **types: str) -> Table:
    """A table of columns with these types; a star behind a type: required."""
    columns = tuple(
        Column(name, kind.rstrip("*"), kind.endswith("*"), False, None, SAID, (), None, "error", None, Bounds(), "")
        for name, kind in types.items()
    )
    return Table("small", 1, SAID, SAID, "upload", time, "02-28", tuple(key.split()), columns)


def read(name: str, small: Table, **options: object) -> tuple[list[tuple[object, ...]], Report]:
    report = Report(1000)
    around = Surroundings(ZoneInfo("Asia/Jakarta"))
    rows = check(small, REAL / name, ReadingOptions(**options), around, report)  # type: ignore[arg-type]
    return [row for _, row in rows], report


def times(report: Report) -> dict[tuple[str, str], int]:
    return {(rule, column): count for (_, rule, column), count in report.counts.items()}


PERMITS = table("tahun", "tahun", tahun="year*", imb="integer", bangunan="integer", luas_bangunan="integer")
KELURAHAN = table(
    "tahun",
    "tahun nama_kecamatan nama_kelurahan",
    tahun="year*",
    **{"nama_provinsi": "text", "nama_kabupaten/kota": "text", "nama_kecamatan": "text*", "nama_kelurahan": "text*"},
    **dict.fromkeys(("laki-laki_wni", "perempuan_wni", "laki-laki_wna", "perempuan_wna"), "integer"),
)
AREAS = table(
    "tahun",
    "tahun nomor_kabupaten nomor_kecamatan no_kelurahan",
    tahun="year*",
    **dict.fromkeys(("nomor_provinsi", "nomor_kabupaten", "nomor_kecamatan", "no_kelurahan"), "code*"),
    **dict.fromkeys(("nama_provinsi", "nama_kabupaten", "nama_kecamatan", "nama_kelurahan"), "text*"),
)
BY_SEX = table(
    "tahun",
    "id",
    id="code*",
    kode_provinsi="code",
    nama_provinsi="text",
    kode_kabupaten_kota="code*",
    nama_kabupaten_kota="text*",
    jenis_kelamin="code*",
    jumlah_penduduk="integer*",
    satuan="text",
    tahun="year*",
)
BUDGET = table("akun", "akun", akun="text*", anggaran="decimal", realisasi="decimal", persentase="decimal")
POVERTY = table("tahun", "tahun", tahun="year*", garis_kemiskinan="integer*")
SCHOOLS = table(
    "kelurahan",
    "id",
    id="code*",
    kelurahan="text*",
    **dict.fromkeys(("tk_negeri", "tk_swasta", "sd_negeri", "sd_swasta", "smp_negeri", "smp_swasta"), "integer*"),
)
CALLS = table("bulan", "bulan", no="integer", bulan="text*", panggilan="integer", total="integer")
CALL_HEADERS = {"_id": "no", "No": "no", "Total Panggilan Masuk": "total"}


# Read as they are, or with reading options


def test_whole_numbers_with_a_decimal_point_are_whole() -> None:
    rows, report = read("jakarta_penduduk_kelurahan_2014.csv", KELURAHAN)
    assert (report.errors, report.years) == (0, {2014: len(rows)})
    assert rows[0][0] == 2014 and rows[0][-4:] == (3266, 3092, None, None)


def test_line_ends_of_old_macs_and_empty_last_columns() -> None:
    _, report = read("jakarta_kode_wilayah_2014_cr.csv", AREAS)
    assert times(report) == {("unknown_column", "Column"): 1, ("unknown_column", "Column2"): 1}
    assert report.rows == 267


def test_blanks_around_a_name_do_not_stay() -> None:
    rows, report = read("jabar_penduduk_jenis_kelamin.csv", BY_SEX)
    assert report.errors == 0 and len(rows) == report.rows
    assert "KOTA BANJAR" in {row[4] for row in rows}
    assert all(row[4] == row[4].strip() for row in rows)


def test_a_tidy_workbook_needs_no_option() -> None:
    rows, report = read("jabar_garis_kemiskinan.xlsx", POVERTY)
    assert (rows, report.errors) == ([(2020, 410988), (2019, 386198), (2018, 367755)], 0)


def test_a_wide_table_is_read_with_its_headers_mapped() -> None:
    rows, report = read("ckan_datastore_sekolah_kelurahan.csv", SCHOOLS, columns={"_id": "id"})
    assert report.errors == 0
    assert rows[0] == ("1", "Kricak", 0, 7, 2, 2, 0, 1)


def test_a_header_below_a_title_is_read_where_it_is_said() -> None:
    small = table("nama_wilayah", "nama_wilayah", nama_wilayah="text*", y0="integer", y1="integer", y2="integer")
    years = {"2020": "y0", "2019": "y1", "2018": "y2"}
    name = "jabar_garis_kemiskinan_bom_semicolon.csv"
    rows, report = read(name, small, columns=years, header_row=2)
    assert (rows, report.errors) == ([("JAWA BARAT", 410988, 386198, 367755)], 0)


def test_thousand_millions_with_a_point_are_read_as_written() -> None:
    rows, report = read("djpk_apbd_surabaya_2021.csv", BUDGET)
    assert report.errors == 0
    assert [str(cell) for cell in rows[0]] == ["Pendapatan Daerah", "8660.40", "8326.88", "96.15"]


# Refused, with what to mend


def test_a_dash_for_a_missing_number_is_told_in_its_place() -> None:
    rows, report = read("jakarta_imb_1998_2012.csv", PERMITS)
    assert [(fault.rule, fault.row, fault.column, fault.value) for fault in report.listed] == [
        ("word_for_missing", 14, "bangunan", "-")
    ]
    assert len(rows) == 14
    rows, report = read("jakarta_imb_1998_2012.csv", PERMITS, values={"bangunan": {"-": ""}})
    assert (report.errors, rows[12]) == (0, (2010, 15413, None, 10296017))


def test_figures_with_a_unit_are_told_with_every_other_fault() -> None:
    _, report = read("djpk_apbd_kota_malang_2024.csv", BUDGET)
    assert {rule for rule, _ in times(report)} == {"number_with_unit"}
    assert times(report)["number_with_unit", "anggaran"] == report.rows


def test_months_first_are_told_and_read_when_it_is_said() -> None:
    small = table("tanggal", "no", no="code*", tanggal="date*", waktu_informasi="text")
    _, report = read("jakarta_kejadian_kebakaran_2013.csv", small)
    assert times(report)["date_not_iso", "tanggal"] == report.rows == 120
    assert times(report)["unknown_column", "rw"] == 1
    _, report = read("jakarta_kejadian_kebakaran_2013.csv", small, date_format="dmy")
    assert times(report)["no_such_day", "tanggal"] > 0
    _, report = read("jakarta_kejadian_kebakaran_2013.csv", small, date_format="mdy")
    assert not {"date_not_iso", "no_such_day"} & {rule for rule, _ in times(report)}


def test_personal_columns_are_refused_by_name() -> None:
    small = table("ukuran_usaha", "nama", nama="text*", ukuran_usaha="text")
    _, report = read("jakarta_ukm_2014.csv", small)
    assert {("unknown_column", "telepon"), ("unknown_column", "npwp"), ("unknown_column", "alamat")} <= set(
        times(report)
    )


def test_a_table_that_is_none_of_ours_names_what_is_missing() -> None:
    small = table("dibayar", "nomor", nomor="code*", dibayar="date*")
    rows, report = read("lpse_tender_ringkas_2012.csv", small)
    assert times(report)["missing_column", "nomor"] == times(report)["missing_column", "dibayar"] == 1
    assert report.errors >= 28 and len(rows) == 70


def test_two_tables_in_one_sheet_are_refused_and_read_one_by_one() -> None:
    _, report = read("ckan_datastore_rekap_112_2025.csv", CALLS, columns=CALL_HEADERS)
    assert times(report)["double_column", "no"] == 1
    assert times(report)["empty", "bulan"] >= 2
    assert times(report)["not_number", "total"] == 1


def test_a_total_row_below_the_rows_is_told() -> None:
    small = table("bulan", "no", id="code", no="integer*", bulan="text", panggilan="integer", total="integer")
    headers = {"_id": "id", "Total Panggilan Masuk": "total"}
    _, report = read("ckan_datastore_rekap_112_2025.csv", small, columns=headers, values={"panggilan": {"Valid": ""}})
    totals = [fault.row for fault in report.listed if fault.rule == "total_row"]
    assert totals == [10, 24]


def test_html_is_refused_whatever_its_name_says() -> None:
    with pytest.raises(FileRefused, match="html"):
        read("bps_garis_kemiskinan_html.xls", POVERTY)


def test_two_encodings_in_one_file_are_refused_at_their_row() -> None:
    small = table("tanggal", "no", no="code*", tanggal="date*")
    with pytest.raises(FileRefused, match="not_utf8") as refused:
        read("bnpb_kecelakaan_transportasi_mixed_encoding.csv", small)
    assert refused.value.found["row"] > 1


def test_every_table_is_read_or_refused_by_every_table_and_never_fails() -> None:
    told: Counter[str] = Counter()
    files = [file for file in sorted(REAL.iterdir()) if file.suffix in {".csv", ".xlsx", ".xls"}]
    for file in files:
        for small in (PERMITS, BUDGET, SCHOOLS):
            try:
                _, report = read(file.name, small)
                told[file.name] += report.errors
            except FileRefused as refused:
                told[file.name] += 1
                assert refused.code
    assert len(told) == len(files) and all(told.values())
