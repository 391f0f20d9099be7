"""Rows of figures into ``smartcity_visit_count``: the larger value stays, so order and repeats do not matter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from ckanext.smartcity.visits.models import METRICS, OBJECT_HOUR

TABLE = "smartcity_visit_count"
INCOMING = "smartcity_visit_incoming"
_MAKE_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS smartcity_visit_incoming (LIKE smartcity_visit_count INCLUDING DEFAULTS)
"""


class RowKey(NamedTuple):
    """The primary key of a row of figures."""

    day: date
    hour: int
    kind: str
    object_id: str
    source: str
    run: str
    method: str


Rows = dict[RowKey, dict[str, int]]
"""Figures by row: metric -> value."""

_KEY = ", ".join(RowKey._fields)
_ALL = ", ".join((*RowKey._fields, *METRICS))
_MERGE = f"""
INSERT INTO {TABLE} AS t ({_ALL})
SELECT {_ALL} FROM {INCOMING} ORDER BY {_KEY}
ON CONFLICT ({_KEY}) DO UPDATE SET {", ".join(f"{name} = GREATEST(t.{name}, excluded.{name})" for name in METRICS)}
WHERE {" OR ".join(f"excluded.{name} > t.{name}" for name in METRICS)}
"""  # noqa: S608  names of columns, all ours. In order of the key: two at once take their locks in the same order.


def row_key(bucket: str, thing: str, source: str, run: str, method: str) -> RowKey:
    """The row of an object (``kind|id``) in a bucket: an hour ``YYYY-MM-DDTHH`` or a day ``YYYY-MM-DD``."""
    kind, _, object_id = thing.partition("|")
    day, _, hour = bucket.partition("T")
    return RowKey(date.fromisoformat(day), int(hour) if hour else OBJECT_HOUR, kind, object_id, source, run, method)


def add(rows: Rows, bucket: str, field: str, value: int, *, source: str, run: str, method: str) -> None:
    """Put the value of a counter field ``kind|id|metric`` into its row."""
    thing, _, metric = field.rpartition("|")
    rows.setdefault(row_key(bucket, thing, source, run, method), {})[metric] = value


def merge(connection: sa.Connection, rows: Mapping[RowKey, Mapping[str, int]]) -> int:
    """Merge the rows into the table; gives how many rows changed. Does not commit."""
    if not rows:
        return 0
    connection.execute(sa.text(_MAKE_INCOMING))
    connection.execute(sa.text("TRUNCATE smartcity_visit_incoming"))
    _copy(connection, rows.items())
    return connection.execute(sa.text(_MERGE)).rowcount


def _copy(connection: sa.Connection, rows: Iterable[tuple[RowKey, Mapping[str, int]]]) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines)
    for key, figures in rows:
        writer.writerow((*key, *(figures.get(name, 0) for name in METRICS)))
    lines.seek(0)
    cursor: Any = connection.connection.cursor()
    with cursor:
        cursor.copy_expert(f"COPY {INCOMING} ({_ALL}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (object_id))", lines)
