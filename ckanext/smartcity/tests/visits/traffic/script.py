"""What an actor does, step by step, and what it must add. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from ckanext.smartcity.tests.visits.traffic.label import Label, Place, Seen

SITE = "http://test.ckan.net"
TRUSTED_NETWORK = "10.0.0.0/16"
OFFICE_NETWORK = "203.0.113.0/24"
LIMIT_MINUTE = 10  # the least that the options allow, so that the test needs few pages
LIMIT_VISIT = 14

AGENTS = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
    " Safari/605.1.15",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
    " Mobile/15E148 Safari/604.1",
)
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
OWN_CALL = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
FOREIGN_CALL = {**OWN_CALL, "Sec-Fetch-Site": "cross-site"}
OWN_FRAME = {**NAVIGATION, "Sec-Fetch-Dest": "iframe"}
OUT = {"Cookie": "sc_optout=1"}
FOREIGN_FRAME = {**OWN_FRAME, "Sec-Fetch-Site": "cross-site"}


@dataclass(frozen=True)
class Browser:
    """Where requests come from: the socket's peer, the User-Agent (``None``: none is sent), and what is always sent."""

    address: str
    agent: str | None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Step:
    """One request. ``account`` signs it in; ``page`` is the step whose token a beacon carries."""

    at: int
    browser: Browser
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    status: tuple[int, ...] = (200,)
    page: Step | None = None
    beacon: str = ""  # "script" or "image"

    def all_headers(self) -> dict[str, str]:
        agent = {} if self.browser.agent is None else {"User-Agent": self.browser.agent}
        return {**agent, **self.browser.headers, **self.headers}


@dataclass(frozen=True)
class Places:
    """What stands on the portal. A resource belongs to the first dataset."""

    pages: tuple[Place, ...]  # pages with names of their own, the lightest first
    search: Place
    datasets: tuple[Place, ...]
    resource: Place
    file: Place
    link: Place  # the download route of a resource that lies elsewhere: it redirects
    organization: Place
    group: Place
    private: Place
    draft: Place
    same_dataset: tuple[str, ...]  # other addresses of the first dataset: language, query, tab
    same_organization: str  # another address of the organisation
    moved: str  # an address of the first dataset that redirects


class Addresses:
    """Client addresses that no two actors share."""

    def __init__(self) -> None:
        self._next = count(1)

    def ipv4(self) -> str:
        n = next(self._next)
        return f"36.{64 + n // 62500}.{1 + n // 250 % 250}.{1 + n % 250}"

    def ipv6(self, net: int | None = None, host: int = 1) -> str:
        net = next(self._next) if net is None else net
        return f"2001:448a:{net:x}:7::{host:x}"

    def proxy(self) -> str:
        """A reverse proxy that the portal trusts."""
        n = next(self._next)
        return f"10.0.{n // 250 % 250}.{1 + n % 250}"

    def network(self) -> int:
        return next(self._next)


class Script:
    """An actor, or a few who belong together: their steps and their label."""

    def __init__(self, kind: str, places: Places, rng: random.Random, addresses: Addresses, start: int) -> None:
        self.kind, self.places, self.rng, self.addresses, self.start = kind, places, rng, addresses, start
        self.steps: list[Step] = []
        self.adds = Label()

    def browser(self, address: str | None = None, agent: str | None = None, **headers: str) -> Browser:
        """A person's browser at an address of its own; half of them send no fetch metadata, as older ones do."""
        sent = {**(NAVIGATION if self.rng.random() < 0.5 else {}), **headers}
        return Browser(address or self.addresses.ipv4(), agent or self.rng.choice(AGENTS), sent)

    def get(self, at: int, browser: Browser, place: Place | str, **more: object) -> Step:
        """A request ``at`` milliseconds after the start; ``more`` are fields of ``Step``."""
        path = place.path if isinstance(place, Place) else place
        step = Step(self.start + at, browser, path, **more)  # type: ignore[arg-type]
        self.steps.append(step)
        return step

    def beacon(self, at: int, page: Step, how: str = "script", browser: Browser | None = None, **headers: str) -> Step:
        """The token of a page comes back, from the same browser unless another is given."""
        sender = browser or page.browser
        plain = Browser(sender.address, sender.agent, _forwarded(sender))
        sent = {"Sec-Fetch-Site": "same-origin", **headers}
        step = Step(self.start + at, plain, "", "POST" if how == "script" else "GET", sent, page=page, beacon=how)
        self.steps.append(step)
        return step

    def seen(self, at: int, place: Place) -> Seen:
        return Seen(self.start + at, place)

    def two_pages(self) -> tuple[Place, Place]:
        """The lightest page and another, in any order."""
        first, *others = self.places.pages
        one, other = self.rng.sample((first, self.rng.choice(others)), 2)
        return one, other

    def page(self) -> Place:
        return self.rng.choices(self.places.pages, (4, 1, 1))[0]


def _forwarded(browser: Browser) -> dict[str, str]:
    return {name: value for name, value in browser.headers.items() if name == "X-Forwarded-For"}


def in_order(scripts: list[Script]) -> Iterator[Step]:
    """All steps by time; those of one moment as they were written."""
    yield from sorted((step for script in scripts for step in script.steps), key=lambda step: step.at)


@dataclass(frozen=True)
class Actor:
    """A kind of actor: ``play`` fills a script; ``moment`` is the local time at which it must begin, if any.

    ``group`` is ``people``, ``staff``, ``robots`` or ``programs``.
    """

    kind: str
    group: str
    play: Callable[[Script], None]
    moment: str


ACTORS: list[Actor] = []


def actor(group: str = "people", moment: str = "") -> Callable[[Callable[[Script], None]], Callable[[Script], None]]:
    """Registers an actor. Without a moment it may begin whenever three hours are left before the next 04:00."""

    def register(play: Callable[[Script], None]) -> Callable[[Script], None]:
        ACTORS.append(Actor(play.__name__.replace("_", " "), group, play, moment))
        return play

    return register
