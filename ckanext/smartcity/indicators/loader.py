"""Brings the checked rows of a file into the DataStore, all of them or none. Section "Loading" of docs/indicators.md.

One transaction of the DataStore makes a staging table, looks at it, and puts it in the place of the table before:
readers see the old rows until it commits, and any failure leaves them. Loads of one resource wait for each other by a
lock in the main database, in whose transaction the load is recorded too: the record has the order of the commits.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from psycopg2.errors import DeadlockDetected, LockNotAvailable

from ckanext.smartcity import config
from ckanext.smartcity.catalogue import Table
from ckanext.smartcity.indicators import staging, store
from ckanext.smartcity.indicators.canonical import row_key
from ckanext.smartcity.indicators.checking import Surroundings, check
from ckanext.smartcity.indicators.files import FileRefused
from ckanext.smartcity.indicators.fingerprints import canonical
from ckanext.smartcity.indicators.reading_options import ReadingOptions
from ckanext.smartcity.indicators.report import Fault, Report, shown
from ckanext.smartcity.indicators.running import BY_ROW
from ckanext.smartcity.indicators.stamps import Stamp

log = logging.getLogger(__name__)

LOADED, UNCHANGED, REFUSED = "loaded", "unchanged", "refused"

LOCK_SECONDS = 5
"""How long a swap waits for readers before it lets them through and tries again."""

TRIES = 24
BLOCK = 1024 * 1024
KEY_BYTES = 2000
"""Of a key: PostgreSQL's index takes not much more."""

ROW_BYTES = 250_000
"""Of a row in canonical form: the word search takes not much more."""

WAITING = (LockNotAvailable, DeadlockDetected)
"""A lock that was not given in time, and two that waited for each other."""


@dataclass(frozen=True)
class Limits:
    """``errors`` listed in a report; ``words``: rows up to which the word search is filled."""

    errors: int
    words: int


@dataclass(frozen=True)
class Given:
    """What is to be loaded: a file and how it is read. ``faults`` are those of the reading options."""

    table: Table
    path: Path
    options: ReadingOptions
    around: Surroundings
    package: str = ""
    user: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What became of a load. ``report`` is JSON: that of the check, and ``changes`` against the rows before (None
    where there are none to compare with). ``rows``, ``digest``, ``row_digests`` as in TableLoad."""

    load: str
    state: str
    report: dict[str, Any]
    rows: int | None = None
    digest: str | None = None
    row_digests: dict[str, str] | None = field(default=None, repr=False)


Opened = Callable[[], AbstractContextManager[Given]]
"""Opens the file as it is at that moment: called when it is this load's turn, so that the last upload stays."""


class Loader:
    """Loads of one process, on connections of its own. ``datastore`` writes the DataStore, ``main`` CKAN's database;
    ``reader`` is the user of the DataStore that only reads, "" where there is no other than the writer.
    """

    def __init__(self, datastore: sa.Engine, main: sa.Engine, limits: Limits, reader: str = "") -> None:
        self._datastore, self._main, self._limits, self._reader = datastore, main, limits, reader

    def load(self, resource: str, opened: Opened) -> Loaded:
        """Load a file into the table of a resource, and record it, also when it is refused."""
        begun = time.monotonic()
        with self._main.begin() as main:
            _wait_for_turn(main, resource)
            with opened() as given, self._datastore.connect() as connection:
                loaded = self._staged(connection, resource, given)
                if loaded.state == LOADED:
                    connection.commit()
                store.add_load(main, _record(resource, given, loaded, time.monotonic() - begun))
        if loaded.state != REFUSED:
            _mark_active(resource)
        return loaded

    def check(self, resource: str, opened: Opened) -> Loaded:
        """The same without a trace: what would become of the load."""
        with opened() as given, self._datastore.connect() as connection:
            return self._staged(connection, resource, given)

    def _staged(self, connection: sa.Connection, resource: str, given: Given) -> Loaded:
        return _Load(connection, resource, given, self._limits, self._reader).run()


def of_config() -> Loader:
    """The loader of this portal."""
    write, read = (sa.make_url(tk.config[f"ckan.datastore.{kind}_url"]) for kind in ("write", "read"))
    datastore, main = (sa.create_engine(url, poolclass=sa.NullPool) for url in (write, tk.config["sqlalchemy.url"]))
    reader = read.username if read.username != write.username else None
    return Loader(datastore, main, Limits(config.error_limit(), config.full_text_rows()), reader or "")


def _wait_for_turn(main: sa.Connection, resource: str) -> None:
    main.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    main.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"load:{resource}"})


def _record(resource: str, given: Given, loaded: Loaded, seconds: float) -> dict[str, Any]:
    return {
        "id": loaded.load,
        "created_by": given.user,
        "resource_id": resource,
        "package_id": given.package,
        "table_name": given.table.name,
        "table_version": given.table.version,
        "years": sorted(given.around.years),
        "state": loaded.state,
        "rows": loaded.rows,
        "digest": loaded.digest,
        "row_digests": loaded.row_digests,
        "file_hash": file_hash(given.path),
        "map": told(given.options),
        "report": loaded.report,
        "seconds": seconds,
    }


def _mark_active(resource: str) -> None:
    """What CKAN's pages and the DataStore's own actions go by."""
    found = model.Resource.get(resource)
    if found is not None and not found.extras.get("datastore_active"):
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        tk.get_action("resource_patch")({"user": user, "ignore_auth": True}, {"id": resource, "datastore_active": True})


def file_hash(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            found.update(block)
    return found.hexdigest()


def told(options: ReadingOptions) -> dict[str, Any]:
    """The options that are not the usual ones, as JSON."""
    usual = ReadingOptions()
    given = {one.name: getattr(options, one.name) for one in fields(options)}
    return {name: value for name, value in given.items() if value != getattr(usual, name)}


class _Load:
    """One load in the transaction of ``connection``, which the caller commits or not."""

    def __init__(self, connection: sa.Connection, resource: str, given: Given, limits: Limits, reader: str) -> None:
        self._connection, self._resource, self._given = connection, resource, given
        self._limits, self._reader = limits, reader
        self._table = given.table
        self._id = str(uuid4())
        self._name = f"_{self._id}"  # hidden from the DataStore
        self._report = Report(limits.errors)

    def run(self) -> Loaded:
        """Stage the rows, look at them, swap them in where they are good and new."""
        for fault in self._given.faults:
            self._report.add(fault)
        staging.create(self._connection, self._table, self._name)
        try:
            self._copy()
        except FileRefused as refused:
            self._report.add(Fault(refused.code, found=refused.found))
        staging.index_key(self._connection, self._table, self._name, self._report)
        if self._report.errors:
            return Loaded(self._id, REFUSED, self._told(None))
        return self._taken()

    def _copy(self) -> None:
        """Bring the rows in. Few have their words from the beginning; many have none, but new rows would."""
        lines = self._lines()
        with TemporaryFile() as first:
            first.writelines(islice(lines, self._limits.words))
            following = next(lines, None)
            first.seek(0)
            blocks: Iterator[bytes] = iter(lambda: first.read(BLOCK), b"")
            if following is None:
                staging.add_word_search(self._connection, self._name)
            else:
                blocks = chain(blocks, [following], lines)
            staging.copy_in(self._connection, self._table, self._name, blocks)
        if following is None:
            staging.index_words(self._connection, self._name)
        else:
            staging.add_word_search(self._connection, self._name)

    def _lines(self) -> Iterator[bytes]:
        given = self._given
        for number, row in check(given.table, given.path, given.options, given.around, self._report):
            line = staging.copy_line(self._table, number, row)
            if len(line) > KEY_BYTES and self._is_too_long(number, row, len(line)):
                continue
            yield line

    def _is_too_long(self, number: int, row: tuple[Any, ...], size: int) -> bool:
        columns = [column.name for column in self._table.columns]
        key = row_key(self._table, (row[columns.index(name)] for name in self._table.key))
        if len(key.encode()) > KEY_BYTES:
            self._report.add(Fault("long_key", number, self._table.key[0], shown(key), found={"most": KEY_BYTES}))
            return True
        if size > ROW_BYTES:
            self._report.add(Fault("long_row", number, found={"most": ROW_BYTES}))
            return True
        return False

    def _taken(self) -> Loaded:
        connection, table, name = self._connection, self._table, self._name
        rows = staging.settle(connection, name)
        digest = staging.digest_of(connection, table, name)
        digests = staging.row_digests_of(connection, table, name) if table.name in BY_ROW else None
        options = hashlib.sha256(canonical(told(self._given.options)).encode()).hexdigest()
        stamp = Stamp(table.name, table.version, self._id, rows, digest, options)
        before = staging.present(connection, self._resource)
        if before is not None and before.stamp is not None and _same(before.stamp, stamp):
            return Loaded(self._id, UNCHANGED, self._told(None), rows, digest, digests)
        changes = None
        if before is not None and staging.comparable(before, table):
            changes = staging.changes(connection, table, self._resource, name)
        staging.describe(connection, table, name, before, stamp)
        self._swap(before)
        return Loaded(self._id, LOADED, self._told(changes), rows, digest, digests)

    def _told(self, changes: dict[str, Any] | None) -> dict[str, Any]:
        return {**self._report.stored(), "changes": changes}

    def _swap(self, before: staging.Present | None) -> None:
        """Swap the tables as soon as nobody reads the old one; readers that come meanwhile wait 5 seconds at most."""
        staging.tell(self._connection, "SET LOCAL lock_timeout = {text}", text=f"{LOCK_SECONDS}s")
        for left in reversed(range(TRIES)):
            try:
                with self._connection.begin_nested():
                    staging.swap(self._connection, self._resource, self._name, before)
                    if self._reader:
                        readable = [self._resource, *(before.aliases if before else ())]
                        staging.grant_reading(self._connection, readable, self._reader)
                return
            except WAITING:
                if not left:
                    raise
            log.info("The rows of %s are being read; the load %s tries again", self._resource, self._id)
            time.sleep(1)


def _same(before: Stamp, now: Stamp) -> bool:
    """Whether the rows in use are these already, read by the same definition and options."""
    return (before.table, before.version, before.digest, before.map) == (now.table, now.version, now.digest, now.map)
