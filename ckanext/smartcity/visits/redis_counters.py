"""The counters in Redis, as the flush reads them. Names are those that ``record.lua`` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import redis

from ckanext.smartcity.visits.spans import MINUTES

PATIENCE = 10.0  # seconds for one answer: nobody waits for the flush
BATCH = 1000


class Bucket(NamedTuple):
    """One hash of counters: of a data set of Redis, by one method, for an hour or a day."""

    run: str
    method: str
    bucket: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.bucket[:10])


class Minutes(NamedTuple):
    """The heartbeats of a local day under one data set."""

    run: str
    day: date
    bits: str  # 1440 of 0 and 1, 00:00 first


class Note(NamedTuple):
    """What a web process noted about a time in which it could not count; milliseconds."""

    text: bytes
    id: str
    reason: str
    first: int
    last: int
    unplaced_views: int


class RedisCounters:
    """The Redis of one site."""

    def __init__(self, url: str, site_id: str) -> None:
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._prefix = f"sc:{site_id}:"

    def now(self) -> int:
        """The time of Redis, in milliseconds."""
        seconds, micro = self._redis.time()
        return seconds * 1000 + micro // 1000

    # What changed since the last flush

    def take_changed(self) -> dict[Bucket, list[bytes]]:
        """The fields that changed, by bucket; they are forgotten here, so ``put_back`` them if the flush fails."""
        found: dict[Bucket, list[bytes]] = {}
        for name in self._redis.smembers(self._key("d")):
            self._redis.srem(self._key("d"), name)  # first: what changes from here on names its bucket again
            bucket = Bucket(*name.decode().split(":"))
            while fields := self._redis.spop(self._key("dc", *bucket), BATCH):
                found.setdefault(bucket, []).extend(fields)
        return found

    def put_back(self, changed: dict[Bucket, list[bytes]]) -> None:
        for bucket, fields in changed.items():
            self._redis.sadd(self._key("dc", *bucket), *fields)
            self._redis.sadd(self._key("d"), ":".join(bucket))

    def values(self, bucket: Bucket, fields: list[bytes]) -> dict[str, int]:
        """The absolute values of some fields."""
        found: dict[str, int] = {}
        for place in range(0, len(fields), BATCH):
            part = fields[place : place + BATCH]
            for field, value in zip(part, self._redis.hmget(self._key("c", *bucket), part), strict=True):
                if value is not None:
                    found[field.decode()] = int(value)
        return found

    # All there is

    def buckets(self) -> Iterator[Bucket]:
        for name in self._redis.scan_iter(self._key("c", "*"), count=BATCH):
            yield Bucket(*name.decode().removeprefix(self._key("c", "")).split(":"))

    def all_values(self, bucket: Bucket) -> dict[str, int]:
        return {field.decode(): int(value) for field, value in self._redis.hgetall(self._key("c", *bucket)).items()}

    def delete(self, bucket: Bucket, expected: dict[str, int]) -> bool:
        """Delete the counters of a bucket if they still hold these values; False where they do not."""
        name = self._key("c", *bucket)
        with self._redis.pipeline() as pipe:
            pipe.watch(name)
            if self.all_values(bucket) != expected:
                return False
            pipe.multi()
            pipe.delete(name, self._key("dc", *bucket))
            pipe.srem(self._key("d"), ":".join(bucket))
            try:
                pipe.execute()
            except redis.WatchError:
                return False
        return True

    # Heartbeats

    def minutes(self, *, of_all_days: bool) -> list[Minutes]:
        """Heartbeats: of all days in Redis, or only those of days that had one since they were last asked for."""
        name = self._key("dm")
        if of_all_days:
            names = [
                key.decode().removeprefix(self._key("m", "")) for key in self._redis.scan_iter(self._key("m", "*"))
            ]
        else:
            names = [member.decode() for member in self._redis.spop(name, BATCH)]
        return [found for found in map(self._minutes, names) if found]

    def remember_minutes(self, minutes: list[Minutes]) -> None:
        if minutes:
            self._redis.sadd(self._key("dm"), *(f"{found.run}:{found.day.isoformat()}" for found in minutes))

    def delete_minutes(self, minutes: Minutes) -> None:
        self._redis.delete(self._key("m", minutes.run, minutes.day.isoformat()))

    def _minutes(self, name: str) -> Minutes | None:
        run, day = name.split(":")
        value = self._redis.get(self._key("m", run, day))
        if not value:
            return None
        bits = "".join(f"{byte:08b}" for byte in value)
        return Minutes(run, date.fromisoformat(day), bits.ljust(MINUTES, "0"))

    # Notes of gaps

    def notes(self) -> list[Note]:
        found = []
        for text in self._redis.lrange(self._key("g"), 0, -1):
            note = json.loads(text)
            found.append(Note(text, note["id"], note["reason"], note["from"], note["to"], note["unplaced_views"]))
        return found

    def forget_notes(self, notes: list[Note]) -> None:
        for note in notes:
            self._redis.lrem(self._key("g"), 1, note.text)

    # The self-check

    def seen(self, day: date) -> dict[str, int]:
        """The numbers of the self-check of a local day; kept two days, and empty for a day without any."""
        found = self._redis.hgetall(self._key("k", day.isoformat()))
        return {name.decode(): int(value) for name, value in found.items()}

    def new_data_set(self) -> None:
        """Let what is counted from now on have another id."""
        self._redis.delete(self._key("gen"))

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)
