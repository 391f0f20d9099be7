"""Tables in files: the same cells whatever the format, and files that are refused."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from ckanext.smartcity.contracts import sheet_reading, sheets
from ckanext.smartcity.contracts.sheets import SheetRefused, read

KEEP = ("kode", "nilai", "tanggal", "nama")
HEADER = ["kode", "rahasia", "nilai", "nama"]
TABLE = [["10002513000", "x", "1500.5", "PT Maju"], ["7", "y", "", "Baris\ndua"]]
ROWS = ((2, ("10002513000", "1500.5", "PT Maju")), (3, ("7", "", "Baris\ndua")))


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def csv_text(delimiter: str = ",") -> str:
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter).writerows([HEADER, *TABLE])
    return table.getvalue()


def workbook(path: Path, *rows: list) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv(tmp_path, delimiter, mark):
    sheet = read(written(tmp_path / "a", mark + csv_text(delimiter)), KEEP)
    assert sheet == (("kode", "nilai", "nama"), ("rahasia",), ROWS)


def test_json(tmp_path):
    rows = '[{"kode": 10002513000, "rahasia": [1], "nilai": 1500.50, "nama": "PT Maju"}, {"kode": "7", "lain": 1}]'
    sheet = read(written(tmp_path / "a", rows), KEEP)
    assert sheet.rows == ((1, ("10002513000", "1500.5", "PT Maju")), (2, ("7", None, None)))
    assert sheet.dropped == ("rahasia", "lain")


def test_xlsx(tmp_path):
    path = workbook(
        tmp_path / "a",
        ["Kode ", "rahasia", "nilai", "tanggal", None],
        [10002513000.0, "x", 1500.5, datetime(2025, 3, 1)],
        [],
        ["7", "y", None, "2025-03-02", None],
    )
    sheet = read(path, KEEP)
    assert sheet.columns == ("kode", "nilai", "tanggal")
    assert sheet.rows == ((2, ("10002513000", "1500.5", "2025-03-01T00:00:00")), (4, ("7", None, "2025-03-02")))


def test_names_of_columns_can_be_stored(tmp_path):
    assert read(written(tmp_path / "a", '[{"kode": 1, "a\\u0000b": 1, "\\ud800": 1}]'), KEEP).dropped == ("ab", "?")


def test_a_number_with_three_decimals_is_not_taken_for_thousands(tmp_path):
    sheet = read(written(tmp_path / "a", '[{"nilai": 1.234}, {"nilai": 1.500}]'), KEEP)
    assert [cells for _, cells in sheet.rows] == [("1.2340",), ("1.5",)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"data": []}', "not_an_array"),
        ('[{"nama": {"a": 1}}]', "not_flat"),
        ("[1]", "not_flat"),
        ('[{"nilai": NaN}]', "damaged"),
        ('[{"nilai": 1e999999999}]', "long_cell"),
        ("[" * 200_000, "damaged"),
        ('[{"nama": "' + "x" * 50_001 + '"}]', "long_cell"),
        (",".join(f"k{n}" for n in range(201)), "too_many_columns"),
        ("kode,kode\n1,2\n", "double_column"),
        ("kode,nama\n1\n", "ragged"),
        ('kode,nama\n1,"' + "x" * 50_001 + '"\n', "long_cell"),
        ('kode,nama\n1,"x"y\n', "damaged"),
        ("", "no_header"),
        (b"kode,nama\n1,caf\xe9\n", "not_utf8"),
        (b"%PDF-1.7", "unknown_type"),
        (b"\xd0\xcf\x11\xe0\0", "unknown_type"),
        (b"PK\x03\x04 no archive", "damaged"),
    ],
)
def test_files_that_are_refused(tmp_path, content, code):
    with pytest.raises(SheetRefused) as refused:
        read(written(tmp_path / "a", content), KEEP)
    assert refused.value.code == code


def test_the_place_of_an_error_is_told(tmp_path):
    with pytest.raises(SheetRefused) as refused:
        read(written(tmp_path / "a", b"kode,nama\n1,a\n2,caf\xe9\n"), KEEP)
    assert refused.value.found == {"row": 3}


def test_bounds(tmp_path, monkeypatch):
    path = written(tmp_path / "a", csv_text())
    with pytest.raises(SheetRefused, match="too_many_rows"):
        read(path, KEEP, most_rows=1)
    monkeypatch.setattr(sheets, "SIZE", 10)
    with pytest.raises(SheetRefused, match="too_large"):
        read(path, KEEP)


def test_a_long_name_of_a_dropped_column_is_told_in_part(tmp_path):
    path = written(tmp_path / "a", json.dumps([{"kode": "1", "x" * 1_000_000: "2"}]).encode())
    assert read(path, KEEP).dropped == ("x" * sheets.NAME,)


def test_an_archive_that_unpacks_to_too_much(tmp_path):
    path = tmp_path / "a"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.UNPACKED + 1))
    with pytest.raises(SheetRefused, match="too_large"):
        read(path, KEEP)


def test_a_cell_without_a_column(tmp_path):
    path = workbook(tmp_path / "a", ["kode"], [], ["1", None, "x"])
    with pytest.raises(SheetRefused, match="ragged"):
        read(path, KEEP)


def test_a_reader_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(SheetRefused, match="timeout"):
        sheet_reading.read(written(tmp_path / "a", csv_text()), KEEP, seconds=0.001)


def test_a_reader_that_crashes(tmp_path):
    with pytest.raises(SheetRefused, match="crashed"):
        sheet_reading.read(tmp_path / "missing", KEEP)


def test_the_reader_in_a_process_gives_the_same(tmp_path):
    path = written(tmp_path / "a", csv_text())
    assert sheet_reading.read(path, KEEP) == read(path, KEEP)
    with pytest.raises(SheetRefused) as refused:
        sheet_reading.read(path, KEEP, most_rows=1)
    assert (refused.value.code, refused.value.found) == ("too_many_rows", {"most": 1})


def test_a_process_of_its_own(tmp_path):
    path = written(tmp_path / "a", csv_text())
    words = [sys.executable, "-m", "ckanext.smartcity.contracts.sheets", str(path), "--keep", *KEEP]
    found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert found["columns"] == ["kode", "nilai", "nama"]
    assert found["rows"][1] == [3, ["7", "", "Baris\ndua"]]
    written(path, "{}")
    found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert found == {"refusal": "not_an_array", "found": {}}
