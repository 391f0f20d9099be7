"""Template helpers. All names begin with ``smartcity_``: among plugins the first of a name wins."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity import portal

__all__ = [
    "smartcity_catalogue_text",
    "smartcity_is_walidata",
]


def smartcity_catalogue_text(text: Any) -> str:
    """A text of the catalogue (``Text`` or ``{"id": .., "en": ..}``) in the language of the page."""
    language = tk.h.lang()
    if isinstance(text, dict):
        return text["id"] if language == "id" else text["en"]
    return text.in_language(language)


def smartcity_is_walidata(user: str | None = None, capacity: str = "editor") -> bool:
    """Whether the user (default: who looks at the page) acts for the walidata."""
    return portal.is_walidata(user or tk.current_user.name, capacity)
