"""``ckan smartcity visits``: flush by cron, state of the count, the stored counters as CSV."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

YEAR_BEGIN, DAY = date(2026, 1, 1), timedelta(days=1)


class Alive(BaseHTTPRequestHandler):
    """A portal that answers heartbeats."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def portal(ckan_config, monkeypatch) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Alive) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setitem(ckan_config, "ckanext.smartcity.visits.probe_url", url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def counted(clean, portal) -> None:
    """Two visits of one page each, in Redis, with nothing of other tests."""
    from ckan.lib.redis import connect_to_redis

    from ckanext.smartcity import config
    from ckanext.smartcity.visits.recorder import Recorder

    settings, client = config.visits_settings(), connect_to_redis()
    for key in client.scan_iter(f"sc:{settings.site_id}:*"):
        client.delete(key)
    recorder = Recorder(settings)
    for address in ("192.0.2.1", "192.0.2.2"):
        recorder.record("page", address=address, agent=b"Firefox", object="page|home")
    assert recorder.status()["last_error"] is None


def test_flush_writes_what_was_counted(counted, run):
    first = json.loads(run("visits", "flush", "--json").output)
    assert (first["rows"], first["gaps"], first["deleted"]) == (2, 0, 0)
    assert run("visits", "flush", "--quiet").output == ""
    assert run("visits", "flush", "--full").output.startswith("0 rows changed, 2 hours and days read")


def test_flush_writes_although_the_portal_gives_no_heartbeat(counted, run, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.visits.probe_url", "http://127.0.0.1:1")
    result = run("visits", "flush")
    assert result.exit_code == 1 and "gives no heartbeat" in result.output
    assert "2 rows changed" in result.output


def test_flush_without_redis_says_that_nothing_is_lost(clean, portal, run, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.visits.redis_url", "redis://127.0.0.1:1/0")
    result = run("visits", "flush", "--quiet")
    assert result.exit_code == 1 and "nothing is lost" in result.output


def test_flush_of_a_portal_that_does_not_count(clean, run, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.visits.enabled", False)
    result = run("visits", "flush")
    assert result.exit_code == 1 and "not counted" in result.output


def test_status_is_wrong_until_somebody_flushes(counted, run):
    before = run("visits", "status")
    assert before.exit_code == 1 and "Last flush: never" in before.output and "Does the worker run?" in before.output
    run("visits", "flush")
    after = run("visits", "status")
    assert after.exit_code == 0 and "Problem" not in after.output and " s ago)" in after.output
    assert run("visits", "status", "--quiet").output == ""
    assert json.loads(run("visits", "status", "--json").output)["flush"]["seconds"] < 60


@pytest.mark.parametrize(
    ("seconds", "good", "problems"), [(899, True, 0), (901, True, 1), (0, False, 1), (901, False, 2)]
)
def test_what_is_a_problem(seconds, good, problems):
    from ckanext.smartcity.cli.visits_flush import problems_of

    check = {"code": "file_off", "ok": good, "message": {"id": "", "en": "appendonly no"}}
    state = {"enabled": True, "flush": {"at": "", "seconds": seconds}, "checks": [check]}
    assert len(problems_of(state)) == problems
    assert problems_of({**state, "enabled": False}) == []


def test_export_prints_the_stored_counters_of_both_sources_and_which_counts(clean, run):
    store_rows()
    rows = exported(run("visits", "export").output)
    assert [(row["day"], row["hour"], row["source"], row["chosen"], row["visits"]) for row in rows] == [
        ("2026-01-01", "5", "live", "true", "7"),
        ("2026-01-01", "5", "log", "false", "9"),
        ("2026-01-02", "0", "log", "true", "3"),
        ("2026-01-03", "0", "live", "false", "1"),
    ]
    assert (rows[0]["run"], rows[0]["method"], rows[0]["void_visits"]) == ("aaa", "1-abcdef", "2")


def test_export_of_a_range(clean, run):
    store_rows()
    result = run("visits", "export", "--from", "2026-01-02", "--to", "2026-01-02")
    assert [row["day"] for row in exported(result.output)] == ["2026-01-02"]
    assert run("visits", "export", "--from", "2026-01-03", "--to", "2026-01-02").exit_code == 2


def store_rows() -> None:
    """A day of both sources, one of a log, one without a measured minute, and an object."""
    from ckan import model

    from ckanext.smartcity.visits.merge import add, merge
    from ckanext.smartcity.visits.models import VisitDay

    rows = {}
    for bucket, source, run_id, field, value in (
        ("2026-01-01T05", "live", "aaa", "portal||visits", 7),
        ("2026-01-01T05", "live", "aaa", "portal||void_visits", 2),
        ("2026-01-01T05", "log", "bbb", "portal||visits", 9),
        ("2026-01-02T00", "log", "bbb", "portal||visits", 3),
        ("2026-01-03T00", "live", "aaa", "portal||visits", 1),
        ("2026-01-01", "live", "aaa", "dataset|secret|visits", 5),
    ):
        add(rows, bucket, field, value, source=source, run=run_id, method="1-abcdef")
    merge(model.Session.connection(), rows)
    for day, source, minutes in (
        (YEAR_BEGIN, "live", 10),
        (YEAR_BEGIN, "log", 1440),
        (YEAR_BEGIN + DAY, "log", 1440),
        (YEAR_BEGIN + 2 * DAY, "live", 0),
    ):
        model.Session.add(VisitDay(day=day, source=source, measured_minutes=minutes))
    model.Session.commit()


def exported(output: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output)))
