"""An invented access log of an open data portal, in the format *combined*. Pure: a day's lines follow from the day.

Drawn by lot are people who read, reload, come back and download; crawlers; programs; the data office's own staff; one
robot that poses as a browser; a monitor; addresses that no longer exist. Each day is drawn with a generator of its own,
so a log that is continued later fits the one before.

Addresses are of ranges that belong to nobody: 100.64.0.0/10 (RFC 6598), and 4000::/3, which IANA has not given out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SITE = "https://data.kota-contoh.example.org"
OFFICE = "10.99.71.0/24"
"""The network of the city's staff."""
MONITOR = "100.64.0.1"
"""Asks every hour whether the portal is there, so the log of a quiet day begins and ends as well."""

BROWSERS = {
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Mobile Safari/537.36": 42,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36": 30,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1": 9,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0} Safari/537.36 "
    "Edg/{0}": 7,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0": 4,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 "
    "Safari/605.1.15": 4,
    "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-A556E) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/27.0 Chrome/{} Mobile Safari/537.36": 4,
}
CHROME = tuple(f"{version}.0.0.0" for version in (131, 134, 137, 138, 141))
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
)
PROGRAMS = ("python-requests/2.32.3", "curl/8.5.0", "Wget/1.21.4", "libcurl/8.5.0 r-curl/5.2.1 httr/1.4.7")
SEARCH_ENGINES = ("https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/", "-", "-")
WORDS = ("penduduk", "sampah", "sekolah", "apbd", "kesehatan", "peta", "wifi", "bus", "air", "pajak")
GONE = ("/dataset/data-yang-dihapus", "/wp-login.php", "/dataset/penduduk-2011", "/.env", "/organization/dinas-lama")
ASSETS = ("/webassets/base/main.css", "/webassets/base/main.js", "/base/images/ckan-logo.png", "/smartcity.css")

# Share of a working day's, and of another day's visits by hour.
WORKDAY = (2, 1, 1, 1, 1, 2, 4, 9, 17, 20, 19, 15, 10, 16, 19, 17, 12, 7, 6, 8, 9, 8, 5, 3)
WEEKEND = (3, 2, 1, 1, 1, 2, 3, 4, 6, 8, 9, 8, 7, 7, 8, 8, 7, 6, 7, 9, 10, 9, 6, 4)
WEEKDAYS = (1.05, 1.1, 1.12, 1.05, 0.9, 0.42, 0.38)  # Monday first
GROWTH = 1.012  # a month

# Where a reader goes from a page.
START = {"home": 24, "dataset": 48, "search": 12, "organization": 5, "smartcity": 7, "resource": 4}
NEXT = {
    "home": {"search": 45, "organizations": 10, "smartcity": 20, "dataset": 20, "about": 5},
    "about": {"home": 50, "search": 50},
    "search": {"dataset": 72, "search": 28},
    "organizations": {"organization": 90, "home": 10},
    "organization": {"dataset": 80, "organizations": 20},
    "smartcity": {"dataset": 70, "search": 30},
    "dataset": {"resource": 34, "download": 26, "search": 22, "dataset": 12, "organization": 6},
    "resource": {"download": 52, "resource": 10, "dataset": 20, "search": 18},
    "download": {"dataset": 40, "search": 40, "resource": 20},
}


class Dataset(NamedTuple):
    """The path of a dataset's page and those of its files, such as ``/dataset/<id>/resource/<id>/download/a.csv``."""

    path: str
    files: Sequence[str] = ()


@dataclass(frozen=True)
class Portal:
    """What can be asked for; ``datasets`` in the order of how often they are, ``organizations`` by path."""

    datasets: Sequence[Dataset]
    organizations: Sequence[str]


class Request(NamedTuple):
    """A line without its time's text. ``at``: seconds of wall-clock time, counted from day 0 of the calendar."""

    at: int
    address: str
    agent: str
    target: str
    status: int = 200
    referer: str = "-"


class InventedLog:
    """The log of a portal. ``visits``: people on an average working day of 2025; all else follows from it.

    ``assets``: requests for style sheets, scripts and images at the first page of a visit. ``root_path`` stands before
    every address.
    """

    def __init__(self, portal: Portal, zone: ZoneInfo, visits: int, assets: int = 1, root_path: str = "") -> None:
        self.portal, self.zone, self.visits, self.assets, self.root_path = portal, zone, visits, assets, root_path
        self._popular = list(accumulate(1 / (rank + 3) for rank in range(len(portal.datasets))))

    def lines(self, begin: datetime, end: datetime) -> Iterator[bytes]:
        """The lines of a stretch in the order of time. Both ends are wall-clock times; the end is left out."""
        late: list[Request] = []
        for number in range(begin.toordinal(), end.toordinal() + 1):
            day = date.fromordinal(number)
            requests = sorted(late + list(self._day(_lots(day), day)))
            late = [request for request in requests if request.at >= (number + 1) * DAY]
            for request in requests[: len(requests) - len(late)]:
                if _second(begin) <= request.at < _second(end):
                    yield self._line(request)

    def _line(self, it: Request) -> bytes:
        number, second = divmod(it.at, DAY)
        day, offset = _day_texts(number, self.zone)
        stamp = f"{day}:{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} {offset}"
        size = len(it.target) * 317 if it.status == 200 else 0
        request = f'"GET {self.root_path}{it.target} HTTP/1.1" {it.status} {size} "{it.referer}" "{it.agent}"'
        return f"{it.address} - - [{stamp}] {request}\n".encode()

    def _day(self, rng: Random, day: date) -> Iterator[Request]:
        """All requests of those who come on a day; the last of them may fall into the next one."""
        months = (day.year - 2025) * 12 + day.month
        weight = WEEKDAYS[day.weekday()] * GROWTH**months
        hours = list(accumulate(WEEKEND if day.weekday() > 4 else WORKDAY))
        midnight = day.toordinal() * DAY

        def times(mean: float) -> Iterator[int]:
            for _ in range(max(0, round(rng.gauss(mean, mean**0.5)))):
                yield midnight + rng.choices(range(24), cum_weights=hours)[0] * 3600 + rng.randrange(3600)

        for at in times(self.visits * weight):
            yield from self._person(rng, at)
        for at in times(self.visits * 0.02 * weight):
            yield from self._staff(rng, at)
        for _ in range(max(1, round(rng.gauss(self.visits * 0.08, 1)))):
            yield from self._crawler(rng, midnight + rng.randrange(DAY))
        for _ in range(round(rng.uniform(0.15, 0.3) * self.visits)):
            yield from self._program(rng, midnight + rng.randrange(DAY))
        for at in times(self.visits * 0.1):
            yield Request(at, _address(rng), _browser(rng), rng.choice(GONE), 404)
        for second in range(7, DAY, 3600):
            yield Request(
                midnight + second, MONITOR, "check_http/v2.4 (monitoring-plugins 2.4)", "/api/3/action/status_show"
            )
        if rng.random() < 0.06:
            yield from self._disguised(rng, midnight + rng.randrange(DAY))

    def _person(self, rng: Random, at: int) -> Iterator[Request]:
        address, agent = _address(rng), _browser(rng)
        prefix = "/en" if rng.random() < 0.08 else ""
        while True:
            for request in self._visit(rng, at, address, agent, prefix):
                at = request.at
                yield request
            if rng.random() > 0.1:
                return
            at += rng.randrange(1_900, 12_000)  # the same person comes back: another visit

    def _visit(self, rng: Random, at: int, address: str, agent: str, prefix: str) -> Iterator[Request]:
        kind, dataset, referer = _drawn(rng, START), self._dataset(rng), rng.choice(SEARCH_ENGINES)
        for asset in range(self.assets):
            yield Request(at + 1, address, agent, ASSETS[asset % len(ASSETS)], referer=SITE + "/")
        for _ in range(min(1 + int(rng.expovariate(0.42)), 20)):
            target = self._target(rng, kind, dataset)
            target = target if kind == "download" else prefix + target
            yield Request(at, address, agent, target, referer=referer)
            if rng.random() < 0.04:
                yield Request(at + 5, address, agent, target, referer=referer)
            referer = SITE + target
            at += 6 + int(rng.lognormvariate(3.4, 1.2))
            kind = _drawn(rng, NEXT[kind])
            if kind == "dataset":
                dataset = self._dataset(rng)

    def _staff(self, rng: Random, at: int) -> Iterator[Request]:
        address, agent = OFFICE.replace("0/24", str(rng.randrange(1, 255))), _browser(rng)
        dataset = self._dataset(rng).path
        for target in ("/dashboard/datasets", dataset, dataset.replace("dataset/", "dataset/edit/", 1), dataset):
            yield Request(at, address, agent, target)
            at += rng.randrange(20, 200)

    def _crawler(self, rng: Random, at: int) -> Iterator[Request]:
        address, agent = _address(rng), rng.choice(CRAWLERS)
        yield Request(at, address, agent, "/robots.txt")
        for _ in range(rng.randrange(4, 20)):
            at += rng.randrange(2, 90)
            kind = rng.choice(("dataset", "dataset", "search", "resource", "organization"))
            yield Request(at, address, agent, self._target(rng, kind, rng.choice(self.portal.datasets)))

    def _program(self, rng: Random, at: int) -> Iterator[Request]:
        address, agent, dataset = _address(rng), rng.choice(PROGRAMS), self._dataset(rng)
        name = dataset.path.rpartition("/")[2]
        yield Request(at, address, agent, f"/api/3/action/package_show?id={name}")
        for file in dataset.files[:1]:
            yield Request(at + 1, address, agent, file)

    def _disguised(self, rng: Random, at: int) -> Iterator[Request]:
        address, agent = _address(rng), _browser(rng)
        for number in range(70):
            target = self._target(rng, "dataset", rng.choice(self.portal.datasets))
            yield Request(at + number * 2 // 3, address, agent, target)

    def _dataset(self, rng: Random) -> Dataset:
        return rng.choices(self.portal.datasets, cum_weights=self._popular)[0]

    def _target(self, rng: Random, kind: str, dataset: Dataset) -> str:
        if kind == "search":
            return f"/dataset/?q={rng.choice(WORDS)}"
        if kind == "organization":
            return rng.choice(self.portal.organizations)
        if kind in ("resource", "download") and dataset.files:
            file = rng.choice(dataset.files)
            return file if kind == "download" else file.partition("/download/")[0]
        return {"home": "/", "about": "/about", "organizations": "/organization/", "smartcity": "/smartcity"}.get(
            kind, dataset.path
        )


def _second(moment: datetime) -> int:
    return moment.toordinal() * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def _lots(day: date) -> Random:
    return Random(f"log {day}")  # noqa: S311  (drawn for show; the same every time)


@cache
def _day_texts(number: int, zone: ZoneInfo) -> tuple[str, str]:
    """A day and its offset at noon as a log has them."""
    day = datetime.combine(date.fromordinal(number), time(12), zone)
    return f"{day.day:02}/{MONTHS[day.month - 1]}/{day.year}", day.strftime("%z")


def _address(rng: Random) -> str:
    drawn = rng.getrandbits(64)
    if rng.random() < 0.2:
        return f"4000:{drawn & 0xFFFF:x}:{drawn >> 16 & 0xFFFF:x}:{drawn >> 32 & 0xFFFF:x}::{drawn >> 48:x}"
    return f"100.{64 + (drawn & 63)}.{drawn >> 8 & 255}.{drawn >> 16 & 255}"


def _browser(rng: Random) -> str:
    return _drawn(rng, BROWSERS).format(rng.choice(CHROME))


def _drawn(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]
