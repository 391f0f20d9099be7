"""What the actions take, as navl schemas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Schema, Validator

from ckanext.smartcity.catalogue import Catalogue
from ckanext.smartcity.portal import summary
from ckanext.smartcity.visits import figures, spans

YES_NO = {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}
SHOWN = 80  # characters of a refused value that a sentence repeats
LINE = 200  # characters of a filter
TAG_ROWS = 5_000  # rows of one call; writing one takes about 0.1 s
TAG_COLUMNS = ("dataset", "indicators", "opd")


def indicator_list(catalogue: Catalogue, agencies: Iterable[str]) -> Schema:
    """Filters of ``smartcity_indicator_list``; ``agencies`` are the slugs a visitor may choose from."""
    ignore_missing = tk.get_validator("ignore_missing")
    return {
        "approach": [
            ignore_missing,
            one_of(tk._("Approach"), {approach.slug: approach.slug for approach in catalogue.approaches}),
        ],
        "theme": [
            ignore_missing,
            one_of(tk._("Theme"), {str(theme.number): theme.number for theme in catalogue.themes}),
        ],
        "agency": [ignore_missing, one_of(tk._("Agency"), {slug: slug for slug in agencies})],
        "programme": [ignore_missing, one_of(tk._("Work programme"), YES_NO)],
        "state": [ignore_missing, one_of(tk._("State"), {state: state for state in summary.STATES})],
    }


def show() -> Schema:
    """What ``smartcity_indicator_show`` and ``smartcity_agency_show`` take."""
    return {
        "id": [tk.get_validator("not_empty"), _text],
        "limit": [tk.get_validator("ignore_missing"), tk.get_validator("natural_number_validator")],
    }


def table_show() -> Schema:
    """What ``smartcity_table_show`` takes."""
    return {"id": [tk.get_validator("not_empty"), _text]}


def _text(value: Any) -> str:
    """Text only: the number 7.10 would arrive as 7.1, another indicator."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("{value} is a number or a list; give text in quotes").format(value=value))
    return value


def one_of(label: str, values: dict[str, Any]) -> Validator:
    """A validator that turns a known word into what it stands for; its refusal names field and value."""

    def validator(value: Any) -> Any:
        word = str(value)
        if word not in values:
            raise tk.Invalid(tk._('{field}: there is no "{value}"').format(field=label, value=word[:SHOWN]))
        return values[word]

    return validator


def tag_list() -> Schema:
    """Filters and page of ``smartcity_tag_list``."""
    default: Any = tk.get_validator("default")
    return {
        "opd": [default(""), line],
        "q": [default(""), line],
        "limit": [default(50), whole_number(1, 500)],
        "offset": [default(0), whole_number(0, 1_000_000)],
    }


def tag_update() -> Schema:
    """Rows of ``smartcity_tag_update``; see ``_tag_rows``."""
    return {
        "rows": [tk.get_validator("not_missing"), _tag_rows],
        "dry_run": [tk.get_validator("boolean_validator")],
    }


def opd_rename() -> Schema:
    """Names of organizations for ``smartcity_opd_rename``."""
    not_empty = tk.get_validator("not_empty")
    return {
        "old": [not_empty, line],
        "new": [not_empty, line],
        "dry_run": [tk.get_validator("boolean_validator")],
    }


def whole_number(least: int, most: int) -> Validator:
    """A validator for whole numbers within bounds, also given as text."""

    whole: Any = tk.get_validator("int_validator")

    def validator(value: Any) -> int:
        number = whole(value, {})
        if number is None or not least <= number <= most:
            message = tk._('"{value}" is not a whole number from {least} to {most}')
            raise tk.Invalid(message.format(value=value, least=least, most=most))
        return number

    return validator


def line(value: Any) -> str:
    """A short text without what PostgreSQL cannot store."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._('"{value}" is not a text').format(value=value))
    if len(value) > LINE:
        raise tk.Invalid(tk._("The text has more than {most} characters").format(most=LINE))
    return value.encode("utf-8", "replace").decode().replace("\0", "").strip()


def _tag_rows(value: Any) -> list[dict[str, Any]]:
    """Rows with all their keys: ``line`` (from 1 where it is left out), ``dataset``, ``indicators``, ``opd``."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        raise tk.Invalid(tk._("Rows must be a list of at least one object"))
    if len(value) > TAG_ROWS:
        message = tk._("{count} rows are too many. Send at most {most} at a time.")
        raise tk.Invalid(message.format(count=len(value), most=TAG_ROWS))
    return [_tag_row(position, row) for position, row in enumerate(value, 1)]


def _tag_row(position: int, row: dict[str, Any]) -> dict[str, Any]:
    number = row.get("line", position)
    if type(number) is not int:
        raise tk.Invalid(tk._('Row {line}: "line" must be a whole number').format(line=position))
    for column in row:
        if column not in (*TAG_COLUMNS, "line"):
            message = tk._('Row {line}: "{column}" is not a column. Columns are {columns}.')
            raise tk.Invalid(message.format(line=number, column=column, columns=", ".join(TAG_COLUMNS)))
    try:
        return {
            "line": number,
            "dataset": line(row.get("dataset", "")),
            "indicators": _lines(row.get("indicators", [])),
            "opd": _lines(row.get("opd", [])),
        }
    except tk.Invalid as error:
        raise tk.Invalid(tk._("Row {line}: {message}").format(line=number, message=error.error)) from None


def _lines(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise tk.Invalid(tk._('"{value}" is not a list of texts').format(value=value))
    return [found for found in map(line, value) if found]


FIRST_YEAR, LAST_YEAR = 2000, 2100
RANGE_DAYS = 3_660  # days of one question about visits: ten years


def visit_year() -> Schema:
    """What ``smartcity_visit_year_show`` takes."""
    return {"year": [tk.get_validator("ignore_missing"), whole_number(FIRST_YEAR, LAST_YEAR)]}


def visit_range() -> Schema:
    """The days of ``smartcity_visit_filter_list``; of the other lists too."""
    ignore_missing = tk.get_validator("ignore_missing")
    return {"first": [ignore_missing, day], "last": [ignore_missing, day]}


def visit_series() -> Schema:
    """What ``smartcity_visit_series_list`` takes."""
    default: Any = tk.get_validator("default")
    return {
        **visit_range(),
        "interval": [default("month"), one_of(tk._("Interval"), same(spans.INTERVALS))],
        "kind": [default("portal"), one_of(tk._("Kind"), same(("portal", *figures.KINDS)))],
        "id": [default(""), line],
    }


def visit_top() -> Schema:
    """What ``smartcity_visit_top_list`` takes."""
    default: Any = tk.get_validator("default")
    return {
        **visit_range(),
        "kind": [default("dataset"), one_of(tk._("Kind"), same(figures.KINDS))],
        "limit": [default(10), whole_number(1, 1_000)],
    }


def visit_gaps() -> Schema:
    """What ``smartcity_visit_gap_list`` takes."""
    default: Any = tk.get_validator("default")
    return {**visit_range(), "limit": [default(100), whole_number(1, 1_000)]}


def same(words: Iterable[str]) -> dict[str, str]:
    return {word: word for word in words}


def day(value: Any) -> date:
    """A day given as ``YYYY-MM-DD``."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-01-31") else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = tk._('"{value}" is not a day of the calendar. Write year-month-day, such as 2026-03-31.')
        raise tk.Invalid(message.format(value=str(value)[:SHOWN]))
    return found
