"""What the decided fields of a contract's dataset hold: what persons decided, never what a caller sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ckan import model

from ckanext.smartcity import config
from ckanext.smartcity.contracts import decisions, store


def decided_fields(package: model.Package | None) -> dict[str, Any]:
    """The decided fields of a stored contract; of one that is not stored yet, those of a contract nobody looked at."""
    found = store.in_force(package) if package else decisions.InForce()
    return decisions.projection(found, local_day)


def all_decided() -> Iterator[tuple[model.Package, dict[str, Any]]]:
    """Every contract that is not deleted, with what its decided fields must hold."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in store.all_decision_rows():
        rows.setdefault((row.package_id, row.contract_id), []).append(row)
    for package in store.contracts():
        found = decisions.in_force(rows.get((package.id, store.contract_id(package)), []))
        yield package, decisions.projection(found, local_day)


def differing(package: model.Package, decided: dict[str, Any]) -> list[str]:
    """Names of decided fields in which the stored dataset is not as it must be."""
    stored = package.extras or {}
    return [name for name, value in decided.items() if stored.get(name) != stored_form(value)]


def stored_form(value: Any) -> Any:
    """A decided value as the dataset stores it: lists are JSON."""
    return json.dumps(value) if isinstance(value, list) else value


def local_day(moment: datetime) -> date:
    """The day of a moment in the city."""
    return moment.astimezone(config.timezone()).date()
