"""From Redis to PostgreSQL: whatever happens to either, nothing is counted twice and nothing stored is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ckanext.smartcity.tests.visits.made import some_settings
from ckanext.smartcity.tests.visits.own_valkey import OwnValkey, needs_valkey

pytestmark = [needs_valkey, pytest.mark.usefixtures("clean")]

BROWSER = {"address": "192.0.2.77", "agent": b"Marked/1.0"}
NOON = int(datetime(2026, 6, 10, 5, tzinfo=timezone.utc).timestamp() * 1000)  # in Jakarta
MINUTE = 60_000


class Counting:
    """A portal that counts: time, recorder and flush."""

    def __init__(self, valkey: OwnValkey, engine: Any) -> None:
        from ckanext.smartcity.visits.flush import Flush
        from ckanext.smartcity.visits.recorder import Recorder

        self.now, self.valkey, self.engine = NOON, valkey, engine
        self.settings = dataclasses.replace(some_settings(), redis_url=valkey.url)
        self.recorder = Recorder(self.settings, lambda: self.now)
        self.flush = Flush(self.settings, engine)
        self.people = 0

    def visits(self, number: int = 1) -> None:
        """Some people open one page each."""
        for _ in range(number):
            self.people += 1
            self.recorder.record("page", address=f"2001:db8:{self.people:x}::1", agent=b"Firefox", object="dataset|air")
        assert self.recorder.status()["last_error"] is None

    def total(self, metric: str = "visits", kind: str = "portal") -> int:
        from ckanext.smartcity.visits.models import VisitCount

        column = getattr(VisitCount, metric)
        with self.engine.connect() as connection:
            return connection.execute(
                sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(VisitCount.kind == kind)
            ).scalar()

    def rows(self, model: str) -> list[Any]:
        from ckanext.smartcity.visits import models

        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(getattr(models, model).__table__)))


@pytest.fixture
def engine() -> Iterator[Any]:
    from ckanext.smartcity import nightly

    made = nightly.own_engine()
    yield made
    made.dispose()


@pytest.fixture
def counting(server: OwnValkey, engine: Any) -> Counting:
    server.client().flushall()
    return Counting(server, engine)


def test_what_was_counted_stands_in_its_row(counting: Counting):
    counting.visits(3)
    report = counting.flush.changed()
    assert (report.rows, report.buckets, report.gaps) == (2, 2, 0)
    portal, dataset = sorted(counting.rows("VisitCount"), key=lambda row: row.hour, reverse=True)
    assert (portal.day.isoformat(), portal.hour, portal.kind, portal.object_id) == ("2026-06-10", 12, "portal", "")
    assert (portal.visits, portal.views, portal.source) == (3, 3, "live")
    assert (dataset.hour, dataset.kind, dataset.object_id, dataset.visits) == (-1, "dataset", "air", 3)


def test_flushing_again_changes_nothing(counting: Counting):
    counting.visits(3)
    counting.flush.changed()
    for again in (counting.flush.changed, counting.flush.full_pass, counting.flush.full_pass):
        assert again().rows == 0
    assert counting.total() == 3


def test_only_what_changed_is_read_again(counting: Counting):
    counting.visits()
    counting.flush.changed()
    assert counting.flush.changed().buckets == 0
    counting.recorder.record("count", counter="errors")
    assert counting.flush.changed().buckets == 1


def test_a_flush_that_fails_loses_nothing(counting: Counting, monkeypatch):
    from ckanext.smartcity.visits import flush as flush_file

    counting.visits(2)
    real = flush_file.merge

    def broken(*_: Any) -> int:
        raise RuntimeError("killed here")

    monkeypatch.setattr(flush_file, "merge", broken)
    with pytest.raises(RuntimeError):
        counting.flush.changed()
    monkeypatch.setattr(flush_file, "merge", real)
    assert counting.total() == 0
    counting.flush.changed()
    assert counting.total() == 2
    assert len(counting.rows("VisitDay")) == 1


def test_a_full_pass_finds_what_a_killed_flush_had_taken(counting: Counting):
    counting.visits(2)
    counting.flush._redis.take_changed()  # and was killed
    counting.flush.changed()
    assert counting.total() == 0
    counting.flush.full_pass()
    assert counting.total() == 2


def test_minutes_are_united_and_measured(counting: Counting):
    counting.visits()
    counting.flush.changed()
    counting.now += 5 * MINUTE
    counting.recorder.alive()
    counting.flush.changed()
    [day] = counting.rows("VisitDay")
    assert (day.day.isoformat(), day.source, day.measured_minutes, day.gap_seconds) == ("2026-06-10", "live", 2, 0)
    assert [place for place, bit in enumerate(day.minutes) if bit == "1"] == [720, 725]


def test_a_note_becomes_one_gap_and_lowers_coverage(counting: Counting):
    for n in range(10):
        counting.now = NOON + n * MINUTE
        counting.recorder.alive()
    counting.flush.changed()
    counting.valkey.client().rpush(
        "sc:made:g",
        f'{{"id": "abc", "reason": "redis", "from": {NOON + 30_000}, "to": {NOON + 150_000}, "unplaced_views": 7}}',
    )
    for _ in range(2):
        counting.flush.changed()
    [gap] = counting.rows("VisitGap")
    assert (gap.id, gap.reason, gap.unplaced_views) == ("abc", "redis", 7)
    [day] = counting.rows("VisitDay")
    assert (day.measured_minutes, day.gap_seconds) == (8, 120)
    assert counting.valkey.client().llen("sc:made:g") == 0


def test_an_emptied_redis_doubles_nothing_and_is_a_gap(counting: Counting):
    counting.visits(3)
    counting.flush.changed()
    counting.visits(2)  # not yet flushed: lost
    counting.valkey.client().flushall()
    counting.visits(4)
    counting.flush.changed()
    assert counting.total() == 7
    [gap] = counting.rows("VisitGap")
    assert gap.reason == "new_replica"
    assert gap.id in {row.run for row in counting.rows("VisitCount")}
    counting.flush.full_pass()
    assert counting.total() == 7


def test_the_first_data_set_of_all_is_no_gap(counting: Counting):
    counting.visits()
    assert counting.flush.changed().gaps == 0
    assert counting.rows("VisitGap") == []


def test_a_data_set_that_fell_gets_another_id(counting: Counting):
    """A former master that comes back under its old id: what is counted next must not hide below the old maximum."""
    counting.now = int(datetime.now(timezone.utc).timestamp() * 1000)  # old buckets leave Redis
    counting.visits(5)
    counting.flush.changed()
    [name] = counting.valkey.client().scan_iter("sc:made:c:*T*")
    counting.valkey.client().hset(name, "portal||visits", 2)
    assert counting.flush.full_pass().gaps == 1
    counting.visits(3)
    counting.flush.changed()
    assert counting.total() == 8
    for _ in range(2):  # the old counters lie about until they are old; they are no news
        counting.flush.full_pass()
        counting.visits()
        counting.flush.changed()
    assert counting.total() == 10
    assert sorted(gap.reason for gap in counting.rows("VisitGap")) == ["new_replica", "regression"]


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (None, True),
        ("2026-06-10T11:34:59", True),
        ("2026-06-10T11:35:00", False),
        ("2026-06-10T12:20:00", False),
    ],
)
def test_a_full_pass_is_due_from_minute_35_of_each_hour_on(begun: str | None, due: bool):
    from ckanext.smartcity.visits.flush import pass_is_due

    zone = some_settings().zone
    at = datetime.fromisoformat(begun).replace(tzinfo=zone) if begun else None
    assert pass_is_due(at, datetime(2026, 6, 10, 12, 34, 59, tzinfo=zone)) is due


def test_what_is_done_each_time_passes_over_everything_once_an_hour(counting: Counting):
    counting.visits(2)
    counting.flush._redis.take_changed()  # by a flush that was killed
    counting.flush.due()
    assert counting.total() == 2
    [passed] = [row.at for row in counting.rows("VisitState") if row.name == "full_pass"]
    counting.flush.due()
    assert [row.at for row in counting.rows("VisitState") if row.name == "full_pass"] == [passed]


def test_two_flushes_at_once_are_as_good_as_one(counting: Counting, engine: Any):
    import threading

    from ckanext.smartcity.visits.flush import Flush

    others = [Flush(counting.settings, engine) for _ in range(3)]
    stop = threading.Event()
    errors: list[Exception] = []

    def flush_on(flush: Any) -> None:
        while not stop.is_set():
            try:
                flush.changed()
                flush.full_pass()
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=flush_on, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    counting.visits(150)
    stop.set()
    for thread in threads:
        thread.join()
    counting.flush.full_pass()
    assert errors == []
    assert counting.total() == counting.total(kind="dataset") == 150
    assert counting.rows("VisitGap") == []


def test_old_buckets_are_deleted_once_they_are_stored(counting: Counting):
    old = datetime.now(timezone.utc) - timedelta(days=5)
    counting.now = int(old.timestamp() * 1000)
    counting.visits(2)
    counting.now = int(datetime.now(timezone.utc).timestamp() * 1000)
    counting.visits(1)
    report = counting.flush.full_pass()
    assert report.deleted == 2
    client = counting.valkey.client()
    assert len(list(client.scan_iter("sc:made:c:*"))) == 2
    assert len(list(client.scan_iter("sc:made:m:*"))) == 1
    assert counting.total() == 3
    counting.flush.full_pass()
    assert counting.total() == 3


def test_the_method_in_force_is_remembered_once(counting: Counting):
    for _ in range(2):
        counting.visits()
        counting.flush.changed()
    [method] = counting.rows("VisitMethod")
    assert method.version.startswith("1-") and method.parameters["limit_minute"] == 60
    assert set(method.lists) == {"is-bot", "allow", "tools", "deny"}


def test_a_step_of_the_clock_is_a_gap(counting: Counting, monkeypatch):
    import time

    from ckanext.smartcity.visits import flush as flush_file

    counting.visits()
    counting.flush.changed()
    later = time.monotonic() + 60
    monkeypatch.setattr(flush_file.time, "monotonic", lambda: later)
    counting.flush.changed()
    assert [gap.reason for gap in counting.rows("VisitGap")] == ["clock"]


def test_a_slow_answer_is_no_step_of_the_clock(counting: Counting, monkeypatch):
    import itertools
    import time

    from ckanext.smartcity.visits import flush as flush_file

    counting.flush.changed()
    begin = time.monotonic()
    monkeypatch.setattr(flush_file.time, "monotonic", itertools.count(begin, 8).__next__)
    counting.flush.changed()
    assert counting.rows("VisitGap") == []


def test_a_killed_redis_goes_on_and_nothing_flushed_is_lost(engine: Any, tmp_path: Path):
    import time

    valkey = OwnValkey(tmp_path / "killed").start()
    try:
        counting = Counting(valkey, engine)
        counting.visits(4)
        counting.flush.changed()
        time.sleep(1.1)
        valkey.kill()
        valkey.start()
        counting.recorder.alive()
        counting.recorder = type(counting.recorder)(counting.settings, lambda: counting.now)
        counting.visits(3)
        counting.flush.changed()
        counting.flush.full_pass()
        assert counting.total() == 7
        assert [gap.reason for gap in counting.rows("VisitGap") if gap.reason != "redis"] == ["new_replica"]
    finally:
        valkey.stop()
