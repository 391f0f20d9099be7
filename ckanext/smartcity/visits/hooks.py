"""Figures beside the datasets that CKAN shows: one statement for all of a page."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p

from ckanext.smartcity import config
from ckanext.smartcity.visits import object_store, reading

FIELD = "smartcity_visits"


def add_to_dataset(context: Any, dataset: dict[str, Any]) -> None:
    """``after_dataset_show``: add figures to a dataset that anybody may read.

    Nothing for the call by which CKAN indexes: what it returns is stored in Solr, and figures would be old there.
    """
    if context.get("use_cache") is False and context.get("validate") is False:
        return
    _add([dataset])


def add_to_results(results: dict[str, Any]) -> dict[str, Any]:
    """``after_dataset_search``: add figures to the datasets of a page."""
    _add([dataset for dataset in results.get("results", []) if dataset.get("id")])
    return results


def _add(datasets: list[dict[str, Any]]) -> None:
    settings = config.visits_settings()
    legacy = settings.legacy_tracking_summary and not p.plugin_loaded("tracking")
    if not datasets or not (settings.show_in_dataset or legacy):
        return
    found = object_store.counts("dataset", [dataset["id"] for dataset in datasets], config.today())
    for dataset in datasets:
        counted = found.get(dataset["id"])
        if counted and settings.show_in_dataset:
            dataset[FIELD] = reading.counts_dict(counted, settings.grade)
        if counted and legacy:
            dataset["tracking_summary"] = {"total": counted.figures.views, "recent": counted.recent.views}
