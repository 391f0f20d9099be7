"""Runs a recipe on rows given as dictionaries, and draws random rows for the oracles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.schema import CreateTable

from ckanext.smartcity import catalogue
from ckanext.smartcity.catalogue import Column
from ckanext.smartcity.indicators.periods import DAY, Window, local_midnight, usual_cutoff, window
from ckanext.smartcity.indicators.recipes import RECIPES, Asked, Recipe
from ckanext.smartcity.indicators.results import Outcome, Population, Value, value_of
from ckanext.smartcity.indicators.sources import SQL_TYPES, source

CATALOGUE = catalogue.load()
JAKARTA = ZoneInfo("Asia/Jakarta")
Rows = Sequence[Mapping[str, Any]]


def closed_year(year: int = 2025, zone: ZoneInfo = JAKARTA) -> Window:
    """A year with its usual cut-off, the end of 31 March after it."""
    cutoff = usual_cutoff(year, zone, "03-31", date(year + 2, 1, 1))
    assert cutoff is not None
    return window(year, zone, cutoff)


def running_year(year: int, month: int, zone: ZoneInfo = JAKARTA) -> Window:
    """A year that is cut off at the beginning of a month."""
    return window(year, zone, local_midnight(date(year, month, 1), zone))


ZONES = (JAKARTA, ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura"))
WINDOWS = (
    *(closed_year(2025, zone) for zone in ZONES),
    closed_year(2024),
    running_year(2025, 6),
    window(2025, JAKARTA, local_midnight(date(2025, 12, 31), JAKARTA) + timedelta(hours=1)),
)
"""A year in three zones, a leap year, a year cut off at the beginning of a month, and one in the middle of a day."""


class Trial:
    """Recipes on one connection; every run is rolled back."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def outcome(self, recipe: Recipe, tables: Mapping[str, Rows], asked: Asked, split: int = 1) -> Outcome:
        """What a recipe finds in these rows; each table spread over ``split`` resources."""
        transaction = self.connection.begin()
        try:
            sources = {name: self.filled(name, rows, split) for name, rows in tables.items()}
            statements = recipe.statements(sources, asked)
            answers = {name: self.connection.execute(s).mappings().all() for name, s in statements.items()}
            found = recipe.finish(answers, asked)
        finally:
            transaction.rollback()
        assert exact(dict(found.companions)), found.companions
        assert found.excluded.keys() <= set(recipe.reasons)
        return found

    def value(self, code: str, tables: Mapping[str, Rows], asked: Asked) -> Value:
        """The value of an indicator by its own recipe."""
        indicator = CATALOGUE.indicator(code)
        outcome = self.outcome(RECIPES[indicator.recipe], tables, asked)
        return value_of(indicator, outcome, asked.population, asked.window.incomplete)

    def filled(self, name: str, rows: Rows, split: int) -> sa.FromClause:
        table = CATALOGUE.table(name)
        names = [f"{name}_{part}" for part in range(split)]
        for part, stored in enumerate(names):
            columns = [sa.Column(column.name, SQL_TYPES[column.type]) for column in table.columns]
            temporary = sa.Table(stored, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
            self.connection.execute(CreateTable(temporary))
            empty: dict[str, Any] = dict.fromkeys(column.name for column in table.columns)
            if given := [empty | dict(row) for row in rows[part::split]]:
                self.connection.execute(temporary.insert(), given)
        return source(table, names)


def exact(companion: object) -> bool:
    """Whether a companion is made of fractions, whole numbers, texts and nothing else: no float, no decimal."""
    if isinstance(companion, Mapping):
        return all(isinstance(name, str) and exact(held) for name, held in companion.items())
    if isinstance(companion, list):
        return all(exact(held) for held in companion)
    return companion is None or type(companion) in (Fraction, int, str)


def population(persons: int, estimated: bool = False) -> Population:
    """A population of 2025, or of the year before where it is estimated."""
    return Population(persons, 2024 if estimated else 2025, "BPS", date(2025, 6, 30), estimated)


# Random rows: few different values, all of them near an edge, so that small tables meet every rule

EDGES = (date(2023, 12, 30), date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))


def days() -> st.SearchStrategy[date]:
    """Days around the edges of the years near 2025."""
    return st.builds(lambda day, by: day + by * DAY, st.sampled_from(EDGES), st.integers(-2, 2))


def moments(zone: ZoneInfo = JAKARTA) -> st.SearchStrategy[datetime]:
    """Moments around those edges, to the second."""
    return st.builds(
        lambda day, seconds: local_midnight(day, zone) + timedelta(seconds=seconds),
        days(),
        st.sampled_from((-1, 0, 1, 3600, 86_399)),
    )


def cell(column: Column, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a column, empty ones too where it may be; ``values`` has strategies of one's own by column."""
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from(("a", "b")),
        "code": st.sampled_from(column.allowed or ("a", "b", "c")),
        "integer": st.integers(0, 40),
        "decimal": st.decimals(0, 50, places=2, allow_nan=False),
        "boolean": st.booleans(),
        "date": days(),
        "timestamp": moments(),
        "year": st.integers(2023, 2026),
    }
    found = values.get(column.name, by_type[column.type])
    return found if column.required or column.name in values else st.none() | found


def rows_of(name: str, most: int = 12, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Random rows of a table, without two of one key."""
    table = CATALOGUE.table(name)
    row = st.fixed_dictionaries({column.name: cell(column, **values) for column in table.columns})
    return st.lists(row, max_size=most, unique_by=lambda found: tuple(found[key] for key in table.key)).map(list)


UTC = timezone.utc


def at_cutoff() -> st.SearchStrategy[datetime]:
    """Moments just before, at and just after the cut-off of one of ``WINDOWS``."""
    by = st.sampled_from((-1, 0, 1)).map(lambda microseconds: timedelta(microseconds=microseconds))
    return st.builds(lambda chosen, by: chosen.cutoff + by, st.sampled_from(WINDOWS), by)
