"""Counters from Redis to PostgreSQL. Any number of flushes may run at once, be killed anywhere or be repeated.

Each data set of Redis is one participant of a counter that only grows. PostgreSQL keeps, per data set and counter, the
largest value ever read, so the sum is never above what was counted, and below it only by what Redis lost before any
flush read it. docs/visits-operation.md has the table of failures.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.smartcity.visits import state
from ckanext.smartcity.visits.coverage import Interval, coverage, day_begin, days_of, first_heartbeat
from ckanext.smartcity.visits.merge import Rows, add, merge, row_key
from ckanext.smartcity.visits.models import VisitCount, VisitDay, VisitGap
from ckanext.smartcity.visits.redis_counters import Bucket, Minutes, Note, RedisCounters
from ckanext.smartcity.visits.robots import Agents
from ckanext.smartcity.visits.settings import Settings

log = logging.getLogger(__name__)

LIVE = "live"
CLOCK_STEP_MS = 5_000
ONE_WRITES = 0x766973697473
"""Number of the lock that lets one flush write at a time: two would take rows of days in different order."""

NO_INFO = "x"  # begins the id of a connection where Redis refuses INFO: a new one says nothing about the data set

PASS_MINUTE = 35  # of each hour: visits that a bucket's last minute opened have ended by then

FLUSHED, PASSED, REPLICAS = "flush", "full_pass", "replica"
"""Names of rows of ``smartcity_visit_state``."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a flush did: rows that changed, buckets looked at, gaps recorded, buckets deleted from Redis."""

    rows: int = 0
    buckets: int = 0
    gaps: int = 0
    deleted: int = 0


class Flush:
    """Flushes of one process. ``engine``: connections of its own, outside any session of CKAN."""

    def __init__(self, settings: Settings, engine: sa.Engine) -> None:
        self._settings, self._engine = settings, engine
        self._redis = RedisCounters(settings.redis_url, settings.site_id)
        self._clock: tuple[int, float, float] | None = None  # Redis' time, and ours when it was asked and answered

    def due(self) -> Report:
        """What a worker or cron does each time: what changed, then a full pass where none began in this hour."""
        report = self.changed()
        with self._engine.connect() as connection:
            passed = state.since(connection, PASSED)
        if not pass_is_due(passed, datetime.now(self._settings.zone)):
            return report
        full = self.full_pass()
        return Report(report.rows + full.rows, full.buckets, report.gaps + full.gaps, full.deleted)

    def changed(self) -> Report:
        """Take what changed since the last flush. Raises what Redis or PostgreSQL raise; nothing is lost then."""
        step = self._clock_step()
        changed = self._redis.take_changed()
        minutes: list[Minutes] = []
        try:
            minutes = self._redis.minutes(of_all_days=False)
            rows: Rows = {}
            for bucket, fields in changed.items():
                _add(rows, bucket, self._redis.values(bucket, fields))
            return self._write(rows, minutes, len(changed), step)
        except BaseException:
            self._redis.put_back(changed)
            self._redis.remember_minutes(minutes)
            raise

    def full_pass(self) -> Report:
        """Take everything that Redis still has, watch that no counter fell, delete what is old and safely stored."""
        begun = datetime.now(timezone.utc)
        step = self._clock_step()
        buckets = list(self._redis.buckets())
        with self._engine.connect() as connection:
            stored = _stored(connection, buckets)  # first: another flush may store more while Redis is read
        rows: Rows = {}
        fallen: set[str] = set()
        for bucket in buckets:
            values = self._redis.all_values(bucket)
            _add(rows, bucket, values)
            if _has_fallen(stored, bucket, values):
                fallen.add(bucket.run)
        minutes = self._redis.minutes(of_all_days=True)
        report = self._write(rows, minutes, len(buckets), step, fallen)
        deleted = self._delete_old(buckets, minutes)
        with self._engine.begin() as connection:
            state.put(connection, PASSED, {"buckets": len(buckets), "deleted": deleted}, begun)
        return Report(report.rows, report.buckets, report.gaps, deleted)

    def read_back(self) -> list[str]:
        """Buckets that PostgreSQL does not have in full after a full pass, by name; empty is good.

        Compared with what Redis held before that pass: the portal goes on counting meanwhile.
        """
        in_redis = {bucket: self._redis.all_values(bucket) for bucket in self._redis.buckets()}
        self.full_pass()
        with self._engine.connect() as connection:
            stored = _stored(connection, list(in_redis))
        return [":".join(bucket) for bucket, values in in_redis.items() if not _has_all(stored, bucket, values)]

    # One transaction

    def _write(
        self, rows: Rows, minutes: list[Minutes], buckets: int, step: Interval | None, fallen: set[str] | None = None
    ) -> Report:
        now = datetime.now(timezone.utc)
        notes = self._redis.notes()
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_WRITES)))
            last = state.since(connection, FLUSHED)
            gaps = [_of_note(note) for note in notes]
            gaps += self._new_replicas(connection, rows, minutes, last, now)
            gaps += [_gap(f"clock-{step[1]}", "clock", *step)] if step else []
            gaps += [_gap(_regression(run), "regression", _ms(last or now), _ms(now)) for run in fallen or ()]
            recorded = _record_gaps(connection, gaps)
            if recorded.keys() & set(map(_regression, fallen or ())):
                log.warning("Counters of Redis fell: an old copy came back. What is counted next has another id.")
                self._redis.new_data_set()  # before the commit: where that fails, the next pass does it again
            changed = merge(connection, rows)
            _merge_minutes(connection, minutes)
            touched = {found.day for found in minutes} | days_of(recorded.values(), self._settings.zone)
            self._recompute(connection, touched)
            lists = _lists(self._settings.allow_agents, self._settings.deny_agents)
            state.put_method(connection, self._settings, lists, now)
            state.put(connection, FLUSHED, {"rows": changed}, now)
        self._redis.forget_notes(notes)
        return Report(changed, buckets, len(recorded))

    def _new_replicas(
        self, connection: sa.Connection, rows: Rows, minutes: list[Minutes], last: datetime | None, now: datetime
    ) -> list[dict[str, Any]]:
        """A gap for each data set that was never seen before; the first of all is none."""
        seen = {key.run for key in rows} | {found.run for found in minutes}
        known = set(state.value(connection, REPLICAS) or [])
        new = sorted(run for run in seen - known if not run.startswith(NO_INFO))
        if new:
            state.put(connection, REPLICAS, sorted(known | set(new)))
        if not known or last is None:
            return []
        return [_gap(run, "new_replica", _ms(last), self._begin_of(run, minutes, _ms(now))) for run in new]

    def _begin_of(self, run: str, minutes: list[Minutes], now: int) -> int:
        """When a data set gave its first heartbeat, to the end of that minute."""
        begins = (first_heartbeat(m.bits, m.day, self._settings.zone) for m in minutes if m.run == run)
        return min((begin for begin in begins if begin is not None and begin < now), default=now)

    def _recompute(self, connection: sa.Connection, days: set[date]) -> None:
        """The coverage of the live days that minutes or gaps touched."""
        zone = self._settings.zone
        for day in sorted(days):
            bits = connection.execute(
                sa.select(sa.cast(VisitDay.minutes, sa.Text)).where(VisitDay.day == day, VisitDay.source == LIVE)
            ).scalar()
            if bits is None:
                continue
            found = coverage(bits, _gaps_of(connection, day, zone), day, zone)
            connection.execute(
                sa.update(VisitDay).where(VisitDay.day == day, VisitDay.source == LIVE).values(found._asdict())
            )

    # Old buckets

    def _delete_old(self, buckets: list[Bucket], minutes: list[Minutes]) -> int:
        """Delete from Redis what ended ``keep_hours`` ago and stands in PostgreSQL as it is here."""
        limit = self._redis.now() - self._settings.keep_hours * 3_600_000
        zone = self._settings.zone
        old = [bucket for bucket in buckets if day_begin(bucket.day + timedelta(days=1), zone) <= limit]
        with self._engine.connect() as connection:
            stored = _stored(connection, old)
            deleted = 0
            for bucket in old:
                values = self._redis.all_values(bucket)
                if _has_all(stored, bucket, values) and self._redis.delete(bucket, values):
                    deleted += 1
            for found in minutes:
                if day_begin(found.day + timedelta(days=1), zone) <= limit and _has_minutes(connection, found):
                    self._redis.delete_minutes(found)
        return deleted

    def _clock_step(self) -> Interval | None:
        """From and to when the clock of Redis stepped since the last flush of this process.

        Redis told its time somewhere between question and answer: a slow answer is no step.
        """
        asked, now, answered = time.monotonic(), self._redis.now(), time.monotonic()
        before, self._clock = self._clock, (now, asked, answered)
        if before is None:
            return None
        then, asked_then, answered_then = before
        least, most = (then + int(n * 1000) for n in (asked - answered_then, answered - asked_then))
        if least - CLOCK_STEP_MS <= now <= most + CLOCK_STEP_MS:
            return None
        return (now, least) if now < least else (most, now)


def pass_is_due(begun: datetime | None, now: datetime) -> bool:
    """Whether no full pass has begun since the wall clock last showed minute 35. ``now``: city time."""
    if begun is None:
        return True
    seconds_since = (now.minute - PASS_MINUTE) % 60 * 60 + now.second + now.microsecond / 1e6
    return begun.timestamp() < now.timestamp() - seconds_since


def _add(rows: Rows, bucket: Bucket, values: dict[str, int]) -> None:
    for field, value in values.items():
        add(rows, bucket.bucket, field, value, source=LIVE, run=bucket.run, method=bucket.method)


Stored = dict[tuple[Any, ...], Any]


def _stored(connection: sa.Connection, buckets: list[Bucket]) -> Stored:
    """The rows of PostgreSQL that buckets went into, by their key."""
    days = {bucket.day for bucket in buckets}
    query = sa.select(VisitCount.__table__).where(VisitCount.source == LIVE, VisitCount.day.in_(days))
    return {(r.day, r.hour, r.kind, r.object_id, r.source, r.run, r.method): r for r in connection.execute(query)}


def _pairs(stored: Stored, bucket: Bucket, values: dict[str, int]) -> list[tuple[int, int]]:
    """What Redis has and what PostgreSQL has, for every field of a bucket."""
    found = []
    for field, value in values.items():
        thing, _, metric = field.rpartition("|")
        row = stored.get(row_key(bucket.bucket, thing, LIVE, bucket.run, bucket.method))
        found.append((value, getattr(row, metric) if row is not None else 0))
    return found


def _has_fallen(stored: Stored, bucket: Bucket, values: dict[str, int]) -> bool:
    return any(here < there for here, there in _pairs(stored, bucket, values))


def _has_all(stored: Stored, bucket: Bucket, values: dict[str, int]) -> bool:
    return all(here <= there for here, there in _pairs(stored, bucket, values))


def _has_minutes(connection: sa.Connection, minutes: Minutes) -> bool:
    both = sa.text(
        "SELECT minutes | CAST(:bits AS bit(1440)) = minutes FROM smartcity_visit_day "
        "WHERE day = :day AND source = :live"
    )
    return bool(connection.execute(both, {"bits": minutes.bits, "day": minutes.day, "live": LIVE}).scalar())


def _merge_minutes(connection: sa.Connection, minutes: list[Minutes]) -> None:
    statement = sa.text(
        "INSERT INTO smartcity_visit_day AS t (day, source, minutes) VALUES (:day, :live, CAST(:bits AS bit(1440))) "
        "ON CONFLICT (day, source) DO UPDATE SET minutes = t.minutes | excluded.minutes"
    )
    for found in sorted(minutes, key=lambda m: m.day):
        connection.execute(statement, {"day": found.day, "live": LIVE, "bits": found.bits})


def _gap(name: str, reason: str, first: int, last: int, unplaced: int = 0) -> dict[str, Any]:
    return {
        "id": name,
        "reason": reason,
        "from_at": _moment(first),
        "to_at": _moment(max(first, last)),
        "unplaced_views": unplaced,
    }


def _of_note(note: Note) -> dict[str, Any]:
    return _gap(note.id, note.reason, note.first, note.last, note.unplaced_views)


def _regression(run: str) -> str:
    """The id of the gap of a data set that fell: it is one, however long its old counters lie about."""
    return f"{run}-regression"


def _record_gaps(connection: sa.Connection, gaps: list[dict[str, Any]]) -> dict[str, Interval]:
    """Record what is not yet recorded; gives the times of what is new, by id."""
    statement = insert(VisitGap).on_conflict_do_nothing().returning(VisitGap.id, VisitGap.from_at, VisitGap.to_at)
    found = [row for gap in gaps for row in connection.execute(statement, gap)]
    return {row.id: (_ms(row.from_at), _ms(row.to_at)) for row in found}


def _gaps_of(connection: sa.Connection, day: date, zone: Any) -> list[Interval]:
    first, last = _moment(day_begin(day, zone)), _moment(day_begin(day + timedelta(days=1), zone))
    query = sa.select(VisitGap.from_at, VisitGap.to_at).where(VisitGap.from_at < last, VisitGap.to_at > first)
    return [(_ms(row.from_at), _ms(row.to_at)) for row in connection.execute(query)]


@lru_cache(1)
def _lists(allow: str, deny: str) -> dict[str, str]:
    """The lists of agents in use: name -> version or hash."""
    return Agents(allow, deny).versions


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
