"""The one call to Redis for each request that counts, within a budget of time, and never an error.

One recorder per process; its threads share the connections, and a process that forks gets connections of its own. While
Redis does not answer nothing is guessed: visits are not counted, and the gap is noted.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib import resources
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from ckanext.smartcity.visits.address import browser_key, is_private, key_material, key_text
from ckanext.smartcity.visits.method import Clock, Span, parameters, params, version
from ckanext.smartcity.visits.sessions import Event
from ckanext.smartcity.visits.settings import Settings

log = logging.getLogger(__name__)

ERRORS_TO_OPEN = 3  # in a row
OPEN_SECONDS = 5.0
LOG_SECONDS = 60.0
TRIES = 3  # answers "retry" that are followed: at 04:00, and after Redis was emptied
MOST_UNPLACED = 1_000_000
SALT_BYTES = 32
GENERATION_BYTES = 6


ALIVE = "alive"
WITHOUT_KEY = (ALIVE, "count")
"""Events that concern no browser."""


class Asked(NamedTuple):
    """One event and whose it is."""

    event: Event
    address: str = ""
    agent: bytes = b""
    untrusted_header: bool = False


class Deadline(threading.local):
    """Until when the call of this thread may take."""

    until = 0.0

    def begin(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left. Raises ``redis.TimeoutError`` where there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise RedisTimeoutError("The time for one call is over")
        return left


class Hurried:
    """A connection whose connecting, sending and receiving together keep to the deadline of the thread."""

    def __init__(self, *, deadline: Deadline, **options: Any) -> None:
        self.deadline = deadline
        self.replica = ""  # an id for Redis where INFO is forbidden
        super().__init__(**options)

    def _connect(self) -> Any:
        self.replica = ""
        self.socket_connect_timeout = self.socket_timeout = self.deadline.left()
        return super()._connect()  # type: ignore[misc]

    def send_packed_command(self, *args: Any, **options: Any) -> Any:
        self._hurry()
        return super().send_packed_command(*args, **options)  # type: ignore[misc]

    def _hurry(self) -> None:
        """What is left when a command is sent is also what its answer may take."""
        left = self.deadline.left()
        if sock := getattr(self, "_sock", None):
            sock.settimeout(left)


@dataclass(frozen=True, slots=True)
class Salt:
    """The random bytes of a salt day and what keys are made with."""

    day: str
    value: bytes
    material: bytes


@dataclass(slots=True)
class Outage:
    """A time in which Redis did not answer: milliseconds of its first failure, and page requests not counted."""

    id: str
    first: int
    unplaced: int = 0

    def note(self, until: int) -> str:
        """What the flush reads of it."""
        note = {"id": self.id, "reason": "redis", "from": self.first, "to": until, "unplaced_views": self.unplaced}
        return json.dumps(note, sort_keys=True)


class Recorder:
    """Counts events. ``now`` stands for the clock of Redis in tests (milliseconds)."""

    def __init__(self, settings: Settings, now: Callable[[], int] | None = None) -> None:
        self._settings = settings
        self._now = now
        self._clock = Clock(settings.zone)
        self._prefix = f"sc:{settings.site_id}:"
        self._rules = params(settings)
        self._method = version(parameters(settings))
        self._budget = settings.redis_timeout_ms / 1000
        self._deadline = Deadline()
        self._pool = _pool(settings.redis_url, self._deadline)
        self._script = (resources.files("ckanext.smartcity.visits") / "record.lua").read_bytes()
        self._sha = sha1(self._script).hexdigest()  # noqa: S324  Redis names scripts by it
        self._salt: Salt | None = None
        self._errors = 0
        self._closed_until = 0.0
        self._logged_at = -LOG_SECONDS
        self._outage: Outage | None = None
        self._notes: tuple[str, ...] = ()
        self._noting = threading.Lock()
        self._last_error: tuple[int, str] | None = None

    def record(
        self,
        event: str,
        *,
        address: str = "",
        agent: bytes = b"",
        object: str = "",
        parents: Sequence[str] = (),
        listed: bool = True,
        nonce: str = "",
        counter: str = "",
        untrusted_header: bool = False,
    ) -> None:
        """Count one event (``sessions.Event``) of the browser with this address and agent. Never raises.

        Takes no longer than ``redis_timeout_ms``, and after three errors in a row nothing for five seconds.
        """
        happened = Event(event, 0, object, tuple(parents), listed, nonce, counter)
        self._call(Asked(happened, address, agent, untrusted_header))

    def alive(self) -> bool:
        """Say that this process can count; False where it cannot."""
        return self._call(Asked(Event(ALIVE, 0)))

    def status(self) -> dict[str, Any]:
        """What this process met: whether it leaves Redis alone just now, its last error, page requests not counted."""
        at, kind = self._last_error or (None, None)
        return {
            "paused": time.monotonic() < self._closed_until,
            "last_error": kind,
            "last_error_at": at,
            "unplaced_views": self._outage.unplaced if self._outage else 0,
        }

    def _call(self, asked: Asked) -> bool:
        try:
            if time.monotonic() < self._closed_until:
                self._missed(asked)
                return False
            self._deadline.begin(self._budget)
            self._send(asked)
        except Exception as error:
            self._failed(asked, error)
            return False
        self._succeeded()
        return True

    def _send(self, asked: Asked) -> None:
        at = self._time()
        connection: Any = self._pool.get_connection()
        try:
            for _ in range(TRIES):
                notes = self._notes
                answer = self._evaluate(connection, self._arguments(connection, at, asked, notes))
                if answer[0] == b"ok":
                    self._sent(notes)
                    return
                if answer[0] == b"forbidden":
                    connection.replica = "x" + secrets.token_hex(6)[1:]
                else:
                    at, self._salt = int(answer[1]), None
            raise RedisConnectionError("Redis answered the same again and again")
        except BaseException:
            connection.disconnect()  # an answer may still be under way, and the next call would take it for its own
            raise
        finally:
            self._pool.release(connection)

    def _arguments(self, connection: Any, at: int, asked: Asked, notes: Sequence[str]) -> list[Any]:
        """The arguments of the script, in its order."""
        event, span = asked.event, self._clock.span(at)
        key, salt = "", b""
        if event.name not in WITHOUT_KEY:
            known = self._salt_of(connection, span, at)
            key = key_text(browser_key(known.material, self._settings.site_id, asked.address, asked.agent))
            salt = known.value
        return [
            *(self._prefix, event.name, key, event.object, int(event.listed), event.nonce, event.counter, self._method),
            *(span.offset, span.first, span.end, span.salt_day, span.salt_end, salt),
            *self._rules,
            *(self._now() if self._now else "", secrets.token_hex(GENERATION_BYTES), connection.replica),
            *(int(bool(key) and is_private(asked.address)), int(asked.untrusted_header), len(notes)),
            *notes,
            *event.parents,
        ]

    def _salt_of(self, connection: Any, span: Span, at: int) -> Salt:
        """The salt of the day: the first process to ask makes it."""
        known = self._salt  # another thread may forget it meanwhile
        if known is None or known.day != span.salt_day:
            name = f"{self._prefix}salt:{span.salt_day}"
            life = max(span.salt_end - at, 1)
            _ask(connection, "SET", name, secrets.token_bytes(SALT_BYTES), "NX", "PX", life)
            value = _ask(connection, "GET", name)
            known = self._salt = Salt(span.salt_day, value, key_material(value, self._settings.secret))
        return known

    def _evaluate(self, connection: Any, arguments: list[Any]) -> Any:
        try:
            return _ask(connection, "EVALSHA", self._sha, 0, *arguments)
        except NoScriptError:
            return _ask(connection, "EVAL", self._script, 0, *arguments)

    def _time(self) -> int:
        return self._now() if self._now else time.time_ns() // 1_000_000

    # What happens when Redis does not answer

    def _failed(self, asked: Asked, error: Exception) -> None:
        self._errors += 1
        self._last_error = (self._time(), type(error).__name__)
        if self._errors >= ERRORS_TO_OPEN:
            self._closed_until = time.monotonic() + OPEN_SECONDS
        self._missed(asked)
        if time.monotonic() - self._logged_at >= LOG_SECONDS:
            self._logged_at = time.monotonic()
            log.warning("Visits are not counted: Redis does not answer as it should (%s)", type(error).__name__)

    def _missed(self, asked: Asked) -> None:
        outage = self._outage
        if outage is None:
            outage = self._outage = Outage(secrets.token_hex(6), self._time())
        if asked.event.name == "page" and outage.unplaced < MOST_UNPLACED:
            outage.unplaced += 1

    def _succeeded(self) -> None:
        self._errors = 0
        if self._outage is not None:
            outage, self._outage = self._outage, None
            with self._noting:
                self._notes = (*self._notes, outage.note(self._time()))

    def _sent(self, notes: Sequence[str]) -> None:
        """Forget notes that arrived; another thread may have sent the same, or added one."""
        if notes:
            with self._noting:
                self._notes = tuple(note for note in self._notes if note not in notes)


def _ask(connection: Any, *command: Any) -> Any:
    connection.send_command(*command)
    return connection.read_response()


def _pool(url: str, deadline: Deadline) -> redis.ConnectionPool:
    """Connections of our own: CKAN's wait without end. No retries, no greetings but what the address needs."""
    options = dict(parse_url(url))
    base = options.pop("connection_class", redis.Connection)
    kind = type("Hurried" + base.__name__, (Hurried, base), {})
    greetings = {"protocol": 2, "driver_info": None}
    return redis.ConnectionPool(
        connection_class=kind, deadline=deadline, retry=Retry(NoBackoff(), 0), **greetings, **options
    )
