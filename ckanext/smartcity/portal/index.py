"""What the search index learns from our fields. Pure: no query, no request; odd stored values are passed over.

``vocab_*`` keys are multi-valued strings of CKAN's unchanged Solr schema: real facets, also for values with ``:`` and
``/``. Contracts of the city carry their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from ckanext.smartcity.catalogue import Catalogue
from ckanext.smartcity.portal import fields, freshness

INDICATORS = "vocab_smartcity_indicators"
THEMES = "vocab_smartcity_themes"
APPROACH = "vocab_smartcity_approach"
OPD = "vocab_smartcity_opd"
CLAUSE = "vocab_smartcity_open_data_clause"
AREAS = "vocab_smartcity_service_areas"
CATEGORY = "vocab_smartcity_category"
METHOD = "vocab_smartcity_method"
YEARS = "vocab_smartcity_years"
DUE = "smartcity_due_date"
VALUE = "smartcity_value_sort"
TERMS = "extras_smartcity_terms"

LIST_FIELDS = ("indicators", "opd", "classification", "language", "city_service_areas")
REPEATING_FIELDS = ("temporal_coverage", "contact", "amendments")
VALUE_DIGITS = 18  # rupiah in hundredths, padded so that texts sort as numbers


def without_json_texts(document: dict[str, Any]) -> dict[str, Any]:
    """The index document without the JSON texts of our list and repeating fields.

    A facet would show ``["a","b"]``. Repeating fields become ``extras_<field>__<subfield>``, for free text.
    """
    kept = {key: value for key, value in document.items() if key not in LIST_FIELDS + REPEATING_FIELDS}
    for field in REPEATING_FIELDS:
        kept.pop(f"extras_{field}", None)
        rows = fields.stored_rows(document.get(field) or document.get(f"extras_{field}"))
        for name in sorted({name for row in rows for name in row}):
            texts = [str(row[name]) for row in rows if row.get(name)]
            if texts:
                kept[f"extras_{field}__{name}"] = " ".join(texts)
    return kept


def tag_keys(dataset: dict[str, Any], loaded: Catalogue) -> dict[str, Any]:
    """Indicators, themes, approaches and OPDs of a dataset as ``package_show`` gives it, and their names as text."""
    uids = set(fields.stored_list(dataset.get("indicators")))
    indicators = [indicator for indicator in loaded.indicators if indicator.uid in uids]
    themes = [theme for theme in loaded.themes if theme.number in {i.theme for i in indicators}]
    approaches = [a for a in loaded.approaches if a.slug in {i.approach for i in indicators}]
    owner: str = (dataset.get("organization") or {}).get("name") or ""
    opd = [name for name in dict.fromkeys([*fields.stored_list(dataset.get("opd")), owner]) if name]
    agencies = [agency for agency in map(loaded.agency, opd) if agency]
    names = [named.name for named in (*indicators, *themes, *approaches, *agencies)]
    words = [*(i.code for i in indicators), *(a.short for a in agencies), *_both(names)]
    return _filled(
        {
            INDICATORS: [i.uid for i in indicators],
            THEMES: [theme.value for theme in themes],
            APPROACH: [approach.slug for approach in approaches],
            OPD: opd,
            TERMS: " ".join(words),
        }
    )


def _both(names: Iterable[Any]) -> list[str]:
    return [text for name in names for text in (name.id, name.en)]


def due_keys(dataset: dict[str, Any], loaded: Catalogue, grace: Sequence[int], zone: tzinfo) -> dict[str, Any]:
    """The last day on which a dataset is in time, as a Solr date; nothing where nothing is due."""
    last_day = last_day_in_time(dataset, loaded, grace, zone)
    return {DUE: f"{last_day.isoformat()}T00:00:00Z"} if last_day else {}


def last_day_in_time(dataset: dict[str, Any], loaded: Catalogue, grace: Sequence[int], zone: tzinfo) -> date | None:
    """``freshness.last_day_in_time`` of a dataset as ``package_show`` gives it."""
    return freshness.last_day_in_time(
        period_days(dataset.get("frequency"), loaded),
        newest_day(dataset, zone),
        fields.day_or_none(dataset.get("next_release_date")),
        dataset.get("access_rights"),
        grace,
    )


def period_days(frequency: Any, loaded: Catalogue) -> int | None:
    """Days of an update frequency; ``None`` for irregular, unknown and foreign values."""
    choice = loaded.vocabularies["frequencies"].get(frequency) if isinstance(frequency, str) else None
    return choice.extra.get("days") if choice else None


def newest_day(dataset: dict[str, Any], zone: tzinfo) -> date | None:
    """The youngest day on which a file of the dataset was changed, else created."""
    resources = dataset.get("resources") or []
    days = [freshness.city_day(r.get("last_modified") or r.get("created"), zone) for r in resources]
    return max((day for day in days if day), default=None)


def overdue_filter(today: date) -> str:
    """The Solr filter for what is overdue on ``today``: the last day in time has passed."""
    return f"{DUE}:[* TO {today.isoformat()}T00:00:00Z}}"


def contract_keys(contract: dict[str, Any], this_year: int) -> dict[str, Any]:
    """Facets and sort key of a contract as ``package_show`` gives it."""
    return _filled(
        {
            CLAUSE: _one(contract.get("open_data_clause")),
            AREAS: fields.stored_list(contract.get("city_service_areas")),
            CATEGORY: _one(contract.get("procurement_category")),
            METHOD: _one(contract.get("procurement_method")),
            YEARS: contract_years(contract, this_year),
            VALUE: _sortable(contract.get("value_amount")),
        }
    )


def contract_years(contract: dict[str, Any], this_year: int) -> list[str]:
    """Years in which a contract is in force: to its end or termination, an open-ended one to ``this_year``."""
    start = fields.day_or_none(contract.get("start_date"))
    if start is None or contract.get("contract_status") == "cancelled":
        return []
    ends = [fields.day_or_none(contract.get(name)) for name in ("terminated_date", "end_date")]
    last = min((end.year for end in ends if end), default=this_year)
    return [str(year) for year in range(start.year, min(last, start.year + 100) + 1)]


def _sortable(amount: Any) -> str | None:
    try:
        return f"{int(Decimal(fields.amount(amount)) * 100):0{VALUE_DIGITS}d}"
    except fields.FieldRefused:
        return None


def _one(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else []


def _filled(keys: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value}
