"""What is asked of a recipe, from which resources, and what came of it. The values of ``running``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.smartcity.catalogue import Indicator
from ckanext.smartcity.indicators.fingerprints import Input
from ckanext.smartcity.indicators.periods import Window
from ckanext.smartcity.indicators.recipes import RECIPES, Recipe
from ckanext.smartcity.indicators.results import Population, Value
from ckanext.smartcity.indicators.stamps import Stamp

BY_ROW = ("population", "indicator_parts")
"""Tables whose rows are fingerprinted one by one, so that the row of another year or indicator changes nothing."""


class RunRefused(Exception):
    """A run that gives no value. ``reason``: ``duplicate_key``, ``accounting_open`` or ``timeout``."""

    def __init__(self, reason: str, **found: Any) -> None:
        super().__init__(reason)
        self.reason, self.found = reason, found


@dataclass(frozen=True)
class Supplied:
    """A resource that answers for a role and year: its id and dataset, and the digests of its rows by key, which its
    load keeps for the tables of ``BY_ROW``."""

    role: str
    resource: str
    package: str
    row_digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What is asked: the indicator, the city's area code, the period, the parameters."""

    indicator: Indicator
    area: str
    window: Window
    parameters: Mapping[str, str]

    @property
    def recipe(self) -> Recipe:
        """The formula of the indicator."""
        return RECIPES[self.indicator.recipe]


@dataclass(frozen=True)
class Loaded:
    """A supplied resource with the stamp of its rows."""

    supplied: Supplied
    stamp: Stamp


@dataclass(frozen=True)
class Run:
    """A value, what it was computed from, the population it was divided by if any, and its fingerprint."""

    value: Value
    inputs: tuple[Input, ...]
    loaded: tuple[Loaded, ...]
    population: Population | None
    fingerprint: str
