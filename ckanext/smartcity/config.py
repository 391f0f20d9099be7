"""Our options, read when they are asked for. Defaults stand in ``config_declaration.yaml`` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ckan.plugins import toolkit as tk

from ckanext.smartcity.contracts.reading import Limits
from ckanext.smartcity.visits.address import networks
from ckanext.smartcity.visits.settings import Settings, plain_root_path


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


def cutoff() -> str:
    """The day of the following year up to which events of a year are known, ``MM-DD``."""
    return tk.config["ckanext.smartcity.indicators.cutoff"]


def error_limit() -> int:
    """How many faults of a file a report lists."""
    return tk.config["ckanext.smartcity.indicators.error_limit"]


def full_text_rows() -> int:
    """Rows of a table up to which the word search is filled."""
    return tk.config["ckanext.smartcity.indicators.full_text_rows"]


def list_contracts() -> bool:
    """Whether service contracts appear in general listings."""
    return tk.config["ckanext.smartcity.portal.list_contracts"]


def contract_storage() -> str:
    """Name of CKAN's file storage for documents of contracts, or an empty text."""
    return tk.config["ckanext.smartcity.contracts.storage"]


def contract_limits() -> Limits:
    """How much of a document is read, and for how long."""
    return Limits(
        tk.config["ckanext.smartcity.contracts.max_pages"],
        tk.config["ckanext.smartcity.contracts.max_characters"],
        tk.config["ckanext.smartcity.contracts.read_timeout"],
    )


def contract_import_rows() -> int:
    """How many rows a file of contracts may have."""
    return tk.config["ckanext.smartcity.contracts.import_max_rows"]


def contract_visibility() -> str:
    """``private`` or ``public``: what imported contracts are at first."""
    return tk.config["ckanext.smartcity.contracts.default_visibility"]


def contract_klpd_code() -> str:
    """The code of the city's government in SPSE, or an empty text."""
    return tk.config["ckanext.smartcity.contracts.klpd_code"]


def jobs_queue() -> str:
    """Name of the queue of CKAN's background jobs that ours go to."""
    return tk.config["ckanext.smartcity.jobs.queue"]


def root_path() -> str:
    """``ckan.root_path`` without a language and without a slash at its end."""
    return plain_root_path(tk.config["ckan.root_path"])


def page_address(path: str) -> str:
    """The full address of a page without a language, also outside a request; ``path`` begins with a slash."""
    return tk.config["ckan.site_url"].rstrip("/") + root_path() + path


def overdue_grace() -> tuple[int, ...]:
    """Five numbers of days: grace up to weekly, monthly, quarterly, half-yearly, yearly and rarer."""
    return tuple(int(days) for days in tk.config["ckanext.smartcity.portal.overdue_grace"])


def navigation() -> bool:
    """Whether header entry and home block are shown."""
    return tk.config["ckanext.smartcity.portal.navigation"]


def visits_settings() -> Settings:
    """All options of the count; where one is empty, what stands for it."""
    return Settings(
        enabled=tk.config["ckanext.smartcity.visits.enabled"],
        redis_url=tk.config["ckanext.smartcity.visits.redis_url"] or tk.config["ckan.redis.url"],
        redis_timeout_ms=tk.config["ckanext.smartcity.visits.redis_timeout_ms"],
        trusted_proxies=networks(tk.config["ckanext.smartcity.visits.trusted_proxies"]),
        internal_networks=networks(tk.config["ckanext.smartcity.visits.internal_networks"]),
        internal_roles=tuple(sorted(set(tk.config["ckanext.smartcity.visits.internal_roles"]))),
        beacon=tk.config["ckanext.smartcity.visits.beacon"],
        grade=tk.config["ckanext.smartcity.visits.grade"],
        allow_agents=tk.config["ckanext.smartcity.visits.allow_agents"],
        deny_agents=tk.config["ckanext.smartcity.visits.deny_agents"],
        limit_minute=tk.config["ckanext.smartcity.visits.limit_minute"],
        limit_visit=tk.config["ckanext.smartcity.visits.limit_visit"],
        flush_seconds=tk.config["ckanext.smartcity.visits.flush_seconds"],
        probe_url=tk.config["ckanext.smartcity.visits.probe_url"] or tk.config["ckan.site_url"] + root_path(),
        heartbeat_seconds=tk.config["ckanext.smartcity.visits.heartbeat_seconds"],
        keep_hours=tk.config["ckanext.smartcity.visits.keep_hours"],
        min_coverage=tk.config["ckanext.smartcity.visits.min_coverage"],
        public_minimum=tk.config["ckanext.smartcity.visits.public_minimum"],
        show_in_dataset=tk.config["ckanext.smartcity.visits.show_in_dataset"],
        legacy_tracking_summary=tk.config["ckanext.smartcity.visits.legacy_tracking_summary"],
        zone=timezone(),
        site_id=tk.config["ckan.site_id"],
        secret=tk.config["SECRET_KEY"].encode(),
        root_path=root_path(),
        site_host=urlsplit(tk.config["ckan.site_url"]).netloc.lower(),
    )
