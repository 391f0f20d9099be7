"""What may become of a stored value: provisional, final, withdrawn. Pure rules over the newest row of a series.

A value is never changed. Each step appends a row that supersedes the one before, so the history is the truth.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ckanext.smartcity.indicators.results import CONFIRMED_FLAGS

PROVISIONAL, FINAL, WITHDRAWN, REFUSED = "provisional", "final", "withdrawn", "refused"
CHANGE_KINDS = ("late_data", "corrected_rows", "method", "classification", "population", "other")
SHORTEST_REASON = 20
"""Characters of a reason for reopening or withdrawing."""


class StepRefused(Exception):
    """A step that the rules do not allow. ``code``: ``nothing_stored``, ``reopen_first``, ``already_final``,
    ``not_closed``, ``already_withdrawn``, ``no_value``, ``flags_unconfirmed``, ``unknown_kind``, ``short_reason``."""

    def __init__(self, code: str, **found: object) -> None:
        super().__init__(code)
        self.code, self.found = code, found


@dataclass(frozen=True)
class Current:
    """The newest row of a series that is not a refused run, as far as the rules ask."""

    id: str
    status: str
    fingerprint: str
    has_value: bool
    flags: Collection[str] = ()


def may_store(current: Current | None, fingerprint: str) -> bool:
    """Whether a run brings a new row: not when it has the fingerprint of the current one.

    Raises StepRefused for a series that a person closed.
    """
    if current is None:
        return True
    if current.status in (FINAL, WITHDRAWN):
        raise StepRefused("reopen_first", status=current.status)
    return current.fingerprint != fingerprint


def check_finalise(current: Current | None, confirmed: Collection[str]) -> Current:
    """A value that a person may accept: provisional, with a figure, each flag that asks for it confirmed.

    Gives the row that is accepted. Raises StepRefused.
    """
    if current is None:
        raise StepRefused("nothing_stored")
    if current.status == FINAL:
        raise StepRefused("already_final")
    if current.status == WITHDRAWN:
        raise StepRefused("reopen_first", status=current.status)
    if not current.has_value:
        raise StepRefused("no_value")
    if open_flags := sorted(set(current.flags) & CONFIRMED_FLAGS - set(confirmed)):
        raise StepRefused("flags_unconfirmed", flags=open_flags)
    return current


def check_reopen(current: Current | None, kind: str, reason: str) -> Current:
    """A closed value that a person opens again, with a kind and a reason. Raises StepRefused."""
    if current is None:
        raise StepRefused("nothing_stored")
    if current.status not in (FINAL, WITHDRAWN):
        raise StepRefused("not_closed", status=current.status)
    if kind not in CHANGE_KINDS:
        raise StepRefused("unknown_kind", known=list(CHANGE_KINDS))
    check_reason(reason)
    return current


def check_withdraw(current: Current | None, reason: str) -> Current:
    """A value that a person takes back, with a reason. Raises StepRefused."""
    if current is None:
        raise StepRefused("nothing_stored")
    if current.status == WITHDRAWN:
        raise StepRefused("already_withdrawn")
    check_reason(reason)
    return current


def check_reason(reason: str) -> None:
    """Raises StepRefused for a reason too short to be one."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise StepRefused("short_reason", least=SHORTEST_REASON)


@dataclass(frozen=True)
class Observed:
    """What the observation status of a value is derived from."""

    status: str
    has_value: bool
    null_reason: str | None
    conformance: str
    flags: Collection[str]
    recipe_version: int
    unit: str


MISSING = ("missing_input", "missing_denominator", "insufficient_coverage", "unmapped_classification")


def obs_status(value: Observed, before: Observed | None) -> str:
    """The SDMX code (CL_OBS_STATUS) of a value, the first that holds; ``before`` is the value of the year before.

    B a break: the method, the recipe, the unit or the classification differs. D another definition than the standard's.
    E estimated. P provisional. O missing. M zero denominator: cannot exist. A normal.
    """
    changed = before is not None and (before.recipe_version != value.recipe_version or before.unit != value.unit)
    tests = (
        ("B", "method_break" in value.flags or changed),
        ("D", value.conformance != "conforms"),
        ("E", bool({"estimated_denominator", "survey_estimate"} & set(value.flags))),
        ("P", value.status == PROVISIONAL),
        ("O", value.null_reason in MISSING),
        ("M", value.null_reason == "zero_denominator"),
    )
    return next((code for code, holds in tests if holds), "A")
