"""Lines of logs for the tests, and a small portal to read them for. City time is Asia/Jakarta, UTC+7 all year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.address import networks
from ckanext.smartcity.visits.logreading import ALL_DAYS, Days, Portal, Reader, Tally
from ckanext.smartcity.visits.settings import Settings

ZONE = ZoneInfo("Asia/Jakarta")
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1)"
TOOL = "curl/8.1"
ADDRESS = "36.68.1.2"
NOW = int(datetime(2027, 1, 1, tzinfo=ZONE).timestamp() * 1000)
HIDDEN = "secret"

SETTINGS: dict[str, Any] = {
    "enabled": True,
    "redis_url": "",
    "redis_timeout_ms": 50,
    "trusted_proxies": networks([]),
    "internal_networks": networks([]),
    "internal_roles": (),
    "beacon": True,
    "grade": "confirmed",
    "allow_agents": "",
    "deny_agents": "",
    "limit_minute": 60,
    "limit_visit": 500,
    "flush_seconds": 10,
    "probe_url": "",
    "heartbeat_seconds": 10,
    "keep_hours": 48,
    "min_coverage": 0.9,
    "public_minimum": 3,
    "show_in_dataset": True,
    "legacy_tracking_summary": False,
    "zone": ZONE,
    "site_id": "default",
    "secret": b"secret",
    "root_path": "",
    "site_host": "portal.example",
}


def settings(**changed: Any) -> Settings:
    return Settings(**{**SETTINGS, **changed})


def match(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """A portal with a home page, datasets, resources, files, an API, style sheets, a form to opt out."""
    words = path.strip("/").split("/")
    if path == "/smartcity/visits/opt-out":
        return ("smartcity_visit_choice.leave", {}) if method == "POST" else None
    if len(words) == 2 and words[0] == "dataset":
        return "dataset.read", {"package_type": "dataset", "id": words[1]}
    if len(words) in (4, 6) and words[0] == "dataset":
        name = words[4] if len(words) == 6 else "read"
        return f"dataset_resource.{name}", {"package_type": "dataset", "id": words[1], "resource_id": words[3]}
    fixed = {
        "": "home.index",
        "api": "api.action",
        "base": "static",
        "robots.txt": "home.robots_txt",
        "user": "user.login",
    }
    return (fixed[words[0]], {}) if words[0] in fixed else None


def find(kind: str, ref: str) -> tuple[str, tuple[str, ...], bool]:
    return f"{kind}|{ref}", ("dataset|air",) if kind == "resource" else (), ref != HIDDEN


def agent_kind(agent: bytes) -> str:
    return {ROBOT.encode(): "robot", TOOL.encode(): "tool", b"-": "robot"}.get(agent, "person")


def at(text: str) -> datetime:
    """City time, such as ``2026-03-01 10:00:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def line(
    when: str, path: str = "/", *, who: str = ADDRESS, agent: str = PERSON, status: int = 200, **rest: str
) -> bytes:
    method, referer = rest.get("method", "GET"), rest.get("referer", "-")
    time = at(when).strftime("%d/%b/%Y:%H:%M:%S %z")
    return f'{who} - - [{time}] "{method} {path} HTTP/1.1" {status} 512 "{referer}" "{agent}"\n'.encode()


def read(lines: Iterable[bytes], days: Days = ALL_DAYS, **changed: Any) -> Tally:
    """What the lines give, each read as a block of its own."""
    reader = Reader(settings(**changed), Portal(match, find, agent_kind), days, NOW)
    for one in lines:
        reader.read(one)
    tally = reader.end()
    assert tally.read == tally.used + tally.excluded.total()
    return tally


def portal(tally: Tally) -> dict[str, int]:
    """Sums of the portal's rows by metric."""
    found: dict[str, int] = {}
    for (_, field), n in tally.counts.items():
        if field.startswith("portal||"):
            metric = field.rpartition("|")[2]
            found[metric] = found.get(metric, 0) + n
    return found
