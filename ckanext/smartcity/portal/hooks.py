"""CKAN's hooks of searching and indexing: read options and catalogue, hand over to the pure files."""

from __future__ import annotations

import json
import logging
from typing import Any

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.portal import facets, index, language, listing, schemafiles, startup

log = logging.getLogger(__name__)


def check_start(options: Any, locales: list[str]) -> None:
    """``configure``: read the catalogue, and warn of what in the configuration will not work.

    Raises ``CatalogueError`` for a bad catalogue: a portal must not start with one.
    """
    catalogue.load(**config.catalogue_sources())
    for warning in startup.warnings(startup.setup_from(options, schemafiles.read, locales)):
        log.warning(warning)


def search_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """``before_dataset_search``."""
    return listing.search_parameters(parameters, config.list_contracts(), config.today())


def label_results(results: dict[str, Any]) -> dict[str, Any]:
    """``after_dataset_search``: name the facet items. Nothing per result."""
    loaded = catalogue.load(**config.catalogue_sources())
    facets.label_facets(results.get("search_facets") or {}, loaded, language.reader_language())
    return results


def index_document(document: dict[str, Any]) -> dict[str, Any]:
    """``before_dataset_index``: our keys beside core's.

    An error here would stop a whole harvest (ckan/ckan#7679), so a dataset that our rules cannot read is indexed as
    core does, and the log names it.
    """
    try:
        return {**index.without_json_texts(document), **_keys(document)}
    except Exception:
        log.exception("Dataset %s is indexed without its smart city fields", document.get("id"))
        return document


def _keys(document: dict[str, Any]) -> dict[str, Any]:
    dataset = json.loads(document["validated_data_dict"])
    loaded = catalogue.load(**config.catalogue_sources())
    if document.get("dataset_type") == listing.CONTRACT:
        return index.contract_keys(dataset, config.today().year)
    tags = index.tag_keys(dataset, loaded)
    return {**tags, **index.due_keys(dataset, loaded, config.overdue_grace(), config.timezone())}
