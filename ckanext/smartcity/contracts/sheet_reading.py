"""Reads a table in a process of its own, which is ended when it takes too long. Pure but for that process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from ckanext.smartcity.contracts.sheets import ROWS, Sheet, SheetRefused

SECONDS = 60


def read(path: Path, keep: Collection[str], most_rows: int = ROWS, seconds: float = SECONDS) -> Sheet:
    """The kept columns of a file; see ``sheets.read``.

    Raises ``SheetRefused``, with the codes ``timeout`` and ``crashed`` too.
    """
    words = [sys.executable, "-m", "ckanext.smartcity.contracts.sheets", str(path), "--rows", str(most_rows), "--keep"]
    try:
        done = subprocess.run(  # noqa: S603  our own module; path and columns are ours
            [*words, *keep], stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise SheetRefused("timeout", seconds=int(seconds)) from None
    if done.returncode:
        raise SheetRefused("crashed")
    found = json.loads(done.stdout)
    if "refusal" in found:
        raise SheetRefused(found["refusal"], **found["found"])
    rows = tuple((number, tuple(cells)) for number, cells in found["rows"])
    return Sheet(tuple(found["columns"]), tuple(found["dropped"]), rows)
