"""The reader's language, also where nobody reads a page: jobs and commands speak the portal's default."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk


def reader_language() -> str:
    """The language of the page; outside a request ``ckan.locale_default``."""
    return tk.h.lang() if tk.request else tk.config["ckan.locale_default"]


def in_reader_language(text: Any) -> str:
    """A text of the catalogue (``Text``), or of a schema (``{"id": .., "en": ..}`` or plain), for the reader."""
    language = reader_language()
    if isinstance(text, dict):
        return text.get(language) or text.get("en") or next(iter(text.values()), "")
    return text if isinstance(text, str) else text.in_language(language)
