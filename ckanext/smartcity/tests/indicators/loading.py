"""Files to load, and a DataStore that is set up as CKAN says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from ckanext.smartcity.indicators.checking import Surroundings
from ckanext.smartcity.indicators.loader import Given, Limits, Loaded, Loader
from ckanext.smartcity.indicators.reading_options import read_options
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, JAKARTA

PAYMENTS = "payment_id,paid_on,amount,invoice_no,invoice_form,method,state"
POPULATION = "year,population,source,as_of"


def payment(number: str, amount: str = "10", invoice: str = "x") -> str:
    """A line of a file of payments."""
    return f"{number},2025-05-02,{amount},{invoice},electronic,qris,settled"


def set_permissions(engine: sa.Engine) -> None:
    """What ``ckan datastore set-permissions`` prints, run on the test DataStore."""
    from ckan import model

    from ckanext.datastore.cli import permissions_sql

    parts = {kind: model.parse_db_config(f"ckan.datastore.{kind}_url") for kind in ("write", "read")}
    main = model.parse_db_config("sqlalchemy.url")
    sql = permissions_sql(
        main["db_name"], parts["write"]["db_name"], main["db_user"], parts["write"]["db_user"], parts["read"]["db_user"]
    )
    lines = [line.replace("%", "%%") for line in sql.splitlines() if not line.startswith("\\connect")]
    with engine.begin() as connection:
        connection.exec_driver_sql("\n".join(lines))


class Trials:
    """Loads into one resource. ``loader`` may be another than the usual one."""

    def __init__(self, folder: Path, datastore: sa.Engine, main: sa.Engine, reader: str) -> None:
        self.folder, self.datastore, self.main, self.reader = folder, datastore, main, reader
        self.resource = str(uuid4())
        self.loader = self.with_limits(errors=100, words=1000)

    def with_limits(self, errors: int, words: int) -> Loader:
        """A loader with limits of its own."""
        return Loader(self.datastore, self.main, Limits(errors, words), self.reader)

    def given(self, table: str, lines: Sequence[str], options: dict[str, Any] | None = None) -> Given:
        """A file of these lines."""
        path = self.folder / str(uuid4())
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        definition = CATALOGUE.table(table)
        found, faults = read_options(json.dumps(options) if options else "", definition)
        return Given(definition, path, found, Surroundings(JAKARTA, (2025,)), "package", "ani", tuple(faults))

    def load(self, *lines: str, table: str = "payments", header: str = PAYMENTS, **options: Any) -> Loaded:
        """Load lines below a header."""
        given = self.given(table, [header, *lines], options)
        return self.loader.load(self.resource, opened(given))

    def rows(self, columns: str = "payment_id, amount") -> list[tuple[Any, ...]]:
        """The rows that readers see, in order of their key; none where there is no table."""
        with self.datastore.connect() as connection:
            found = connection.exec_driver_sql(f'SELECT {columns} FROM "{self.resource}" ORDER BY 1')
            return [tuple(row) for row in found]

    def ask(self, sql: str, **values: Any) -> Any:
        """One value of the DataStore; ``{table}`` stands for the resource's."""
        with self.datastore.begin() as connection:
            return connection.execute(sa.text(sql.replace("{table}", f'"{self.resource}"')), values).scalar()

    def tell(self, sql: str) -> None:
        """Run a statement in the DataStore."""
        with self.datastore.begin() as connection:
            connection.exec_driver_sql(sql.replace("{table}", f'"{self.resource}"'))

    def recorded(self) -> list[Any]:
        """The record of the loads, the oldest first."""
        from ckanext.smartcity.indicators.models import TableLoad

        query = sa.select(TableLoad.__table__).where(TableLoad.resource_id == self.resource).order_by(TableLoad.seq)
        with self.main.connect() as connection:
            return list(connection.execute(query))

    def close(self) -> None:
        """Take the table away."""
        self.tell("DROP TABLE IF EXISTS {table} CASCADE")


def opened(given: Given) -> Any:
    """A file that is there whenever it is opened."""

    @contextmanager
    def opening() -> Iterator[Given]:
        yield given

    return opening


def faults(loaded: Loaded) -> list[tuple[Any, ...]]:
    """Row, column, rule and value of what a report lists."""
    return [(told["row"], told["column"], told["rule"], told["value"]) for told in loaded.report["faults"]]
