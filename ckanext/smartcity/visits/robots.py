"""Who asks: a person's browser, a tool with which people fetch data, or a robot.

Our own lists are data files in ``agents/``; the long list of robots is that of is-bot. Agents live only in the cache of
the process.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from is_bot import Bots

CACHED = 8192  # agents; a lookup costs half a microsecond then, and about a millisecond before
READ = 1024  # characters of an agent that are looked at; a longer one is made to cost time or memory

# Nothing behind the product: no browser sends that, and robots that hide do.
NAMELESS = re.compile(r"\s*(?:-|.|mozilla/\d+\.\d+)?\s*", re.IGNORECASE)


class Agents:
    """The lists, and what they say. One per process.

    ``allow`` and ``deny`` are paths of further pattern files (``ckanext.smartcity.visits.allow_agents`` and
    ``deny_agents``), or empty. Raises ``ValueError`` that names file and line for a bad pattern, ``OSError`` for a file
    that cannot be read.
    """

    def __init__(self, allow: str = "", deny: str = "") -> None:
        lists = {name: _shipped(name) for name in ("allow", "tools", "deny")}
        for name, path in (("allow", allow), ("deny", deny)):
            if path:
                lists[name] += patterns(Path(path).read_text(encoding="utf-8"), path)
        self._allow, self._tools, self._deny = (_compiled(lists[name]) for name in ("allow", "tools", "deny"))
        self._bots = Bots()
        self._kind = lru_cache(CACHED)(self._look_up)
        self.versions = {"is-bot": version("is-bot"), **{name: _digest(found) for name, found in lists.items()}}

    def kind(self, agent: bytes | str) -> str:
        """``person``, ``tool`` or ``robot`` for a User-Agent header; an empty one is a robot."""
        text = agent.decode("utf-8", "replace") if isinstance(agent, bytes) else agent
        return self._kind(text[:READ])

    def _look_up(self, agent: str) -> str:
        if NAMELESS.fullmatch(agent):
            return "robot"
        if self._allow.search(agent):
            return "person"
        if self._tools.search(agent):
            return "tool"
        return "robot" if self._deny.search(agent) or self._bots.is_bot(agent) else "person"


def patterns(text: str, source: str) -> list[str]:
    """The regular expressions of a pattern file: one a line, lines that begin with ``#`` are remarks.

    Raises ``ValueError`` that names ``source`` and line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{source}, line {number}: {pattern!r} is not a regular expression: {error}") from error
        found.append(pattern)
    return found


def _shipped(name: str) -> list[str]:
    file = resources.files("ckanext.smartcity.visits") / "agents" / f"{name}.txt"
    return patterns(file.read_text(encoding="utf-8"), f"{name}.txt")


def _compiled(found: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in found), re.IGNORECASE)


def _digest(found: list[str]) -> str:
    return sha256("\n".join(found).encode()).hexdigest()[:12]
