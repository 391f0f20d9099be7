"""How far the schema of a portal agrees with ours (a portal may keep its own and add our fields line by line). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIST_OUTPUTS = {"smartcity_list_output", "scheming_multiple_choice_output", "scheming_load_json"}


@dataclass(frozen=True)
class Difference:
    """A field of ours that a portal's type lacks (``missing``), that has another ``preset`` or another ``form``."""

    field: str
    kind: str
    ours: str
    theirs: str


def form(field: Mapping[str, Any]) -> str:
    """How a field (presets filled in) keeps its value: ``rows`` of subfields, a ``list`` of texts, or one ``text``."""
    if "repeating_subfields" in field:
        return "rows"
    return "list" if LIST_OUTPUTS & set(field.get("output_validators", "").split()) else "text"


def compare(ours: Mapping[str, Mapping[str, Any]], theirs: Mapping[str, Mapping[str, Any]]) -> list[Difference]:
    """Differences of all our fields, in the order of our file; ``form`` matters most, ``preset`` may be intended."""
    differences = []
    for name, field in ours.items():
        other = theirs.get(name)
        if other is None:
            differences.append(Difference(name, "missing", field.get("preset", ""), ""))
            continue
        if field.get("preset") and field["preset"] != other.get("preset"):
            differences.append(Difference(name, "preset", field["preset"], other.get("preset", "")))
        if form(field) != form(other):
            differences.append(Difference(name, "form", form(field), form(other)))
    return differences


def is_rows(text: str) -> bool:
    """Whether a stored text is what a repeating field needs: a JSON list of objects.

    scheming reads it with ``json.loads`` when it shows a dataset: anything else makes every page of it fail.
    """
    try:
        rows = json.loads(text)
    except ValueError:
        return False
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
