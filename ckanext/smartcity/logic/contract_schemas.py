"""What the actions of the register of contracts take, as navl schemas."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Schema

from ckanext.smartcity.contracts import codes, decisions, queue_words
from ckanext.smartcity.logic import schema

QUOTES = 5  # of one decision
NOTE = 2_000  # characters of a note for reviewers


def decision_create() -> Schema:
    """An answer to one or both questions about a contract; see ``smartcity_contract_decision_create``."""
    ignore_missing, default = tk.get_validator("ignore_missing"), _default
    answers = (codes.YES, codes.NO, codes.REOPENED)
    clauses = (codes.YES, codes.PARTIAL, codes.NO, codes.REOPENED)
    known_reasons = (*codes.reasons(codes.YES), *codes.reasons(codes.NO))
    return {
        "id": [tk.get_validator("not_empty"), schema.line],
        "city_service": [default(""), schema.one_of(tk._("City service"), schema.same(("", *answers)))],
        "areas": [default([]), _areas],
        "city_service_reason": [default(""), _known(tk._("Reason"), codes.service_reasons())],
        "open_data": [default(""), schema.one_of(tk._("Open data policy"), schema.same(("", *clauses)))],
        "reason": [default(""), _known(tk._("Reason"), known_reasons)],
        "scope_note": [default(""), _text(decisions.NOTE_LENGTH)],
        "clause_from": [ignore_missing, schema.day],
        "clause_until": [ignore_missing, schema.day],
        "evidence": [default([]), _evidence],
        "note": [default(""), _text(NOTE)],
        "seen_city_service": [default(""), schema.line],
        "seen_open_data": [default(""), schema.line],
        "confirm_quotes": [default(False), tk.get_validator("boolean_validator")],
        "confirm_public": [default(False), tk.get_validator("boolean_validator")],
        "suggestion_id": [default(""), schema.line],
    }


def queue_list() -> Schema:
    """Filters, order and page of ``smartcity_contract_queue_list``."""
    return {
        **_queue_filters(),
        "limit": [_default(25), schema.whole_number(1, 1_000)],
        "offset": [_default(0), schema.whole_number(0, 1_000_000)],
    }


def suggestion_show() -> Schema:
    """A contract, and the filters of the queue it stands in."""
    return {"id": [tk.get_validator("not_empty"), schema.line], **_queue_filters()}


def reference() -> Schema:
    """One thing by its id."""
    return {"id": [tk.get_validator("not_empty"), schema.line]}


def check() -> Schema:
    """Whether the datasets that differ are mended."""
    return {"fix": [_default(False), tk.get_validator("boolean_validator")]}


KINDS = ("signed", "annex", "amendment", "summary")  # of documents


def document_create() -> Schema:
    """A file, and what it is."""
    kind = schema.one_of(tk._("Kind of document"), schema.same(KINDS))
    return {**reference(), "kind": [_default("signed"), kind], "upload": [_file]}


def document_read() -> Schema:
    """A document, and whether to read it anew."""
    return {**reference(), "again": [_default(False), tk.get_validator("boolean_validator")]}


def page_show() -> Schema:
    """A page of a document."""
    return {**reference(), "page": [tk.get_validator("not_empty"), _page_number]}


def _file(value: Any) -> Any:
    """A file that was sent with the form or call."""
    if not hasattr(value, "stream") or not getattr(value, "filename", ""):
        raise tk.Invalid(tk._("Choose a file."))
    return value


def _queue_filters() -> Schema:
    return {
        "state": [_default(""), _known(tk._("State"), queue_words.STATES)],
        "question": [_default(""), _known(tk._("Question"), codes.QUESTIONS)],
        "suggestion": [_default(""), _known(tk._("Suggestion"), queue_words.SUGGESTIONS)],
        "opd": [_default(""), schema.line],
        "batch": [_default(""), schema.line],
        "has_document": [
            _default(""),
            schema.one_of(tk._("Document"), {"": None, "true": True, "True": True, "false": False, "False": False}),
        ],
        "q": [_default(""), schema.line],
        "order": [_default("oldest"), schema.one_of(tk._("Order"), schema.same(queue_words.ORDERS))],
    }


def _default(value: Any) -> Any:
    validator: Any = tk.get_validator("default")
    return validator(value)


def _known(label: str, values: tuple[str, ...]) -> Any:
    return schema.one_of(label, schema.same(("", *values)))


def _text(most: int) -> Any:
    """A validator for a text of so many characters, without what PostgreSQL cannot store."""

    def validator(value: Any) -> str:
        if not isinstance(value, str):
            raise tk.Invalid(tk._('"{value}" is not a text').format(value=value))
        if len(value) > most:
            raise tk.Invalid(tk._("The text has more than {most} characters").format(most=most))
        return value.encode("utf-8", "replace").decode().replace("\0", "").strip()

    return validator


def _areas(value: Any) -> tuple[str, ...]:
    """Areas of city services, each once, in the order of the list."""
    known = codes.service_areas()
    chosen = [value] if isinstance(value, str) and value else value or []
    if not isinstance(chosen, (list, tuple)):
        raise tk.Invalid(tk._("Areas must be a list"))
    for area in chosen:
        if area not in known:
            raise tk.Invalid(tk._('There is no area "{value}"').format(value=str(area)[: schema.SHOWN]))
    return tuple(area for area in known if area in chosen)


def _evidence(value: Any) -> list[dict[str, Any]]:
    """Quotes: ``document_id``, ``quote``, and ``page`` (from 1) or ``place``."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise tk.Invalid(tk._("Evidence must be a list of objects"))
    if len(value) > QUOTES:
        raise tk.Invalid(tk._("More than {most} quotes. Choose the ones that settle it.").format(most=QUOTES))
    return [_quote(row) for row in value]


def _page_number(value: Any) -> int:
    validator: Any = schema.whole_number(1, 100_000)
    return validator(value)


def _quote(row: dict[str, Any]) -> dict[str, Any]:
    page = row.get("page")
    return {
        "document_id": schema.line(row.get("document_id") or ""),
        "quote": _text(decisions.QUOTE_LENGTH)(row.get("quote") or ""),
        "page": None if page in (None, "") else _page_number(page),
        "place": schema.line(row.get("place") or ""),
    }


SCOPES = ("public", "register")
SPLITS = ("organization", "area", "year", "contract")


def figure_show(this_year: int) -> Schema:
    """Year, splits, scope and page of ``smartcity_contract_figure_show``."""
    return {
        "year": [_default(this_year), schema.whole_number(schema.FIRST_YEAR, this_year)],
        "by": [_default([]), _splits],
        "scope": [_default("public"), schema.one_of(tk._("Scope"), schema.same(SCOPES))],
        "limit": [_default(100), schema.whole_number(1, 1_000)],
        "offset": [_default(0), schema.whole_number(0, 1_000_000)],
    }


def _splits(value: Any) -> tuple[str, ...]:
    """Ways to split the figures, one as a text or several as a list."""
    chosen = [value] if isinstance(value, str) else value
    if not isinstance(chosen, list) or not all(isinstance(word, str) for word in chosen):
        raise tk.Invalid(tk._('"{value}" is not a list of texts').format(value=str(value)[: schema.SHOWN]))
    known: Any = schema.one_of(tk._("Split"), schema.same(SPLITS))
    return tuple(dict.fromkeys(known(word) for word in chosen))


def decision_list() -> Schema:
    """A contract, by id or name, and the page of its decisions."""
    return {
        "id": [tk.get_validator("not_empty"), schema.line],
        "limit": [_default(1_000), schema.whole_number(1, 1_000)],
        "offset": [_default(0), schema.whole_number(0, 1_000_000)],
    }


def export() -> Schema:
    """The page of ``smartcity_contract_export``."""
    return {
        "limit": [_default(1_000), schema.whole_number(1, 1_000)],
        "offset": [_default(0), schema.whole_number(0, 1_000_000)],
        "after": [_default(""), schema.line],
    }
