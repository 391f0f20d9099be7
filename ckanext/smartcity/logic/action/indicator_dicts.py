"""Plain dictionaries of the answers of ``indicators.py``. Days as ISO text, texts in both languages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from ckanext.smartcity.catalogue import Catalogue, Indicator, Requirement, Text
from ckanext.smartcity.portal import summary
from ckanext.smartcity.portal.summary import Agency, Dataset, IndicatorRow


def text(value: Text) -> dict[str, str]:
    return {"id": value.id, "en": value.en}


def agency(value: Agency) -> dict[str, Any]:
    return {"slug": value.slug, "name": text(value.name), "short": value.short, "on_portal": value.on_portal}


def agency_row(value: Agency, rows: Iterable[IndicatorRow], own: Collection[Dataset]) -> dict[str, Any]:
    """An agency with counts: of indicators it answers for and supplies, of its own public datasets."""
    answers = [row for row in rows if row.responsibility.lead == value.slug]
    return {
        **agency(value),
        "answers": len(answers),
        "answers_with_data": sum(1 for row in answers if row.datasets),
        "supplies": sum(1 for row in rows if value.slug in row.responsibility.producers),
        "dataset_count": len(own),
        "overdue_count": sum(dataset.overdue for dataset in own),
        "newest": _iso(max((dataset.newest for dataset in own if dataset.newest), default=None)),
    }


def dataset(value: Dataset) -> dict[str, Any]:
    return {
        "name": value.name,
        "title": {"id": value.title, "en": value.title_en},
        "owner": value.owner,
        "agencies": list(value.agencies),
        "newest": _iso(value.newest),
        "due": _iso(value.due),
        "overdue": value.overdue,
    }


def indicator_row(row: IndicatorRow) -> dict[str, Any]:
    """One line of a table of indicators."""
    indicator = row.indicator
    return {
        "uid": indicator.uid,
        "standard": indicator.standard,
        "code": indicator.code,
        "path": indicator.path,
        "approach": indicator.approach,
        "theme": indicator.theme,
        "name": text(indicator.name),
        "short": text(indicator.short),
        "programme": indicator.programme,
        "local": indicator.local,
        "lead": row.responsibility.lead,
        "producers": list(row.responsibility.producers),
        "dataset_count": len(row.datasets),
        "overdue_count": row.overdue,
        "agencies": list(row.agencies),
        "newest": _iso(row.newest),
    }


def approaches(catalogue: Catalogue, rows: list[IndicatorRow]) -> list[dict[str, Any]]:
    """The approaches and themes that have a row, each with its totals."""
    return [
        {
            "slug": approach.slug,
            "name": text(approach.name),
            "totals": asdict(summary.totals(in_approach)),
            "themes": [
                {
                    "number": theme.number,
                    "name": text(theme.name),
                    "totals": asdict(summary.totals(in_theme)),
                }
                for theme in approach.themes
                if (in_theme := [row for row in in_approach if row.indicator.theme == theme.number])
            ],
        }
        for approach in catalogue.approaches
        if (in_approach := [row for row in rows if row.indicator.approach == approach.slug])
    ]


def definition(catalogue: Catalogue, indicator: Indicator) -> dict[str, Any]:
    """What an indicator means and how it is computed."""
    unit = catalogue.vocabularies["units"].get(indicator.unit)
    return {
        "approach_name": text(catalogue.approach(indicator.approach).name),
        "theme_name": text(catalogue.theme(indicator.theme).name),
        "meaning": text(indicator.meaning),
        "numerator": text(indicator.numerator),
        "denominator": text(indicator.denominator),
        "formula_type": indicator.formula_type,
        "multiplier": format(indicator.multiplier, "f"),
        "inputs": [{"name": name, "title": text(catalogue.table(name).title)} for name in indicator.inputs],
        "unit": {"value": indicator.unit, "label": text(unit.label) if unit else None},
        "measure_kind": indicator.measure_kind,
        "better": indicator.better,
        "certainty": indicator.certainty,
        "readings": [text(reading) for reading in indicator.readings],
        "note": _optional(indicator.note),
        "source": list(indicator.source),
    }


def responsibility(row: IndicatorRow) -> dict[str, Any]:
    """Who answers for an indicator and who supplies its data."""
    who = row.responsibility
    return {
        "lead": who.lead,
        "producers": list(who.producers),
        "supply": who.supply,
        "origin": who.origin,
        "others": _optional(who.others),
        "note": _optional(who.note),
    }


def programme_entry(catalogue: Catalogue, uid: str) -> dict[str, Any] | None:
    """What the work programme says about one of its ten indicators."""
    entry = catalogue.programme_entry(uid)
    if entry is None:
        return None
    document = catalogue.programme.document
    return {
        "document": {"title": text(document.title), "publisher": document.publisher, "date": document.date},
        "activities": [text(activity) for activity in entry.activities],
        "requirements": [_requirement(catalogue, requirement) for requirement in entry.requirements],
        "success": text(entry.success),
        "notes": [text(note) for note in entry.notes],
    }


def _requirement(catalogue: Catalogue, requirement: Requirement) -> dict[str, Any]:
    """A requirement, with the service areas of the list it refers to."""
    areas = catalogue.vocabularies["service_areas"]
    choices = areas.in_list(requirement.service_areas) if requirement.service_areas else ()
    return {**text(requirement), "service_areas": [text(choice.label) for choice in choices]}


def _optional(value: Text | None) -> dict[str, str] | None:
    return text(value) if value else None


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
