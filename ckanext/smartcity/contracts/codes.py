"""Words that decisions are made of, and the version of the test they answer. Pure.

An open data policy in a contract (rule version ``odp-1``) is operative, lets data about the service reach the public,
and allows their reuse; the reasons stand in ``schemas/vocabularies/clause_reasons.yaml``. Another test, or another
reason, has another version; earlier decisions keep theirs.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

RULE_VERSION = "odp-1"

CITY_SERVICE = "city_service"
OPEN_DATA = "open_data"
QUESTIONS = (CITY_SERVICE, OPEN_DATA)

YES, NO, REOPENED = "yes", "no", "reopened"
FULL, PARTIAL = "full", "partial"
UNDECIDED = "undecided"

NO_MENTION = "no_mention"
"""The reason of a "no" that no sentence can prove: the whole text was read."""

NO_NAME = "Perorangan (nama tidak disimpan)"
"""Stands for the name of a supplier who is a person."""

INDIVIDUAL = "individual"


@cache
def reasons(value: str) -> tuple[str, ...]:
    """Codes of the reasons for an open data policy (``yes``) or for none (``no``)."""
    return tuple(row["value"] for row in _vocabulary("clause_reasons") if row["clause"] == value)


@cache
def service_reasons() -> tuple[str, ...]:
    """Codes of the reasons why a contract provides no city service."""
    return tuple(row["value"] for row in _vocabulary("city_service_reasons"))


@cache
def service_areas() -> tuple[str, ...]:
    """Codes of the areas of city services that the indicator counts."""
    listed = _data("contracts.yaml")["area_list"]
    return tuple(row["value"] for row in _vocabulary("service_areas") if listed in row["lists"])


def _vocabulary(name: str) -> list[dict[str, Any]]:
    return _data("vocabularies", f"{name}.yaml")


def _data(*path: str) -> Any:
    file = resources.files("ckanext.smartcity.schemas")
    for part in path:
        file = file.joinpath(part)
    return yaml.safe_load(file.read_text(encoding="utf-8"))
