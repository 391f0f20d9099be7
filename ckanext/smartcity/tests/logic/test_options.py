"""Options of the count: what CKAN starts with, and the sentence it stops with."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ckan.common import config_declaration
from ckan.plugins import toolkit as tk

from ckanext.smartcity import config
from ckanext.smartcity.visits.address import networks

PREFIX = "ckanext.smartcity.visits."
pytestmark = pytest.mark.usefixtures("with_plugins")


def refusal(ckan_config, option: str, value: str) -> str:
    """The sentence CKAN stops with at the start; empty where it starts."""
    _, errors = config_declaration.validate({**ckan_config, PREFIX + option: value})
    return "; ".join(errors.get(PREFIX + option, []))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("redis_timeout_ms", "5"),
        ("redis_timeout_ms", "50"),
        ("limit_minute", "10000"),
        ("keep_hours", "720"),
        ("min_coverage", "0"),
        ("min_coverage", "1"),
        ("trusted_proxies", ""),
        ("trusted_proxies", "unix 127.0.0.1 10.0.0.0/8 2001:db8::/32"),
        ("internal_roles", ""),
        ("internal_roles", "admin editor member"),
        ("allow_agents", ""),
        ("redis_url", ""),
        ("redis_url", "rediss://:secret@cache.example.org:6380/3"),
        ("redis_url", "unix:///run/redis.sock?db=3"),
        ("grade", "all"),
        ("enabled", "no"),
        ("probe_url", ""),
    ],
)
def test_good_values_start(ckan_config, option, value):
    assert refusal(ckan_config, option, value) == ""


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("redis_timeout_ms", "4", "'4' is not a whole number from 5 to 50"),
        ("redis_timeout_ms", "51", "'51' is not a whole number from 5 to 50"),
        ("redis_timeout_ms", "ten", "'ten' is not a whole number"),
        ("redis_timeout_ms", "20.5", "'20.5' is not a whole number"),
        ("heartbeat_seconds", "", "'' is not a whole number from 5 to 60"),
        ("min_coverage", "1.01", "'1.01' is not a number from 0 to 1"),
        ("min_coverage", "nan", "'nan' is not a number from 0 to 1"),
        ("min_coverage", "90 %", "'90 %' is not a number from 0 to 1"),
        ("trusted_proxies", "10.0.0.0/8 proxy", "'proxy' is neither a network"),
        ("trusted_proxies", "10.0.0.1/8", "has host bits set"),
        ("internal_networks", "10.0.0.0/33", "'10.0.0.0/33' is neither a network"),
        ("internal_roles", "admin boss", "'boss' is not a role in an organization. There are: admin, editor, member"),
        ("allow_agents", "/nowhere/agents.txt", "The file /nowhere/agents.txt cannot be read: "),
        ("redis_url", "localhost:6379", "'localhost:6379' is not an address such as redis://"),
        ("redis_url", "redis://localhost:port/1", "is not an address such as"),
        ("redis_url", "redis://localhost/visits", "is not an address such as"),
        ("grade", "browsed", "['all', 'confirmed']"),
    ],
)
def test_bad_values_are_named(ckan_config, option, value, said):
    assert said in refusal(ckan_config, option, value)


def test_a_file_of_agents_must_be_text(ckan_config, tmp_path: Path):
    (tmp_path / "good").write_text("^Kiosk/", encoding="utf-8")
    (tmp_path / "bad").write_bytes(b"\xff\xfe")
    assert refusal(ckan_config, "deny_agents", str(tmp_path / "good")) == ""
    assert "cannot be read" in refusal(ckan_config, "deny_agents", str(tmp_path / "bad"))


def test_empty_options_have_what_stands_for_them():
    settings = config.visits_settings()
    assert settings.redis_url == tk.config["ckan.redis.url"]
    assert settings.probe_url == "http://test.ckan.net"
    assert settings.internal_roles == ("admin", "editor")
    assert settings.zone == ZoneInfo("Asia/Jakarta")
    assert (settings.redis_timeout_ms, settings.min_coverage, settings.beacon) == (50, 0.9, True)


@pytest.mark.ckan_config(PREFIX + "trusted_proxies", "unix 10.0.0.0/8")
@pytest.mark.ckan_config("ckan.root_path", "/data/{{LANG}}")
def test_options_are_read_into_what_the_count_uses():
    settings = config.visits_settings()
    assert settings.trusted_proxies == networks(["10.0.0.0/8", "unix"])
    assert settings.root_path == "/data"
    assert settings.probe_url == "http://test.ckan.net/data"
