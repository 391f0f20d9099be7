"""Running a recipe on stamped tables of the DataStore: what is read, what stops it, what the fingerprint follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from ckanext.smartcity.indicators import running
from ckanext.smartcity.indicators.canonical import canonical_csv, digest, row_digest, row_key
from ckanext.smartcity.indicators.parameters import parameters_of
from ckanext.smartcity.indicators.periods import DAY
from ckanext.smartcity.indicators.running import run
from ckanext.smartcity.indicators.runs import Question, RunRefused, Supplied
from ckanext.smartcity.indicators.sources import SQL_TYPES
from ckanext.smartcity.indicators.stamps import Stamp
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, closed_year

PAYMENT = {
    "payment_id": "B-1", "paid_on": date(2025, 5, 2), "amount": Decimal(10), "invoice_form": "electronic",
    "method": "qris", "state": "settled",
}  # fmt: skip


@pytest.fixture
def loaded(datastore_engine: sa.Engine) -> Iterator[Callable[..., Supplied]]:
    """Make a loaded table: rows and stamp. Gives what the run is told of it."""
    names: list[str] = []

    def load(role, rows, stamped=True):
        table, name = CATALOGUE.table(role), str(uuid4())
        full = [dict.fromkeys(column.name for column in table.columns) | row for row in rows]
        tuples = [tuple(row.values()) for row in full]
        columns = [sa.Column(column.name, SQL_TYPES[column.type]) for column in table.columns]
        stored = sa.Table(name, sa.MetaData(), *columns)
        with datastore_engine.begin() as connection:
            stored.create(connection)
            names.append(name)
            if full:
                connection.execute(stored.insert(), full)
            if stamped:
                stamp = Stamp(role, table.version, "load", len(rows), digest(canonical_csv(table, tuples)), "")
                text = stamp.text().replace("'", "''")
                connection.exec_driver_sql(f"COMMENT ON TABLE \"{name}\" IS '{text}'")
        digests = {
            row_key(table, [row[key] for key in table.key]): row_digest(table, values)
            for row, values in zip(full, tuples, strict=True)
        }
        return Supplied(role, name, "package", digests)

    yield load
    with datastore_engine.begin() as connection:
        for name in names:
            connection.exec_driver_sql(f'DROP TABLE "{name}"')


@pytest.fixture
def ask(datastore_engine: sa.Engine):
    """Run the recipe of an indicator on supplied resources."""

    def run_it(code, *supplied, parameters=None):
        indicator = CATALOGUE.indicator(code)
        told = parameters_of(indicator, CATALOGUE, parameters or {})
        question = Question(indicator, "99.71", closed_year(), told)
        with datastore_engine.connect() as connection:
            return run(connection, CATALOGUE, question, supplied)

    return run_it


def people(year, persons):
    return {"year": year, "population": persons, "source": "BPS", "as_of": date(year, 6, 30)}


def parts(code, year=2025, numerator="3", denominator="4"):
    return {
        "indicator": f"iso37122:2019/{code}", "year": year, "numerator": Decimal(numerator),
        "denominator": Decimal(denominator), "numerator_source": "A", "denominator_source": "B",
    }  # fmt: skip


def test_rows_of_several_resources_are_read_as_one_table(ask, loaded):
    found = ask(
        "9.2",
        loaded("payments", [PAYMENT]),
        loaded("payments", [PAYMENT | {"payment_id": "B-2", "method": "cheque"}]),
    )
    assert (found.value.value, found.value.rows, len(found.inputs)) == (50, 2, 2)


def test_a_key_in_two_resources_stops_the_run(ask, loaded):
    one, other = loaded("payments", [PAYMENT]), loaded("payments", [PAYMENT | {"amount": Decimal(11)}])
    with pytest.raises(RunRefused, match="duplicate_key") as refused:
        ask("9.2", one, other)
    assert refused.value.found["keys"] == ['"B-1"']
    assert set(refused.value.found["resources"]) == {one.resource, other.resource}


def test_no_table_no_stamp_or_another_role_is_a_missing_input(ask, loaded):
    nowhere = Supplied("payments", str(uuid4()), "package")
    other_role = Supplied("payments", loaded("population", [people(2025, 5)]).resource, "package")
    for supplied in ((), (nowhere,), (loaded("payments", [PAYMENT], stamped=False),), (other_role,)):
        value = ask("9.2", *supplied).value
        assert (value.value, value.null_reason, value.rows) == (None, "missing_input", 0)


def test_the_fingerprint_follows_the_rows_not_the_resource(ask, loaded):
    first, again = ask("9.2", loaded("payments", [PAYMENT])), ask("9.2", loaded("payments", [PAYMENT]))
    changed = ask("9.2", loaded("payments", [PAYMENT | {"invoice_no": "x"}]))
    assert first.fingerprint == again.fingerprint != changed.fingerprint
    assert first.value == changed.value


def test_a_row_of_another_indicator_or_year_changes_no_fingerprint(ask, loaded):
    first = ask("7.7", loaded("indicator_parts", [parts("7.7")]))
    more = ask("7.7", loaded("indicator_parts", [parts("7.7"), parts("7.9"), parts("7.7", 2024)]))
    changed = ask("7.7", loaded("indicator_parts", [parts("7.7", numerator="2")]))
    assert first.fingerprint == more.fingerprint != changed.fingerprint


@pytest.mark.parametrize(
    ("years", "persons", "estimated", "reason"),
    [
        ([2024, 2025], 200_000, False, None),
        ([2023, 2024], 100_000, True, None),
        ([2023], None, None, "missing_denominator"),
    ],
)
def test_the_population_is_that_of_the_year_or_of_the_year_before(ask, loaded, years, persons, estimated, reason):
    population = loaded("population", [people(year, 100_000 * (year - 2023) or 1) for year in years])
    visits = [
        {"date": date(2025, 1, 1) + number * DAY, "visits": 1, "visits_confirmed": 1, "method": "portal:1",
         "measured_minutes": 1440}
        for number in range(365)
    ]  # fmt: skip
    parameters = {"grade": "confirmed"}
    found = ask("10.1", loaded("portal_visits_daily", visits), population, parameters=parameters)
    assert found.value.null_reason == reason
    if reason is None:
        assert (found.population.persons, found.population.estimated) == (persons, estimated)
        assert found.value.value == Decimal(100_000 * 365) / persons
        assert ("estimated_denominator" in found.value.flags) is estimated


def test_a_statement_that_takes_too_long_stops_the_run(ask, loaded, monkeypatch):
    supplied = loaded("payments", [PAYMENT | {"payment_id": f"B-{number}"} for number in range(2000)])
    monkeypatch.setattr(running, "TIMEOUT", 0.001)
    with pytest.raises(RunRefused, match="timeout"):
        ask("9.2", supplied, loaded("payments", [PAYMENT | {"payment_id": f"C-{number}"} for number in range(2000)]))


def test_a_swap_waits_for_the_run_and_nothing_is_written(datastore_engine, loaded, monkeypatch):
    supplied = loaded("payments", [PAYMENT])
    question = Question(CATALOGUE.indicator("9.2"), "99.71", closed_year(), {})
    monkeypatch.setattr(running, "value_of", lambda *given: swapped(datastore_engine, supplied.resource))
    with datastore_engine.connect() as connection, pytest.raises(OperationalError, match="lock timeout"):
        run(connection, CATALOGUE, question, [supplied])


def swapped(engine, resource):
    """Try to drop the table of a resource while it is read."""
    with engine.begin() as other:
        other.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        other.exec_driver_sql(f'DROP TABLE "{resource}"')
