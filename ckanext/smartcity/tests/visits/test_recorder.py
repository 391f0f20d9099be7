"""The recorder when Redis is well, slow, frozen, gone, emptied, restarted or shy. Nothing it meets is an error."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ckanext.smartcity.tests.visits.made import some_settings
from ckanext.smartcity.tests.visits.own_valkey import OwnValkey, needs_valkey
from ckanext.smartcity.tests.visits.weak_link import WeakLink
from ckanext.smartcity.visits import recorder as recorder_file
from ckanext.smartcity.visits.recorder import Recorder

pytestmark = needs_valkey

BUDGET = 0.05
SLACK = 0.25  # for a busy machine; without a deadline the frozen server would hold a page for ever
BROWSER = {"address": "192.0.2.77", "agent": b"Marked/1.0"}


@pytest.fixture
def valkey(server: OwnValkey) -> Iterator[OwnValkey]:
    server.client().flushall()
    yield server
    if server.process is None:
        server.start()
    server.thaw()


@pytest.fixture
def recorder(valkey: OwnValkey) -> Recorder:
    return made(valkey.url)


def made(url: str) -> Recorder:
    return Recorder(dataclasses.replace(some_settings(), redis_url=url))


def visit(recorder: Recorder, page: str = "page|home", **more: Any) -> None:
    recorder.record("page", object=page, **{**BROWSER, **more})


def portal(valkey: OwnValkey, metric: str) -> int:
    client = valkey.client()
    return sum(int(client.hget(name, f"portal||{metric}") or 0) for name in client.scan_iter("sc:made:c:*"))


def replicas(valkey: OwnValkey) -> set[str]:
    return {name.decode().split(":")[3] for name in valkey.client().scan_iter("sc:made:c:*")}


def notes(valkey: OwnValkey) -> list[dict[str, Any]]:
    return [json.loads(note) for note in valkey.client().lrange("sc:made:g", 0, -1)]


def test_a_page_is_counted_and_the_minute_has_a_heartbeat(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)
    assert (portal(valkey, "visits"), portal(valkey, "views")) == (1, 1)
    [minutes] = valkey.client().scan_iter("sc:made:m:*")
    assert valkey.client().bitcount(minutes) in (1, 2)


def test_a_heartbeat_counts_nothing(recorder: Recorder, valkey: OwnValkey):
    assert recorder.alive()
    client = valkey.client()
    assert [name.decode().split(":")[2] for name in client.scan_iter("sc:made:*")].count("m") == 1
    assert not list(client.scan_iter("sc:made:c:*"))


def test_what_waits_for_a_flush_is_named(recorder: Recorder, valkey: OwnValkey):
    visit(recorder, "dataset|a|b", parents=("organization|o",))
    client = valkey.client()
    for name in client.smembers("sc:made:d"):
        fields = client.smembers(b"sc:made:dc:" + name)
        assert fields == set(client.hkeys(b"sc:made:c:" + name)) and fields


def test_nothing_of_the_browser_is_in_redis(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)
    client = valkey.client()
    text = b""
    for name in client.scan_iter("*"):
        text += name + (client.dump(name) or b"")
    assert b"192.0.2" not in text and b"Marked" not in text


def test_the_script_is_sent_anew_when_redis_lost_it(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)
    valkey.client().script_flush()
    visit(recorder, "page|about")
    assert portal(valkey, "views") == 2


@pytest.mark.parametrize("ago", [86_400_000, -86_400_000, 3_600_000 * 24 * 40])
def test_the_clock_of_redis_decides_which_day_it_is(recorder: Recorder, valkey: OwnValkey, monkeypatch, ago: int):
    monkeypatch.setattr(recorder, "_time", lambda: time.time_ns() // 1_000_000 - ago)
    visit(recorder)
    visit(recorder, "page|about")
    assert (portal(valkey, "visits"), portal(valkey, "views")) == (1, 2)
    [bucket] = {name.decode().rsplit(":", 1)[1] for name in valkey.client().scan_iter("sc:made:c:*T*")}
    assert bucket[:13] <= datetime.now(some_settings().zone).strftime("%Y-%m-%dT%H")
    assert bucket[:10] >= datetime.now(some_settings().zone).strftime("%Y-%m-%d")[:8]


# Data sets


def test_an_emptied_redis_is_another_data_set_with_another_salt(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)
    [before], [salt] = replicas(valkey), valkey.client().scan_iter("sc:made:salt:*")
    old = valkey.client().get(salt)
    valkey.client().flushall()
    visit(recorder)
    assert portal(valkey, "visits") == 1
    assert replicas(valkey) != {before}
    assert valkey.client().get(salt) not in (None, old)
    assert recorder.status()["last_error"] is None


def test_processes_agree_on_the_salt_after_redis_was_emptied(recorder: Recorder, valkey: OwnValkey):
    other = made(valkey.url)
    visit(recorder)
    visit(other, "page|about")
    assert portal(valkey, "visits") == 1
    valkey.client().flushall()
    visit(recorder)
    for later in (other, made(valkey.url)):
        visit(later, "page|about")
    assert portal(valkey, "visits") == 1


def test_a_killed_redis_goes_on_with_open_visits_under_another_id(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)
    time.sleep(1.1)  # the file is written every second
    before = replicas(valkey)
    valkey.kill()
    valkey.start()
    visit(recorder, "page|about")
    assert (portal(valkey, "visits"), portal(valkey, "views")) == (1, 2)
    assert len(replicas(valkey) - before) == 1


def test_where_info_is_forbidden_each_connection_is_a_data_set(tmp_path: Path):
    shy = OwnValkey(tmp_path / "shy", 'rename-command INFO ""').start()
    try:
        recorder = made(shy.url)
        visit(recorder)
        visit(recorder, "page|about")
        [first] = replicas(shy)
        assert first.startswith("x") and len(first) == 12
        assert portal(shy, "views") == 2
        shy.client().client_kill_filter(_type="normal", skipme=True)
        visit(recorder, "dataset|a")
        assert len({name for name in replicas(shy) if name.startswith("x")}) == 2
    finally:
        shy.stop()


# Trouble


def within_the_budget(recorder: Recorder) -> bool:
    begun = time.monotonic()
    visit(recorder)
    return time.monotonic() - begun < BUDGET + SLACK


def test_a_frozen_redis_costs_no_more_than_the_budget_and_then_nothing(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)
    valkey.freeze()
    assert all(within_the_budget(recorder) for _ in range(3))
    assert recorder.status()["paused"]
    assert recorder.alive() is False


def test_a_redis_that_is_gone_does_no_harm(recorder: Recorder, valkey: OwnValkey):
    valkey.stop()
    assert all(within_the_budget(recorder) for _ in range(4))
    assert recorder.status() == {**recorder.status(), "paused": True, "last_error": "ConnectionError"}


def test_connecting_sending_and_receiving_share_one_budget(valkey: OwnValkey):
    """A server that takes 30 ms for each answer: one answer fits, choosing the database and counting do not."""
    with closing(WeakLink("127.0.0.1", valkey.port, delay=0.03)) as slow:
        recorder = made(f"redis://127.0.0.1:{slow.port}/3")
        assert within_the_budget(recorder)
        assert recorder.status()["last_error"] == "TimeoutError"


def test_two_errors_do_not_pause_and_a_success_forgets_them(recorder: Recorder, valkey: OwnValkey):
    for _ in range(2):
        valkey.freeze()
        visit(recorder)
        visit(recorder)
        assert not recorder.status()["paused"]
        valkey.thaw()
        assert recorder.alive()


def test_an_outage_is_noted_once_with_what_was_not_counted(recorder: Recorder, valkey: OwnValkey, monkeypatch):
    visit(recorder)
    valkey.freeze()
    for page in ("page|a", "page|b", "page|c", "page|d"):
        visit(recorder, page)
    recorder.record("download", object="resource|r", **BROWSER)
    assert recorder.status()["unplaced_views"] == 4
    valkey.thaw()
    monkeypatch.setattr(recorder, "_closed_until", 0.0)
    for _ in range(3):
        assert recorder.alive()
    [note] = notes(valkey)
    assert note["reason"] == "redis" and note["unplaced_views"] == 4
    assert note["from"] <= note["to"] <= time.time_ns() // 1_000_000
    assert recorder.status()["unplaced_views"] == 0


def test_a_connection_with_an_answer_under_way_is_not_used_again(valkey: OwnValkey, monkeypatch):
    with closing(WeakLink("127.0.0.1", valkey.port, delay=0.01)) as slow:
        recorder = made(f"redis://127.0.0.1:{slow.port}/0")
        visit(recorder)
        real = recorder_file._ask

        def late(connection: Any, *command: Any) -> Any:
            connection.send_command(*command)
            raise recorder_file.RedisTimeoutError("late")

        monkeypatch.setattr(recorder_file, "_ask", late)
        visit(recorder, "page|late")
        monkeypatch.setattr(recorder_file, "_ask", real)
        visit(recorder, "page|about")
        assert slow.connections == 2
    assert portal(valkey, "views") == 3  # Redis counted the late one too


def test_trouble_is_logged_once_a_minute_and_without_the_browser(recorder: Recorder, valkey: OwnValkey, caplog):
    valkey.stop()
    with caplog.at_level(logging.DEBUG):
        for _ in range(5):
            visit(recorder)
    assert len(caplog.records) == 1
    assert "192.0.2" not in caplog.text and "Marked" not in caplog.text


def test_threads_and_forked_processes_count_all(recorder: Recorder, valkey: OwnValkey):
    visit(recorder)

    def many(first: int) -> None:
        for n in range(20):
            visit(recorder, "page|home", address=f"198.51.{first}.{n}")

    threads = [threading.Thread(target=many, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    child = os.fork()
    if child == 0:
        many(9)
        os._exit(0)
    os.waitpid(child, 0)
    for thread in threads:
        thread.join()
    assert recorder.status()["last_error"] is None
    assert portal(valkey, "visits") == 1 + 5 * 20
