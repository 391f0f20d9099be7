"""Tables in files: CSV, XLSX, or JSON as an array of flat objects, as text cell by cell. Run as a process of its own.

``python -m ckanext.smartcity.contracts.sheets FILE --keep COLUMN ...`` writes one JSON object: ``columns`` and
``dropped`` names, ``rows`` as lists of number and cells, or ``refusal`` and what its sentence names. Columns that are
not kept are dropped here, before anything else sees them. What a file is, is judged by its content.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import zipfile
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from ckanext.smartcity.contracts.text import PARTS, UNPACKED, clean, limit_this_process

SIZE = 20 * 1024 * 1024  # bytes of a file
ROWS = 20_000
COLUMNS = 200
CELL = 50_000  # characters
NAME = 100  # characters of a dropped column's name that are told
DIGITS = 40  # of a number
PROCESSOR = 60  # seconds
DELIMITERS = ",;\t"


class SheetRefused(Exception):
    """A file that is not read. ``code`` says why, ``found`` holds what its sentence names.

    ``too_large``, ``too_many_rows``, ``too_many_columns``, ``long_cell``, ``unknown_type``, ``not_utf8``, ``damaged``,
    ``not_an_array``, ``not_flat``, ``no_header``, ``double_column``, ``ragged``.
    """

    def __init__(self, code: str, **found: Any) -> None:
        super().__init__(code)
        self.code = code
        self.found = found


class Sheet(NamedTuple):
    """Names of the columns that were kept and of those that were not; rows with their number and a text or None for
    each kept column. A table's header is row 1, an array's first object as well."""

    columns: tuple[str, ...]
    dropped: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]


Lines = Iterator[tuple[int, list[Any]]]


def read(path: Path, keep: Collection[str], most_rows: int = ROWS) -> Sheet:
    """The kept columns of a file. Raises ``SheetRefused``."""
    if path.stat().st_size > SIZE:
        raise SheetRefused("too_large", most=SIZE // 1024 // 1024)
    content = path.read_bytes()
    try:
        header, lines = _table(content)
        return _kept(header, lines, frozenset(keep), most_rows)
    except MemoryError:
        raise SheetRefused("too_large", most=SIZE // 1024 // 1024) from None


def _table(content: bytes) -> tuple[list[Any], Lines]:
    if content.startswith(b"PK\x03\x04"):
        return _xlsx(content)
    if b"\0" in content[:4096] or content.startswith(b"%PDF-"):
        raise SheetRefused("unknown_type")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetRefused("not_utf8", row=content.count(b"\n", 0, error.start) + 1) from None
    return _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text)


def _kept(header: list[Any], lines: Lines, keep: frozenset[str], most_rows: int) -> Sheet:
    names = [" ".join(clean(str(name if name is not None else "")).split()).lower() for name in header]
    if len(names) > COLUMNS:
        raise SheetRefused("too_many_columns", most=COLUMNS)
    if not any(names):
        raise SheetRefused("no_header")
    places = {name: place for place, name in enumerate(names) if name in keep}
    for name in places:
        if names.count(name) > 1:
            raise SheetRefused("double_column", column=name)
    rows: list[tuple[int, tuple[str | None, ...]]] = []
    for number, cells in lines:
        if len(rows) == most_rows:
            raise SheetRefused("too_many_rows", most=most_rows)
        rows.append((number, tuple(_cell(cells[place], number, name) for name, place in places.items())))
    dropped = tuple(dict.fromkeys(name[:NAME] for name in names if name and name not in places))
    return Sheet(tuple(places), dropped, tuple(rows))


def _cell(value: Any, row: int, column: str) -> str | None:
    """A cell as text, whatever kind of file it is from."""
    if value is None or isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int | float | Decimal):
        text = _number(value, row, column)
    elif isinstance(value, datetime | date | time):
        text = value.isoformat()
    else:
        raise SheetRefused("not_flat", row=row, column=column)
    if text is not None and len(text) > CELL:
        raise SheetRefused("long_cell", row=row, column=column, most=CELL)
    return None if text is None else clean(text)


def _number(value: int | float | Decimal, row: int, column: str) -> str:
    """A number as digits with a decimal point; one with three decimals gets a fourth, or it would look like groups."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or len(exact.as_tuple().digits) > DIGITS or abs(exact.adjusted()) > DIGITS:
        raise SheetRefused("long_cell", row=row, column=column, most=DIGITS)
    whole, _, decimals = f"{exact:f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals + '0' if len(decimals) == 3 else decimals}" if decimals else whole


# CSV


def _csv(text: str) -> tuple[list[Any], Lines]:
    csv.field_size_limit(SIZE)  # a long cell is told by its column, where it is kept
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header = next(_records(table), [])
    return header, _csv_lines(_records(table), len(header))


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first line into most names."""
    first = text.lstrip("\r\n").splitlines()[:1]
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader(first, delimiter=mark), [])))


def _records(table: Any) -> Iterator[list[str]]:
    """Records of a table; why one cannot be read says the reader in English, so only the line is told."""
    while True:
        try:
            yield next(table)
        except StopIteration:
            return
        except csv.Error:
            raise SheetRefused("damaged", row=table.line_num) from None


def _csv_lines(records: Iterable[list[str]], width: int) -> Lines:
    for number, cells in enumerate(records, 2):
        if any(cell.strip() for cell in cells):
            if len(cells) != width:
                raise SheetRefused("ragged", row=number, cells=len(cells), columns=width)
            yield number, cells


# JSON


def _json(text: str) -> tuple[list[Any], Lines]:
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError):
        raise SheetRefused("damaged", row=1) from None
    if not isinstance(found, list):
        raise SheetRefused("not_an_array")
    header: dict[str, None] = {}
    for number, entry in enumerate(found, 1):
        if not isinstance(entry, dict):
            raise SheetRefused("not_flat", row=number, column="")
        header.update(dict.fromkeys(entry))
    return list(header), ((number, [entry.get(name) for name in header]) for number, entry in enumerate(found, 1))


def _no_number(name: str) -> None:
    raise ValueError(name)


# XLSX


def _xlsx(content: bytes) -> tuple[list[Any], Lines]:
    """The first sheet of a workbook: values, not formulas."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
            raise SheetRefused("too_large", most=UNPACKED // 1024 // 1024)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=COLUMNS + 1, values_only=True)
        header = list(next(rows, ()))
    except (SheetRefused, MemoryError):
        raise
    except Exception:  # a damaged workbook can fail in its reader at any place
        raise SheetRefused("damaged", row=1) from None
    while header and header[-1] is None:
        header.pop()
    return header, _xlsx_lines(rows, len(header))


def _xlsx_lines(rows: Iterator[tuple[Any, ...]], width: int) -> Lines:
    number = 1
    while True:
        number += 1
        try:
            cells = list(next(rows))
        except StopIteration:
            return
        except MemoryError:
            raise
        except Exception:
            raise SheetRefused("damaged", row=number) from None
        if all(cell is None or cell == "" for cell in cells):
            continue
        if any(cell is not None for cell in cells[width:]):
            raise SheetRefused("ragged", row=number, cells=len(cells), columns=width)
        yield number, cells[:width] + [None] * (width - len(cells))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("sheets", description="Write the kept columns of a table as JSON.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--keep", nargs="+", required=True)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args(arguments)
    limit_this_process(PROCESSOR)
    try:
        found: dict[str, Any] = read(given.file, given.keep, given.rows)._asdict()
    except SheetRefused as refused:
        found = {"refusal": refused.code, "found": refused.found}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
