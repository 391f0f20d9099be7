"""What an operator decides about counting, read once per process (``config.visits_settings``). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.address import Networks


@dataclass(frozen=True, slots=True)
class Settings:
    """The options ``ckanext.smartcity.visits.*`` under their own names, and what CKAN's options add."""

    enabled: bool
    redis_url: str
    redis_timeout_ms: int
    trusted_proxies: Networks
    internal_networks: Networks
    internal_roles: tuple[str, ...]  # sorted
    beacon: bool
    grade: str  # "all" or "confirmed"
    allow_agents: str  # path of a file, or empty
    deny_agents: str
    limit_minute: int
    limit_visit: int
    flush_seconds: int
    probe_url: str  # what the worker puts /_sc/alive behind
    heartbeat_seconds: int
    keep_hours: int
    min_coverage: float
    public_minimum: int
    show_in_dataset: bool
    legacy_tracking_summary: bool
    zone: ZoneInfo
    site_id: str
    secret: bytes
    root_path: str  # ckan.root_path without the language, "" or "/data"
    site_host: str = ""  # host, and port where it has one, of ckan.site_url, in lower case


def plain_root_path(root_path: str | None) -> str:
    """``ckan.root_path`` without the place of the language: ``/data/{{LANG}}`` gives ``/data``, none gives ``""``."""
    return (root_path or "").replace("{{LANG}}", "").rstrip("/")
