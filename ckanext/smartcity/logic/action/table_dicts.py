"""Plain dictionaries of the answers of ``tables.py``. Days as ISO text, numbers as decimal text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity.catalogue import Catalogue, Column, Condition, Rule, Table
from ckanext.smartcity.indicators.periods import last_day
from ckanext.smartcity.logic.action.indicator_dicts import text

TEMPLATE_FORMS = ("csv", "xlsx")


def table_row(catalogue: Catalogue, table: Table, today: date) -> dict[str, Any]:
    """One line of the list of tables."""
    return {
        "name": table.name,
        "version": table.version,
        "title": text(table.title),
        "about": text(table.about),
        "filled_by": table.filled_by,
        "supply": catalogue.supplies[table.name].supply,
        "producers": producers(catalogue, table),
        "due": due(catalogue.due(table.name), today),
        "indicators": [
            {"uid": one.uid, "code": one.code, "path": one.path, "name": text(one.name)}
            for one in catalogue.reading(table.name)
        ],
        "templates": templates(table),
    }


def producers(catalogue: Catalogue, table: Table) -> list[str]:
    """Slugs of the agencies that fill a table: those named for it, else those of the indicators that read it."""
    readers = (catalogue.responsibility(one.uid).producers for one in catalogue.reading(table.name))
    found = catalogue.supplies[table.name].producers or (slug for slugs in readers for slug in slugs)
    return list(dict.fromkeys(found))


def due(month_day: str | None, today: date) -> dict[str, Any] | None:
    """The next day (today is one) on which a table is due, and the year before it, for which it is due then.

    ``month_day`` is ``MM-DD``, None for tables that nobody has to send.
    """
    if month_day is None:
        return None
    month, day = map(int, month_day.split("-"))
    following = last_day(today.year, month, day)
    if following < today:
        following = last_day(today.year + 1, month, day)
    return {"month_day": month_day, "next": following.isoformat(), "year": following.year - 1}


def templates(table: Table) -> dict[str, str]:
    """Full addresses of the templates by form, without a language; none of a table that the portal writes."""
    if table.filled_by == "portal":
        return {}
    return {
        form: tk.h.url_for("smartcity.table_template", name=table.name, form=form, _external=True, locale="default")
        for form in TEMPLATE_FORMS
    }


def definition(table: Table) -> dict[str, Any]:
    """What stands in a table and what a row must satisfy."""
    return {
        "time": table.time,
        "key": list(table.key),
        "columns": [_column(column) for column in table.columns],
        "rules": [_rule(rule) for rule in table.rules],
        "checks": list(table.checks),
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "required": column.required,
        "in_header": column.required or column.in_header,
        "unit": text(column.unit) if column.unit else None,
        "description": text(column.description),
        "aliases": list(column.aliases),
        "allowed": None if column.allowed is None else list(column.allowed),
        "allowed_level": column.allowed_level,
        "pattern": column.pattern,
        "minimum": _number(column.bounds.minimum),
        "maximum": _number(column.bounds.maximum),
        "example": column.example,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "level": rule.level,
        "message": text(rule.message),
        "fault": _condition(rule.fault),
        "when": _condition(rule.when) if rule.when else None,
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {"left": condition.left, "op": condition.op, "right": condition.right, "value": condition.value}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
