"""How the portal shows and finds things: facets, index, freshness, tagging, agencies.

What other rooms may use is listed in ``PUBLIC`` and looked up when it is asked for: importing a pure file of this room
runs this file, and must load neither CKAN nor a database.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Pure files that others may import as they are
PUBLIC_FILES = ("fields", "forms", "freshness", "summary", "tagging")

PUBLIC = {
    "formats": ("day", "day_of_month", "moment", "month", "number"),
    "freshness": ("due_on", "overdue_from"),
    "fields": ("FieldRefused",),
    "choices": ("choice_label", "choice_values", "field_choices"),
    "store": ("identifier_owner", "organization_name", "organization_names"),
    "language": ("in_reader_language", "reader_language"),
    "listing": ("OVERDUE_PARAMETER",),
    "release": ("next_release",),
    "walidata": ("is_walidata",),
}


def __getattr__(name: str) -> Any:
    for file, names in PUBLIC.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no public name {name!r}")
