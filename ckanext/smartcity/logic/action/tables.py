"""The input tables: what an agency fills, by when, with which columns, and which indicators are computed from it.

Definitions only, the same for everybody; what has been published stands with the indicators.
"""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.catalogue import Catalogue
from ckanext.smartcity.logic import schema
from ckanext.smartcity.logic.action import table_dicts as dicts
from ckanext.smartcity.logic.action.indicator_dicts import agency
from ckanext.smartcity.logic.action.validation import validated
from ckanext.smartcity.portal import store, summary

__all__ = ["smartcity_table_list", "smartcity_table_show"]


@tk.side_effect_free
def smartcity_table_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The input tables, who fills them and when they are next due.

    :returns: ``as_of`` (today in the city), ``tables`` and ``agency_names`` (slug, name, short, on_portal). A table has
        ``name``, ``version``, ``title``, ``about``, ``filled_by`` (``upload``: a file; ``form``: a file or the row
        form; ``portal``: the portal writes it), ``producers`` (slugs) and ``supply`` (``single``: one of them for the
        whole city; ``each``: every one its part), ``due`` (``month_day``, ``next`` day, ``year`` it is due for; null
        where the portal writes it), ``indicators`` that read it (uid, code, path, name) and ``templates`` (addresses
        by form, ``csv`` and ``xlsx``; none where the portal writes it)
    :rtype: dictionary
    """
    tk.check_access("smartcity_table_list", context, data_dict)
    definitions = catalogue.load(**config.catalogue_sources())
    tables = [dicts.table_row(definitions, table, config.today()) for table in definitions.tables.values()]
    return {
        "as_of": config.today().isoformat(),
        "tables": tables,
        "agency_names": _agency_names(definitions, [slug for table in tables for slug in table["producers"]]),
    }


@tk.side_effect_free
def smartcity_table_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One input table: its columns and rules, and what ``smartcity_table_list`` says about it.

    :param id: name of the table, such as ``payments``
    :type id: string

    :returns: what the list says about it, ``as_of``, ``agency_names``, ``time`` (the column that says which year a row
        belongs to), ``key`` (the columns by which rows differ), ``columns`` (name, type, required, in_header, unit,
        description, aliases, allowed, allowed_level, pattern, minimum, maximum, example), ``rules`` (id, level,
        message, fault, when; a condition has left, op, right or value) and ``checks`` (names of further checks)
    :rtype: dictionary

    :raises ckan.logic.NotFound: no such table
    """
    tk.check_access("smartcity_table_show", context, data_dict)
    name = validated(data_dict, schema.table_show(), context)["id"]
    definitions = catalogue.load(**config.catalogue_sources())
    if name not in definitions.tables:
        raise tk.ObjectNotFound(tk._("Table not found"))
    table = definitions.table(name)
    row = dicts.table_row(definitions, table, config.today())
    return {
        "as_of": config.today().isoformat(),
        **row,
        **dicts.definition(table),
        "agency_names": _agency_names(definitions, row["producers"]),
    }


def _agency_names(definitions: Catalogue, slugs: list[str]) -> list[dict[str, Any]]:
    on_portal = summary.organizations(store.public_organizations())
    return [agency(summary.agency(slug, definitions, on_portal)) for slug in sorted(set(slugs))]
