"""The template of an input table, to be filled in: header and one example row, as CSV and as XLSX.

The same for every reader: the second sheet of the workbook describes the columns in both languages.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.catalogue import Column, Table
from ckanext.smartcity.indicators.cells import Notation
from ckanext.smartcity.indicators.reading_options import ReadingOptions

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FORMATS = {"text": "@", "code": "@", "timestamp": "@", "date": "yyyy-mm-dd", "year": "0", "integer": "0"}
"""Of the cells of a column, by its type. As text a code keeps its zeros and a moment its zone."""

FORMATTED_ROWS = 1000
"""Rows below the header whose cells choose from the allowed values."""

LONGEST_LIST = 255
"""Characters of a list of choices that a workbook can hold in a cell's validation."""

DESCRIBED = (
    "Kolom - Column",
    "Jenis - Type",
    "Wajib - Required",
    "Satuan - Unit",
    "Nilai - Values",
    "Nama lain - Aliases",
)
LANGUAGES = ("Keterangan", "Description")


def csv_template(table: Table) -> bytes:
    """Header and example row: UTF-8, comma, LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        ([column.name for column in table.columns], [column.example for column in table.columns])
    )
    return text.getvalue().encode()


def xlsx_template(table: Table) -> bytes:
    """A workbook: the sheet to fill in, named as the table, and a sheet that describes its columns."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = table.name
    for place, column in enumerate(table.columns, 1):
        _fill(sheet, place, column)
    sheet.freeze_panes = "A2"
    _describe(book.create_sheet("Kolom - Columns"), table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Worksheet, place: int, column: Column) -> None:
    """Header, example, format and choices of one column."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(place)
    sheet.cell(1, place, column.name).font = Font(bold=True)
    number_format = FORMATS.get(column.type, "General")
    sheet.column_dimensions[letter].width = max(len(column.name), len(column.example)) + 3
    sheet.column_dimensions[letter].number_format = number_format
    sheet.cell(2, place, _example(column)).number_format = number_format
    _offer(sheet, letter, column)


def _example(column: Column) -> Any:
    """The example as a cell of its type; a moment as text, for a spreadsheet knows no zone."""
    if column.type == "timestamp":
        return column.example or None
    return Notation(ReadingOptions(), ZoneInfo("UTC")).value(column.type, column.example)


def _offer(sheet: Worksheet, letter: str, column: Column) -> None:
    """Let a cell choose from the allowed values, where they are few."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = '"' + ",".join(column.allowed or ()) + '"'
    if column.allowed is None or len(choices) > LONGEST_LIST:
        return
    choice = DataValidation(type="list", formula1=choices, showErrorMessage=column.allowed_level == "error")
    sheet.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{FORMATTED_ROWS}")


def _describe(sheet: Worksheet, table: Table) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append([*DESCRIBED, *LANGUAGES])
    for column in table.columns:
        sheet.append(_description(column))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFGH", (20, 12, 18, 18, 40, 30, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _description(column: Column) -> list[str]:
    return [
        column.name,
        column.type,
        _presence(column),
        f"{column.unit.id} - {column.unit.en}" if column.unit else "",
        _values(column),
        ", ".join(column.aliases),
        column.description.id,
        column.description.en,
    ]


def _presence(column: Column) -> str:
    if column.required:
        return "ya - yes"
    return "kolom saja - column only" if column.in_header else "tidak - no"


def _values(column: Column) -> str:
    least, most = column.bounds.minimum, column.bounds.maximum
    bounds = [f">= {least}" if least is not None else "", f"<= {most}" if most is not None else ""]
    return ", ".join(column.allowed or ()) or " ".join(filter(None, bounds))
