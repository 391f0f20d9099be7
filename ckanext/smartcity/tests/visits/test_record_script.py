"""``record.lua`` against its specification ``sessions.step``: the same events, the same counters, field by field."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.smartcity.tests.visits.made import some_settings
from ckanext.smartcity.visits.method import Clock, params
from ckanext.smartcity.visits.recorder import Recorder
from ckanext.smartcity.visits.sessions import Event, State, step

SETTINGS = dataclasses.replace(some_settings(), limit_minute=4, limit_visit=7)
BROWSERS = [("192.0.2.1", b"Firefox"), ("192.0.2.1", b"Chrome"), ("2001:db8::1", b"Firefox"), ("10.0.0.1", b"Safari")]
OBJECTS = ["dataset|a", "dataset|b|c", "resource|r", "page|home"]
NONCES = ["n1", "n2", "n3"]
GAPS = [0, 1, 999, 29_999, 30_000, 30_001, 59_999, 60_000, 60_001, 600_000, 1_799_999, 1_800_000, 1_800_001, 7_200_000]
BACK = [-1, -56_000, -3_600_000]
STARTS = [
    datetime(2026, 12, 31, 16, 40, tzinfo=timezone.utc),  # 23:40 in Jakarta on New Year's Eve
    datetime(2026, 6, 9, 20, 45, tzinfo=timezone.utc),  # 03:45
    datetime(2026, 3, 29, 0, 45, tzinfo=timezone.utc),  # clocks go forward in Berlin
    datetime(2026, 10, 25, 0, 45, tzinfo=timezone.utc),  # and back
]


@st.composite
def happenings(draw: st.DrawFn) -> tuple[Event, int]:
    """An event (its time is the gap to the one before) and the browser it is from."""
    name = draw(
        st.sampled_from(
            ["page"] * 8 + ["show"] * 4 + ["download"] * 3 + ["part", "frame", "internal", "opt_out", "mark", "count"]
        )
    )
    gap = draw(st.sampled_from(GAPS + [0, 1, 30_000] * 4 + BACK))
    place = draw(st.sampled_from([0, 0, 0, *range(len(OBJECTS))]))
    event = Event(
        name,
        gap,
        OBJECTS[place] if name in ("page", "download", "part") else "",
        ("organization|o",) if place < 3 and name in ("page", "download") else (),
        draw(st.booleans()) or draw(st.booleans()),
        draw(st.sampled_from(NONCES)) if name in ("page", "show") else "",
        draw(st.sampled_from(["robots", "machine", "errors", "opted_out"])) if name == "count" else "",
    )
    return event, draw(st.sampled_from([0, 0, 0, 0, *range(len(BROWSERS))]))


@pytest.fixture(scope="module")
def store() -> Iterator[Any]:
    client = redis.Redis.from_url(os.environ["CKAN_REDIS_URL"])
    yield client
    _forget(client)


def _forget(client: Any) -> None:
    for name in client.scan_iter(f"sc:{SETTINGS.site_id}:*", count=1000):
        client.delete(name)


def by_the_specification(events: list[tuple[Event, int]], start: int, zone: ZoneInfo) -> dict[tuple[str, str], int]:
    clock, states, totals, at = Clock(zone), {}, Counter[tuple[str, str]](), start
    for event, browser in events:
        at += event.at
        state = states.setdefault((browser, clock.salt_day(at)), State())
        totals.update(step(state, event._replace(at=at), params(SETTINGS), clock.hour))
    return dict(totals)


def by_the_script(
    store: Any, events: list[tuple[Event, int]], start: int, zone: ZoneInfo
) -> dict[tuple[str, str], int]:
    _forget(store)
    times = [start]
    recorder = Recorder(dataclasses.replace(SETTINGS, zone=zone), lambda: times[0])
    for event, browser in events:
        times[0] += event.at
        address, agent = BROWSERS[browser]
        recorder.record(
            event.name,
            address=address,
            agent=agent,
            object=event.object,
            parents=event.parents,
            listed=event.listed,
            nonce=event.nonce,
            counter=event.counter,
        )
    assert recorder.status()["last_error"] is None
    return counters(store)


def counters(store: Any) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for name in store.scan_iter(f"sc:{SETTINGS.site_id}:c:*", count=1000):
        bucket = name.decode().rsplit(":", 1)[1]
        for field, n in store.hgetall(name).items():
            found[bucket, field.decode()] += int(n)
    return dict(found)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(happenings(), min_size=1, max_size=60),
    start=st.sampled_from(STARTS),
    zone=st.sampled_from(["Asia/Jakarta", "Europe/Berlin", "Asia/Kathmandu"]),
)
def test_script_and_specification_agree(store: Any, events: list[tuple[Event, int]], start: datetime, zone: str):
    begin = int(start.timestamp() * 1000)
    city = ZoneInfo(zone)
    assert by_the_script(store, events, begin, city) == by_the_specification(events, begin, city)
