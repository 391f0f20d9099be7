"""A template read back by the check has no error; a spreadsheet keeps the codes that are typed into it."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.indicators.blank_tables import csv_template, xlsx_template
from ckanext.smartcity.indicators.checking import Surroundings, check
from ckanext.smartcity.indicators.reading_options import ReadingOptions
from ckanext.smartcity.indicators.report import Report

CATALOGUE = catalogue.load()
ORGANIZATIONS = [agency.slug for agency in CATALOGUE.agencies]


def workbook(name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx_template(CATALOGUE.table(name))))


@pytest.mark.parametrize("template", [csv_template, xlsx_template])
@pytest.mark.parametrize("name", CATALOGUE.tables)
def test_a_template_read_back_has_no_fault(tmp_path, name, template):
    table = CATALOGUE.table(name)
    path = tmp_path / "template"
    path.write_bytes(template(table))
    report = Report(limit=100)
    around = Surroundings(ZoneInfo("Asia/Jakarta"), (), ORGANIZATIONS)
    rows = list(check(table, path, ReadingOptions(), around, report))
    assert report.listed == []
    assert len(rows) == 1
    assert [value is None for value in rows[0][1]] == [column.example == "" for column in table.columns]


@pytest.mark.parametrize("name", CATALOGUE.tables)
def test_both_formats_hold_the_same_row(tmp_path, name):
    table = CATALOGUE.table(name)
    found = []
    for template in (csv_template, xlsx_template):
        path = tmp_path / template.__name__
        path.write_bytes(template(table))
        around = Surroundings(ZoneInfo("Asia/Jakarta"), (), ORGANIZATIONS)
        found.append(list(check(table, path, ReadingOptions(), around, Report(limit=1))))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", CATALOGUE.tables)
def test_columns_of_text_keep_what_is_typed_below_the_example(name):
    sheet = workbook(name).worksheets[0]
    for place, column in enumerate(CATALOGUE.table(name).columns, 1):
        letter = openpyxl.utils.get_column_letter(place)
        is_text = column.type in ("text", "code", "timestamp")
        assert (sheet.column_dimensions[letter].number_format == "@") == is_text, column.name
        assert (sheet.cell(2, place).number_format == "@") == is_text, column.name


def test_a_cell_offers_the_values_that_its_column_allows():
    choices = {str(one.sqref): one for one in workbook("payments").worksheets[0].data_validations.dataValidation}
    assert choices["G2:G1000"].formula1 == '"settled,failed,reversed"'
    kind = workbook("inquiries").worksheets[0].data_validations.dataValidation[0]
    assert "information" in kind.formula1
    assert not kind.showErrorMessage


def test_the_second_sheet_describes_each_column_in_both_languages():
    rows = list(workbook("payments").worksheets[1].iter_rows(values_only=True))
    assert len(rows) == 1 + len(CATALOGUE.table("payments").columns)
    assert rows[3] == (
        "amount",
        "decimal",
        "ya - yes",
        "rupiah - rupiah",
        ">= 0",
        "jumlah, nilai",
        "Jumlah",
        "Amount",
    )
    assert rows[5][2] == "kolom saja - column only"
    assert rows[5][4] == "electronic, paper, none"
