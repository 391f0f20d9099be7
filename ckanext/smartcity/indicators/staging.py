"""The statements of a load, each in the transaction of its caller: staging, digest, comparison, swap.

Names of tables are ids that were checked; names of columns come from the definitions. Nothing of a file is in a name.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg2.errors import UniqueViolation
from psycopg2.sql import SQL, Composed, Identifier, Literal
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from ckanext.smartcity.catalogue import Column, Table
from ckanext.smartcity.indicators.canonical import header, line, row_digest, row_key
from ckanext.smartcity.indicators.checking import Row
from ckanext.smartcity.indicators.report import Fault, Report, shown
from ckanext.smartcity.indicators.sources import SQL_TYPES, stored_table
from ckanext.smartcity.indicators.stamps import Stamp, read_stamp

KEYS_TOLD = 20
"""Keys that a comparison names, of each kind."""

TEXTS = ("text", "code")
ISO_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_DIALECT = postgresql.dialect()


def tell(connection: sa.Connection, statement: str, *names: str, **texts: str) -> None:
    """Run a statement whose names and texts the driver puts in for ``{}`` and ``{text}``, quoted."""
    with _cursor(connection) as cursor:
        cursor.execute(_composed(statement, *names, **texts))


def _composed(statement: str, *names: str, **texts: str) -> Composed:
    return SQL(statement).format(*map(Identifier, names), **{name: Literal(text) for name, text in texts.items()})


def _cursor(connection: sa.Connection) -> closing[Any]:
    return closing(connection.connection.cursor())


def _regclass(name: str) -> str:
    """The name of a table as functions of the catalogue take it."""
    return _DIALECT.identifier_preparer.quote_identifier(name)


def create(connection: sa.Connection, table: Table, name: str) -> None:
    """An empty table as the DataStore wants it. ``_id`` is the row of the file: where a reader of the rows looks."""
    columns = [sa.Column("_id", sa.Integer, primary_key=True), sa.Column("_full_text", postgresql.TSVECTOR)]
    columns += [sa.Column(column.name, SQL_TYPES[column.type]) for column in table.columns]
    connection.execute(CreateTable(sa.Table(name, sa.MetaData(), *columns)))


def add_word_search(connection: sa.Connection, name: str) -> None:
    """The DataStore's trigger: it fills ``_full_text`` of rows that come from now on."""
    tell(
        connection,
        "CREATE TRIGGER zfulltext BEFORE INSERT OR UPDATE ON {} "
        "FOR EACH ROW EXECUTE PROCEDURE populate_full_text_trigger()",
        name,
    )


def index_words(connection: sa.Connection, name: str) -> None:
    """The index of the word search."""
    tell(connection, "CREATE INDEX {} ON {} USING gin (_full_text)", f"{name}_words", name)


def copy_line(table: Table, number: int, row: Row) -> bytes:
    """A row as COPY reads it: its number in the file before its canonical form."""
    return b"%d,%b" % (number, line(table, row))


def copy_in(connection: sa.Connection, table: Table, name: str, lines: Iterable[bytes]) -> None:
    """Bring lines of ``copy_line`` into a table. What their iterator raises is raised here."""
    stream = _Lines(iter(lines))
    names = ["_id", *(column.name for column in table.columns)]
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')")
    with _cursor(connection) as cursor:
        cursor.copy_expert(statement.format(Identifier(name), _names(names)), io.BufferedReader(stream))
    if stream.error is not None:
        raise stream.error


def _names(names: Iterable[str]) -> Composed:
    return SQL(", ").join(map(Identifier, names))


class _Lines(io.RawIOBase):
    """Lines as a file. An error of their iterator ends the file and is kept: the driver would hide it in its own."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._rest = lines, b""
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._rest or next(self._lines, b"")
        except Exception as error:
            self.error, chunk = error, b""
        self._rest = chunk[len(buffer) :]
        buffer[: len(chunk[: len(buffer)])] = chunk[: len(buffer)]
        return min(len(chunk), len(buffer))


def index_key(connection: sa.Connection, table: Table, name: str, report: Report) -> None:
    """The unique index on the key. Keys that stand twice go to the report, each row but the first."""
    statement = SQL("CREATE UNIQUE INDEX {} ON {} ({})")
    composed = statement.format(Identifier(f"{name}_key"), Identifier(name), _names(table.key))
    try:
        with connection.begin_nested(), _cursor(connection) as cursor:
            cursor.execute(composed)
    except UniqueViolation:
        for row in _doubles(connection, table, name):
            key = row_key(table, row[2:])
            report.add(Fault("duplicate_key", row[0], table.key[0], shown(key), found={"row": row[1]}))


def _doubles(connection: sa.Connection, table: Table, name: str) -> Iterator[Any]:
    """Number of a row, number of the first row with its key, the key; in order of the file, one after the other."""
    rows = _with_id(table, name)
    keys = [rows.c[key] for key in table.key]
    first = sa.func.min(rows.c["_id"]).over(partition_by=keys).label("first")
    marked = sa.select(rows.c["_id"], first, *keys).subquery()
    doubles = sa.select(*marked.c).where(marked.c["_id"] != marked.c.first).order_by(marked.c["_id"])
    yield from connection.execution_options(stream_results=True, max_row_buffer=1000).execute(doubles)


def _with_id(table: Table, name: str) -> sa.TableClause:
    return sa.table(name, sa.column("_id", sa.Integer), *stored_table(table, name).c)


def settle(connection: sa.Connection, name: str) -> int:
    """Let the planner and the sequence of ``_id`` know the rows; gives their number."""
    tell(connection, "ANALYZE {}", name)
    ids = sa.table(name, sa.column("_id")).c["_id"]
    rows, last = connection.execute(sa.select(sa.func.count(), sa.func.max(ids))).one()
    next_id = sa.text("SELECT setval(pg_get_serial_sequence(:name, '_id'), :last)")
    connection.execute(next_id, {"name": _regclass(name), "last": last})
    return rows


# The canonical form, from the database


class _Digest(io.RawIOBase):
    """A file that only counts its bytes in."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.sha256.update(data)
        return len(data)


def write_canonical(connection: sa.Connection, table: Table, name: str, file: Any) -> None:
    """Write the canonical CSV of a table to a binary file, in flat memory: the bytes of ``canonical_csv``."""
    stored = stored_table(table, name).alias("stored")
    order = [
        stored.c[key].collate("C") if table.column(key).type in TEXTS else stored.c[key].expression for key in table.key
    ]
    cells = [_canonical(column, stored.c[column.name]).label(column.name) for column in table.columns]
    query = sa.select(*cells).order_by(*order).compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    texts = [column.name for column in table.columns if column.type in TEXTS]
    force = SQL(", FORCE_QUOTE ({})").format(_names(texts)) if texts else SQL("")
    statement = SQL("COPY ({}) TO STDOUT (FORMAT csv, ENCODING 'UTF8'{})").format(SQL(str(query)), force)
    file.write(header(table))
    with _cursor(connection) as cursor:
        cursor.copy_expert(statement, file)


def _canonical(column: Column, cell: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if column.type == "boolean":
        return sa.case((cell, "true"), (~cell, "false"))
    if column.type == "date":
        return sa.func.to_char(cell, "YYYY-MM-DD")
    if column.type == "timestamp":
        return sa.func.to_char(sa.func.timezone("UTC", cell), ISO_MOMENT)
    return sa.func.trim_scale(cell) if column.type == "decimal" else cell


def digest_of(connection: sa.Connection, table: Table, name: str) -> str:
    """SHA-256 of the canonical CSV of a table."""
    found = _Digest()
    write_canonical(connection, table, name, found)
    return found.sha256.hexdigest()


def row_digests_of(connection: sa.Connection, table: Table, name: str) -> dict[str, str]:
    """SHA-256 of each row by its key, for small tables."""
    rows = connection.execute(sa.select(*stored_table(table, name).c))
    return {row_key(table, (row._mapping[key] for key in table.key)): row_digest(table, row) for row in rows}


# The table that is there


@dataclass(frozen=True)
class Present:
    """The table of a resource before a load: its stamp if it is ours, types and comments of its columns by name, the
    names of the views on it (aliases)."""

    stamp: Stamp | None
    types: Mapping[str, str]
    comments: Mapping[str, str]
    aliases: tuple[str, ...]


def present(connection: sa.Connection, resource: str) -> Present | None:
    """What is there under the id of a resource; None for nothing."""
    asked = {"name": _regclass(resource)}
    if connection.execute(sa.text("SELECT to_regclass(:name)"), asked).scalar() is None:
        return None
    comment = connection.execute(sa.text("SELECT obj_description(to_regclass(:name), 'pg_class')"), asked).scalar()
    columns = connection.execute(
        sa.text(
            "SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) FROM pg_attribute "
            "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped"
        ),
        asked,
    ).all()
    aliases = connection.execute(
        sa.text(
            "SELECT DISTINCT c.relname FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid "
            "JOIN pg_class c ON c.oid = r.ev_class "
            "WHERE d.refobjid = to_regclass(:name) AND d.classid = 'pg_rewrite'::regclass AND c.relkind = 'v' "
            "ORDER BY c.relname"
        ),
        asked,
    ).scalars()
    return Present(
        read_stamp(comment),
        {name: kind for name, kind, _ in columns},
        {name: told for name, _, told in columns if told},
        tuple(aliases),
    )


def comparable(before: Present, table: Table) -> bool:
    """Whether the rows before have the columns of the definition as it is now."""
    types = {column.name: sa.types.to_instance(SQL_TYPES[column.type]) for column in table.columns}
    wanted = {name: kind.compile(_DIALECT).lower() for name, kind in types.items()}
    return before.stamp is not None and wanted.items() <= before.types.items()


def changes(connection: sa.Connection, table: Table, resource: str, name: str) -> dict[str, Any]:
    """What a staging table has other than the table of the resource, by key: ``added``, ``removed``, ``changed``,
    each with a count and the first keys in canonical form."""
    old, new = stored_table(table, resource).alias("old"), stored_table(table, name).alias("new")
    first = table.key[0]
    kind = sa.case((old.c[first].is_(None), "added"), (new.c[first].is_(None), "removed"), else_="changed")
    keys = [sa.func.coalesce(new.c[key], old.c[key]).label(key) for key in table.key]
    same_key = sa.and_(*(old.c[key] == new.c[key] for key in table.key))
    differs = sa.or_(*(old.c[column.name].is_distinct_from(new.c[column.name]) for column in table.columns))
    found = sa.select(kind.label("kind"), *keys).select_from(old.join(new, same_key, full=True)).where(differs).cte()
    place = sa.func.row_number().over(partition_by=found.c.kind, order_by=[found.c[key] for key in table.key])
    times = sa.func.count().over(partition_by=found.c.kind)
    ranked = sa.select(*found.c, place.label("place"), times.label("times")).subquery()
    told: dict[str, Any] = {kind: {"count": 0, "keys": []} for kind in ("added", "removed", "changed")}
    for row in connection.execute(sa.select(*ranked.c).where(ranked.c.place <= KEYS_TOLD).order_by(ranked.c.place)):
        told[row.kind]["count"] = row.times
        told[row.kind]["keys"].append(row_key(table, (row._mapping[key] for key in table.key)))
    return told


# The swap


def swap(connection: sa.Connection, resource: str, name: str, before: Present | None) -> None:
    """Put a staging table in the place of a resource's table. Waits for whoever reads that, as long as allowed.

    Views go first, as their readers lock them first.
    """
    for alias in before.aliases if before else ():
        tell(connection, "DROP VIEW {}", alias)
    tell(connection, "DROP TABLE IF EXISTS {}", resource)
    tell(connection, "ALTER TABLE {} RENAME TO {}", name, resource)
    for alias in before.aliases if before else ():
        tell(connection, "CREATE VIEW {} AS SELECT * FROM {}", alias, resource)
    connection.execute(sa.text('DELETE FROM "_table_stats" WHERE resource_id = :id'), {"id": resource})


def describe(connection: sa.Connection, table: Table, name: str, before: Present | None, stamp: Stamp) -> None:
    """The stamp, and the data dictionary: what people wrote stays, what they left empty comes from the definition."""
    tell(connection, "COMMENT ON TABLE {} IS {text}", name, text=stamp.text())
    for column in table.columns:
        text = column_comment(column, before.comments.get(column.name) if before else None)
        tell(connection, "COMMENT ON COLUMN {}.{} IS {text}", name, column.name, text=text)


def column_comment(column: Column, before: str | None) -> str:
    """The comment of a column as the DataStore writes it: a blank and JSON; ``_info`` has ``label`` and ``notes``."""
    try:
        told = json.loads(before or "{}")
        info = dict(told.get("_info") or {})
    except (ValueError, TypeError, AttributeError):
        told, info = {}, {}
    unit = f" ({column.unit.id})" if column.unit else ""
    info["label"] = info.get("label") or column.description.id + unit
    info["notes"] = info.get("notes") or column.description.en
    return " " + json.dumps({**told, "_info": info}, ensure_ascii=False, separators=(",", ":"))


def grant_reading(connection: sa.Connection, names: Iterable[str], reader: str) -> None:
    """Let the read user of the DataStore read tables and views."""
    for name in names:
        tell(connection, "GRANT SELECT ON {} TO {}", name, reader)
