"""A file against its table: every fault in one report, good rows typed, nothing guessed."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.indicators.checking import Surroundings, check
from ckanext.smartcity.indicators.files import FileRefused
from ckanext.smartcity.indicators.reading_options import ReadingOptions, read_options
from ckanext.smartcity.indicators.report import Report

CATALOGUE = catalogue.load()
JAKARTA = ZoneInfo("Asia/Jakarta")
HEADER = "payment_id,paid_on,amount,invoice_form,method,state"
GOOD = "B-1,2025-07-02,350000,electronic,qris,settled"


@pytest.fixture
def read(tmp_path):
    """Check a file: rows with their numbers, faults as (rule, row, column), the report."""

    def read_file(content, table="payments", options=None, years=(), organizations=(), limit=100):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = Report(limit)
        around = Surroundings(JAKARTA, years, organizations)
        rows = list(check(CATALOGUE.table(table), path, options or ReadingOptions(), around, report))
        return rows, [(fault.rule, fault.row, fault.column) for fault in report.listed], report

    return read_file


def workbook(*rows, sheet="Data"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def payments(*rows):
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_good_row_is_typed_in_the_order_of_the_table(read):
    rows, faults, report = read(payments(GOOD), years=[2025])
    assert faults == []
    assert rows == [(2, ("B-1", date(2025, 7, 2), 350000, None, "electronic", "qris", "settled"))]
    assert (report.rows, report.years) == (1, {2025: 1})


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + payments(GOOD),
        payments(GOOD).replace(",", ";"),
        payments(GOOD).replace(",", "\t"),
        payments(GOOD).replace(",", "|"),
        payments(GOOD).replace("\n", "\r\n"),
        payments(GOOD).replace("\n", "\r"),
        payments(GOOD).rstrip("\n"),
        payments(GOOD).replace("\n", "\n\n"),
        payments(GOOD).replace("payment_id", "Nomor Pembayaran").replace("paid_on", "TANGGAL_BAYAR"),
        payments(GOOD).replace(HEADER, HEADER + ",,").replace(GOOD, GOOD + ",,"),
        workbook(HEADER.split(","), ["B-1", date(2025, 7, 2), 350000, "electronic", "qris", "settled"]),
    ],
)
def test_usual_ways_of_writing_a_file_need_no_option(read, content):
    rows, faults, _ = read(content)
    assert faults == []
    assert rows[0][1][:3] == ("B-1", date(2025, 7, 2), 350000)


def test_every_fault_of_every_row_stands_in_one_report(read):
    rows, faults, report = read(
        payments(
            "B-1,02/07/2025,-5,electronic,gopay,settled",
            GOOD.replace("B-1", "B-2"),
            ",2025-07-02,2.426 M,,,done",
        ),
        years=[2024, 2025],
    )
    assert [number for number, _ in rows] == [3]
    assert faults == [
        ("date_not_iso", 2, "paid_on"),
        ("out_of_bounds", 2, "amount"),
        ("not_allowed", 2, "method"),
        ("empty", 4, "payment_id"),
        ("number_with_unit", 4, "amount"),
        ("not_allowed", 4, "state"),
        ("no_rows_in_year", None, "paid_on"),
    ]
    assert (report.rows, report.errors, report.warnings) == (3, 6, 1)


def test_counting_goes_on_when_the_list_is_full(read):
    _, faults, report = read(payments(*[GOOD.replace("350000", "x")] * 50), limit=10)
    assert (len(faults), report.errors) == (10, 50)
    assert report.stored()["counts"] == [{"level": "error", "rule": "not_number", "column": "amount", "times": 50}]


def test_a_warning_is_loaded_all_the_same(read):
    header = "inquiry_id,kind,is_emergency,is_complaint,is_accessibility,submitted_at,responded_at,state"
    line = "T-1,pengaduan umum,false,,false,2025-02-03T09:15,2025-02-02T09:15,answered"
    rows, faults, report = read(f"{header}\n{line}\n", "inquiries")
    assert faults == [("not_allowed", 2, "kind"), ("answered_before_asked", 2, "responded_at")]
    assert (len(rows), report.errors, report.warnings) == (1, 0, 2)


def test_a_condition_of_a_rule_is_heeded(read):
    header = "receipt_id,received_on,kind,amount,sharing,refund"
    good = "P-1,2025-05-14,levy,-100,false,true"
    bad = "P-2,2025-05-14,levy,-100,false,false"
    rows, faults, _ = read(f"{header}\n{good}\n{bad}\n", "revenue")
    assert faults == [("negative_amount", 3, "amount")]
    assert len(rows) == 1


def test_an_agency_that_is_no_organization_is_a_warning(read):
    columns = "service_id,name,area,agency,provider,audience,accessible,requestable,central,active_from"
    line = "L-1,Izin,permits-licences,{},city,people,true,true,true,2021-01-04"
    lines = "\n".join((columns, line.format("dpmptsp"), line.format("dinas-lain").replace("L-1", "L-2")))
    _, faults, report = read(lines, "city_services", organizations=["dpmptsp"])
    assert faults == [("unknown_organization", 3, "agency")]
    assert report.errors == 0


# The header


def test_unknown_and_missing_columns_are_told_by_name(read):
    _, faults, _ = read("payment_id,paid_on,amount,nama_pembayar,state\n" + "B-1,2025-07-02,1,Budi,settled\n")
    assert faults == [
        ("unknown_column", 1, "nama_pembayar"),
        ("missing_column", 1, "invoice_form"),
        ("missing_column", 1, "method"),
    ]


def test_a_column_stands_once(read):
    assert ("double_column", 1, "amount") in read(payments(GOOD).replace("state", "jumlah"))[1]


def test_a_header_in_a_lower_row_is_pointed_at(read):
    _, _, report = read("Data Pembayaran 2025\n\n" + payments(GOOD))
    assert {fault.found.get("header_row") for fault in report.listed if fault.rule == "missing_column"} == {3}


def test_the_pointed_row_reads_the_file(read):
    rows, faults, _ = read("Data Pembayaran 2025\n\n" + payments(GOOD), options=ReadingOptions(header_row=3))
    assert (faults, rows[0][0]) == ([], 4)


def test_an_empty_header_over_cells_is_told(read):
    content = payments(GOOD).replace(HEADER, HEADER + ",").replace(GOOD, GOOD + ",catatan")
    assert ("empty_header", 1, "") in read(content)[1]


def test_a_total_row_is_no_row_of_data(read):
    _, _, report = read(payments(GOOD, "Jumlah,,350000,,,"))
    assert [(fault.rule, fault.row, fault.found) for fault in report.listed] == [("total_row", 3, {"row": 2})]


def test_the_last_row_leaves_totals_and_notes_out(read):
    rows, faults, _ = read(payments(GOOD, "Jumlah,,350000,,,", "Sumber: Bapenda"), options=ReadingOptions(last_row=2))
    assert (faults, len(rows)) == ([], 1)


def test_cells_beyond_the_header_are_told(read):
    more = [GOOD.replace("B-1", f"B-{number}") for number in range(2, 30)]
    assert read(payments(GOOD, *more, GOOD.replace("B-1", "C") + ",x"))[1] == [("cell_without_column", 31, "")]


def test_a_file_with_a_header_only_has_no_rows(read):
    assert read(payments())[1] == [("no_rows", None, "")]


# Reading options


def test_local_headers_and_values_are_mapped(read):
    text = (
        '{"columns": {"No Bayar": "payment_id"}, "values": {"method": {"QRIS": "qris"}, "state": {"lunas": "settled"}}}'
    )
    options, wrong = read_options(text, CATALOGUE.table("payments"))
    assert wrong == []
    content = payments(GOOD.replace("qris", "QRIS").replace("settled", "lunas")).replace("payment_id", "no bayar")
    rows, faults, _ = read(content, options=options)
    assert (faults, rows[0][1][5:]) == ([], ("qris", "settled"))


@pytest.mark.parametrize(
    ("text", "rule", "column"),
    [
        ("[]", "map_no_object", ""),
        ("{", "map_no_object", ""),
        ('{"colums": {}}', "map_unknown_key", "colums"),
        ('{"columns": {"a": "b"}}', "map_unknown_column", "columns"),
        ('{"columns": {"a": 1}}', "map_no_texts", "columns"),
        ('{"values": {"price": {}}}', "map_unknown_column", "values"),
        ('{"values": []}', "map_no_object", "values"),
        ('{"number_format": "de"}', "map_not_known", "number_format"),
        ('{"header_row": 0}', "map_no_row", "header_row"),
        ('{"header_row": true}', "map_no_row", "header_row"),
        ('{"header_row": 101}', "map_no_row", "header_row"),
        ('{"sheet": 1}', "map_no_texts", "sheet"),
    ],
)
def test_a_wrong_option_is_told(text, rule, column):
    _, faults = read_options(text, CATALOGUE.table("payments"))
    assert [(fault.rule, fault.column) for fault in faults] == [(rule, column)]


def test_windows_1252_is_read_when_it_is_said(read):
    header = "year,population,source"
    content = f"{header}\n2025,100,Dinas \u201cA\u201d\n".encode("windows-1252")
    with pytest.raises(FileRefused, match="not_utf8") as refused:
        read(content, "population")
    assert refused.value.found["row"] == 2
    rows, faults, _ = read(content, "population", options=ReadingOptions(encoding="windows-1252"))
    assert (faults, rows[0][1][2]) == ([], "Dinas \u201cA\u201d")


def test_a_sheet_is_chosen_by_its_name(read):
    content = workbook(["x"], sheet="Catatan")
    with pytest.raises(FileRefused, match="no_such_sheet") as refused:
        read(content, options=ReadingOptions(sheet="Data"))
    assert refused.value.found["known"] == ["Catatan"]


# Files that are refused as a whole


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (501 * 1024 * 1024))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_header"),
        (b"\n\n", "no_header"),
        (b"<html><table>", "html"),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_xls"),
        (b"%PDF-1.7", "unknown_type"),
        (b"a,b\x00\n", "unknown_type"),
        (b"PK\x03\x04broken", "damaged"),
        (("x" * 50_001 + ",b\n").encode(), "long_cell"),
        (('a,b\n"' + "x" * 50_001 + '",b\n').encode(), "long_cell"),
        (",".join(["a"] * 201).encode(), "too_many_columns"),
        (b'a,b\n"unclosed', "broken_quotes"),
    ],
    ids=str,
)
def test_a_file_of_another_kind_is_refused(read, content, code):
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.code == code


def test_a_workbook_that_unpacks_too_large_is_refused(read):
    with pytest.raises(FileRefused, match="too_large"):
        read(bomb())


def test_a_formula_without_a_stored_value_is_told(read):
    content = workbook(HEADER.split(","), ["B-1", date(2025, 7, 2), "=1+1", "electronic", "qris", "settled"])
    assert read(content)[1] == [("formula_without_value", 2, "amount")]


def test_a_number_in_a_code_column_of_a_workbook_is_told(read):
    content = workbook(HEADER.split(","), [7, date(2025, 7, 2), 1, "electronic", "qris", "settled"])
    assert read(content)[1] == [("number_in_code_column", 2, "payment_id")]
