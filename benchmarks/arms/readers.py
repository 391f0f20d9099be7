"""Readers at a portal: each asks for a page and waits for it, again and again."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import NamedTuple

from arms.setup import BEACON, TRACKING

PAGE = "/about"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
TRACKING_ANSWERS = 405
"""CKAN counts this POST behind the view, and no route takes it."""
TOKEN = re.compile(rb'data-token="([\w-]+)"')
NAVIGATION = {
    "User-Agent": AGENT,
    "Accept": "text/html",
    "Accept-Language": "id",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
}
NUMBERS: Iterator[int] = count()
"""Every page is asked for by a reader never seen before, the costliest case: a visit is opened each time."""


@dataclass
class Taken:
    """Seconds of every page, and the time they were asked in."""

    seconds: list[float] = field(default_factory=list)
    during: float = 0.0

    def figures(self) -> dict[str, float]:
        """Milliseconds at p50, p95, p99 and the longest; pages a second."""
        parts = statistics.quantiles(self.seconds, n=100, method="inclusive")
        milliseconds = {"p50": parts[49], "p95": parts[94], "p99": parts[98], "max": max(self.seconds)}
        return {
            **{name: round(value * 1000, 3) for name, value in milliseconds.items()},
            "pages_a_second": round(len(self.seconds) / self.during, 1),
        }


class Asked(NamedTuple):
    """A request, and the status of the answer it must have."""

    method: str
    path: str
    body: bytes | None
    headers: dict[str, str]
    status: int


def address() -> str:
    """The address of the next reader."""
    number = next(NUMBERS)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def read(port: int, arm: str, readers: int, *, seconds: float = 0.0, pages: int = 0) -> Taken:
    """Let so many readers ask for ``seconds``, or for so many pages together; after each page its arm's POST."""
    begin = time.perf_counter()
    left = iter(range(pages)) if pages else None
    taken = Taken()

    def go_on() -> bool:
        return next(left, None) is not None if left else time.perf_counter() - begin < seconds

    def reader() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        while go_on():
            taken.seconds.append(_page(connection, arm, f"http://127.0.0.1:{port}"))
        connection.close()

    with ThreadPoolExecutor(readers) as pool:
        for future in [pool.submit(reader) for _ in range(readers)]:
            future.result()
    taken.during = time.perf_counter() - begin
    return taken


def read_in_turn(ports: dict[str, int], seconds: float) -> dict[str, Taken]:
    """One reader asks every arm for a page, one arm after the other, again and again, for so many seconds."""
    connections = {arm: HTTPConnection("127.0.0.1", port, timeout=120) for arm, port in ports.items()}
    taken = {arm: Taken() for arm in ports}
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for arm, connection in connections.items():
            asked = time.perf_counter()
            taken[arm].seconds.append(_page(connection, arm, f"http://127.0.0.1:{ports[arm]}"))
            taken[arm].during += time.perf_counter() - asked
    for connection in connections.values():
        connection.close()
    return taken


def _page(connection: HTTPConnection, arm: str, site: str) -> float:
    """Ask for the page; gives the seconds until its last byte."""
    sender = {"X-Forwarded-For": address()}
    start = time.perf_counter()
    body = _ask(connection, Asked("GET", PAGE, None, {**NAVIGATION, **sender}, 200))
    seconds = time.perf_counter() - start
    posted = {"User-Agent": AGENT, "Origin": site, **sender}
    if arm == TRACKING:
        _ask(connection, Asked("POST", "/_tracking", f"url={PAGE}&type=page".encode(), posted, TRACKING_ANSWERS))
    elif arm == BEACON:
        found = TOKEN.search(body)
        assert found, "The page has no token"
        _ask(connection, Asked("POST", "/_sc/s", found[1], posted, 204))
    return seconds


def _ask(connection: HTTPConnection, asked: Asked) -> bytes:
    connection.request(asked.method, asked.path, asked.body, asked.headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == asked.status, f"{asked.method} {asked.path} answered {answer.status}"
    return content
