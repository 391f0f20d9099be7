"""The rows of stored values: what a run, a stopped run or a person's step writes. Pure; columns as in ``models.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ckanext.smartcity.indicators.arithmetic import decimal
from ckanext.smartcity.indicators.fingerprints import ENGINE_VERSION
from ckanext.smartcity.indicators.runs import Loaded, Question, Run, Supplied
from ckanext.smartcity.indicators.statuses import FINAL, PROVISIONAL, REFUSED, WITHDRAWN

FIGURES = (
    *("indicator", "ref_area", "ref_year", "breakdown"),
    *("value", "numerator", "denominator", "multiplier", "unit", "null_reason", "conformance", "flags"),
    *("unknown_count", "inputs", "input_resources", "exclusions", "companions"),
    *("recipe", "recipe_version", "engine_version", "parameters", "period_start", "period_end", "cutoff"),
    "fingerprint",
)
"""What a person's step copies from the row before: the figures and how they were made."""

CHANGE = ("change_kind", "change_reason")


def of_run(question: Question, run: Run, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The provisional row of a run. ``before`` is the row it supersedes; why that was reopened goes on with it."""
    value = run.value
    return {
        **_asked(question),
        "status": PROVISIONAL,
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "null_reason": value.null_reason,
        "conformance": value.conformance,
        "flags": list(value.flags),
        "unknown_count": value.unknown_count,
        "inputs": [_input(one, run) for one in run.loaded],
        "input_resources": sorted({one.supplied.resource for one in run.loaded}),
        "exclusions": dict(value.exclusions),
        "companions": told(value.companions),
        "fingerprint": run.fingerprint,
        **_following(before),
    }


def of_refusal(question: Question, reason: str, supplied: Sequence[Supplied]) -> dict[str, Any]:
    """The row of a run that stopped: no figure, outside every series."""
    return {
        **_asked(question),
        "status": REFUSED,
        "refused_reason": reason,
        "conformance": "conforms",
        "inputs": [{"role": one.role, "resource": one.resource, "package": one.package} for one in supplied],
        "input_resources": sorted({one.resource for one in supplied}),
    }


def of_final(before: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a value that a person accepted."""
    return _step(before, FINAL, before)


def of_reopening(before: Mapping[str, Any], kind: str, reason: str) -> dict[str, Any]:
    """The row of a value that a person opened again: the same figures, provisional."""
    return _step(before, PROVISIONAL, {"change_kind": kind, "change_reason": reason})


def of_withdrawal(before: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """The row of a value that a person took back. The figures stay in the record; no page shows them."""
    return _step(before, WITHDRAWN, {"change_kind": "other", "change_reason": reason})


def told(companions: Any) -> Any:
    """Companions as JSON: numbers that are no whole ones as text, to the last digit."""
    if isinstance(companions, Mapping):
        return {str(name): told(value) for name, value in companions.items()}
    if isinstance(companions, (list, tuple)):
        return [told(value) for value in companions]
    if isinstance(companions, Fraction):
        return f"{decimal(companions):f}"
    return f"{companions:f}" if isinstance(companions, Decimal) else companions


def _asked(question: Question) -> dict[str, Any]:
    window = question.window
    return {
        "indicator": question.indicator.uid,
        "ref_area": question.area,
        "ref_year": window.year,
        "breakdown": {},
        "multiplier": question.indicator.multiplier,
        "unit": question.indicator.unit,
        "recipe": question.recipe.name,
        "recipe_version": question.recipe.version,
        "engine_version": ENGINE_VERSION,
        "parameters": dict(question.parameters),
        "period_start": window.begin,
        "period_end": window.end,
        "cutoff": window.cutoff,
    }


def _input(one: Loaded, run: Run) -> dict[str, Any]:
    stamp = one.stamp
    digests = next(found.row_digests for found in run.inputs if found.resource == one.supplied.resource)
    return {
        "role": one.supplied.role,
        "resource": one.supplied.resource,
        "package": one.supplied.package,
        "version": stamp.version,
        "load": stamp.load,
        "rows": stamp.rows,
        "digest": stamp.digest,
        "map": stamp.map,
        **({} if digests is None else {"row_digests": dict(digests)}),
    }


def _following(before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a row takes over from the one it supersedes: kind and reason, up to the next final one."""
    if before is None:
        return {"supersedes": None}
    goes_on = before["status"] == PROVISIONAL
    return {"supersedes": before["id"], **{name: before[name] if goes_on else None for name in CHANGE}}


def _step(before: Mapping[str, Any], status: str, change: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: before[name] for name in FIGURES},
        "status": status,
        "supersedes": before["id"],
        **{name: change[name] for name in CHANGE},
    }
