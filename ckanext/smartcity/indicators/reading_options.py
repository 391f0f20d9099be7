"""How the office that publishes a file writes it: the options kept in ``smartcity_map`` of its resource.

Nothing is guessed. What a file needs is said here, checked, and published with the value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ckanext.smartcity.catalogue import Table
from ckanext.smartcity.indicators.report import Fault, shown

NUMBER_FORMATS = ("plain", "id")
"""``plain`` has a decimal point and no groups; ``id`` groups by points and has a decimal comma: 1.500.000,00."""

DATE_FORMATS = ("iso", "dmy", "mdy")
ENCODINGS = ("utf-8", "windows-1252")
MOST_HEADER_ROW = 100
_KEYS = ("columns", "values", "number_format", "date_format", "encoding", "header_row", "last_row", "sheet")
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class ReadingOptions:
    """``columns``: headers of the file to ours. ``values``: by column, values of the file to ours.

    ``header_row`` counts from 1; ``last_row`` is the last row of data; ``sheet`` a name, "" for the first.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: _NONE)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NONE)
    number_format: str = "plain"
    date_format: str = "iso"
    encoding: str = "utf-8"
    header_row: int = 1
    last_row: int | None = None
    sheet: str = ""


def read_options(text: str, table: Table) -> tuple[ReadingOptions, list[Fault]]:
    """The options written as JSON ("" = none), and what is wrong with them; a key that is wrong keeps its default."""
    if not text.strip():
        return ReadingOptions(), []
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return ReadingOptions(), [Fault("map_no_object", value=shown(text))]
    faults = [
        Fault("map_unknown_key", column=shown(key), found={"known": list(_KEYS)}) for key in given if key not in _KEYS
    ]
    found: dict[str, Any] = {}
    for key, read in _READERS.items():
        if key in given:
            try:
                found[key] = read(given[key], table)
            except _WrongOption as wrong:
                faults.append(Fault(wrong.rule, column=key, value=shown(wrong.value), found=wrong.found))
    if found.get("last_row", MOST_HEADER_ROW + 1) <= found.get("header_row", 1):
        faults.append(Fault("map_no_row", column="last_row", value=str(found.pop("last_row"))))
    return ReadingOptions(**found), faults


class _WrongOption(ValueError):
    def __init__(self, rule: str, value: object, **found: Any) -> None:
        super().__init__(rule)
        self.rule, self.value, self.found = rule, value, found


def _columns(given: Any, table: Table) -> Mapping[str, str]:
    names = _texts(given)
    for name in names.values():
        if name not in {column.name for column in table.columns}:
            raise _WrongOption("map_unknown_column", name, known=[column.name for column in table.columns])
    return names


def _values(given: Any, table: Table) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(given, dict):
        raise _WrongOption("map_no_object", given)
    found = {}
    for name, values in given.items():
        if name not in {column.name for column in table.columns}:
            raise _WrongOption("map_unknown_column", name, known=[column.name for column in table.columns])
        found[name] = _texts(values)
    return found


def _texts(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise _WrongOption("map_no_texts", given)
    return dict(given)


def _one_of(known: tuple[str, ...]) -> Any:
    def read(given: Any, table: Table) -> str:
        if given not in known:
            raise _WrongOption("map_not_known", given, known=list(known))
        return given

    return read


def _row(given: Any, table: Table) -> int:
    if type(given) is not int or given < 1:
        raise _WrongOption("map_no_row", given)
    return given


def _header_row(given: Any, table: Table) -> int:
    if _row(given, table) > MOST_HEADER_ROW:
        raise _WrongOption("map_no_row", given)
    return given


def _sheet(given: Any, table: Table) -> str:
    if not isinstance(given, str):
        raise _WrongOption("map_no_texts", given)
    return given


_READERS = {
    "columns": _columns,
    "values": _values,
    "number_format": _one_of(NUMBER_FORMATS),
    "date_format": _one_of(DATE_FORMATS),
    "encoding": _one_of(ENCODINGS),
    "header_row": _header_row,
    "last_row": _row,
    "sheet": _sheet,
}
