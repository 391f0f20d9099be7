"""Whatever fails, the figures are never above what was accepted, and below it only by what Redis lost unread.

The lines of the table of failures in docs/visits-operation.md about web processes, flushers and PostgreSQL; those about
Redis are in test_durability_redis.py.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ckanext.smartcity.tests.visits.own_valkey import needs_valkey
from ckanext.smartcity.tests.visits.weak_link import WeakLink

if TYPE_CHECKING:
    from ckanext.smartcity.tests.visits.counting import Site

pytestmark = [needs_valkey, pytest.mark.usefixtures("clean")]


@pytest.fixture
def link(ckan_config):
    """PostgreSQL behind a link that can be cut."""
    from sqlalchemy.engine import make_url

    url = make_url(ckan_config["sqlalchemy.url"])
    link = WeakLink(url.host or "127.0.0.1", url.port or 5432)
    yield link
    link.close()


@pytest.fixture
def far_site(valkey, link, ckan_config) -> Site:
    """A site that reaches PostgreSQL by the link."""
    import sqlalchemy as sa

    from ckanext.smartcity.tests.visits.counting import Site

    url = sa.engine.make_url(ckan_config["sqlalchemy.url"]).set(host="127.0.0.1", port=link.port)
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    return Site(valkey.url, engine, limit_minute=10_000, limit_visit=10_000)


# Web processes


def count_for_ever(site: Site, reader: int, tried, answered) -> None:
    """One web process; writes down before each request that it comes, and after it whether it was accepted."""
    from ckanext.smartcity.tests.visits.counting import Counting, view

    recorder = Counting(site.settings)
    while True:
        tried.value += 1
        view(recorder, reader)
        answered.value = recorder.accepted


def test_killed_web_processes_lose_the_request_in_flight_at_most(site):
    from ckanext.smartcity.tests.visits.counting import FORK, end, start

    numbers = [(FORK.Value("q", 0), FORK.Value("q", 0)) for _ in range(3)]
    processes = [start(count_for_ever, site, reader, *pair) for reader, pair in enumerate(numbers)]
    time.sleep(0.5)
    for process in processes:
        end(process)
    site.flush.changed()
    tried, answered = (sum(pair[place].value for pair in numbers) for place in (0, 1))
    assert answered > 10
    assert answered <= site.total() <= tried <= answered + 3


def test_a_new_secret_splits_open_visits_once(site):
    from ckanext.smartcity.tests.visits.counting import Counting, view

    site.views(2)
    changed = Counting(replace(site.settings, secret=b"another"))
    for _ in range(3):
        view(changed)
    site.flush.changed()
    assert (site.total("visits"), site.total()) == (2, 5)
    assert site.gaps() == []


# Flushers


def flush_for_ever(site: Site) -> None:
    from ckanext.smartcity.nightly import own_engine
    from ckanext.smartcity.visits.flush import Flush

    mine = Flush(site.settings, own_engine())
    while True:
        mine.changed()


def test_flushers_killed_anywhere_change_nothing(site):
    from ckanext.smartcity.tests.visits.counting import end, start

    for turn in range(12):
        process = start(flush_for_ever, site)
        until = time.monotonic() + random.Random(turn).uniform(0.02, 0.25)
        while time.monotonic() < until:
            site.views(1)
        end(process)
    site.flush.full_pass()
    assert site.total() == site.recorder.accepted
    assert site.flush.read_back() == []


def test_a_flusher_that_was_frozen_wakes_up_among_others(site):
    """Frozen in its transaction it holds up the others for a while: they give up, put back and try again."""
    from sqlalchemy.exc import OperationalError

    from ckanext.smartcity.nightly import own_engine
    from ckanext.smartcity.tests.visits.counting import Site, end, start

    hasty = Site(site.settings.redis_url, own_engine("-c lock_timeout=100ms")).flush
    processes = [start(flush_for_ever, site) for _ in range(2)]
    chance = random.Random(4)
    for _ in range(10):
        frozen = chance.choice(processes)
        os.kill(frozen.pid, signal.SIGSTOP)
        site.views(10)
        with suppress(OperationalError):
            hasty.full_pass() if chance.random() < 0.3 else hasty.changed()
        site.views(5)
        os.kill(frozen.pid, signal.SIGCONT)
        time.sleep(chance.uniform(0, 0.05))
    for process in processes:
        end(process)
    site.flush.full_pass()
    assert site.total() == site.recorder.accepted


def test_a_flusher_that_stays_frozen_is_ended_by_postgresql(site):
    """Seconds in place of the half minute of the worker."""
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

    from ckanext.smartcity.nightly import own_engine

    site.views(1)
    site.flush.changed()
    with pytest.raises(DBAPIError), own_engine("-c idle_in_transaction_session_timeout=300ms").begin() as connection:
        connection.execute(sa.text("LOCK TABLE smartcity_visit_count"))
        site.views(1)
        site.flush.changed()  # waits, and goes on
    assert site.total() == 2


def test_many_writers_and_flushers_give_the_exact_total_without_a_full_pass(site):
    """At random interleavings of threads: each ends its turn, none is killed."""
    from ckanext.smartcity.tests.visits.counting import Site, view

    stop = threading.Event()

    def write(reader: int) -> None:
        while not stop.is_set():
            view(site.recorder, reader)

    def flush(number: int) -> None:
        mine = Site(site.settings.redis_url).flush
        while not stop.is_set():
            mine.full_pass() if random.Random(number).random() < 0.2 else mine.changed()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    threads += [threading.Thread(target=flush, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    stop.set()
    for thread in threads:
        thread.join()
    site.flush.changed()
    in_redis = sum(
        int(value)
        for key in site.keys("c:*T*")
        for field, value in site.redis().hgetall(key).items()
        if field == b"portal||views"
    )
    assert site.total() == in_redis > 100
    assert site.gaps() == []


def test_a_read_back_finds_nothing_while_the_portal_counts_and_finds_what_is_missing(site, monkeypatch):
    from ckanext.smartcity.visits import flush

    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            site.views(1)

    writer = threading.Thread(target=write)
    writer.start()
    found = [name for _ in range(10) for name in site.flush.read_back()]
    stop.set()
    writer.join()
    assert found == []
    monkeypatch.setattr(flush, "merge", lambda *_: 0)  # a database that says it has stored, and has not
    site.views(1)
    assert len(site.flush.read_back()) == 2  # the hour, and the day of the pages


# PostgreSQL


def test_counters_wait_while_postgresql_is_away(far_site, link):
    from sqlalchemy.exc import OperationalError

    far_site.views(5)
    far_site.flush.changed()
    link.cut()
    far_site.views(7)
    for _ in range(3):
        with pytest.raises(OperationalError):
            far_site.flush.changed()
    link.mend()
    far_site.flush.changed()
    assert far_site.total() == far_site.recorder.accepted == 12


def test_a_flush_that_breaks_off_in_its_transaction_is_put_back(far_site, link):
    """The link is cut after more and more bytes: while connecting, copying, merging, committing."""
    from sqlalchemy.exc import DBAPIError

    broken = 0
    for size in range(100, 8000, 700):
        far_site.views(20)
        link.cut_after(size)
        try:
            far_site.flush.changed()
        except DBAPIError:
            broken += 1
        link.mend()
    assert broken > 3
    far_site.flush.changed()
    assert far_site.total() == far_site.recorder.accepted


def test_postgresql_restored_from_a_backup_gets_what_redis_still_has(site):
    import sqlalchemy as sa

    site.views(5)
    site.flush.full_pass()
    with site.engine.begin() as connection:
        connection.execute(sa.text("CREATE TEMPORARY TABLE backup AS SELECT * FROM smartcity_visit_count"))
        backup = connection.execute(sa.text("SELECT * FROM backup")).mappings().all()
    site.views(5)
    site.flush.full_pass()
    restore(site, backup)
    assert site.total() == 5
    site.flush.full_pass()
    assert site.total() == site.recorder.accepted


def restore(site: Site, rows) -> None:
    import sqlalchemy as sa

    from ckanext.smartcity.visits.models import VisitCount, VisitDay, VisitGap, VisitState

    with site.engine.begin() as connection:
        for model in (VisitCount, VisitDay, VisitGap, VisitState):
            connection.execute(sa.delete(model))
        connection.execute(sa.insert(VisitCount), [dict(row) for row in rows])
