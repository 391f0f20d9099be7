"""What Redis loses, and nothing else, is missing; nothing is counted twice.

The lines of the table of failures in docs/visits-operation.md about Redis, on a real Valkey and the real PostgreSQL.
"""

from __future__ import annotations

import shutil
import time

import pytest

from ckanext.smartcity.tests.visits.own_valkey import OwnValkey, needs_valkey

pytestmark = [needs_valkey, pytest.mark.usefixtures("clean")]


def test_a_killed_redis_loses_nothing_and_open_visits_go_on(site, valkey):
    site.views(20)
    site.flush.changed()
    site.views(10)
    valkey.kill()
    valkey.start()
    site.views(5)
    site.flush.changed()
    assert site.total() == site.recorder.accepted == 35
    assert site.total("visits") == 1
    assert site.runs() == 2
    for _ in range(2):
        site.flush.full_pass()
    assert site.gaps() == ["new_replica"]


def test_an_outage_is_noted_once_with_the_views_that_it_cost(site, valkey):
    import sqlalchemy as sa

    from ckanext.smartcity.visits.models import VisitGap

    site.views(2)
    site.flush.changed()
    valkey.kill()
    site.views(2)  # the third error in a row would end the trying for seconds
    valkey.start()
    site.views(2)  # the note travels with the second
    site.flush.changed()
    site.flush.changed()
    with site.engine.connect() as connection:
        rows = connection.execute(sa.select(VisitGap.unplaced_views).where(VisitGap.reason == "redis")).scalars().all()
    assert rows == [2]
    assert site.total() == site.recorder.accepted == 4
    assert site.redis().llen(f"sc:{site.settings.site_id}:g") == 0


def test_an_emptied_redis_loses_what_no_flush_had_read(site):
    site.views(20)
    site.flush.changed()
    site.views(5)
    site.redis().flushall()
    site.views(7)
    site.flush.changed()
    assert site.total() == 27
    assert site.total("visits") == 2  # the open visit is split once
    site.flush.full_pass()
    assert (site.total(), site.runs(), site.gaps()) == (27, 2, ["new_replica"])


def test_a_redis_restored_from_an_old_copy_doubles_nothing_and_hides_nothing(site, valkey, tmp_path):
    site.views(20)
    site.flush.changed()
    valkey.stop()
    shutil.copytree(valkey.folder, tmp_path / "copy")
    valkey.start()
    site.views(10)
    site.flush.changed()
    site.views(4)  # nobody reads these
    valkey.kill()
    shutil.rmtree(valkey.folder)
    shutil.copytree(tmp_path / "copy", valkey.folder)
    valkey.start()
    site.views(3)
    for _ in range(3):
        site.flush.full_pass()
        assert site.total() == 33
    assert site.runs() == 3
    assert site.gaps().count("new_replica") == 2


def test_a_fail_over_and_the_return_of_the_former_master(site, valkey, tmp_path):
    from ckanext.smartcity.tests.visits.counting import Site

    replica = OwnValkey(tmp_path / "replica", f"replicaof 127.0.0.1 {valkey.port}").start()
    try:
        site.views(10)
        site.flush.changed()
        site.redis().wait(1, 5000)
        valkey.kill()
        replica.client().replicaof("NO", "ONE")
        second = Site(replica.url, limit_minute=10_000, limit_visit=10_000)
        second.views(6)
        second.flush.full_pass()
        assert second.total() == 16
        valkey.start()  # it comes back with what it had, and is the master again
        site.views(2)
        site.flush.full_pass()
        assert site.total() == 18
        assert site.runs() == 3
    finally:
        replica.kill()


def test_a_counter_that_fell_under_one_id_is_noticed_and_its_data_set_gets_a_new_id(site):
    """No failure of Redis does this: somebody's hand."""
    site.views(10)
    site.flush.full_pass()
    (hour,) = site.keys("c:*T*")
    site.redis().hset(hour, "portal||views", 3)
    for _ in range(3):
        site.flush.full_pass()
        site.views(2)
    site.flush.full_pass()
    assert site.total() == 16
    assert site.runs() == 2
    assert site.gaps().count("regression") == 1


def test_a_clock_that_steps_leaves_a_gap(site, monkeypatch):
    site.views(1)
    site.flush.changed()
    now = site.flush._redis.now
    monkeypatch.setattr(site.flush._redis, "now", lambda: now() + 20_000)
    site.flush.changed()
    site.flush.changed()
    assert site.gaps() == ["clock"]


def test_old_counters_leave_redis_when_postgresql_has_them(site):
    from ckanext.smartcity.tests.visits.counting import Counting, view

    three_days_ago = int(time.time() * 1000) - 3 * 86_400_000
    old = Counting(site.settings, now=lambda: three_days_ago)
    view(old)
    site.views(2)
    assert len(site.keys("m:*")) == 2
    assert site.flush.changed().deleted == 0
    assert site.flush.full_pass().deleted > 0
    assert (len(site.keys("c:*T*")), len(site.keys("m:*"))) == (1, 1)
    site.flush.full_pass()
    assert site.total() == 3
    assert site.measured_minutes() == 2
