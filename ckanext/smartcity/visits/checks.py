"""Whether the Redis of the count keeps what it is given: looked at when the worker starts, and every night."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import redis
from redis.connection import parse_url

Info = Mapping[str, Any]

OLDEST = (6, 2)
"""The first Redis with all that record.lua uses; every Valkey has it."""


class Check(TypedDict):
    """One line for the administrator: what was looked at, whether it is good, what was found."""

    name: str
    ok: bool
    message: str


def redis_checks(redis_url: str, ckan_redis_url: str) -> list[Check]:
    """Everything the count asks of its Redis."""
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=5, decode_responses=True) as client:
            client.ping()
            return _checks_of(client, redis_url, ckan_redis_url)
    except redis.RedisError as error:
        return [_check("redis", False, f"does not answer: {error}")]


def _checks_of(client: redis.Redis, redis_url: str, ckan_redis_url: str) -> list[Check]:
    try:
        info: Info = client.info("all")
    except redis.ResponseError as error:
        return [_check("info", False, f"INFO is refused ({error}): a restart of Redis is not noticed at once")]
    return [
        _check("redis", True, "answers"),
        _check("info", True, "allowed"),
        version_check(info),
        persistence_check(info, _option(client, "appendfsync")),
        policy_check(info),
        cluster_check(info),
        database_check(redis_url, ckan_redis_url),
    ]


def version_check(info: Info) -> Check:
    """Redis 6.2 or later, or any Valkey."""
    if "valkey_version" in info:
        return _check("version", True, f"Valkey {info['valkey_version']}")
    found = str(info.get("redis_version", "0"))
    numbers = tuple(int(part) if part.isdigit() else 0 for part in found.split(".")[:2])
    return _check("version", numbers >= OLDEST, f"Redis {found} (6.2 or later is needed)")


def persistence_check(info: Info, appendfsync: str | None) -> Check:
    """An append-only file that is written every second. ``appendfsync`` is None where CONFIG is refused."""
    if not info.get("aof_enabled"):
        return _check("persistence", False, "appendonly no: what was counted is lost when Redis ends")
    if info.get("aof_last_write_status", "ok") != "ok":
        return _check("persistence", False, "the last write of the append-only file failed")
    if appendfsync is None:
        return _check("persistence", True, "appendonly yes, appendfsync not readable (CONFIG is refused)")
    return _check("persistence", appendfsync in ("everysec", "always"), f"appendonly yes, appendfsync {appendfsync}")


def policy_check(info: Info) -> Check:
    """No eviction: it would take counters away under one and the same replica id."""
    found = info.get("maxmemory_policy", "unknown")
    return _check("eviction", found == "noeviction", f"maxmemory-policy {found}")


def cluster_check(info: Info) -> Check:
    """Scripts of the count touch keys of several slots."""
    clustered = bool(info.get("cluster_enabled"))
    return _check(
        "cluster", not clustered, "Redis Cluster is not supported" if clustered else "single node or Sentinel"
    )


def database_check(redis_url: str, ckan_redis_url: str) -> Check:
    """A database of its own, so that emptying CKAN's queues does not empty the counters."""
    shared = _place(redis_url) == _place(ckan_redis_url)
    return _check("database", not shared, "shared with ckan.redis.url" if shared else "a database of its own")


def _place(url: str) -> tuple[str, int, int]:
    """Host or socket, port, number of the database."""
    found = parse_url(url)
    host = found.get("path") or found.get("host") or "localhost"
    return host.replace("127.0.0.1", "localhost"), found.get("port") or 6379, found.get("db") or 0


def _option(client: redis.Redis, name: str) -> str | None:
    """A setting of the server; None where a managed service does not show it."""
    try:
        return client.config_get(name).get(name)
    except redis.ResponseError:
        return None


def _check(name: str, ok: bool, message: str) -> Check:
    return {"name": name, "ok": ok, "message": message}
