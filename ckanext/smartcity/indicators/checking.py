"""Checks the rows of a file against the definition of its table, and gives the good ones typed. Flat memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.catalogue import Table
from ckanext.smartcity.indicators.cells import Broken, Notation, Value
from ckanext.smartcity.indicators.checks import LabourRow, NestedCodes
from ckanext.smartcity.indicators.columns import BoundColumn
from ckanext.smartcity.indicators.files import Line, is_empty, lines
from ckanext.smartcity.indicators.headers import Placed, place_columns
from ckanext.smartcity.indicators.reading_options import ReadingOptions
from ckanext.smartcity.indicators.report import ERROR, WARNING, Fault, Report, shown
from ckanext.smartcity.indicators.rules import BoundRule, Row

TOTALS = frozenset({"jumlah", "total", "jumlah total", "grand total", "subtotal", "sub total", "rata-rata", "average"})


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
    reader = _RowReader(table, placed, Notation(options, around.zone), around, report)
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


class _RowReader:
    """Reads the rows of one file."""

    def __init__(self, table: Table, placed: Placed, notation: Notation, around: Surroundings, report: Report) -> None:
        self.around, self.report, self.placed = around, report, placed
        self.columns = [BoundColumn(column, placed.places.get(column.name), notation) for column in table.columns]
        self.keys = [placed.places[name] for name in table.key if name in placed.places]
        plain = Notation(ReadingOptions(), around.zone)
        self.rules = [BoundRule(rule, table, plain) for rule in table.rules]
        self.names = [column.name for column in table.columns]
        self.time = self.names.index(table.time)
        self.checks = [(frozenset(columns), check) for columns, check in self._checks(table)]

    def row(self, line: Line) -> Row | None:
        """The values of a row, or None where one of them is wrong."""
        if self._is_total(line):
            self.report.add(Fault("total_row", line.number, value=shown(line.cells[0]), found={"row": line.number - 1}))
            return None
        before = self.report.errors
        row, broken = self._values(line)
        if len(line.cells) > self.placed.width or self.placed.gaps:
            self._tell_nameless(line)
        for rule in self.rules:
            if rule.columns.isdisjoint(broken) and rule.broken_by(row):
                self._tell(Broken(rule.rule.id), line, rule.rule.fault.left, rule.told(row), level=rule.rule.level)
        for columns, check_row in self.checks:
            if columns.isdisjoint(broken):
                check_row(row, line)
        self._count_year(row[self.time])
        return None if self.report.errors > before else row

    def _values(self, line: Line) -> tuple[Row, set[str]]:
        """The values of a row, and the names of the columns whose cells are wrong (unknown here)."""
        cells, values, broken = line.cells, [], set()
        for column in self.columns:
            place = column.place
            cell = cells[place] if place is not None and place < len(cells) else None
            try:
                value = column.value(cell)
            except Broken as fault:
                value = None
                broken.add(column.name)
                self._tell(fault, line, column.name, cell)
            else:
                doubt = column.doubt(cell, value)
                if doubt is not None:
                    self._tell(doubt, line, column.name, cell, level=WARNING)
            values.append(value)
        return tuple(values), broken

    def _tell(self, broken: Broken, line: Line, column: str, value: Any, *, level: str = ERROR) -> None:
        told = "" if value is None else shown(value)
        self.report.add(Fault(broken.rule, line.number, column, told, level, broken.found))

    def _tell_nameless(self, line: Line) -> None:
        for place, cell in enumerate(line.cells):
            if (place >= self.placed.width or place in self.placed.gaps) and not is_empty(cell):
                self.report.add(
                    Fault("cell_without_column", line.number, value=shown(cell), found={"place": place + 1})
                )

    def _is_total(self, line: Line) -> bool:
        """Whether a row sums others: one of its cells says so, and a cell of its key says so too or is empty."""
        cells = line.cells
        return any(
            place >= len(cells) or is_empty(cells[place]) or _is_sum(cells[place]) for place in self.keys
        ) and any(map(_is_sum, cells))

    def _checks(self, table: Table) -> Iterator[tuple[tuple[str, ...], Callable[[Row, Line], None]]]:
        """The named checks of a table, each with the columns it looks at."""
        if "known_organization" in table.checks:
            yield ("agency",), self._tell_unknown_organization
        if "no_nested_codes" in table.checks:
            self.nested = NestedCodes()
            yield LabourRow._fields, self._tell_nested

    def _tell_unknown_organization(self, row: Row, line: Line) -> None:
        name = row[self.names.index("agency")]
        if name is not None and name not in self.around.organizations:
            self._tell(Broken("unknown_organization"), line, "agency", name, level=WARNING)

    def _tell_nested(self, row: Row, line: Line) -> None:
        labour = LabourRow(**{name: row[self.names.index(name)] for name in LabourRow._fields})  # pyright: ignore[reportArgumentType]
        for earlier in self.nested.against(labour):
            nested = Broken("nested_codes", code=earlier.code, classification=earlier.classification)
            self._tell(nested, line, "code", labour.code)

    def _count_year(self, when: Value) -> None:
        if isinstance(when, datetime):
            self.report.years[when.astimezone(self.around.zone).year] += 1
        elif isinstance(when, date):
            self.report.years[when.year] += 1
        elif isinstance(when, int):
            self.report.years[when] += 1


def _is_sum(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip().rstrip(":").rstrip().casefold() in TOTALS
