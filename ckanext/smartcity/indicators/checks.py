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


def no_nested_codes(rows: Iterable[LabourRow]) -> Iterator[tuple[LabourRow, LabourRow]]:
    """Pairs of rows that count the same persons twice: an earlier row, and the one that was just read.

    Among the employed of a year no code may hold another (61 and 611, J and 62, ``all`` and any other), and there is
    one classification; of a second one each row is paired with the first row of the year. A row is read once and
    answered at once; what is kept grows with the different codes of a year. Rows with one key are no pair.
    """
    first: dict[int, LabourRow] = {}
    met: dict[tuple[int, str], LabourRow] = {}
    inside: dict[tuple[int, str], list[LabourRow]] = {}
    for row in rows:
        if row.status != "employed":
            continue
        start = first.setdefault(row.year, row)
        if row.classification != start.classification:
            yield start, row
            continue
        holders = [(row.year, code) for code in held_by(row)]
        yield from ((met[holder], row) for holder in holders if holder in met)
        yield from ((earlier, row) for earlier in inside.get((row.year, row.code), ()))
        met[row.year, row.code] = row
        for holder in holders:
            inside.setdefault(holder, []).append(row)


def held_by(row: LabourRow) -> list[str]:
    """The codes that hold the code of a row and more."""
    if row.code == ALL:
        return []
    codes = wholes(row.code)
    return [ALL, *(code for code in codes if row.classification != LATER_SECTIONS or code.isdigit())]
