"""The register of service contracts: decisions about open-data clauses, documents for reading, imports.

What other rooms may use is listed in ``PUBLIC`` and looked up when it is asked for: importing a pure file of this room
runs this file, and must load neither CKAN nor a database.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Pure files that others may import as they are
PUBLIC_FILES = ("codes", "decisions", "export", "figures", "import_words", "queue_words")

PUBLIC = {
    "counting": ("snapshot_rows",),
    "access": ("may_handle_document", "may_handle_documents"),
    "projecting": ("decided_fields",),
    "register": ("manual_id",),
}


def __getattr__(name: str) -> Any:
    for file, names in PUBLIC.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no public name {name!r}")
