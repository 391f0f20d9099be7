"""The register as a CSV file: columns, cells, lines. Pure; the same bytes for every reader and in every language.

Decimal points, ISO days, ``true`` and ``false``, lists joined by ``;``. A text cell that a spreadsheet would run as a
formula gets an apostrophe in front (OWASP, CSV injection); numbers stay numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from defusedcsv import csv

BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as Windows-1252."""

UNGUARDED = ("\t", "\r", "\n")
"""First characters of a formula that defusedcsv does not guard; it does ``= + - @ | %``."""

FIELDS = (
    "title",
    "name",
    "tender_code",
    "rup_code",
    "ocid",
    "contract_number",
    "supplier_name",
    "counterparty",
    "value_amount",
    "signed_date",
    "start_date",
    "end_date",
    "dates_assumed",
    "terminated_date",
    "budget_year",
    "procurement_method",
    "procurement_category",
    "contract_status",
    "provides_city_service",
    "city_service_areas",
    "open_data_clause",
    "clause_reason",
    "clause_scope_note",
    "clause_decided_date",
    "clause_rule_version",
    "import_source",
    "license_id",
)
"""Fields of the type ``service_contract`` that are exported, by their names in the dataset."""

EVIDENCE = ("clause_from", "clause_until", "quote", "page", "document_sha256")

COLUMNS = ("contract_id", "organization", *FIELDS, *EVIDENCE, "url")


def lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The file, line by line: byte order mark and header, then a line for each row.

    Rows are mappings with all of ``COLUMNS``; ``None`` is an empty cell.
    """
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for row in rows:
        yield _line([_cell(row[column]) for column in COLUMNS])


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        value = ";".join(str(item) for item in value)
    if isinstance(value, str) and value.startswith(UNGUARDED):
        return "'" + value
    return value
