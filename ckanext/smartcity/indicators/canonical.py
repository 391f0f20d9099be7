"""The canonical form of a table's rows: one way of writing, so that equal rows give equal bytes and an equal digest.

CSV in UTF-8: columns in the order of the definition, rows sorted by their key in byte order, LF; text and codes always
quoted, other cells never; an empty cell is unknown; ``true``/``false``, ISO dates, moments in UTC with six decimals and
``Z``, numbers without trailing zeros. It has no guard against formulas: ``sha256sum`` must print the digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from ckanext.smartcity.catalogue import Table
from ckanext.smartcity.indicators.arithmetic import plain
from ckanext.smartcity.indicators.cells import Value
from ckanext.smartcity.indicators.fingerprints import moment


def written(value: Value, kind: str) -> str:
    """One cell in canonical form."""
    if value is None:
        return ""
    if kind in ("text", "code"):
        return '"' + str(value).replace('"', '""') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"{plain(Decimal(value)):f}"


def header(table: Table) -> bytes:
    """The first line."""
    return (",".join(column.name for column in table.columns) + "\n").encode()


def line(table: Table, row: Iterable[Value]) -> bytes:
    """One row."""
    return (
        ",".join(written(value, column.type) for value, column in zip(row, table.columns, strict=True)) + "\n"
    ).encode()


def canonical_csv(table: Table, rows: Iterable[tuple[Value, ...]]) -> Iterator[bytes]:
    """The lines of a table. Rows are sorted here: for what fits into memory; the loader lets the database sort."""
    places = [index for index, column in enumerate(table.columns) if column.name in table.key]
    kinds = [column.type for column in table.columns]
    yield header(table)
    yield from (
        line(table, row) for row in sorted(rows, key=lambda row: [sort_key(row[at], kinds[at]) for at in places])
    )


def sort_key(value: Value, kind: str) -> bytes | int:
    """Texts in byte order, numbers and days by size."""
    if isinstance(value, (datetime, date)):
        return written(value, kind).encode()
    return value if isinstance(value, int) else str(value).encode()


def digest(lines: Iterable[bytes]) -> str:
    """SHA-256 of a canonical CSV, 64 hexadecimal digits."""
    found = hashlib.sha256()
    for part in lines:
        found.update(part)
    return found.hexdigest()


def row_key(table: Table, values: Iterable[Value]) -> str:
    """The key of a row in canonical form, from the values of its key columns: ``"iso37122:2019/7.10",2025``."""
    kinds = [table.column(name).type for name in table.key]
    return ",".join(written(value, kind) for value, kind in zip(values, kinds, strict=True))


def row_digest(table: Table, row: Iterable[Value]) -> str:
    """SHA-256 of one row, for tables whose rows are fingerprinted one by one."""
    return hashlib.sha256(line(table, row)).hexdigest()
