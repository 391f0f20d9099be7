"""Figures, and what a visit adds to them by the definitions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
PORTAL = "portal"
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


class Figure(NamedTuple):
    """One published number: ``row`` is ``portal`` by the local hour, else an object (``dataset|<id>``) by the day."""

    row: str
    bucket: str
    metric: str


class Place(NamedTuple):
    """Something to ask for: its address and the object that it is to the count.

    ``parents`` are the objects above it; ``listed`` is false for what only few may see, which has no row of its own.
    """

    path: str
    object: str = ""
    parents: tuple[str, ...] = ()
    listed: bool = True

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that a view or download of it is added to, besides that of the portal."""
        return (self.object, *self.parents) if self.listed and self.object else ()


class Seen(NamedTuple):
    """A page view or a download that counts."""

    at: int
    place: Place


def local(moment: str) -> int:
    """The milliseconds of a local time such as ``2025-12-31 23:59:59.999``."""
    return round(datetime.fromisoformat(moment).replace(tzinfo=ZONE).timestamp() * 1000)


def hour(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, ZONE).strftime("%Y-%m-%dT%H")


def day(at: int) -> str:
    return hour(at)[:10]


class Label(Counter[Figure]):
    """What an actor adds to every figure."""

    def portal(self, at: int, **figures: int) -> None:
        self.update({Figure(PORTAL, hour(at), metric): n for metric, n in figures.items()})

    def visit(
        self, views: Iterable[Seen], downloads: Iterable[Seen] = (), *, confirmed: bool = False, void: bool = False
    ) -> None:
        """A visit with the views and downloads that count in it; the first view opened it.

        Void: it stays, and the portal's rows get the same again in the twins that are taken off when publishing.
        """
        views, downloads = list(views), list(downloads)
        opened = views[0].at
        for prefix in ("", "void_") if void else ("",):
            self.portal(opened, **{f"{prefix}visits": 1}, **({f"{prefix}visits_confirmed": 1} if confirmed else {}))
            for metric, seen in (("views", views), ("downloads", downloads)):
                for at, _ in seen:
                    self.portal(at, **{f"{prefix}{metric}": 1})
        self._objects("views", views)
        self._objects("downloads", downloads)
        for row in {row for _, place in (*views, *downloads) for row in place.rows}:
            self[Figure(row, day(opened), "visits")] += 1
            if confirmed:
                self[Figure(row, day(opened), "visits_confirmed")] += 1

    def downloads(self, seen: Iterable[Seen]) -> None:
        """Downloads by somebody who has no visit open."""
        seen = list(seen)
        for at, _ in seen:
            self.portal(at, downloads=1)
        self._objects("downloads", seen)

    def _objects(self, metric: str, seen: Iterable[Seen]) -> None:
        for at, place in seen:
            for row in place.rows:
                self[Figure(row, day(at), metric)] += 1
