"""The night list: when it is due, that no step hinders the next, and what it looks at in Redis."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.usefixtures("clean")
JAKARTA = ZoneInfo("Asia/Jakarta")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.fixture
def engine():
    from ckanext.smartcity.nightly import own_engine

    return own_engine()


def remembered(engine, name: str):
    from sqlalchemy import select

    from ckanext.smartcity.visits.models import VisitState

    with engine.connect() as connection:
        return connection.execute(select(VisitState.value).where(VisitState.name == name)).scalar()


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        ("2026-03-02T04:29:59", "2026-03-01T04:30"),
        ("2026-03-02T04:30:00", "2026-03-02T04:30"),
        ("2026-03-02T00:10:00", "2026-03-01T04:30"),
        ("2026-01-01T03:00:00", "2025-12-31T04:30"),
    ],
)
def test_it_begins_at_half_past_four_in_the_city(now, begin):
    from ckanext.smartcity.nightly import last_begin

    assert last_begin(moment(now)) == moment(begin)


def test_it_is_due_until_it_was_done_and_again_after_the_next_half_past_four(engine):
    from ckanext.smartcity import nightly
    from ckanext.smartcity.visits import state

    now = moment("2026-03-02T10:00:00")
    assert nightly.is_due(engine, now)  # it was never done
    with engine.begin() as connection:
        state.put(connection, nightly.DONE, {}, now)
    assert not nightly.is_due(engine, now)
    assert not nightly.is_due(engine, moment("2026-03-03T04:29:00"))
    assert nightly.is_due(engine, moment("2026-03-03T04:30:00"))


def test_a_step_that_fails_is_told_and_the_next_is_done(engine):
    from ckanext.smartcity import nightly
    from ckanext.smartcity.nightly import Step

    def broken() -> list[str]:
        raise OSError("away\nsecond line")

    said: list[tuple[str, list[str]]] = []
    steps = [Step("a", broken), Step("b", lambda: ["odd"]), Step("c", lambda: [])]
    found = nightly.run(steps, engine, lambda name, problems: said.append((name, problems)))
    assert found == {"a": ["failed: away"], "b": ["odd"], "c": []} == dict(said)
    assert remembered(engine, nightly.DONE) == found
    assert not nightly.is_due(engine, nightly.city_now())
    assert nightly.is_due(engine, nightly.city_now() + timedelta(days=1))


def test_the_command_does_it_and_its_exit_status_says_whether_all_was_good(ckan_config):
    """On the Redis of the tests, which the queues of CKAN share."""
    from click.testing import CliRunner

    from ckanext.smartcity.cli import smartcity

    shown = CliRunner().invoke(smartcity, ["nightly"], catch_exceptions=False)
    assert shown.exit_code == 1
    assert "The count shares its Redis database with CKAN" in shown.output
    machine = CliRunner().invoke(smartcity, ["nightly", "--json"], catch_exceptions=False)
    problems = json.loads(machine.output)["visits: start checks"]
    assert any(problem.startswith("The count shares its Redis database with CKAN") for problem in problems)


def test_what_the_checks_found_is_kept_for_the_administration_page(engine):
    from ckanext.smartcity import config, nightly

    nightly.start_checks(config.visits_settings(), engine)
    found = {check["code"]: check["ok"] for check in remembered(engine, "checks")}
    assert found["server"] and found["clients"] and not found["database_shared"]


def test_visitors_hidden_by_a_proxy_are_a_finding(engine):
    """Numbers of yesterday, as record.lua writes them while the portal runs."""
    from redis import Redis

    from ckanext.smartcity import config, nightly

    settings = config.visits_settings()
    key = f"sc:{settings.site_id}:k:{nightly.city_now().date() - timedelta(days=1)}"
    with Redis.from_url(settings.redis_url) as store:
        store.hset(key, mapping={"visits": 100, "private_client": 90})
        assert not any("internal address" in problem for problem in nightly.start_checks(settings, engine))
        store.hset(key, mapping={"private_client": 91, "untrusted_header": 3})
        hidden, headers = nightly.start_checks(settings, engine)[-2:]
        store.delete(key)
    assert hidden.startswith("Yesterday 91 of 100 visits") and headers.startswith("Yesterday 3 requests")


def test_a_redis_that_is_away_is_a_finding():
    from ckanext.smartcity.visits.checks import redis_checks

    (check,) = redis_checks("redis://127.0.0.1:1/0", os.environ["CKAN_REDIS_URL"])
    assert (check["code"], check["ok"]) == ("redis_away", False)


@pytest.mark.parametrize(
    ("info", "good"),
    [
        ({"redis_version": "6.0.16"}, False),
        ({"redis_version": "6.2.0"}, True),
        ({"redis_version": "10.0.1"}, True),
        ({"redis_version": "7.2.4", "valkey_version": "9.0.0"}, True),
        ({"redis_version": "5.0.0", "valkey_version": "7.2.5"}, True),
        ({}, False),
    ],
)
def test_versions(info, good):
    from ckanext.smartcity.visits.checks import version_check

    assert version_check(info)["ok"] is good


@pytest.mark.parametrize(
    ("info", "appendfsync", "good"),
    [
        ({"aof_enabled": 0}, "everysec", False),
        ({"aof_enabled": 1}, "everysec", True),
        ({"aof_enabled": 1}, "always", True),
        ({"aof_enabled": 1}, "no", False),
        ({"aof_enabled": 1}, None, True),
        ({"aof_enabled": 1, "aof_last_write_status": "err"}, "everysec", False),
    ],
)
def test_persistence(info, appendfsync, good):
    from ckanext.smartcity.visits.checks import persistence_check

    assert persistence_check(info, appendfsync)["ok"] is good


@pytest.mark.parametrize(
    ("ours", "ckans", "good"),
    [
        ("redis://localhost:6379/3", "redis://localhost:6379/0", True),
        ("redis://localhost:6379/0", "redis://127.0.0.1", False),
        ("redis://:secret@localhost:6379/1", "redis://localhost:6379/1", False),
        ("redis://localhost:6380/0", "redis://localhost:6379/0", True),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=0", True),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0", False),
    ],
)
def test_a_database_of_its_own(ours, ckans, good):
    from ckanext.smartcity.visits.checks import database_check

    assert database_check(ours, ckans)["ok"] is good


def test_eviction_and_clusters():
    from ckanext.smartcity.visits.checks import cluster_check, policy_check

    assert policy_check({"maxmemory_policy": "noeviction"})["ok"]
    assert not policy_check({"maxmemory_policy": "allkeys-lru"})["ok"]
    assert cluster_check({"cluster_enabled": 0})["ok"]
    assert not cluster_check({"cluster_enabled": 1})["ok"]
