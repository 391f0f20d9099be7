"""Visits to the portal, indicator 10.1: from a request to a day's count.

What other rooms may use is listed in ``PUBLIC`` and looked up when it is asked for: importing a pure file of this room
runs this file, and must load neither CKAN nor a database.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Pure files that others may import as they are
PUBLIC_FILES: tuple[str, ...] = ("address", "caller", "figures", "settings", "silence", "spans", "texts")

PUBLIC: dict[str, tuple[str, ...]] = {
    "reading": ("annual", "dataset_counts", "latest", "organization_counts", "snapshot_rows"),
}


def __getattr__(name: str) -> Any:
    for file, names in PUBLIC.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no public name {name!r}")
