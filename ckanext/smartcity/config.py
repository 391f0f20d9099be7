"""Our options, read when they are asked for. Defaults stand in ``config_declaration.yaml`` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from ckan.plugins import toolkit as tk


def city_name() -> str:
    """The city's name; ``ckan.site_title`` where the option is empty."""
    return tk.config["ckanext.smartcity.city.name"] or tk.config["ckan.site_title"]


def timezone() -> ZoneInfo:
    """The city's zone. Raises ``ZoneInfoNotFoundError`` for an unknown name."""
    return ZoneInfo(tk.config["ckanext.smartcity.city.timezone"])


def today() -> date:
    """The day it is in the city."""
    return datetime.now(timezone()).date()


def region_code() -> str:
    """The city's Kemendagri code, or an empty text."""
    return tk.config["ckanext.smartcity.city.region_code"]


def region_code_bps() -> str:
    """The city's BPS code, or an empty text."""
    return tk.config["ckanext.smartcity.city.region_code_bps"]


class CatalogueSources(TypedDict):
    """The keyword arguments of ``catalogue.load``."""

    catalogue_paths: tuple[str, ...]
    agencies_path: str
    vocabularies_path: str


def catalogue_sources() -> CatalogueSources:
    """Where the catalogue is read from: the keyword arguments of ``catalogue.load``."""
    return {
        "catalogue_paths": tuple(tk.config["ckanext.smartcity.indicators.catalogue_paths"]),
        "agencies_path": tk.config["ckanext.smartcity.indicators.agencies"],
        "vocabularies_path": tk.config["ckanext.smartcity.portal.vocabularies_path"],
    }


def list_contracts() -> bool:
    """Whether service contracts appear in general listings."""
    return tk.config["ckanext.smartcity.portal.list_contracts"]


def overdue_grace() -> tuple[int, ...]:
    """Five numbers of days: grace up to weekly, monthly, quarterly, half-yearly, yearly and rarer."""
    return tuple(int(days) for days in tk.config["ckanext.smartcity.portal.overdue_grace"])


def navigation() -> bool:
    """Whether header entry and home block are shown."""
    return tk.config["ckanext.smartcity.portal.navigation"]
