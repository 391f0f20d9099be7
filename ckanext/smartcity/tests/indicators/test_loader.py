"""Loading on the real DataStore: what readers see, what is recorded, and that a failure changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from ckanext.smartcity.indicators.stamps import read_stamp
from ckanext.smartcity.tests.indicators.loading import Trials, payment, set_permissions

pytestmark = pytest.mark.usefixtures("non_clean_db")


@pytest.fixture
def trials(tmp_path: Path, datastore_engine: sa.Engine, non_clean_db: None) -> Iterator[Trials]:
    from ckan.plugins import toolkit as tk

    set_permissions(datastore_engine)
    reader = sa.make_url(tk.config["ckan.datastore.read_url"]).username or ""
    main = sa.create_engine(tk.config["sqlalchemy.url"])
    made = Trials(tmp_path, datastore_engine, main, reader)
    yield made
    made.close()
    main.dispose()


def test_the_rows_of_a_file_become_a_table(trials):
    loaded = trials.load(payment("B-2", "20.50"), payment("B-1"))
    assert (loaded.state, loaded.rows, loaded.report["errors"]) == ("loaded", 2, 0)
    assert trials.rows("_id, payment_id, amount") == [(2, "B-2", Decimal("20.5")), (3, "B-1", Decimal(10))]
    stamp = read_stamp(trials.ask("SELECT obj_description(to_regclass('{table}'), 'pg_class')"))
    assert stamp is not None
    assert (stamp.table, stamp.version, stamp.load, stamp.rows) == ("payments", 1, loaded.load, 2)
    assert stamp.digest == loaded.digest
    (record,) = trials.recorded()
    assert (str(record.id), record.state, record.rows, record.digest) == (loaded.load, "loaded", 2, loaded.digest)
    assert (record.table_name, record.years, record.created_by) == ("payments", [2025], "ani")


def test_the_same_rows_again_change_nothing(trials):
    first = trials.load(payment("B-1"), payment("B-2"))
    oid = trials.ask("SELECT to_regclass('{table}')::oid")
    again = trials.load(payment("B-2", "10.0"), payment("B-1"))
    assert (again.state, again.digest) == ("unchanged", first.digest)
    assert trials.ask("SELECT to_regclass('{table}')::oid") == oid
    assert [record.state for record in trials.recorded()] == ["loaded", "unchanged"]
