"""What an import says of itself: what was read, used and left out, what it gave, and what looks wrong. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.address import hides_visitors
from ckanext.smartcity.visits.logreading import Tally
from ckanext.smartcity.visits.sessions import PORTAL
from ckanext.smartcity.visits.spans import MINUTES

MINUTE_MS = 60_000
UNREADABLE_SHARE = 0.05

# Reasons for which a line is left out, in the order of the report -> what to call them
REASONS = {
    "unparsable": "not a line of the format combined, or no client address in it",
    "in_future": "later than now: the server's clock was wrong",
    "outside_range": "outside the days asked for",
    "out_of_order": "more than 300 seconds behind the lines before",
    "not_http": "not an HTTP request",
    "method": "HEAD, OPTIONS, or a form that was sent",
    "static": "style sheets, scripts, images, and files that the portal does not have",
    "beacon": "beacons and heartbeats of the count itself",
    "no_route": "an address outside the portal",
    "not_a_page": "not a page: forms, dashboard, other files",
    "status": "an error or a redirect",
    "api": "API",
    "feed": "feeds and catalogues for machines",
    "robot": "robots, by their agent",
    "tool": "programs, by their agent",
    "robots_txt": "robots.txt",
    "marked": "robots, by what they did",
    "internal": "internal networks",
    "preview": "files shown inside our own pages",
    "foreign_frame": "pages and files shown inside other sites",
    "opt_out": "readers who asked not to be counted",
}


@dataclass(frozen=True)
class Report:
    """An import. ``imported_at`` is in the past where this log had been imported before: then nothing was changed.

    ``figures`` sums what the portal's rows got, by metric; ``minutes`` has the measured minutes of each local day.
    """

    id: str
    sha256: str
    format: str
    method: str
    imported_at: datetime
    first_on: date
    last_on: date
    first_at: datetime
    last_at: datetime
    lines_read: int
    lines_used: int
    excluded: dict[str, int]
    figures: dict[str, int]
    minutes: dict[str, int]
    warnings: list[str] = field(default_factory=list)
    known: bool = False

    def as_json(self) -> dict[str, Any]:
        """Values for JSON: days and times in ISO 8601."""
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(self).items()}


def measured(tally: Tally) -> dict[str, int]:
    """The measured minutes of each day: from its first line to its last, both end minutes included.

    A day that an hour was added to is as long as others, for a day of the live count has as many minutes.
    """
    return {
        day: min(last // MINUTE_MS - first // MINUTE_MS + 1, MINUTES)
        for day, (first, last) in sorted(tally.days.items())
    }


def figures(tally: Tally) -> dict[str, int]:
    """Sums over the portal's rows, by metric; voids stand beside what they take back."""
    sums: Counter[str] = Counter()
    for (_, counter), n in tally.counts.items():
        if counter.startswith(f"{PORTAL}|"):
            sums[counter.rpartition("|")[2]] += n
    return dict(sorted(sums.items()))


def moments(tally: Tally) -> tuple[datetime, datetime]:
    """The first and the last line that was inside the days asked for, in UTC."""
    first, last = min(first for first, _ in tally.days.values()), max(last for _, last in tally.days.values())
    return _utc(first), _utc(last)


def warnings(tally: Tally, zone: ZoneInfo) -> list[str]:
    """What the operator should look at: sentences, without any address."""
    found = [
        f"On {day} {private} of {visits} visits have a private or loopback address: the log probably names a proxy, "
        "not the client. Let the web server write the client's address, or name the proxy in "
        "ckanext.smartcity.visits.trusted_proxies."
        for day, (visits, private) in sorted(tally.private.items())
        if hides_visitors(visits, private)
    ]
    if tally.untrusted_headers:
        found.append(
            f"{tally.untrusted_headers} requests of people carry a list of addresses whose last one is not in "
            "ckanext.smartcity.visits.trusted_proxies; the list was not believed."
        )
    if tally.excluded["unparsable"] > UNREADABLE_SHARE * tally.read:
        found.append(
            f"{tally.excluded['unparsable']} of {tally.read} lines could not be read: is it the format combined?"
        )
    return [*found, *_cut_days(tally, zone)]


def _cut_days(tally: Tally, zone: ZoneInfo) -> list[str]:
    """First and last day of a log are usually cut; once imported, such a day cannot be completed."""
    minutes = measured(tally)
    first, last = min(minutes), max(minutes)
    return [
        f"The log covers {n} of {MINUTES} minutes of {day}, from {_clock(at[0], zone)} to {_clock(at[1], zone)}. "
        "That day counts with what is there."
        for day, n in minutes.items()
        if day in (first, last) and n < MINUTES
        for at in (tally.days[day],)
    ]


def _clock(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%H:%M")


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, timezone.utc)
