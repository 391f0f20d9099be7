"""What can be chosen in a field: from the catalogue, a vocabulary, or the portal's organisations."""

from __future__ import annotations

from typing import Any

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.portal import store
from ckanext.smartcity.portal.language import in_reader_language

# Values of the field key ``smartcity_vocabulary`` that are no file in vocabularies/
INDICATORS, THEMES, ORGANIZATIONS, TABLES = "indicators", "themes", "organizations", "tables"


def field_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """All choices of a scheming field, retired ones too: dictionaries of ``value``, ``label`` ({id, en}), ``retired``.

    Indicators also have ``group``, the label of their theme. A vocabulary whose choices stand in lists of indicators
    (``service_areas``) is narrowed to the list that the field key ``smartcity_list`` names, in the order and with the
    labels of that list.
    """
    name = field["smartcity_vocabulary"]
    if name == ORGANIZATIONS:
        return [_choice(value, label) for value, label in store.organization_titles().items()]
    loaded = catalogue.load(**config.catalogue_sources())
    if name == INDICATORS:
        themes = {theme.number: _coded(theme.value, theme.name) for theme in loaded.themes}
        return [_choice(i.uid, _coded(i.code, i.name), group=themes[i.theme]) for i in loaded.indicators]
    if name == THEMES:
        return [_choice(theme.value, _coded(theme.value, theme.name)) for theme in loaded.themes]
    if name == TABLES:
        return [_choice(t.name, _both(t.title)) for t in loaded.tables.values() if t.filled_by != "portal"]
    vocabulary = loaded.vocabularies[name]
    listed = field.get("smartcity_list")
    found = vocabulary.in_list(listed) if listed else vocabulary.choices
    return [_choice(c.value, _both(c.label), retired=c.retired) for c in found]


def choice_values(field: dict[str, Any]) -> set[str]:
    """The values that are valid in a field."""
    return {choice["value"] for choice in field_choices(field)}


def _both(text: catalogue.Text) -> dict[str, str]:
    return {"id": text.id, "en": text.en}


def choice_label(field: dict[str, Any], value: str) -> str:
    """What a value of a field is called, for the reader; an unknown value is called what it is."""
    labels = {choice["value"]: choice["label"] for choice in field_choices(field)}
    return in_reader_language(labels.get(value, value))


def _coded(code: str, name: catalogue.Text) -> dict[str, str]:
    return {"id": f"{code} {name.id}", "en": f"{code} {name.en}"}


def _choice(value: str, label: dict[str, str], retired: bool = False, **more: Any) -> dict[str, Any]:
    return {"value": value, "label": label, "retired": retired, **more}
