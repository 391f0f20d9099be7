"""What the actions take, as navl schemas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Schema, Validator

from ckanext.smartcity.catalogue import Catalogue
from ckanext.smartcity.portal import summary

YES_NO = {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}
SHOWN = 80  # characters of a refused value that a sentence repeats


def indicator_list(catalogue: Catalogue, agencies: Iterable[str]) -> Schema:
    """Filters of ``smartcity_indicator_list``; ``agencies`` are the slugs a visitor may choose from."""
    ignore_missing = tk.get_validator("ignore_missing")
    return {
        "approach": [
            ignore_missing,
            _one_of(tk._("Approach"), {approach.slug: approach.slug for approach in catalogue.approaches}),
        ],
        "theme": [
            ignore_missing,
            _one_of(tk._("Theme"), {str(theme.number): theme.number for theme in catalogue.themes}),
        ],
        "agency": [ignore_missing, _one_of(tk._("Agency"), {slug: slug for slug in agencies})],
        "programme": [ignore_missing, _one_of(tk._("Work programme"), YES_NO)],
        "state": [ignore_missing, _one_of(tk._("State"), {state: state for state in summary.STATES})],
    }


def indicator_show() -> Schema:
    """What ``smartcity_indicator_show`` takes."""
    return {
        "id": [tk.get_validator("not_empty"), _text],
        "limit": [tk.get_validator("ignore_missing"), tk.get_validator("natural_number_validator")],
    }


def agency_show() -> Schema:
    """What ``smartcity_agency_show`` takes."""
    return {"id": [tk.get_validator("not_empty"), _text]}


def _text(value: Any) -> str:
    """Text only: the number 7.10 would arrive as 7.1, another indicator."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("{value} is a number or a list; give text in quotes").format(value=value))
    return value


def _one_of(label: str, values: dict[str, Any]) -> Validator:
    """A validator that turns a known word into what it stands for; its refusal names field and value."""

    def validator(value: Any) -> Any:
        word = str(value)
        if word not in values:
            raise tk.Invalid(tk._('{field}: there is no "{value}"').format(field=label, value=word[:SHOWN]))
        return values[word]

    return validator
