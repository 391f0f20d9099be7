"""What is wrong with a file: one report with every fault and its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

ERROR, WARNING = "error", "warning"
SHOWN_CHARACTERS = 60
"""Of a value in a report."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    ``row`` as in the file (the first line is 1), None for the file as a whole; ``column`` as the table names it, or the
    header of the file where it is none of ours; ``rule`` a code with a sentence and a remedy; ``found`` what the
    sentence names besides.
    """

    rule: str
    row: int | None = None
    column: str = ""
    value: str = ""
    level: str = ERROR
    found: dict[str, Any] = field(default_factory=dict)


@dataclass
class Report:
    """All faults of a file: counted without end, listed up to ``limit`` errors and as many warnings, so that neither
    takes the room of the other.

    ``rows`` that were read, ``years`` how many of them fall into each.
    """

    limit: int
    rows: int = 0
    errors: int = 0
    warnings: int = 0
    years: Counter[int] = field(default_factory=Counter)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    listed: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Count a fault, and list it while there is room."""
        self.counts[fault.level, fault.rule, fault.column] += 1
        if fault.level == ERROR:
            self.errors += 1
        else:
            self.warnings += 1
        if (self.errors if fault.level == ERROR else self.warnings) <= self.limit:
            self.listed.append(fault)

    def stored(self) -> dict[str, Any]:
        """The report as it is kept with a load: JSON."""
        return {
            "rows": self.rows,
            "errors": self.errors,
            "warnings": self.warnings,
            "years": {str(year): times for year, times in sorted(self.years.items())},
            "counts": [
                {"level": level, "rule": rule, "column": column, "times": times}
                for (level, rule, column), times in sorted(self.counts.items())
            ],
            "faults": [
                {
                    "level": fault.level,
                    "rule": fault.rule,
                    "row": fault.row,
                    "column": fault.column,
                    "value": fault.value,
                    "found": fault.found,
                }
                for fault in self.listed
            ],
        }


def shown(value: object) -> str:
    """A value as a report shows it: one line, shortened."""
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
