"""Runs a recipe on the DataStore: one snapshot of all inputs, the recipe's own statements, no row in Python.

Tables are locked first and their stamps read then: a table swapped in after the snapshot would look empty, which is a
wrong zero. Swapping takes a stronger lock, so it waits for the run, and a run that waited reads the new rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckanext.smartcity.catalogue import Catalogue, Table
from ckanext.smartcity.indicators import staging
from ckanext.smartcity.indicators.canonical import row_key
from ckanext.smartcity.indicators.fingerprints import Input, Made, fingerprint
from ckanext.smartcity.indicators.recipes import Asked
from ckanext.smartcity.indicators.results import AccountingOpen, Outcome, Population, value_of
from ckanext.smartcity.indicators.runs import BY_ROW, Loaded, Question, Run, RunRefused, Supplied
from ckanext.smartcity.indicators.sources import source
from ckanext.smartcity.indicators.stamps import read_stamp

TIMEOUT = 60
"""Seconds a statement may take."""

KEYS_TOLD = 20
QUERY_CANCELED = "57014"


def run(connection: sa.Connection, catalogue: Catalogue, question: Question, supplied: Sequence[Supplied]) -> Run:
    """The value of a question from the resources that answer for it. Raises RunRefused.

    ``connection`` reads the DataStore and is not in a transaction. A resource without a stamp was not loaded and is
    left out; a role without any is a missing input.
    """
    with connection.begin():
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(sa.select(sa.func.set_config("statement_timeout", f"{TIMEOUT * 1000:.0f}", True)))
        try:
            return _Running(connection, catalogue, question).run(supplied)
        except AccountingOpen as error:
            raise RunRefused("accounting_open", message=str(error)) from error
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) == QUERY_CANCELED:
                raise RunRefused("timeout", seconds=TIMEOUT) from error
            raise


@dataclass(frozen=True)
class _Running:
    connection: sa.Connection
    catalogue: Catalogue
    question: Question

    def run(self, supplied: Sequence[Supplied]) -> Run:
        loaded = self._loaded(supplied)
        roles: dict[str, list[Loaded]] = {}
        for one in loaded:
            roles.setdefault(one.supplied.role, []).append(one)
        self._refuse_doubles(roles)
        population = self._population(roles)
        question = self.question
        outcome = self._outcome(roles, population)
        value = value_of(question.indicator, outcome, population, question.window.incomplete)
        inputs = tuple(self._input(one) for one in loaded)
        made = Made(
            question.indicator.uid,
            question.area,
            question.window,
            question.parameters,
            question.recipe.name,
            question.recipe.version,
            inputs,
        )
        return Run(value, inputs, tuple(loaded), population, fingerprint(made))

    def _loaded(self, supplied: Sequence[Supplied]) -> list[Loaded]:
        """The resources that have rows of ours, in order of their ids, each locked against a swap."""
        found = []
        for one in sorted(supplied, key=lambda one: one.resource):
            table = sa.func.to_regclass(self.connection.dialect.identifier_preparer.quote_identifier(one.resource))
            if self.connection.execute(sa.select(table)).scalar() is None:
                continue
            staging.tell(self.connection, "LOCK TABLE {} IN ACCESS SHARE MODE", one.resource)
            stamp = read_stamp(self.connection.execute(sa.select(sa.func.obj_description(table, "pg_class"))).scalar())
            if stamp is not None and stamp.table == one.role:
                found.append(Loaded(one, stamp))
        return found

    def _table(self, role: str) -> Table:
        return self.catalogue.table(role)

    def _source(self, role: str, roles: Mapping[str, Sequence[Loaded]]) -> sa.FromClause:
        return source(self._table(role), [one.supplied.resource for one in roles[role]])

    def _refuse_doubles(self, roles: Mapping[str, Sequence[Loaded]]) -> None:
        """A key that two resources of a role hold stops the run; within one the loader has seen to it."""
        for role, loaded in roles.items():
            if len(loaded) < 2:
                continue
            rows = self._source(role, roles)
            keys = [rows.c[name] for name in self._table(role).key]
            doubles = sa.select(*keys).group_by(*keys).having(sa.func.count() > 1).order_by(*keys).limit(KEYS_TOLD)
            if found := self.connection.execute(doubles).all():
                told = [row_key(self._table(role), row) for row in found]
                raise RunRefused(
                    "duplicate_key", role=role, keys=told, resources=[one.supplied.resource for one in loaded]
                )

    def _population(self, roles: Mapping[str, Sequence[Loaded]]) -> Population | None:
        """Rule G8: the figure of the year, else that of the year before; none that is older."""
        if "population" not in self.question.indicator.inputs or "population" not in roles:
            return None
        year = self.question.window.year
        rows = self._source("population", roles)
        found = self.connection.execute(
            sa.select(rows.c.year, rows.c.population, rows.c.source, rows.c.as_of)
            .where(rows.c.year.in_((year, year - 1)))
            .order_by(rows.c.year.desc())
        ).first()
        if found is None:
            return None
        return Population(found.population, found.year, found.source, found.as_of, estimated=found.year != year)

    def _outcome(self, roles: Mapping[str, Sequence[Loaded]], population: Population | None) -> Outcome:
        recipe, question = self.question.recipe, self.question
        needed = [role for role in recipe.inputs if role != "population"]
        if any(role not in roles for role in needed):
            return Outcome(0, 0, null_reason="missing_input")
        asked = Asked(question.window, question.parameters, population)
        statements = recipe.statements({role: self._source(role, roles) for role in needed}, asked)
        answers = {
            name: [dict(row) for row in self.connection.execute(one).mappings()] for name, one in statements.items()
        }
        return recipe.finish(answers, asked)

    def _input(self, one: Loaded) -> Input:
        stamp, role = one.stamp, one.supplied.role
        digests = None
        if role in BY_ROW:
            digests = {key: one.supplied.row_digests.get(key) for key in self._keys(role)}
        return Input(role, one.supplied.resource, stamp.version, stamp.rows, stamp.digest, digests)

    def _keys(self, role: str) -> list[str]:
        """The keys of the rows that the question asks for, in canonical form."""
        year, table = self.question.window.year, self._table(role)
        if role == "population":
            return [row_key(table, (year,)), row_key(table, (year - 1,))]
        return [row_key(table, (self.question.indicator.uid, year))]
