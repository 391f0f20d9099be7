"""The rules of a table, bound once to the places of its columns: what must not hold in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from ckanext.smartcity.catalogue import Condition, Rule, Table
from ckanext.smartcity.indicators.cells import Notation, Value

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}

Row = tuple[Value, ...]
"""The values of a row in the order of the table's columns."""


class BoundRule:
    """A rule, the columns it looks at, and whether a row breaks it. An unknown value compares with nothing."""

    def __init__(self, rule: Rule, table: Table, plain: Notation) -> None:
        """``plain``: how the values stand that rules compare with."""
        self.rule = rule
        conditions = [condition for condition in (rule.when, rule.fault) if condition is not None]
        self.columns = {name for each in conditions for name in (each.left, each.right) if name is not None}
        self._holds = [_bound(condition, table, plain) for condition in conditions]
        self._told = _place(table, rule.fault.left)

    def broken_by(self, row: Row) -> bool:
        """Whether what must not hold does."""
        return all(holds(row) for holds in self._holds)

    def told(self, row: Row) -> Value:
        """The value that a fault names."""
        return row[self._told]


def _bound(condition: Condition, table: Table, plain: Notation) -> Callable[[Row], bool]:
    left = _place(table, condition.left)
    if condition.op == "is_null":
        return lambda row: row[left] is None
    compares = COMPARISONS[condition.op]
    if condition.right is None:
        literal = plain.value(table.column(condition.left).type, condition.value)
        return lambda row: row[left] is not None and compares(row[left], literal)
    right = _place(table, condition.right)
    return lambda row: row[left] is not None and row[right] is not None and compares(row[left], row[right])


def _place(table: Table, name: str) -> int:
    return [column.name for column in table.columns].index(name)
