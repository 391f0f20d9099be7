"""The fingerprint of a value: same fingerprint, same value. Rule G10 of docs/indicators.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from ckanext.smartcity.indicators.periods import Window

ENGINE_VERSION = 1
"""Rises only when a result could change."""


@dataclass(frozen=True)
class Input:
    """One resource that a value is computed from: its table, the version of the definition, its rows, their digest.

    ``row_digests``: of the keys asked for, where the table keeps one digest per row (population, indicator_parts); a
    key without a row is None. They stand in place of ``rows`` and ``digest``, so that other rows change nothing.
    """

    role: str
    resource: str
    version: int
    rows: int
    digest: str
    row_digests: Mapping[str, str | None] | None = None

    def told(self) -> dict[str, object]:
        """What the fingerprint takes of it. The resource is left out: equal rows give an equal fingerprint anywhere."""
        if self.row_digests is not None:
            return {"role": self.role, "version": self.version, "row_digests": dict(self.row_digests)}
        return {"role": self.role, "version": self.version, "rows": self.rows, "digest": self.digest}


@dataclass(frozen=True)
class Made:
    """How a value was made: the series, the period, the parameters, the recipe and the inputs."""

    uid: str
    area: str
    window: Window
    parameters: Mapping[str, str]
    recipe: str
    recipe_version: int
    inputs: Sequence[Input]


def fingerprint(made: Made) -> str:
    """64 hexadecimal digits: SHA-256 of canonical JSON (sorted keys, no spaces, UTF-8)."""
    window = made.window
    told = {
        "indicator": made.uid,
        "area": made.area,
        "year": window.year,
        "period": [moment(window.begin), moment(window.end)],
        "cutoff": moment(window.cutoff),
        "parameters": dict(made.parameters),
        "recipe": made.recipe,
        "recipe_version": made.recipe_version,
        "engine_version": ENGINE_VERSION,
        "inputs": sorted((one.told() for one in made.inputs), key=canonical),
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def canonical(data: object) -> str:
    """JSON in one form only."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def moment(at: datetime) -> str:
    """A moment in UTC with six decimals: ``2026-03-31T17:00:00.000000Z``."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
