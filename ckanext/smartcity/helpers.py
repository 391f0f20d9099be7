"""Template helpers. All names begin with ``smartcity_``: among plugins the first of a name wins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity import catalogue, config, portal

__all__ = [
    "smartcity_approaches",
    "smartcity_catalogue_text",
    "smartcity_city_name",
    "smartcity_date",
    "smartcity_is_walidata",
    "smartcity_navigation",
    "smartcity_number",
]


def smartcity_approaches() -> tuple[catalogue.Approach, ...]:
    """The approaches of the catalogue with their themes, in its order."""
    return catalogue.load(**config.catalogue_sources()).approaches


def smartcity_catalogue_text(text: Any) -> str:
    """A text of the catalogue (``Text`` or ``{"id": .., "en": ..}``) in the language of the page."""
    return portal.in_reader_language(text)


def smartcity_city_name() -> str:
    """The name of the city in titles and sentences."""
    return config.city_name()


def smartcity_date(day: date | str, width: str = "long") -> str:
    """A day, also as ISO text, in the language of the page; ``width`` is ``long`` or, for tables, ``medium``."""
    return portal.day(date.fromisoformat(day) if isinstance(day, str) else day, tk.h.lang(), width)


def smartcity_is_walidata(user: str | None = None, capacity: str = "editor") -> bool:
    """Whether the user (default: who looks at the page) acts for the walidata."""
    return portal.is_walidata(user or tk.current_user.name, capacity)


def smartcity_navigation() -> bool:
    """Whether header entry and home block are shown."""
    return config.navigation()


def smartcity_number(value: int | float | Decimal | str) -> str:
    """A number, also as text with a decimal point, in the language of the page."""
    return portal.number(Decimal(value) if isinstance(value, str) else value, tk.h.lang())
