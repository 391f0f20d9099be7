"""Checks the rows of a file against the definition of its table, and gives the good ones typed. Flat memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.catalogue import Column, Condition, Rule, Table
from ckanext.smartcity.indicators.cells import Broken, Notation, Value
from ckanext.smartcity.indicators.files import UNCALCULATED, Line, lines
from ckanext.smartcity.indicators.headers import Placed, place_columns
from ckanext.smartcity.indicators.reading_options import ReadingOptions
from ckanext.smartcity.indicators.report import WARNING, Fault, Report, shown

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
TOTALS = frozenset({"jumlah", "total", "jumlah total", "grand total", "subtotal", "sub total", "rata-rata", "average"})

Row = tuple[Value, ...]
"""The values of a row in the order of the table's columns."""


@dataclass(frozen=True)
class Surroundings:
    """What a check needs to know besides the file: the city's zone, the years the file answers for, the names of the
    portal's organizations.
    """

    zone: ZoneInfo
    years: Collection[int] = ()
    organizations: Collection[str] = ()


def check(
    table: Table, path: Path, options: ReadingOptions, around: Surroundings, report: Report
) -> Iterator[tuple[int, Row]]:
    """The rows that have no error, with their numbers in the file; every fault goes to the report.

    Raises FileRefused, also while the rows are read. When the rows are through, the report is complete but for what
    only a database sees: keys that stand twice.
    """
    placed, rows = place_columns(table, lines(path, options), options, report)
    reader = _Reader(table, placed, Notation(options, around.zone), around, report)
    for line in rows:
        row = reader.row(line)
        report.rows += 1
        if row is not None:
            yield line.number, row
    if not report.rows:
        report.add(Fault("no_rows"))
    for year in sorted(around.years):
        if report.rows and not report.years[year]:
            report.add(Fault("no_rows_in_year", column=table.time, level=WARNING, found={"year": year}))


@dataclass(frozen=True)
class _Reader:
    table: Table
    placed: Placed
    notation: Notation
    around: Surroundings
    report: Report

    def row(self, line: Line) -> Row | None:
        """The values of a row, or None where one of them is wrong."""
        before = self.report.errors
        if self._is_total(line):
            self.report.add(Fault("total_row", line.number, value=shown(line.cells[0]), found={"row": line.number - 1}))
            return None
        values = {column.name: self._value(column, line) for column in self.table.columns}
        for cell in line.cells[self.placed.width :]:
            if cell not in (None, ""):
                self.report.add(Fault("cell_without_column", line.number, value=shown(cell)))
        if self.report.errors > before:
            return None
        for rule in self.table.rules:
            self._rule(rule, values, line)
        if "known_organization" in self.table.checks:
            self._organization(values, line)
        self._count_year(values[self.table.time])
        return None if self.report.errors > before else tuple(values[column.name] for column in self.table.columns)

    def _is_total(self, line: Line) -> bool:
        keys = [self.placed.places[name] for name in self.table.key if name in self.placed.places]
        told = [cell for cell in line.cells if isinstance(cell, str) and cell.strip()]
        summing = any(cell.strip().rstrip(":").casefold() in TOTALS for cell in told)
        return summing and any(place >= len(line.cells) or _is_sum_or_empty(line.cells[place]) for place in keys)

    def _value(self, column: Column, line: Line) -> Value:
        place = self.placed.places.get(column.name)
        cell = line.cells[place] if place is not None and place < len(line.cells) else None
        mapped = self.notation.options.values.get(column.name)
        if mapped and isinstance(cell, str):
            cell = mapped.get(cell.strip(), cell)
        try:
            if cell == UNCALCULATED:
                raise Broken("formula_without_value")
            value = self.notation.value(column.type, cell)
            _within(column, value)
        except Broken as broken:
            self._fault(broken, column, line, cell)
            return None
        if value is None and column.required and place is not None:
            self._fault(Broken("empty"), column, line, "")
        return self._allowed(column, value, line)

    def _allowed(self, column: Column, value: Value, line: Line) -> Value:
        if value is None or column.allowed is None or value in column.allowed:
            return value
        fault = Fault(
            "not_allowed", line.number, column.name, shown(value), column.allowed_level, {"known": list(column.allowed)}
        )
        self.report.add(fault)
        return value

    def _fault(self, broken: Broken, column: Column, line: Line, cell: Any) -> None:
        value = "" if cell == UNCALCULATED else shown(cell)
        self.report.add(Fault(broken.rule, line.number, column.name, value, found=broken.found))

    def _rule(self, rule: Rule, values: Mapping[str, Value], line: Line) -> None:
        if rule.when is not None and not self._holds(rule.when, values):
            return
        if self._holds(rule.fault, values):
            value = values[rule.fault.left]
            told = Fault(rule.id, line.number, rule.fault.left, "" if value is None else shown(value), rule.level)
            self.report.add(told)

    def _holds(self, condition: Condition, values: Mapping[str, Value]) -> bool:
        left = values[condition.left]
        if condition.op == "is_null":
            return left is None
        right = values[condition.right] if condition.right else self._literal(condition)
        return left is not None and right is not None and COMPARISONS[condition.op](left, right)

    def _literal(self, condition: Condition) -> Value:
        plain = Notation(ReadingOptions(), self.notation.zone)
        return plain.value(self.table.column(condition.left).type, condition.value)

    def _organization(self, values: Mapping[str, Value], line: Line) -> None:
        name = values["agency"]
        if name not in self.around.organizations:
            self.report.add(Fault("unknown_organization", line.number, "agency", shown(name), WARNING))

    def _count_year(self, when: Value) -> None:
        if isinstance(when, datetime):
            self.report.years[when.astimezone(self.around.zone).year] += 1
        elif isinstance(when, date):
            self.report.years[when.year] += 1
        elif isinstance(when, int):
            self.report.years[when] += 1


def _is_sum_or_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip().rstrip(":").casefold() in TOTALS | {""})


def _within(column: Column, value: Value) -> None:
    """Raises Broken for a value outside the column's bounds or of another form."""
    if value is None:
        return
    least, most = column.bounds.minimum, column.bounds.maximum
    if not isinstance(value, (str, date, bool)) and (
        (least is not None and value < least) or (most is not None and value > most)
    ):
        raise Broken(
            "out_of_bounds", least=None if least is None else str(least), most=None if most is None else str(most)
        )
    if column.pattern is not None and isinstance(value, str) and not re.fullmatch(column.pattern, value):
        raise Broken("other_form", example=column.example)
