"""A row of a file on its way to a contract, and why it does not get there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NEW, CHANGED, UNCHANGED, LOWER_VERSION = "new", "changed", "unchanged", "lower_version"
NOT_SELECTED, NEEDS_MAPPING, CONFLICT, REFUSED = "not_selected", "needs_mapping", "conflict", "refused"
OUTCOMES = (NEW, CHANGED, UNCHANGED, LOWER_VERSION, NOT_SELECTED, NEEDS_MAPPING, CONFLICT, REFUSED)
"""What becomes of a row of contracts."""

JOINED, WITHOUT_CONTRACT = "joined", "without_contract"
COMPANIONS = (JOINED, WITHOUT_CONTRACT)
"""What becomes of a row that only adds to a contract."""

WRITTEN = (NEW, CHANGED)

NOT_NAMED = "Penyedia tidak disebut"
"""Stands for a supplier whose name the file does not give, or gives in a way that is not kept."""


@dataclass(frozen=True)
class Reason:
    """A rule that a row met: its column, the rule's code, and what the rule's sentence names."""

    column: str
    rule: str
    found: Mapping[str, Any] = field(default_factory=dict)


class FileRefused(Exception):
    """A whole file that is not imported. ``code`` says why, ``found`` holds what its sentence names."""

    def __init__(self, code: str, **found: Any) -> None:
        super().__init__(code)
        self.code = code
        self.found = found


@dataclass(eq=False)
class Row:
    """A row that was read. ``fields`` are what may be stored; the rest lives in memory only.

    ``code`` is ``<kd_lpse>:<tender|nontender>:<procurement code>``; ``lead`` the row that stands for the contract,
    whose ``wanted`` holds the fields of the dataset.
    """

    file: int
    row: int
    kind: str
    code: str = ""
    version: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    outcome: str = ""
    wanted: dict[str, Any] = field(default_factory=dict)
    lead: Row | None = None
    equal_to: Row | None = None
    supplier: str = ""  # folded name of the source
    supplier_code: str = ""
    cells: tuple[tuple[str, str], ...] = ()

    def refuse(self, column: str, rule: str, **found: Any) -> None:
        self.note(column, rule, **found)
        self.outcome = REFUSED

    def note(self, column: str, rule: str, **found: Any) -> None:
        """Tell something that does not stop the row."""
        self.reasons.append(Reason(column, rule, found))
