"""What the actions of imports take, as navl schemas."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Schema

from ckanext.smartcity.contracts import import_words
from ckanext.smartcity.logic import schema

FILES = 10  # of one import


def create(visibility: str) -> Schema:
    """Files and choices of ``smartcity_contract_import_create``; ``visibility`` is the site's own."""
    return {
        "upload": [_files],
        "source": [_default("spse"), schema.one_of(tk._("Source"), schema.same(import_words.SOURCES))],
        "visibility": [
            _default(visibility),
            schema.one_of(tk._("Visibility"), schema.same(import_words.VISIBILITIES)),
        ],
        "category": [_default([]), _categories],
        "category_missing": [
            _default(""),
            schema.one_of(tk._("Kind of procurement"), schema.same(("", *import_words.CATEGORIES))),
        ],
        "queue": _queue(),
    }


def reference() -> Schema:
    return {"id": [tk.get_validator("not_empty"), schema.line]}


def apply() -> Schema:
    return {**reference(), "queue": _queue()}


def page(rows: int) -> Schema:
    """A page of a list, so many rows unless said otherwise."""
    return {
        "limit": [_default(rows), schema.whole_number(1, 1_000)],
        "offset": [_default(0), schema.whole_number(0, 1_000_000)],
    }


def show() -> Schema:
    outcomes = schema.same(("", *import_words.EVERY_OUTCOME))
    return {**reference(), "outcome": [_default(""), schema.one_of(tk._("Outcome"), outcomes)], **page(100)}


def _queue() -> list[Any]:
    return [_default(True), tk.get_validator("boolean_validator")]


def _default(value: Any) -> Any:
    validator: Any = tk.get_validator("default")
    return validator(value)


def _categories(value: Any) -> tuple[str, ...]:
    chosen = [value] if isinstance(value, str) and value else value or []
    if not isinstance(chosen, (list, tuple)) or not set(map(str, chosen)) <= set(import_words.SELECTABLE):
        raise tk.Invalid(tk._("Only works and goods can be added to services"))
    return tuple(chosen)


def _files(value: Any) -> list[Any]:
    """Uploaded files, one or a list."""
    given = value if isinstance(value, (list, tuple)) else [value]
    files = [file for file in given if getattr(file, "filename", "") and hasattr(file, "save")]
    if not files:
        raise tk.Invalid(tk._("Choose at least one file."))
    if len(files) > FILES:
        raise tk.Invalid(tk._("More than {most} files. Import them in several steps.").format(most=FILES))
    return files
