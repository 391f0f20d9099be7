"""Public tables as files: CSV and JSON at the address of their page.

The same bytes for everybody and in every language: decimal points, ISO dates, names in both languages. The ETag is
over these bytes, so it changes with what is shown and with nothing else.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from ckan.plugins import toolkit as tk
from defusedcsv import csv
from flask import Response

UNGUARDED = ("\t", "\r", "\n")  # defusedcsv guards = + - @ | %, but not these


def csv_answer(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Response:
    """A table with a header line; ``None`` is an empty cell.

    A text cell that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return _answer(table.getvalue(), "text/csv; charset=utf-8")


def json_answer(data: dict[str, Any]) -> Response:
    """An answer of an action as it is."""
    return _answer(json.dumps(data, ensure_ascii=False, indent=1), "application/json; charset=utf-8")


def refused(status: int, sentence: str) -> Response:
    """An error as one line of text."""
    return Response(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        value = ";".join(str(item) for item in value)
    if isinstance(value, str) and value.startswith(UNGUARDED):
        return "'" + value
    return value


def _answer(text: str, content_type: str) -> Response:
    """The file, or 304 where the reader has it."""
    body = text.encode()
    response = Response(body, content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(hashlib.sha256(body).hexdigest())
    response.make_conditional(tk.request.environ)
    return response
