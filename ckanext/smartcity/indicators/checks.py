"""Checks of a table that compare rows with each other, by the name that ``checks`` of a table definition gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ckanext.smartcity.indicators.industries import ALL, wholes

LATER_SECTIONS = "kbli2025"
"""The classification whose sections hold other divisions than those of ISIC Rev.4."""


class LabourRow(NamedTuple):
    """The key of a row of ``labour_force``."""

    year: int
    status: str
    classification: str
    code: str


class NestedCodes:
    """Tells, row by row, which earlier rows count the same persons.

    Among the employed of a year no code may hold another (61 and 611, J and 62, ``all`` and any other), and there is
    one classification; a row of a second one stands against the first row of the year. What is kept grows with the
    different codes of a year. Rows with one key do not count here: they are refused as such.
    """

    def __init__(self) -> None:
        self._first: dict[int, LabourRow] = {}
        self._met: dict[tuple[int, str], LabourRow] = {}
        self._inside: dict[tuple[int, str], list[LabourRow]] = {}

    def against(self, row: LabourRow) -> list[LabourRow]:
        """The earlier rows against which a row stands. The row is one of them for those that follow."""
        if row.status != "employed":
            return []
        first = self._first.setdefault(row.year, row)
        if row.classification != first.classification:
            return [first]
        holders = [(row.year, code) for code in held_by(row)]
        found = [self._met[holder] for holder in holders if holder in self._met]
        found += self._inside.get((row.year, row.code), [])
        self._met[row.year, row.code] = row
        for holder in holders:
            self._inside.setdefault(holder, []).append(row)
        return found


def no_nested_codes(rows: Iterable[LabourRow]) -> Iterator[tuple[LabourRow, LabourRow]]:
    """Pairs of rows that count the same persons: an earlier one, and the one that was just read."""
    nested = NestedCodes()
    for row in rows:
        yield from ((earlier, row) for earlier in nested.against(row))


def held_by(row: LabourRow) -> list[str]:
    """The codes that hold the code of a row and more."""
    if row.code == ALL:
        return []
    codes = wholes(row.code)
    return [ALL, *(code for code in codes if row.classification != LATER_SECTIONS or code.isdigit())]
