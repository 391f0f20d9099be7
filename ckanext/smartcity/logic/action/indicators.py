"""Indicators and agencies with the public datasets that serve them: what the pages under ``/smartcity`` show.

Every figure counts what an anonymous visitor may see, whoever asks, and is read from PostgreSQL at the moment of
asking. Texts are given in both languages, as ``{"id": ..., "en": ...}``; days as ``YYYY-MM-DD``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.catalogue import Catalogue, Indicator
from ckanext.smartcity.logic import schema
from ckanext.smartcity.logic.action import indicator_dicts as dicts
from ckanext.smartcity.logic.action.validation import validated
from ckanext.smartcity.portal import store, summary
from ckanext.smartcity.portal.summary import Agency, Calendar, Filters, IndicatorRow

__all__ = [
    "smartcity_agency_list",
    "smartcity_agency_show",
    "smartcity_indicator_list",
    "smartcity_indicator_show",
]


@dataclass(frozen=True)
class _Portal:
    """The catalogue and what is public on the portal now."""

    catalogue: Catalogue
    on_portal: dict[str, Agency]
    rows: list[IndicatorRow]

    def agencies(self, rows: Iterable[IndicatorRow]) -> list[Agency]:
        """Agencies named in these rows, by their short names."""
        return summary.agencies(self.catalogue, self.on_portal, rows)


@tk.side_effect_free
def smartcity_indicator_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Indicators of the catalogue and what is published for each.

    :param approach: only indicators of this approach, such as ``governance`` (optional)
    :type approach: string
    :param theme: only indicators of the theme with this number (optional)
    :type theme: string
    :param agency: only indicators that this agency (name of an organisation) answers for, supplies, or has published
        a dataset for (optional)
    :type agency: string
    :param programme: only indicators in the work programme, or only the others (optional)
    :type programme: boolean
    :param state: ``with_data``, ``without_data`` or ``overdue``: at least one dataset, none, or at least one that is
        overdue (optional)
    :type state: string

    :returns: ``as_of`` (today in the city), ``filters`` (those given), ``totals`` of what is shown (``indicators`` =
        ``with_data`` + ``without_data``; ``overdue``, a part of ``with_data``; ``datasets``, each counted once),
        ``indicators`` (uid, standard, code, path, approach, theme, name, short, programme, local, lead, producers,
        dataset_count, overdue_count, agencies, newest), ``approaches`` with their themes and totals, and ``agencies``
        (slug, name, short, on_portal) for every agency named in any indicator, shown or not
    :rtype: dictionary

    :raises ckan.logic.ValidationError: a filter has an unknown value; the sentence names it
    """
    tk.check_access("smartcity_indicator_list", context, data_dict)
    portal = _read()
    agencies = portal.agencies(portal.rows)
    given = validated(data_dict, schema.indicator_list(portal.catalogue, [agency.slug for agency in agencies]), context)
    rows = summary.matching(portal.rows, Filters(**given))
    return {
        "as_of": config.today().isoformat(),
        "filters": given,
        "totals": {**asdict(summary.totals(rows)), "datasets": summary.dataset_count(rows)},
        "approaches": dicts.approaches(portal.catalogue, rows),
        "indicators": [dicts.indicator_row(row) for row in rows],
        "agencies": [dicts.agency(agency) for agency in agencies],
    }


@tk.side_effect_free
def smartcity_indicator_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One indicator: its definition, who answers for it, and the public datasets that serve it.

    :param id: uid (``iso37122:2019/5.1``), address (``iso37122-2019/5.1``) or, while one standard is loaded, the code
    :type id: string
    :param limit: at most this many datasets (optional, default: all)
    :type limit: integer

    :returns: what ``smartcity_indicator_list`` says about it, and ``as_of``, ``approach_name``, ``theme_name``,
        ``meaning``, ``numerator``, ``denominator``, ``formula_type``, ``multiplier``, ``inputs`` (tables: name,
        title), ``unit`` (value, label), ``measure_kind``, ``better``, ``certainty``, ``readings``, ``note``,
        ``source``, ``responsibility`` (lead, producers, supply, origin, others, note), ``programme_entry`` (document,
        activities, requirements with their service areas, success, notes; null outside the work programme),
        ``datasets`` (name, title, owner, agencies, newest, due, overdue), the youngest first, and ``agency_names``
        (slug, name, short, on_portal)
    :rtype: dictionary

    :raises ckan.logic.NotFound: no such indicator
    :raises ckan.logic.ValidationError: a code that several standards have
    """
    tk.check_access("smartcity_indicator_show", context, data_dict)
    given = validated(data_dict, schema.show(), context)
    indicator = _find(given["id"])
    portal = _read(indicator.code)
    row = next(row for row in portal.rows if row.indicator.uid == indicator.uid)
    datasets = summary.newest_first(row.datasets)
    return {
        "as_of": config.today().isoformat(),
        **dicts.indicator_row(row),
        **dicts.definition(portal.catalogue, indicator),
        "responsibility": dicts.responsibility(row),
        "programme_entry": dicts.programme_entry(portal.catalogue, indicator.uid),
        "datasets": [dicts.dataset(dataset) for dataset in datasets[: given.get("limit")]],
        "agency_names": [dicts.agency(agency) for agency in portal.agencies([row])],
    }


@tk.side_effect_free
def smartcity_agency_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Agencies that answer for an indicator, supply one, or have published a dataset for one.

    :returns: ``as_of``, ``totals`` (``agencies``, ``on_portal``, ``datasets`` each counted once) and ``agencies``
        (slug, name, short, on_portal, answers, answers_with_data, supplies, dataset_count, overdue_count, newest);
        ``answers`` and ``supplies`` count indicators, the others the public datasets of the agency
    :rtype: dictionary
    """
    tk.check_access("smartcity_agency_list", context, data_dict)
    portal = _read()
    own = summary.by_agency(portal.rows)
    agencies = [
        dicts.agency_row(agency, portal.rows, own.get(agency.slug, ())) for agency in portal.agencies(portal.rows)
    ]
    return {
        "as_of": config.today().isoformat(),
        "totals": {
            "agencies": len(agencies),
            "on_portal": sum(agency["on_portal"] for agency in agencies),
            "datasets": summary.dataset_count(portal.rows),
        },
        "agencies": agencies,
    }


@tk.side_effect_free
def smartcity_agency_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One agency: the indicators it answers for and supplies, and when its datasets are due.

    :param id: name of an organisation, or slug of an agency of the catalogue
    :type id: string
    :param limit: at most this many datasets in ``due`` (optional, default: all)
    :type limit: integer

    :returns: what ``smartcity_agency_list`` says about it, and ``as_of``, ``indicators`` (as in
        ``smartcity_indicator_list``, with ``answers`` and ``supplies`` of this agency and ``own_dataset_count``;
        overdue first, then those without data), ``due_count`` and ``due`` (datasets of the agency by their due date,
        as in ``smartcity_indicator_show``, with ``indicators``) and ``agency_names``
    :rtype: dictionary

    :raises ckan.logic.NotFound: neither an active organisation nor an agency of the catalogue
    """
    tk.check_access("smartcity_agency_show", context, data_dict)
    given = validated(data_dict, schema.show(), context)
    portal = _read()
    slug = given["id"]
    if slug not in portal.on_portal and portal.catalogue.agency(slug) is None:
        raise tk.ObjectNotFound(tk._("Agency not found"))
    agency = summary.agency(slug, portal.catalogue, portal.on_portal)
    rows = summary.work_first(row for row in portal.rows if row.concerns(slug))
    own = summary.by_agency(rows).get(slug, ())
    due = summary.due_first(own)
    return {
        "as_of": config.today().isoformat(),
        **dicts.agency_row(agency, portal.rows, own),
        "indicators": [
            {
                **dicts.indicator_row(row),
                "answers": slug == row.responsibility.lead,
                "supplies": slug in row.responsibility.producers,
                "own_dataset_count": sum(slug in dataset.agencies for dataset in row.datasets),
            }
            for row in rows
        ],
        "due_count": len(due),
        "due": [
            {**dicts.dataset(dataset), "indicators": list(dataset.indicators)} for dataset in due[: given.get("limit")]
        ],
        "agency_names": [dicts.agency(named) for named in portal.agencies(rows)],
    }


def _read(code: str = "") -> _Portal:
    """Two statements: datasets (only those that may serve an indicator of this code) and organisations."""
    definitions = catalogue.load(**config.catalogue_sources())
    known = {indicator.uid for indicator in definitions.indicators}
    datasets = summary.judge(store.public_datasets(config.timezone().key, code), known, _calendar(definitions))
    return _Portal(
        definitions,
        summary.organizations(store.public_organizations()),
        summary.indicator_rows(definitions, datasets),
    )


def _calendar(definitions: Catalogue) -> Calendar:
    frequencies = definitions.vocabularies["frequencies"].choices
    return Calendar(
        today=config.today(),
        periods={choice.value: choice.extra.get("days") for choice in frequencies},
        grace=config.overdue_grace(),
    )


def _find(reference: str) -> Indicator:
    """The indicator by uid, address or bare code."""
    definitions = catalogue.load(**config.catalogue_sources())
    try:
        if "/" in reference and ":" not in reference:
            return definitions.indicator_at(*reference.split("/", 1))
        return definitions.indicator(reference)
    except catalogue.AmbiguousCode:
        message = tk._("The code {code} stands in several standards: give the whole identifier")
        raise tk.ValidationError({"id": [message.format(code=reference)]}) from None
    except catalogue.UnknownIndicator:
        raise tk.ObjectNotFound(tk._("Indicator not found")) from None
