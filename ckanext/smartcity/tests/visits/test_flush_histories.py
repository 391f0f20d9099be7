"""Random histories of a Redis that is written, flushed, emptied, restored, promoted and killed: both bounds hold.

Never above what Redis accepted, and below it only by what Redis lost before any flush had written it.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from ckanext.smartcity.tests.visits.own_valkey import OwnValkey, needs_valkey

if TYPE_CHECKING:
    from ckanext.smartcity.visits.flush import Flush

pytestmark = [needs_valkey, pytest.mark.usefixtures("clean")]

STEPS = 60


class History:
    """One random life of a Redis, two flushers, and what is known of it for certain."""

    def __init__(self, valkey: OwnValkey, seed: int) -> None:
        from ckanext.smartcity.tests.visits.counting import Site
        from ckanext.smartcity.visits.flush import Flush

        self.chance = random.Random(seed)
        self.valkey, self.site = valkey, Site(valkey.url)
        self.flushers = [self.site.flush, Flush(self.site.settings, self.site.engine)]
        self.people = self.accepted = self.lost = 0
        self.copies: list[dict[bytes, tuple[int, bytes]]] = []
        self.read_long_ago: list[tuple[Any, ...]] = []
        self.known_first: set[str] | None = None

    def live(self) -> None:
        """Some steps, with the upper bound after each; then a full pass, and both bounds."""
        steps = {
            self.count: 16,
            self.flush_changed: 5,
            self.flush_all: 1,
            self.flush_killed_after_it_took: 2,
            self.flush_that_fails: 2,
            self.flush_reads_and_waits: 2,
            self.old_flush_wakes_up: 2,
            self.copy: 4,
            self.promoted: 1,
            self.emptied: 1,
            self.restored: 3,
            self.killed: 1,
        }
        for _ in range(STEPS):
            step = self.chance.choices(list(steps), list(steps.values()))[0]
            step()
            assert self.stored_in_all() <= self.accepted, step.__name__
            self.remember_first()
        self.flush_all()
        self.flush_all()
        assert self.accepted - self.lost <= self.stored_in_all() <= self.accepted
        assert self.stored("page") == self.stored("portal")
        assert self.site.flush.read_back() == []

    # What happens

    def count(self) -> None:
        before = self.site.recorder.accepted
        for _ in range(self.chance.randint(1, 8)):
            self.people += 1
            self.site.recorder.record(
                "page", address=f"2001:db8:{self.people:x}::1", agent=b"Firefox", object="page|home"
            )
        self.accepted += self.site.recorder.accepted - before

    def flusher(self) -> Flush:
        return self.chance.choice(self.flushers)

    def flush_changed(self) -> None:
        self.flusher().changed()

    def flush_all(self) -> None:
        self.flusher().full_pass()

    def flush_killed_after_it_took(self) -> None:
        self.flusher()._redis.take_changed()

    def flush_that_fails(self) -> None:
        flusher, engine = self.flusher(), self.site.engine
        flusher._engine = sa.create_engine("postgresql://nobody@127.0.0.1:1/none")
        with pytest.raises(sa.exc.OperationalError):
            flusher.changed()
        flusher._engine = engine

    def flush_reads_and_waits(self) -> None:
        """Takes and reads what it will write long after."""
        from ckanext.smartcity.visits.flush import _add

        reader, rows = self.flusher()._redis, {}
        for bucket, fields in reader.take_changed().items():
            _add(rows, bucket, reader.values(bucket, fields))
        self.read_long_ago.append((rows, reader.minutes(of_all_days=False), len(rows), None))

    def old_flush_wakes_up(self) -> None:
        if self.read_long_ago:
            self.flusher()._write(*self.chance.choice(self.read_long_ago))

    def copy(self) -> None:
        client = self.valkey.client()
        keys = client.keys("*")
        self.copies.append({key: (max(0, client.pttl(key)), client.dump(key)) for key in keys})

    def promoted(self) -> None:
        """What a replica does that becomes a master: the data stay, the replication id changes."""
        client = self.valkey.client()
        before = client.info("replication")["master_replid"]
        client.replicaof("127.0.0.1", 1)
        client.replicaof("NO", "ONE")
        assert client.info("replication")["master_replid"] != before

    def emptied(self) -> None:
        before = self.held()
        self.valkey.client().flushall()
        self.reckon_loss(before)

    def restored(self) -> None:
        """From an old copy, in another process or on another machine: so with another id of its own."""
        if not self.copies:
            return
        before, client = self.held(), self.valkey.client()
        client.flushall()
        for key, (life, value) in self.chance.choice(self.copies).items():
            client.restore(key, life, value)
        self.promoted()
        self.reckon_loss(before)

    def killed(self) -> None:
        """Its append-only file has what was accepted."""
        before = self.held()
        self.valkey.kill()
        self.valkey.start()
        assert self.held() == before
        self.site.recorder = type(self.site.recorder)(self.site.settings)

    # What is known

    def held(self) -> dict[str, int]:
        """Views in Redis by data set."""
        found: dict[str, int] = {}
        reader = self.site.flush._redis
        for bucket in reader.buckets():
            views = reader.all_values(bucket).get("portal||views", 0)
            found[bucket.run] = found.get(bucket.run, 0) + views
        return found

    def reckon_loss(self, before: dict[str, int]) -> None:
        stored, after = self.stored("portal"), self.held()
        self.lost += sum(max(0, n - max(stored.get(run, 0), after.get(run, 0))) for run, n in before.items())

    def stored(self, kind: str) -> dict[str, int]:
        """Views in PostgreSQL by data set."""
        from ckanext.smartcity.visits.models import VisitCount

        query = sa.select(VisitCount.run, sa.func.sum(VisitCount.views)).where(VisitCount.kind == kind)
        with self.site.engine.connect() as connection:
            return {run: n for run, n in connection.execute(query.group_by(VisitCount.run)) if n}

    def stored_in_all(self) -> int:
        return sum(self.stored("portal").values())

    def remember_first(self) -> None:
        if self.known_first is None and (known := self.data_sets()):
            self.known_first = known

    def data_sets(self) -> set[str]:
        from ckanext.smartcity.visits import flush, state

        with self.site.engine.connect() as connection:
            return set(state.value(connection, flush.REPLICAS) or ())


@pytest.mark.parametrize("seed", range(5))
def test_both_bounds_hold_and_each_new_data_set_is_a_gap(server: OwnValkey, seed: int):
    from ckanext.smartcity.visits.models import VisitGap

    server.client().flushall()
    history = History(server, seed)
    history.live()
    assert history.accepted > 20
    with history.site.engine.connect() as connection:
        query = sa.select(VisitGap.id).where(VisitGap.reason == "new_replica")
        gaps = set(connection.execute(query).scalars())
    assert gaps == history.data_sets() - (history.known_first or set())
