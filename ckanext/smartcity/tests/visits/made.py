"""Settings of the count for tests, on the Redis of the tests."""

from __future__ import annotations

import os
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.address import Networks
from ckanext.smartcity.visits.settings import Settings


def some_settings() -> Settings:
    """The defaults, for a site of its own."""
    return Settings(
        enabled=True,
        redis_url=os.environ.get("CKAN_REDIS_URL", "redis://127.0.0.1:6379/0"),
        redis_timeout_ms=50,
        trusted_proxies=Networks(),
        internal_networks=Networks(),
        internal_roles=("admin", "editor"),
        beacon=True,
        grade="confirmed",
        allow_agents="",
        deny_agents="",
        limit_minute=60,
        limit_visit=500,
        flush_seconds=10,
        probe_url="http://127.0.0.1:5000",
        heartbeat_seconds=10,
        keep_hours=48,
        min_coverage=0.9,
        public_minimum=3,
        show_in_dataset=True,
        legacy_tracking_summary=False,
        zone=ZoneInfo("Asia/Jakarta"),
        site_id="made",
        secret=b"only for tests",
        root_path="",
    )
