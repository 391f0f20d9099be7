"""The rows of a file, one after the other in flat memory: CSV and XLSX. What a file is, is judged by its content.

A file beyond the bounds, or of another kind, is refused as a whole (FileRefused); everything else is told by its row.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from ckanext.smartcity.indicators.reading_options import ReadingOptions

COLUMNS = 200
CELL = 50_000  # characters
UNPACKED = 500 * 1024 * 1024  # bytes of a workbook's parts together
PARTS = 2000
DELIMITERS = ",;\t|"
BLOCK = 1024 * 1024
BLOCK_EDGE = 64
OLE = b"\xd0\xcf\x11\xe0"
SHARED_TEXTS = 100 * 1024 * 1024
"""Bytes of the texts that the cells of a workbook share: they stand in memory while it is read."""

SHEET_ROWS = 1_048_576
"""More rows has no spreadsheet; a row number beyond is made up."""

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


class _Uncalculated:
    def __str__(self) -> str:
        return ""


UNCALCULATED = _Uncalculated()
"""Stands for a formula cell without a stored value."""


class FileRefused(Exception):
    """A file that is not read. ``code`` says why; ``found`` holds what its sentence names.

    ``too_large``, ``too_many_columns``, ``long_cell``, ``unknown_type``, ``html``, ``old_xls``, ``not_utf8``,
    ``not_decodable``, ``broken_quotes``, ``damaged``, ``no_such_sheet``, ``no_header``.
    """

    def __init__(self, code: str, **found: Any) -> None:
        super().__init__(code)
        self.code, self.found = code, found


class Line(NamedTuple):
    """One row of a file: its number (the first line of a CSV file is 1) and its cells."""

    number: int
    cells: list[Any]


def lines(path: Path, options: ReadingOptions) -> Iterator[Line]:
    """The rows of a file from the header row on, without empty ones. Raises FileRefused, also while it is read."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    if beginning.startswith(b"PK\x03\x04"):
        found = _xlsx(path, options)
    else:
        _refuse_others(beginning)
        found = _csv(path, options)
    for line in found:
        if line.number < options.header_row:
            continue
        if options.last_row is not None and line.number > options.last_row:
            return
        cells = line.cells
        while cells and is_empty(cells[-1]):
            cells.pop()
        if len(cells) > COLUMNS:
            raise FileRefused("too_many_columns", most=COLUMNS)
        for cell in cells:
            if isinstance(cell, str) and len(cell) > CELL:
                raise FileRefused("long_cell", row=line.number, most=CELL)
        if cells:
            yield line


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell, or blanks only."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def _refuse_others(beginning: bytes) -> None:
    if beginning.startswith(OLE):
        raise FileRefused("old_xls")
    start = beginning.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise FileRefused("html")
    if b"\0" in beginning or beginning.startswith((b"%PDF-", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise FileRefused("unknown_type")


# CSV


def _csv(path: Path, options: ReadingOptions) -> Iterator[Line]:
    csv.field_size_limit(2 * CELL)
    delimiter = _delimiter(path, options)
    with path.open("rb") as file:
        reader = csv.reader(_text_lines(file, options.encoding), delimiter=delimiter, strict=True)
        begin = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                code = "long_cell" if "field larger" in str(error) else "broken_quotes"
                raise FileRefused(code, row=begin, most=CELL) from None
            yield Line(begin, cells)
            begin = reader.line_num + 1


def _text_lines(file: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The lines of a file as text with any line end made one; a byte that is none tells its line."""
    for number, raw in enumerate(_byte_lines(file), 1):
        try:
            text = raw.decode("utf-8-sig" if encoding == "utf-8" and number == 1 else encoding)
        except UnicodeDecodeError:
            raise FileRefused("not_utf8" if encoding == "utf-8" else "not_decodable", row=number) from None
        yield text


def _byte_lines(file: Any) -> Iterator[bytes]:
    """Lines that end in LF, CR LF or CR, each ended by LF; one that never ends is refused."""
    rest, number = b"", 1
    while block := file.read(BLOCK):
        text = rest + block
        held = text.endswith(b"\r")
        text = (text[:-1] if held else text).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, rest = text.split(b"\n")
        yield from (line + b"\n" for line in whole)
        number += len(whole)
        rest += b"\r" if held else b""
        if len(rest) > COLUMNS * CELL:
            raise FileRefused("long_cell", row=number, most=CELL)
    if rest:
        yield rest.replace(b"\r", b"\n")


def _delimiter(path: Path, options: ReadingOptions) -> str:
    """The delimiter that cuts the first line of the header row into most names."""
    with path.open("rb") as file:
        for number, line in enumerate(_text_lines(file, options.encoding), 1):
            if number >= options.header_row and line.strip():
                return max(DELIMITERS, key=lambda delimiter: len(next(csv.reader([line], delimiter=delimiter))))
    raise FileRefused("no_header")


# XLSX


def _xlsx(path: Path, options: ReadingOptions) -> Iterator[Line]:
    """The rows of one sheet: stored values; a formula without one is marked.

    The file is read a second time, formulas and all, only where there are any.
    """
    formulas = _looked_through(path)
    with path.open("rb") as file, path.open("rb") as again:
        values = _rows(file, options, data_only=True)
        if not formulas:
            yield from (Line(number, list(row)) for number, row in enumerate(values, 1))
            return
        written = _rows(again, options, data_only=False)
        for number, (stored, cells) in enumerate(zip(values, written, strict=True), 1):
            yield Line(number, [_cell(value, formula) for value, formula in zip(stored, cells, strict=True)])


def _rows(file: IO[bytes], options: ReadingOptions, data_only: bool) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook

    number = 0
    try:
        book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
        for number, row in enumerate(_sheet(book, options).iter_rows(values_only=True), 1):
            if number > SHEET_ROWS:
                raise FileRefused("damaged", row=SHEET_ROWS)
            yield row
    except FileRefused:
        raise
    except Exception:  # a damaged workbook can fail in its reader at any place
        raise FileRefused("damaged", row=number + 1) from None


def _cell(value: Any, written: Any) -> Any:
    return UNCALCULATED if value is None and written is not None else value


def _sheet(book: Any, options: ReadingOptions) -> Any:
    names = book.sheetnames
    if options.sheet and options.sheet not in names:
        raise FileRefused("no_such_sheet", sheet=options.sheet, known=names)
    sheet = book[options.sheet] if options.sheet else book.worksheets[0]
    sheet.reset_dimensions()
    return sheet


def _looked_through(path: Path) -> bool:
    """Whether a workbook holds formulas. Raises FileRefused for what is beyond the bounds or no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts)
            sheets = [part for part in parts if "worksheets/" in part.filename]
            return any(_holds_formula(archive, part) for part in sheets)
    except FileRefused:
        raise
    except Exception:  # each way of packing fails in its own way
        raise FileRefused("damaged", row=1) from None


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    shared = sum(part.file_size for part in parts if part.filename.casefold().endswith("sharedstrings.xml"))
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise FileRefused("too_large", most=UNPACKED // 1024 // 1024)
    if shared > SHARED_TEXTS:
        raise FileRefused("too_large", most=SHARED_TEXTS // 1024 // 1024)
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise FileRefused("unknown_type")


def _holds_formula(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    end = b""
    with archive.open(part) as file:
        while block := file.read(BLOCK):
            if _FORMULA.search(end + block):
                return True
            end = block[-BLOCK_EDGE:]
    return False
