"""The stamp of a loaded table: JSON in the comment of the table, written in the transaction that brings its rows.

Rows and stamp commit together, so they cannot disagree; a table without a stamp was not loaded by us.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

_KEY = "smartcity"


@dataclass(frozen=True)
class Stamp:
    """``table`` and ``version`` of the definition, id of the load, number of rows, SHA-256 of the canonical CSV, and
    SHA-256 of the reading options (``map``)."""

    table: str
    version: int
    load: str
    rows: int
    digest: str
    map: str

    def text(self) -> str:
        """The comment to write."""
        return json.dumps({_KEY: asdict(self)}, sort_keys=True)


def read_stamp(comment: str | None) -> Stamp | None:
    """The stamp in the comment of a table; None where there is none of ours."""
    try:
        found = json.loads(comment or "")
        return Stamp(**found[_KEY])
    except (ValueError, TypeError, KeyError):
        return None
