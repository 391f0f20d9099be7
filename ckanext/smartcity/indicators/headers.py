"""The header row: which column of the file is which of the table's, and what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from typing import Any, NamedTuple

from ckanext.smartcity.catalogue import Table
from ckanext.smartcity.indicators.files import FileRefused, Line, is_empty
from ckanext.smartcity.indicators.reading_options import ReadingOptions
from ckanext.smartcity.indicators.report import Fault, Report, shown

LOOKED_THROUGH = 20
"""Rows in which a header is looked for when the header row has none of ours."""


def plain(header: Any) -> str:
    """A header as it is compared: without case, spaces as underscores, and the letters in one form."""
    text = unicodedata.normalize("NFKC", str(header if header is not None else "")).casefold()
    return "_".join(text.replace("_", " ").split())


class Placed(NamedTuple):
    """Where the columns stand, by name; how many cells of a row were held against the header, and which of
    them have no name and were empty so far."""

    places: dict[str, int]
    width: int
    gaps: frozenset[int]


def place_columns(
    table: Table, rows: Iterator[Line], options: ReadingOptions, report: Report
) -> tuple[Placed, Iterator[Line]]:
    """Where the columns stand, and the rows after the header.

    Faults go to the report. Raises FileRefused for a file without a row.
    """
    header = next(rows, None)
    if header is None:
        raise FileRefused("no_header")
    ahead = list(islice(rows, LOOKED_THROUGH))
    placing = _Placing(table, options, header, ahead, report)
    width = max(len(line.cells) for line in (header, *ahead))
    for place, name in zip_longest(range(width), header.cells):
        placing.place(place, name)
    placing.tell_missing()
    return Placed(placing.places, width, frozenset(placing.gaps)), chain(ahead, rows)


class _Placing:
    """One header row on its way into places of columns."""

    def __init__(
        self, table: Table, options: ReadingOptions, header: Line, ahead: Sequence[Line], report: Report
    ) -> None:
        self.table, self.header, self.ahead, self.report = table, header, ahead, report
        given = {plain(name): ours for name, ours in options.columns.items()}
        self.known = {plain(name): column.name for name, column in table.headers.items()} | given
        self.places: dict[str, int] = {}
        self.gaps: set[int] = set()

    def place(self, place: int, name: Any) -> None:
        """Take in one cell of the header."""
        ours = self.known.get(plain(name))
        if ours in self.places:
            self._tell(Fault("double_column", self.header.number, ours or "", shown(name)))
        elif ours is not None:
            self.places[ours] = place
        elif plain(name):
            self._tell(Fault("unknown_column", self.header.number, shown(name)))
        elif any(place < len(line.cells) and not is_empty(line.cells[place]) for line in self.ahead):
            self._tell(Fault("empty_header", self.header.number, found={"place": place + 1}))
        else:
            self.gaps.add(place)

    def tell_missing(self) -> None:
        """Tell the columns that a file must have and this one has not."""
        below = None if self.places else header_below(self.known, self.ahead)
        for column in self.table.columns:
            if (column.required or column.in_header) and column.name not in self.places:
                found = {"aliases": list(column.aliases), **({"header_row": below} if below else {})}
                self._tell(Fault("missing_column", self.header.number, column.name, found=found))

    def _tell(self, fault: Fault) -> None:
        self.report.add(fault)


def header_below(known: dict[str, str], ahead: Sequence[Line]) -> int | None:
    """The number of a row further down that looks like the header: most of its cells are names we know."""
    for line in ahead:
        names = [plain(cell) for cell in line.cells if plain(cell)]
        if len(names) > 1 and sum(name in known for name in names) * 2 > len(names):
            return line.number
    return None
