"""The rows of a file, one after the other in flat memory: CSV and XLSX. What a file is, is judged by its content.

A file beyond the bounds, or of another kind, is refused as a whole (FileRefused); everything else is told by its row.
"""

from __future__ import annotations

import codecs
import csv
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
OLE = b"\xd0\xcf\x11\xe0"
UNCALCULATED = "\0formula"
"""Stands for a formula cell without a stored value; no text of a cell can be it."""


class FileRefused(Exception):
    """A file that is not read. ``code`` says why; ``found`` holds what its sentence names.

    ``too_large``, ``too_many_columns``, ``long_cell``, ``unknown_type``, ``html``, ``old_xls``, ``not_utf8``,
    ``not_decodable``, ``damaged``, ``no_such_sheet``, ``no_header``.
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
        while line.cells and line.cells[-1] in (None, ""):
            line.cells.pop()
        if len(line.cells) > COLUMNS:
            raise FileRefused("too_many_columns", most=COLUMNS)
        if any(isinstance(cell, str) and len(cell) > CELL for cell in line.cells):
            raise FileRefused("long_cell", row=line.number, most=CELL)
        if any(not (cell is None or (isinstance(cell, str) and not cell.strip())) for cell in line.cells):
            yield line


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
                code = "long_cell" if "field larger" in str(error) else "damaged"
                raise FileRefused(code, row=begin, most=CELL) from None
            yield Line(begin, list(cells))
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
    rest = b""
    while block := file.read(BLOCK):
        text = rest + block
        held = text.endswith(b"\r")
        text = (text[:-1] if held else text).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, rest = text.split(b"\n")
        yield from (line + b"\n" for line in whole)
        rest += b"\r" if held else b""
        if len(rest) > COLUMNS * CELL:
            raise FileRefused("long_cell", row=0, most=CELL)
    if rest:
        yield rest.replace(b"\r", b"\n")


def _delimiter(path: Path, options: ReadingOptions) -> str:
    """The delimiter that cuts the header row into most names."""
    with path.open("rb") as file:
        for number, line in enumerate(_text_lines(file, options.encoding), 1):
            if number >= options.header_row and line.strip():
                return max(DELIMITERS, key=line.count)
    raise FileRefused("no_header")


# XLSX


def _xlsx(path: Path, options: ReadingOptions) -> Iterator[Line]:
    """The rows of one sheet: stored values; a formula without one is marked."""
    _refuse_bomb(path)
    with path.open("rb") as values, path.open("rb") as formulas:
        yield from _sheet_lines(values, formulas, options)


def _sheet_lines(values: IO[bytes], formulas: IO[bytes], options: ReadingOptions) -> Iterator[Line]:
    from openpyxl import load_workbook

    try:
        books = (load_workbook(values, read_only=True, data_only=True), load_workbook(formulas, read_only=True))
        sheets = [_sheet(book, options) for book in books]
        rows = zip(*(sheet.iter_rows(max_col=COLUMNS + 1, values_only=True) for sheet in sheets), strict=True)
    except FileRefused:
        raise
    except Exception:  # a damaged workbook can fail in its reader at any place
        raise FileRefused("damaged", row=1) from None
    number = 0
    while True:
        number += 1
        try:
            stored, written = next(rows)
        except StopIteration:
            return
        except Exception:
            raise FileRefused("damaged", row=number) from None
        yield Line(number, [_cell(value, formula) for value, formula in zip(stored, written, strict=True)])


def _cell(value: Any, formula: Any) -> Any:
    if value is None and isinstance(formula, str) and formula.startswith("="):
        return UNCALCULATED
    return value


def _sheet(book: Any, options: ReadingOptions) -> Any:
    names = book.sheetnames
    if options.sheet and options.sheet not in names:
        raise FileRefused("no_such_sheet", sheet=options.sheet, known=names)
    sheet = book[options.sheet] if options.sheet else book.worksheets[0]
    sheet.reset_dimensions()
    return sheet


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise FileRefused("damaged", row=1) from None
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise FileRefused("too_large", most=UNPACKED // 1024 // 1024)
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise FileRefused("unknown_type")
