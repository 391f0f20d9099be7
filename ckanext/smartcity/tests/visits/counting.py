"""What the tests of durability share: a site of their own, counted and flushed by the real parts."""

from __future__ import annotations

import os
import random
import signal
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import redis
import sqlalchemy as sa

from ckanext.smartcity import config
from ckanext.smartcity.nightly import own_engine
from ckanext.smartcity.visits.flush import Flush
from ckanext.smartcity.visits.models import VisitCount, VisitDay, VisitGap
from ckanext.smartcity.visits.recorder import Recorder
from ckanext.smartcity.visits.settings import Settings

AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
FORK = get_context("fork")


class Counting(Recorder):
    """A recorder that knows what Redis has accepted, as the portal's own does not need to."""

    accepted = 0

    def _call(self, asked: Any) -> bool:
        answered = super()._call(asked)
        self.accepted += answered
        return answered


class Site:
    """A portal's count on a Redis of its own; ``database``: an engine other than the plain one."""

    def __init__(self, redis_url: str, database: sa.Engine | None = None, **options: Any) -> None:
        base = config.visits_settings()
        options = {"redis_timeout_ms": 2000, "site_id": "durable", **options}
        self.settings: Settings = replace(base, redis_url=redis_url, **options)
        self.engine = database or own_engine()
        self.recorder = Counting(self.settings)
        self.flush = Flush(self.settings, self.engine)

    def views(self, number: int, reader: int = 1) -> None:
        """Views of different objects by one reader, so that each counts."""
        for _ in range(number):
            view(self.recorder, reader)

    def total(self, metric: str = "views") -> int:
        """The portal's figure of all days, hours and data sets."""
        query = sa.select(sa.func.coalesce(sa.func.sum(getattr(VisitCount, metric)), 0))
        with self.engine.connect() as connection:
            return connection.execute(query.where(VisitCount.kind == "portal")).scalar_one()

    def redis(self) -> Any:
        """A client of its own of the site's Redis."""
        return redis.Redis.from_url(self.settings.redis_url)

    def keys(self, pattern: str) -> list[bytes]:
        """The names of the site's keys that fit."""
        return list(self.redis().scan_iter(f"sc:{self.settings.site_id}:{pattern}"))

    def runs(self) -> int:
        """How many data sets of Redis have counted."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count(sa.distinct(VisitCount.run)))).scalar_one()

    def gaps(self) -> list[str]:
        """The reasons of the recorded gaps."""
        with self.engine.connect() as connection:
            return sorted(connection.execute(sa.select(VisitGap.reason)).scalars())

    def measured_minutes(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(
                sa.select(sa.func.coalesce(sa.func.sum(VisitDay.measured_minutes), 0))
            ).scalar_one()


def view(recorder: Recorder, reader: int = 1) -> None:
    """One page view that is none of the repeats of another: of a page that nobody has asked for."""
    recorder.record("page", address=f"192.0.2.{reader}", agent=AGENT, object=f"page|{random.getrandbits(64):x}")


def start(work: Any, *arguments: Any) -> Any:
    """Do something in a process of its own that can be killed."""
    process = FORK.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def end(process: Any, number: int = signal.SIGKILL) -> None:
    os.kill(process.pid, number)
    process.join(20)
