"""Facets of our tags: where they stand among core's, and what their items are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity import catalogue
from ckanext.smartcity.portal import index, listing, store


def add_facets(facets: dict[str, str], dataset_type: str) -> dict[str, str]:
    """Put our facets after ``organization`` into the dictionary passed in, and return it: a new one is ignored."""
    ours = _contract_facets() if dataset_type == listing.CONTRACT else _dataset_facets()
    items = list(facets.items())
    after = next((n for n, (name, _) in enumerate(items, 1) if name == "organization"), 0)
    facets.clear()
    facets.update([*items[:after], *ours.items(), *items[after:]])
    return facets


def _dataset_facets() -> dict[str, str]:
    return {
        index.INDICATORS: tk._("Indicator"),
        index.THEMES: tk._("Theme"),
        index.APPROACH: tk._("Approach"),
        index.OPD: tk._("Related agency"),
    }


def _contract_facets() -> dict[str, str]:
    return {
        index.CLAUSE: tk._("Open data policy"),
        index.AREAS: tk._("Service area"),
        index.CATEGORY: tk._("Kind of procurement"),
        index.METHOD: tk._("Procurement method"),
        index.YEARS: tk._("Year in force"),
    }


def label_facets(search_facets: dict[str, Any], loaded: catalogue.Catalogue, language: str) -> None:
    """Give the items of our facets their names in ``language``, in place; unknown values keep theirs."""
    for field, facet in search_facets.items():
        name = _names(field, loaded, language) if facet["items"] else None
        if name is not None:
            for item in facet["items"]:
                item["display_name"] = name(item["name"]) or item["name"]


Name = Callable[[str], "str | None"]


def _names(field: str, loaded: catalogue.Catalogue, language: str) -> Name | None:
    if field == index.OPD:
        titles = store.organization_titles()
        return lambda value: titles[value]["id" if language == "id" else "en"] if value in titles else None
    labels = _labels(field, loaded)
    return None if labels is None else lambda value: labels[value].in_language(language) if value in labels else None


def _labels(field: str, loaded: catalogue.Catalogue) -> dict[str, Any] | None:
    if field == index.INDICATORS:
        return {i.uid: _coded(i.code, i.short) for i in loaded.indicators}
    if field == index.THEMES:
        return {theme.value: _coded(theme.value, theme.short) for theme in loaded.themes}
    if field == index.APPROACH:
        return {approach.slug: approach.name for approach in loaded.approaches}
    vocabulary = VOCABULARIES.get(field)
    return {c.value: c.short for c in loaded.vocabularies[vocabulary].choices} if vocabulary else None


VOCABULARIES = {
    index.CLAUSE: "clause_decisions",
    index.AREAS: "service_areas",
    index.CATEGORY: "procurement_categories",
    index.METHOD: "procurement_methods",
}


def _coded(code: str, text: catalogue.Text) -> catalogue.Text:
    return catalogue.Text(id=f"{code} {text.id}", en=f"{code} {text.en}")
