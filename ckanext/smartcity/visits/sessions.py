"""From requests of one browser to visits: the specification of what is counted. Pure.

``step`` takes what is known of a browser and one event, and says which counters grow. ``record.lua`` is its translation
for live traffic, the log importer calls it itself, and a property test holds the two against each other.
docs/visits.md says the same in words. Times are integer milliseconds of one clock; a step back is a gap of nothing and
keeps the later time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

PORTAL = "portal|"
"""The object of the portal's own row: kind ``portal``, no id."""

Deltas = dict[tuple[str, str], int]
"""(bucket, field) -> how much it grows. A bucket is a local hour ``YYYY-MM-DDTHH`` for the portal's row and a local day
``YYYY-MM-DD`` for objects; a field is ``kind|id|metric``."""


class Params(NamedTuple):
    """What the rules compare with: times in milliseconds, limits in requests."""

    timeout_ms: int = 1_800_000
    repeat_ms: int = 30_000
    window_ms: int = 60_000
    limit_minute: int = 60
    limit_visit: int = 500


class Event(NamedTuple):
    """One thing a browser did.

    ``name`` is ``page``, ``show`` (of a beacon), ``download``, ``part`` (of a file), ``frame``, ``internal``,
    ``opt_out``, ``mark`` (as a robot) or ``count``. ``object`` is ``kind|id`` of what was asked for, ``parents`` what
    stands above it; not ``listed`` means that only the portal's row grows. ``nonce`` is that of the page's token,
    ``counter`` that of the event ``count``.
    """

    name: str
    at: int
    object: str = ""
    parents: tuple[str, ...] = ()
    listed: bool = True
    nonce: str = ""
    counter: str = ""


class Visit:
    """A visit that is open. ``views`` and ``downloads`` are what it added to the portal's row, by hour."""

    __slots__ = ("confirmed", "downloads", "fetched", "last", "nonces", "objects", "opened", "pages", "views")

    def __init__(self, opened: str, at: int) -> None:
        self.opened = opened  # the hour of the page view that opened it
        self.last = at
        self.pages = 0  # page requests
        self.fetched = 0  # downloads
        self.confirmed = False
        self.nonces: set[str] = set()  # of pages not yet shown
        self.objects: list[str] = []  # with a counted view or download
        self.views: dict[str, int] = {}
        self.downloads: dict[str, int] = {}


class State:
    """What is known of one browser during one salt day. A new one is a browser never seen."""

    __slots__ = ("download_at", "marked", "page_at", "visit", "window")

    def __init__(self) -> None:
        self.visit: Visit | None = None
        self.page_at: dict[str, int] = {}  # object -> last page request
        self.download_at: dict[str, int] = {}  # resource -> last download
        self.window: list[int] = []  # page requests of the last minute, in order
        self.marked = False  # as a robot


class _Step:
    """One event on one state."""

    __slots__ = ("at", "deltas", "event", "hour", "params", "state")

    def __init__(self, state: State, event: Event, params: Params, hour: Callable[[int], str]) -> None:
        self.state, self.event, self.params, self.at = state, event, params, event.at
        self.hour = hour
        self.deltas: Deltas = {}

    # What grows

    def portal(self, hour: str, metric: str, n: int = 1) -> None:
        self.grow(hour, PORTAL, metric, n)

    def grow(self, bucket: str, thing: str, metric: str, n: int = 1) -> None:
        key = (bucket, f"{thing}|{metric}")
        self.deltas[key] = self.deltas.get(key, 0) + n

    # Events

    def page(self) -> None:
        state, event = self.state, self.event
        if self.passes_minute() or (state.visit and state.visit.pages >= self.params.limit_visit):
            return self.robot()
        if state.visit is None:
            state.visit = Visit(self.hour(self.at), self.at)
            state.page_at.clear()
            self.portal(state.visit.opened, "visits")
        visit = state.visit
        visit.pages += 1
        before = state.page_at.get(event.object)
        state.page_at[event.object] = later(before, self.at)
        if not self.is_repeat(before):
            self.counted("views", visit, visit.views)
        if event.nonce:
            visit.nonces.add(event.nonce)
        self.extend()

    def show(self) -> None:
        visit = self.state.visit
        if visit is None or self.event.nonce not in visit.nonces:
            return
        visit.nonces.remove(self.event.nonce)
        if not visit.confirmed:
            visit.confirmed = True
            self.portal(visit.opened, "visits_confirmed")
            for thing in visit.objects:
                self.grow(day(visit.opened), thing, "visits_confirmed")
        self.extend()

    def download(self) -> None:
        state, event, visit = self.state, self.event, self.state.visit
        before = state.download_at.get(event.object)
        state.download_at[event.object] = later(before, self.at)
        self.extend()
        if self.is_repeat(before):
            return
        if visit is None:
            return self.counted("downloads", None, {})
        if visit.fetched >= self.params.limit_visit:
            return self.robot()
        visit.fetched += 1
        self.counted("downloads", visit, visit.downloads)

    def part(self) -> None:
        self.extend()

    frame = part

    def internal(self) -> None:
        self.portal(self.hour(self.at), "internal")
        self.void()

    def opt_out(self) -> None:
        self.void()

    def mark(self) -> None:
        self.state.marked = True
        self.void()

    def count(self) -> None:
        self.portal(self.hour(self.at), self.event.counter)

    # Rules

    def close(self) -> None:
        visit = self.state.visit
        if visit is not None and self.at - visit.last >= self.params.timeout_ms:
            self.state.visit = None

    def extend(self) -> None:
        if self.state.visit is not None:
            self.state.visit.last = later(self.state.visit.last, self.at)

    def is_repeat(self, before: int | None) -> bool:
        return before is not None and self.at - before <= self.params.repeat_ms

    def passes_minute(self) -> bool:
        """Whether this page request is one too many in the last minute."""
        window = self.state.window
        first = self.at - self.params.window_ms
        while window and window[0] < first:
            del window[0]
        window.append(later(window[-1] if window else None, self.at))
        return len(window) > self.params.limit_minute

    def counted(self, metric: str, visit: Visit | None, tally: dict[str, int]) -> None:
        """A view or download that counts: in the portal's row, for the object and for what stands above it."""
        hour = self.hour(self.at)
        self.portal(hour, metric)
        tally[hour] = tally.get(hour, 0) + 1
        for thing in (self.event.object, *self.event.parents) if self.event.listed else ():
            self.grow(day(hour), thing, metric)
            if visit is not None and thing not in visit.objects:
                visit.objects.append(thing)
                self.grow(day(visit.opened), thing, "visits")
                if visit.confirmed:
                    self.grow(day(visit.opened), thing, "visits_confirmed")

    def robot(self) -> None:
        """A limit is passed: the request is the first of a robot, and its visit was none."""
        self.mark()
        self.portal(self.hour(self.at), "robots")

    def void(self) -> None:
        """Take back the open visit: what it added to the portal's row is added to the twins, in the same hours."""
        visit, self.state.visit = self.state.visit, None
        if visit is None:
            return
        self.portal(visit.opened, "void_visits")
        if visit.confirmed:
            self.portal(visit.opened, "void_visits_confirmed")
        for hour, n in visit.views.items():
            self.portal(hour, "void_views", n)
        for hour, n in visit.downloads.items():
            self.portal(hour, "void_downloads", n)


OF_MARKED = frozenset({"internal", "opt_out", "count"})
"""Events that are what they are also from a browser marked as a robot."""


def step(state: State, event: Event, params: Params, hour: Callable[[int], str]) -> Deltas:
    """Take one event: changes ``state`` and gives what the counters grow by, nothing else.

    ``hour`` gives the local hour ``YYYY-MM-DDTHH`` of a time. No input or output, no clock, no chance.
    """
    taken = _Step(state, event, params, hour)
    taken.close()
    if not state.marked or event.name in OF_MARKED:
        getattr(taken, event.name)()
    elif event.name in ("page", "download"):
        taken.portal(hour(event.at), "robots")
    return taken.deltas


def later(before: int | None, at: int) -> int:
    return at if before is None or at > before else before


def day(hour: str) -> str:
    return hour[:10]
