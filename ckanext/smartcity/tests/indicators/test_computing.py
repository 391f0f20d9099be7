"""From loaded tables to stored values on the real stack: what is stored, what is not, and what hidden data do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.smartcity.indicators import computing, value_rows, value_store
from ckanext.smartcity.indicators.computing import Computed, compute
from ckanext.smartcity.indicators.parameters import parameters_of
from ckanext.smartcity.indicators.runs import Question, RunRefused
from ckanext.smartcity.indicators.statuses import StepRefused
from ckanext.smartcity.tests.indicators.loading import PAYMENTS, Trials, payment, set_permissions
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, closed_year

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")
AREA = "99.71"


@pytest.fixture
def offered(tmp_path: Path, datastore_engine: sa.Engine) -> Iterator[Callable[..., Trials]]:
    """Make a public resource of payments of 2025 and what loads its files."""
    set_permissions(datastore_engine)
    main = sa.create_engine(tk.config["sqlalchemy.url"])
    organization, made = factories.Organization(name="bapenda"), []

    def make() -> Trials:
        resource = {"url": "https://kota.example/a.csv", "name": "a", "smartcity_table": "payments"}
        dataset = tk.get_action("package_create")(
            {"ignore_auth": True},
            {
                "name": factories.Dataset.stub().name, "title": "Data", "owner_org": organization["id"],
                "resources": [resource | {"smartcity_years": "2025"}],
            },
        )  # fmt: skip
        trials = Trials(
            tmp_path, datastore_engine, main, sa.make_url(tk.config["ckan.datastore.read_url"]).username or ""
        )
        trials.resource = dataset["resources"][0]["id"]
        made.append(trials)
        return trials

    yield make
    for trials in made:
        trials.close()
    main.dispose()


@pytest.fixture
def run() -> Callable[[], Computed]:
    """Compute the value of the payments of 2025, and commit as an action does."""

    def run_it() -> Computed:
        indicator = CATALOGUE.indicator("9.2")
        question = Question(indicator, AREA, closed_year(), parameters_of(indicator, CATALOGUE, {}))
        try:
            return compute(CATALOGUE, question, "ani")
        finally:
            model.Session.commit()

    return run_it


def series() -> list[tuple[str, Decimal | None]]:
    """Status and value of the rows of the series, the oldest first."""
    found = value_store.history(CATALOGUE.indicator("9.2").uid, AREA, 2025)
    return [(row.status, row.value) for row in reversed(found)]


def test_a_run_stores_its_value_once(offered, run):
    trials = offered()
    trials.load(payment("B-1"), payment("B-2").replace("qris", "cheque"))
    first = run()
    assert (first.stored, first.row.status, first.row.value) == (True, "provisional", 50)
    assert first.row.input_resources == [trials.resource]
    again = run()
    assert (again.stored, again.row.id) == (False, first.row.id)
    assert series() == [("provisional", 50)]


def test_changed_rows_bring_a_row_that_supersedes(offered, run):
    trials = offered()
    trials.load(payment("B-1"))
    first = run().row.id
    trials.load(payment("B-1"), payment("B-2").replace("qris", "giro"))
    assert run().row.supersedes == first
    assert series() == [("provisional", 100), ("provisional", 50)]


def test_what_is_made_private_is_read_no_more(offered, run):
    trials = offered()
    trials.load(payment("B-1"))
    run()
    package = model.Resource.get(trials.resource).package_id
    tk.get_action("package_patch")({"ignore_auth": True}, {"id": package, "private": True})
    row = run().row
    assert (row.value, row.null_reason, row.input_resources) == (None, "missing_input", [])


def test_no_run_replaces_what_a_person_closed(offered, run):
    trials = offered()
    trials.load(payment("B-1"))
    final = value_store.add(value_rows.of_final(value_store.as_row(run().row)), "wali")
    model.Session.commit()
    trials.load(payment("B-2"), payment("B-3").replace("qris", "giro"))
    with pytest.raises(StepRefused, match="reopen_first"):
        run()
    reason = "Data Bapenda datang terlambat"
    value_store.add(value_rows.of_reopening(value_store.as_row(final), "late_data", reason), "wali")
    model.Session.commit()
    row = run().row
    assert (row.value, row.change_kind, row.change_reason) == (50, "late_data", reason)
    assert [status for status, _ in series()] == ["provisional", "final", "provisional", "provisional"]


def test_a_run_that_stops_is_noted_once_and_stands_in_no_series(offered, run):
    for _ in range(2):
        offered().load(payment("B-1"))
    for _ in range(2):
        with pytest.raises(RunRefused, match="duplicate_key"):
            run()
    assert series() == []
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(value_store.VALUE)) == 1
    assert value_store.last_refusal(CATALOGUE.indicator("9.2").uid, AREA, 2025).refused_reason == "duplicate_key"


def test_a_stored_value_is_never_changed(offered, run):
    offered().load(payment("B-1"))
    stored = run().row
    with pytest.raises(sa.exc.DBAPIError), model.Session.begin_nested():
        model.Session.execute(sa.update(value_store.VALUE).where(value_store.VALUE.id == stored.id).values(value=1))
    model.Session.rollback()
    assert series() == [("provisional", 100)]


def test_the_newest_of_all_series_are_one_query(offered, run):
    trials = offered()
    trials.load(payment("B-1"))
    run()
    trials.load(payment("B-1"), payment("B-2").replace("qris", "giro"))
    run()
    assert [(row.indicator, row.ref_year, row.value) for row in value_store.newest_of_all(AREA)] == [
        (CATALOGUE.indicator("9.2").uid, 2025, 50),
    ]  # fmt: skip
    assert value_store.newest_of_all(AREA, ["iso37122:2019/10.4"]) == []


def test_a_dry_run_leaves_no_trace(offered):
    offered().load(payment("B-1"), header=PAYMENTS)
    question = Question(CATALOGUE.indicator("9.2"), AREA, closed_year(), {})
    assert computing.dry_run(CATALOGUE, question, computing.supplied_for(question)).value.value == 100
    assert series() == []
