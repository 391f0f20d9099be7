"""Reads ``tables/<table>.yaml``: the input tables that agencies fill, their columns and what a row must satisfy."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ckanext.smartcity.catalogue.entries import Entry
from ckanext.smartcity.catalogue.files import locate, read_yaml, yaml_files
from ckanext.smartcity.catalogue.model import Bounds, Text, Vocabulary
from ckanext.smartcity.catalogue.problems import Problem, duplicates

if TYPE_CHECKING:
    from importlib.abc import Traversable

TYPES = ("text", "code", "integer", "decimal", "boolean", "date", "timestamp", "year")
"""Types of columns. ``code`` is a text whose form matters: leading zeros stay, a number cell is an error."""

FILLED_BY = ("upload", "form", "portal")
"""Who writes a table: a file; a file or the row form; the portal itself, which accepts no upload."""

LEVELS = ("error", "warning")
"""An error refuses a file. A warning is loaded, shown in the report and counted by the recipe."""

OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "is_null")
CHECKS = ("no_nested_codes", "known_organization")
INDICATORS = "indicators"
"""As ``allowed``: the uids of all indicators that are loaded."""

DAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
"""A month and day, ``MM-DD``."""

_NAME = r"[a-z][a-z0-9_]{0,40}"


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    ``required``: no cell may be empty. ``in_header``: the column must stand in the file, its cells may be empty
    (unknown). Other columns may be left out of a file. ``allowed``: the values a cell may have, None = any;
    ``allowed_level`` is ``warning`` where another value is loaded all the same.
    """

    name: str
    type: str
    required: bool
    in_header: bool
    unit: Text | None
    description: Text
    aliases: tuple[str, ...]
    allowed: tuple[str, ...] | None
    allowed_level: str
    pattern: str | None
    bounds: Bounds
    example: str


@dataclass(frozen=True)
class Condition:
    """``left op right``: left is a column; right a column, or a value as it would stand in a file, or nothing."""

    left: str
    op: str
    right: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Rule:
    """What must not hold in a row: ``fault``, where ``when`` holds or is None. ``message`` says what is wrong."""

    id: str
    level: str
    fault: Condition
    when: Condition | None
    message: Text


@dataclass(frozen=True)
class Table:
    """An input table. ``time`` names the column that says which year a row belongs to; ``due`` is month and day of
    the following year, None in tables that the portal writes."""

    name: str
    version: int
    title: Text
    about: Text
    filled_by: str
    time: str
    due: str | None
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    checks: tuple[str, ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """The column of a name. Raises LookupError."""
        return self._by_name[name]

    @cached_property
    def headers(self) -> Mapping[str, Column]:
        """Columns by every header a file may give them: name and aliases."""
        return {header: column for column in self.columns for header in (column.name, *column.aliases)}


def read_tables(
    source: str, vocabularies: Mapping[str, Vocabulary], uids: Collection[str], problems: list[Problem]
) -> dict[str, Table]:
    """The tables of a folder by name; every problem of a file is noted with its place."""
    folder = locate(source, problems)
    tables: dict[str, Table] = {}
    for file in yaml_files(folder, problems) if folder else []:
        data = read_yaml(file, problems)
        if data is not None:
            table = _table(Entry(data, str(file), problems), file, vocabularies, uids)
            tables[table.name] = table
    return tables


def _table(entry: Entry, file: Traversable, vocabularies: Mapping[str, Vocabulary], uids: Collection[str]) -> Table:
    name = entry.quoted("table", _NAME, "inquiries")
    if f"{name}.yaml" != file.name:
        entry.wrong("table", f"is {name}, but the file is {file.name}")
    columns = tuple(_column(child, vocabularies, uids) for child in entry.children("columns", code="name"))
    names = [column.name for column in columns]
    _check_headers(entry, columns)
    filled_by = entry.one_of("filled_by", FILLED_BY)
    table = Table(
        name=name,
        version=entry.whole("version") or 0,
        title=entry.both("title"),
        about=entry.both("about"),
        filled_by=filled_by,
        time=entry.one_of("time", names),
        due=entry.quoted("due", DAY, "02-28") if filled_by != "portal" else None,
        key=entry.known("key", [column.name for column in columns if column.required], required=True),
        columns=columns,
        rules=tuple(_rule(child, columns) for child in entry.children("rules", code="id")),
        checks=entry.known("checks", CHECKS),
    )
    entry.finish()
    return table


def _check_headers(entry: Entry, columns: tuple[Column, ...]) -> None:
    if not columns:
        entry.wrong("columns", "has no column")
    for header in duplicates([header for column in columns for header in (column.name, *column.aliases)]):
        entry.wrong("columns", f"{header} is a name or alias of two columns")


def _column(entry: Entry, vocabularies: Mapping[str, Vocabulary], uids: Collection[str]) -> Column:
    column = Column(
        name=entry.quoted("name", _NAME, "submitted_at"),
        type=entry.one_of("type", TYPES),
        required=entry.flag("required"),
        in_header=entry.flag("in_header"),
        unit=entry.both_or_none("unit"),
        description=entry.both("description"),
        aliases=entry.lines("aliases"),
        allowed=_allowed(entry, vocabularies, uids),
        allowed_level=entry.one_of("allowed_level", LEVELS, default="error"),
        pattern=_pattern(entry),
        bounds=entry.bounds(),
        example=entry.maybe_empty("example"),
    )
    if column.required and column.in_header:
        entry.wrong("in_header", "says nothing beside required: true")
    entry.finish()
    return column


def _allowed(entry: Entry, vocabularies: Mapping[str, Vocabulary], uids: Collection[str]) -> tuple[str, ...] | None:
    """A list of values, ``indicators``, a vocabulary, or ``vocabulary/list``; None where the key is missing."""
    given = entry.line_or_lines("allowed")
    if given is None or isinstance(given, tuple):
        return given
    name, _, within = given.partition("/")
    if name == INDICATORS:
        return tuple(uids)
    if name not in vocabularies:
        entry.wrong("allowed", f"there is no vocabulary {name}")
        return None
    vocabulary = vocabularies[name]
    choices = vocabulary.in_list(within) if within else vocabulary.choices
    if not choices:
        entry.wrong("allowed", f"the vocabulary {name} has no list {within}")
    return tuple(choice.value for choice in choices)


def _pattern(entry: Entry) -> str | None:
    pattern = entry.line("pattern", required=False) or None
    try:
        re.compile(pattern or "")
    except re.error as error:
        entry.wrong("pattern", f"is no regular expression: {error}")
        return None
    return pattern


def _rule(entry: Entry, columns: tuple[Column, ...]) -> Rule:
    when = None
    if entry.has("when"):
        inner = entry.child("when")
        when = _condition(inner, columns)
        inner.finish()
    rule = Rule(
        id=entry.quoted("id", _NAME, "answered_before_asked"),
        level=entry.one_of("level", LEVELS),
        fault=_condition(entry, columns),
        when=when,
        message=entry.both("message"),
    )
    entry.finish()
    return rule


def _condition(entry: Entry, columns: tuple[Column, ...]) -> Condition:
    names = [column.name for column in columns]
    left, op = entry.one_of("left", names), entry.one_of("op", OPERATORS)
    right = entry.one_of("right", names) if entry.has("right") else None
    value = entry.line("value") if entry.has("value") else None
    if (op == "is_null") != (right is None and value is None) or (right is not None and value is not None):
        entry.wrong("op", "a comparison has either right (a column) or value; is_null has neither")
    types = {column.name: column.type for column in columns}
    if right is not None and types.get(left) != types.get(right):
        entry.wrong("right", f"{left} is {types.get(left)}, {right} is {types.get(right)}: they do not compare")
    return Condition(left, op, right, value)
