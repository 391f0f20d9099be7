"""What the arms leave in PostgreSQL and Redis: sizes, commits, and rows as a long time would have left them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

import redis
import sqlalchemy as sa

OURS = ("smartcity_visit_count", "smartcity_visit_day", "smartcity_visit_gap", "smartcity_visit_state")
THEIRS = ("tracking_raw", "tracking_summary")
FIRST = date(2026, 1, 1)
MONTH = 30  # days
AGENCIES = 45
RUN = "0123456789ab"
SITE = "smartcity_test"


def engine() -> sa.Engine:
    """To the database of the tests. Refuses any other: the benchmark empties it."""
    return sa.create_engine(os.environ["CKAN_SQLALCHEMY_URL"], isolation_level="AUTOCOMMIT")


def run(statement: str, **values: Any) -> Any:
    """The first value of the result, where there is one."""
    with engine().connect() as connection:
        result = connection.execute(sa.text(statement), values)
        return result.scalar() if result.returns_rows else None


def empty(tables: Iterable[str]) -> None:
    for table in tables:
        run(f"TRUNCATE {table}")
        run(f"VACUUM {table}")


def megabytes(tables: Iterable[str]) -> float:
    """With indexes."""
    return sum(run("SELECT pg_total_relation_size(:name)", name=table) for table in tables) / 1e6


def work() -> dict[str, int]:
    """What the database has done so far: commits and dead rows of this database, WAL of the server in bytes."""
    dead = "SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables"
    commits = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    wal = "SELECT pg_current_wal_insert_lsn() - '0/0'"
    return {"commits": int(run(commits)), "dead_rows": int(run(dead)), "wal_bytes": int(run(wal))}


# Their rows


def track(views: int, datasets: int, days: int = 1, until: date = FIRST) -> None:
    """So many views in ``tracking_raw``, of as many readers, spread evenly over the days that end with ``until``."""
    statement = """
        INSERT INTO tracking_raw (user_key, url, tracking_type, access_timestamp)
        SELECT md5(n::text), '/dataset/dataset-' || n % :datasets, 'page',
               CAST(:until AS date) + (n % 86399) * interval '1 second' - (n / :datasets % :days) * interval '1 day'
        FROM generate_series(0, :views - 1) AS n"""
    run(statement, views=views, datasets=datasets, days=days, until=until)


def summarise(rows: int, datasets: int, until: date = FIRST) -> None:
    """So many rows in ``tracking_summary``: every dataset on every day."""
    statement = """
        INSERT INTO tracking_summary
            (url, package_id, tracking_type, count, running_total, recent_views, tracking_date)
        SELECT '/dataset/' || name, id, 'page', 3, 3 * (day + 1), 42, CAST(:until AS date) - day
        FROM package, generate_series(0, :rows / :datasets - 1) AS day WHERE name LIKE 'dataset-%'"""
    run(statement, rows=rows, datasets=datasets, until=until)
    run("VACUUM ANALYZE tracking_summary")


# Our rows


def count(rows: int, datasets: int, until: date = FIRST) -> None:
    """So many rows in ``smartcity_visit_count``: every dataset on every day."""
    statement = """
        INSERT INTO smartcity_visit_count (day, hour, kind, object_id, source, run, method, visits, views)
        SELECT CAST(:until AS date) - day, -1, 'dataset', id, 'live', :run, '1-000000', 3, 4
        FROM package, generate_series(0, :rows / :datasets - 1) AS day WHERE name LIKE 'dataset-%'"""
    run(statement, rows=rows, datasets=datasets, until=until, run=RUN)
    run("VACUUM ANALYZE smartcity_visit_count")


class Month:
    """Counters of a month in which views came at random, popular datasets more often (Zipf's law)."""

    def __init__(self, datasets: int) -> None:
        self.random = Random(4)  # noqa: S311  a fixed seed is wanted
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(datasets)))
        self.views: Counter[tuple[str, str]] = Counter()

    def add_up_to(self, views: int) -> None:
        """Let readers come until there are so many views."""
        missing = views - sum(n for (_, thing), n in self.views.items() if thing == "portal|")
        for dataset in self.random.choices(range(len(self.weights)), cum_weights=self.weights, k=missing):
            hour = self.random.randrange(24 * MONTH)
            day = (FIRST + timedelta(days=hour // 24)).isoformat()
            self.views[day, f"dataset|{dataset:036}"] += 1
            self.views[day, f"organization|{dataset % AGENCIES:036}"] += 1
            self.views[f"{day}T{hour % 24:02}", "portal|"] += 1


def put(store: redis.Redis, method: str, views: Iterable[tuple[tuple[str, str], int]]) -> None:
    """Write counters as the script of the recorder does."""
    prefix = f"sc:{SITE}:"
    pipeline = store.pipeline(transaction=False)
    for (bucket, thing), n in views:
        name = f"{RUN}:{method}:{bucket}"
        pipeline.hset(f"{prefix}c:{name}", f"{thing}|views", n)
        pipeline.sadd(f"{prefix}dc:{name}", f"{thing}|views")
        pipeline.sadd(f"{prefix}d", name)
        if len(pipeline) > 10_000:
            pipeline.execute()
    pipeline.execute()


def holds(store: redis.Redis, addresses: Iterable[str]) -> dict[str, int]:
    """How many of the addresses stand somewhere in our tables or in Redis, names of keys included."""
    in_tables = "\n".join(run(f"SELECT string_agg(t::text, ' ') FROM {table} AS t") or "" for table in OURS)  # noqa: S608
    in_redis = b"\n".join(name + b" " + (store.dump(name) or b"") for name in store.scan_iter(count=1000))
    wanted = list(addresses)
    return {
        "addresses": len(wanted),
        "in_postgresql": sum(address in in_tables for address in wanted),
        "in_redis": sum(address.encode() in in_redis for address in wanted),
    }
