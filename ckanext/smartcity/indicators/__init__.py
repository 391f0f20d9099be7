"""From published tables to a value that somebody can check: input tables, recipes, values.

What other rooms may use is listed in ``PUBLIC`` and looked up when it is asked for: importing a pure file of this room
runs this file, and must load neither CKAN nor a database.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Pure files that others may import as they are
PUBLIC_FILES: tuple[str, ...] = ("arithmetic", "periods", "recipes")

PUBLIC: dict[str, tuple[str, ...]] = {}


def __getattr__(name: str) -> Any:
    for file, names in PUBLIC.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no public name {name!r}")
