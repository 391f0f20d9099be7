"""Whether the Redis of the count keeps what it is given, and whether its proxies let it see its visitors.

Looked at when the worker starts, every hour, and every night. What was found is a code; the sentences for it, in both
languages, stand in ``schemas/visits.yaml`` under ``checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import redis
from redis.connection import parse_url

from ckanext.smartcity.visits.address import hides_visitors

Info = Mapping[str, Any]

OLDEST = (6, 2)
"""The first Redis with all that record.lua uses; every Valkey has it."""


class Check(TypedDict):
    """One line for the administrator: the code of its sentence, whether it is good, what the sentence names."""

    code: str
    ok: bool
    found: dict[str, str | int]


def redis_checks(redis_url: str, ckan_redis_url: str) -> list[Check]:
    """Everything the count asks of its Redis."""
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=5, decode_responses=True) as client:
            client.ping()
            return _checks_of(client, redis_url, ckan_redis_url)
    except redis.RedisError as error:
        return [_bad("redis_away", error=str(error))]


def _checks_of(client: redis.Redis, redis_url: str, ckan_redis_url: str) -> list[Check]:
    try:
        info: Info = client.info("all")
    except redis.ResponseError as error:
        return [_bad("info_refused", error=str(error))]
    return [
        version_check(info),
        persistence_check(info, _option(client, "appendfsync")),
        policy_check(info),
        cluster_check(info),
        database_check(redis_url, ckan_redis_url),
    ]


def version_check(info: Info) -> Check:
    """Redis 6.2 or later, or any Valkey."""
    if "valkey_version" in info:
        return _good("server", server=f"Valkey {info['valkey_version']}")
    found = str(info.get("redis_version", "0"))
    numbers = tuple(int(part) if part.isdigit() else 0 for part in found.split(".")[:2])
    server = f"Redis {found}"
    return _good("server", server=server) if numbers >= OLDEST else _bad("server_old", server=server)


def persistence_check(info: Info, appendfsync: str | None) -> Check:
    """An append-only file that is written every second. ``appendfsync`` is None where CONFIG is refused."""
    if not info.get("aof_enabled"):
        return _bad("file_off")
    if info.get("aof_last_write_status", "ok") != "ok":
        return _bad("file_failed")
    if appendfsync is None:
        return _good("file_unread")
    if appendfsync in ("everysec", "always"):
        return _good("file", appendfsync=appendfsync)
    return _bad("file_late", appendfsync=appendfsync)


def policy_check(info: Info) -> Check:
    """No eviction: it would take counters away under one and the same replica id."""
    policy = info.get("maxmemory_policy", "unknown")
    return _good("kept") if policy == "noeviction" else _bad("evicted", policy=policy)


def cluster_check(info: Info) -> Check:
    """Scripts of the count touch keys of several slots."""
    return _bad("cluster") if info.get("cluster_enabled") else _good("no_cluster")


def database_check(redis_url: str, ckan_redis_url: str) -> Check:
    """A database of its own, so that emptying CKAN's queues does not empty the counters."""
    return _bad("database_shared") if _place(redis_url) == _place(ckan_redis_url) else _good("database")


def traffic_checks(seen: Mapping[str, int]) -> list[Check]:
    """Whether the visitors' own addresses reached the count. ``seen``: numbers of the last day, as record.lua has them.

    ``visits``, ``private_client`` (visits from a private or loopback address), ``untrusted_header`` (requests with a
    list of addresses from a peer that is not a trusted proxy). A proxy that is not trusted makes one browser of all.
    """
    visits, private = seen.get("visits", 0), seen.get("private_client", 0)
    found = [
        _bad("clients_private", visits=visits, private=private)
        if hides_visitors(visits, private)
        else _good("clients", visits=visits, private=private)
    ]
    if untrusted := seen.get("untrusted_header", 0):
        found.append(_bad("headers_untrusted", requests=untrusted))
    return found


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


def _good(code: str, **found: str | int) -> Check:
    return {"code": code, "ok": True, "found": found}


def _bad(code: str, **found: str | int) -> Check:
    return {"code": code, "ok": False, "found": found}
