"""From lines of a log to counts, by the rules that live requests are judged by. Pure.

Everything that repeats from line to line is worked out once and kept: where a line came from, its second, what its
address is to the count, what its agent is. Only what a person did goes on to the browsers, in the order of time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from re import Match
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits import loglines, method
from ckanext.smartcity.visits.address import client_address, is_private, is_trusted
from ckanext.smartcity.visits.classify import Facts, Outcome, classify
from ckanext.smartcity.visits.logbrowsers import Browsers
from ckanext.smartcity.visits.logorder import LATE_MS, InOrder
from ckanext.smartcity.visits.routes import Route, route
from ckanext.smartcity.visits.sessions import PORTAL, Event
from ckanext.smartcity.visits.settings import Settings

Thing = tuple[str, tuple[str, ...], bool]
"""An object as ``kind|id``, what stands above it, whether it is in public view."""

BEACON = "/_sc/"
SETTLED_ROLES = ("static", "none")
SETTLED_METHODS = ("HEAD", "OPTIONS")
V = TypeVar("V")


class Portal(NamedTuple):
    """What is asked of the portal: the route of a method and path, an object by kind and name, the kind of an agent."""

    match: Callable[[str, str], tuple[str, Mapping[str, Any]] | None]
    find: Callable[[str, str], Thing]
    agent: Callable[[bytes], str]


class Days(NamedTuple):
    """Local days to count, the last one included; ``None`` is an open end."""

    first: date | None = None
    last: date | None = None


ALL_DAYS = Days()


@dataclass
class Tally:
    """What a log gave. ``counts`` is what ``sessions.step`` grows, by bucket and field.

    ``days`` has the first and last time of each local day with a line, ``private`` by day the visits and those of them
    whose client has no address of the internet, ``untrusted_headers`` the requests whose list of addresses was not
    believed. Times are milliseconds.
    """

    read: int = 0
    used: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    days: dict[str, tuple[int, int]] = field(default_factory=dict)
    private: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    untrusted_headers: int = 0


class Kept(dict[bytes, V], Generic[V]):
    """A function of bytes with its answers. At most ``entries``: then it begins anew; very long ones are not kept."""

    def __init__(self, make: Callable[[bytes], V], entries: int = 16_384, longest: int = 1024) -> None:
        self._make, self._entries, self._longest = make, entries, longest

    def __missing__(self, key: bytes) -> V:
        value = self._make(key)
        if len(key) <= self._longest:
            if len(self) >= self._entries:
                self.clear()
            self[key] = value
        return value


class _Origin(NamedTuple):
    address: str  # empty: there was none
    internal: bool = False
    untrusted_header: bool = False


class _Moment(NamedTuple):
    at: int
    hour: str = ""  # empty: not counted, but visits may reach into the days that are
    problem: str = ""


class _Target(NamedTuple):
    """``settled`` is the reason for which a request of this method and path is nothing, whoever made it."""

    settled: str
    method: str
    route: Route
    thing: Thing
    outcomes: dict[tuple[bytes, str, bool, str], Outcome]


class _Waiting(NamedTuple):
    event: Event
    reason: str
    origin: _Origin
    agent: bytes
    partial: bool
    hour: str


OPENED = f"{PORTAL}|visits"
UNUSED = ("internal", "mark", "opt_out")
NOTHING: Thing = ("", (), True)
NO_ORIGIN = _Origin("")


class Reader:
    """Reads one log, block by block. ``now`` in milliseconds: lines of later times come from a wrong clock."""

    def __init__(self, settings: Settings, portal: Portal, days: Days, now: int) -> None:
        self.tally = Tally()
        self._settings, self._portal, self._latest = settings, portal, now + LATE_MS
        self._clock = method.Clock(settings.zone)
        self._bounds = _bounds(days, settings.zone)
        self._browsers = Browsers(settings.site_id, settings.secret, self._clock, method.params(settings))
        self._order: InOrder[_Waiting] = InOrder()
        self._outcomes: dict[Any, dict[tuple[bytes, str, bool, str], Outcome]] = defaultdict(dict)
        self._origins = Kept(self._origin, 65_536)
        self._moments = Kept(self._moment, 1024)
        self._targets = Kept(self._target)
        self._agents = Kept(lambda agent: self._portal.agent(loglines.unescaped(agent)), 8192)
        self._referers = Kept(self._referer)
        self._is_private = lru_cache(65_536)(is_private)

    def read(self, lines: bytes) -> None:
        """Take in whole lines."""
        excluded, judge, read = self.tally.excluded, self._judge, 0
        for groups in map(Match.groups, loglines.LINE.finditer(lines)):
            read += 1
            reason = judge(groups)
            if reason:
                excluded[reason] += 1
        self.tally.read += read

    def end(self) -> Tally:
        """The log has ended: everything that it gave."""
        for waiting in self._order.rest():
            self._take(waiting)
        return self.tally

    def _judge(self, line: tuple[bytes, ...]) -> str:
        """Why a line is excluded; empty for one that waits for its turn."""
        front, time, target, status, referer, agent = line
        if front is None:
            return "unparsable"
        origin, moment = self._origins[front], self._moments[time]
        if not origin.address or moment.problem or moment.at < self._order.edge:
            return moment.problem or ("out_of_order" if origin.address else "unparsable")
        if target is None:
            return "not_http"
        asked = self._targets[target]
        return asked.settled or self._ask(asked, origin, moment, (status, referer, agent))

    def _ask(self, asked: _Target, origin: _Origin, moment: _Moment, rest: tuple[bytes, bytes, bytes]) -> str:
        """The same for a request that depends on who made it and how it was answered."""
        status, referer, agent = rest
        frame = self._referers[referer] if asked.route.framed else ""
        circumstances = (status, self._agents[agent], origin.internal, frame)
        outcome = asked.outcomes.get(circumstances) or self._outcome(asked, circumstances)
        if not outcome.event:
            return outcome.reason
        if outcome.event == "count":
            return self._count(outcome, moment.hour)
        event = Event(outcome.event, moment.at, *asked.thing)
        waiting = _Waiting(event, outcome.reason, origin, agent, status == b"206", moment.hour)
        self._order.put(moment.at, waiting)
        return ""

    def _count(self, outcome: Outcome, hour: str) -> str:
        if not hour:
            return "outside_range"
        self.tally.counts[hour, f"{PORTAL}|{outcome.counter}"] += 1
        return outcome.reason

    def _take(self, waiting: _Waiting) -> None:
        """What has its turn goes to its browser; then it is used, or excluded after all."""
        event, reason, origin, agent, partial, hour = waiting
        deltas, marked = self._browsers.take(event, origin.address, agent, partial)
        first, after, counts = self._bounds.first, self._bounds.after, self.tally.counts
        for key, n in deltas.items():
            if first <= key[0] < after:
                counts[key] += n
        if not hour:
            self.tally.excluded["outside_range"] += 1
            return
        if (hour, OPENED) in deltas:
            visits = self.tally.private[hour[:10]]
            visits[0] += 1
            visits[1] += self._is_private(origin.address)
        self.tally.untrusted_headers += origin.untrusted_header
        if event.name in UNUSED:
            self.tally.excluded[reason] += 1
        elif marked:
            self.tally.excluded["marked"] += 1
        else:
            self.tally.used += 1

    def _origin(self, front: bytes) -> _Origin:
        found = loglines.origin(front)
        if found is None:
            return NO_ORIGIN
        trusted, internal = self._settings.trusted_proxies, self._settings.internal_networks
        if found.header is None:
            return _Origin(found.peer, internal.holds_text(found.peer))
        address = client_address(found.peer, found.header, trusted)
        return _Origin(address, internal.holds_text(address), not is_trusted(found.peer, trusted))

    def _moment(self, text: bytes) -> _Moment:
        """A second that was not met before: gives their turn to lines that it leaves behind."""
        at = loglines.moment(text)
        if at is None:
            return _Moment(0, problem="unparsable")
        if at > self._latest:
            return _Moment(at, problem="in_future")
        if not self._bounds.begin <= at < self._bounds.end:
            return _Moment(at, problem="outside_range")
        for waiting in self._order.seen(at):
            self._take(waiting)
        hour = self._clock.hour(at)
        if not self._bounds.holds(hour):
            return _Moment(at)
        if at >= self._order.edge:
            first, last = self.tally.days.get(hour[:10], (at, at))
            self.tally.days[hour[:10]] = (min(first, at), max(last, at))
        return _Moment(at, hour)

    def _target(self, request: bytes) -> _Target:
        verb, _, address = request.partition(b" ")
        name, path = verb.decode(), loglines.path(address)
        if path.startswith((BEACON, self._settings.root_path + BEACON)):
            return _Target("beacon", name, Route("none"), NOTHING, {})
        endpoint, arguments = self._portal.match(name, path) or (None, {})
        found = route(endpoint, arguments)
        settled = ""
        if found.role in SETTLED_ROLES or name in SETTLED_METHODS:
            settled = classify(Facts(found.role, name)).reason
        thing = self._portal.find(found.kind, found.ref) if found.kind else NOTHING
        return _Target(settled, name, found, thing, self._outcomes[name, found.role, found.framed])

    def _outcome(self, asked: _Target, circumstances: tuple[bytes, str, bool, str]) -> Outcome:
        status, agent, internal, frame = circumstances
        facts = Facts(
            role=asked.route.role,
            method=asked.method,
            status=int(status),
            agent=agent,
            framed=asked.route.framed,
            referer=frame,
            internal=internal,
        )
        outcome = asked.outcomes[circumstances] = classify(facts)
        return outcome

    def _referer(self, referer: bytes) -> str:
        if referer in (b"", b"-"):
            return ""
        try:
            host = urlsplit(loglines.unescaped(referer).decode("latin-1")).netloc.lower()
        except ValueError:
            return "other"
        return "own" if host == self._settings.site_host else "other"


class _Bounds(NamedTuple):
    """Lines of [begin, end) are looked at, buckets from ``first`` to before ``after`` are counted."""

    begin: float
    end: float
    first: str
    after: str

    def holds(self, bucket: str) -> bool:
        return self.first <= bucket < self.after


def _bounds(days: Days, zone: ZoneInfo) -> _Bounds:
    """From the 04:00 before the first day to the 04:00 after the last: no visit reaches further."""
    begin, end, first, after = float("-inf"), float("inf"), "", "~"
    if days.first:
        begin, first = _salt_begin(days.first - timedelta(days=1), zone), days.first.isoformat()
    if days.last:
        following = days.last + timedelta(days=1)
        end, after = _salt_begin(following, zone), following.isoformat()
    return _Bounds(begin, end, first, after)


def _salt_begin(day: date, zone: ZoneInfo) -> float:
    return datetime.combine(day, time(method.SALT_HOUR), zone).timestamp() * 1000
