"""Where a recipe reads from: the columns of a table definition in the database, one table or the union of several."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from ckanext.smartcity.catalogue import Table

SQL_TYPES: dict[str, type[TypeEngine] | TypeEngine] = {
    "text": sa.Text,
    "code": sa.Text,
    "integer": sa.BigInteger,
    "decimal": sa.Numeric,
    "boolean": sa.Boolean,
    "date": sa.Date,
    "timestamp": TIMESTAMP(timezone=True),
    "year": sa.Integer,
}
"""The type in the database by the type of a column."""


def stored_table(table: Table, name: str) -> sa.TableClause:
    """The table of one resource, by its name in the DataStore: it has every column of the definition."""
    return sa.table(name, *(sa.column(column.name, SQL_TYPES[column.type]) for column in table.columns))


def source(table: Table, names: Sequence[str]) -> sa.FromClause:
    """All rows of the resources of one role, by their names in the DataStore. Raises ValueError for none."""
    if not names:
        raise ValueError(f"no resource holds {table.name}")
    stored = [stored_table(table, name) for name in names]
    if len(stored) == 1:
        return stored[0]
    return sa.union_all(*(sa.select(*one.c) for one in stored)).subquery(table.name)
