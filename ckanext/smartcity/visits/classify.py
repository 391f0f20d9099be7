"""What a request is to the count. Pure: from facts to an outcome, the first rule that fits decides.

The order of the filters is part of the method: status, prefetch, background, programs, agent, opt-out, staff, frame.
The table of docs/visits-requests.md says the same in words.
"""

from __future__ import annotations

from typing import NamedTuple

REDIRECTS = (301, 302, 303, 307, 308)
FRAMES = ("iframe", "frame", "object", "embed")
PREFETCH = ("prefetch", "prerender", "preview")


class Facts(NamedTuple):
    """A request and its answer. Texts of headers are in lower case and empty where the header is missing."""

    role: str  # of the route, as in ``routes.Route``
    method: str = "GET"
    status: int = 200
    html: bool = True  # the answer is HTML; for a 304 it does not matter
    agent: str = "person"  # or "tool", "robot"
    framed: bool = False  # the route of a resource view
    purpose: str = ""  # Sec-Purpose, Purpose, X-Purpose, X-moz, joined
    dest: str = ""  # Sec-Fetch-Dest
    mode: str = ""  # Sec-Fetch-Mode
    site: str = ""  # Sec-Fetch-Site
    by_script: bool = False  # HX-Request or X-Requested-With
    referer: str = ""  # "own", "other", or empty
    later_range: bool = False  # a 206 that does not begin at byte 0
    opted_out: bool = False
    internal: bool = False


class Outcome(NamedTuple):
    """``event`` is a name of ``sessions.Event`` or empty for nothing, ``counter`` that of the event ``count``.

    ``reason`` says which rule decided; the report of a log import counts by it.
    """

    event: str
    counter: str
    reason: str


def classify(facts: Facts) -> Outcome:
    """The outcome of a request."""
    return (
        _by_route(facts)
        or _by_answer(facts)
        or _by_purpose(facts)
        or _by_client(facts)
        or _by_frame(facts)
        or _counted(facts)
    )


def _nothing(reason: str) -> Outcome:
    return Outcome("", "", reason)


def _count(counter: str, reason: str) -> Outcome:
    return Outcome("count", counter, reason)


def _by_route(facts: Facts) -> Outcome | None:
    """Routes that settle it by themselves, and methods that ask for nothing to read."""
    if facts.role == "static":
        return _nothing("static")
    if facts.method in ("HEAD", "OPTIONS"):
        return _nothing("method")
    if facts.role == "robots":
        return Outcome("mark", "", "robots_txt")
    if facts.role == "opt_out":
        return Outcome("opt_out", "", "opt_out") if facts.status < 400 else _nothing("status")
    if facts.role == "none":
        return _nothing("no_route")
    return None


def _by_answer(facts: Facts) -> Outcome | None:
    """Method and status on the other routes."""
    if facts.role in ("page", "file") and facts.method != "GET":
        return _nothing("method")
    if facts.role == "page":
        return _page_answer(facts)
    if facts.role == "file" and facts.status not in (200, 206, 304, *REDIRECTS):
        return _nothing("status")
    if facts.role == "html" and not (facts.method == "GET" and (facts.status == 304 or _is_html(facts))):
        return _nothing("not_a_page")
    return None


def _page_answer(facts: Facts) -> Outcome | None:
    if facts.status >= 400:
        return _count("errors", "status")
    if facts.status == 304 or _is_html(facts):
        return None
    return _nothing("status" if facts.status != 200 else "not_a_page")


def _is_html(facts: Facts) -> bool:
    return facts.status == 200 and facts.html


def _by_purpose(facts: Facts) -> Outcome | None:
    """What a browser asks for ahead of time, and what our pages or those of others ask for by script."""
    if any(word in facts.purpose for word in PREFETCH):
        return _nothing("prefetch")
    if _is_navigation(facts) or _frame(facts):
        return None
    if _is_ours(facts) or facts.role not in ("file", "api", "feed"):
        return _nothing("background")
    return _count("machine", "foreign_script")


def _by_client(facts: Facts) -> Outcome | None:
    """Programs, robots, who does not want to be counted, staff."""
    if facts.role in ("api", "feed"):
        return _count("machine", facts.role)
    if facts.role in ("page", "file"):
        if facts.agent == "robot":
            return _count("robots", "robot")
        if facts.agent == "tool":
            return _count("machine", "tool")
        if facts.opted_out:
            return _count("opted_out", "opted_out")
    if facts.internal:
        return Outcome("internal", "", "internal")
    return _nothing("not_a_page") if facts.role == "html" else None


def _by_frame(facts: Facts) -> Outcome | None:
    frame = _frame(facts)
    if not frame:
        return None
    if facts.role == "file":
        return _nothing("preview") if frame == "own" else _count("machine", "foreign_frame")
    return Outcome("frame", "", "frame") if frame == "own" else _nothing("foreign_frame")


def _counted(facts: Facts) -> Outcome:
    if facts.role == "page":
        return Outcome("page", "", "page")
    return Outcome("part", "", "part") if facts.later_range else Outcome("download", "", "download")


def _is_navigation(facts: Facts) -> bool:
    """Whether a person went there. Without Sec-Fetch headers: unless a script says that it asked."""
    if facts.dest:
        return facts.dest == "document" or (facts.dest == "empty" and facts.mode == "navigate")
    return not facts.by_script


def _frame(facts: Facts) -> str:
    """``own`` or ``other`` for a request from a frame, else empty.

    Without Sec-Fetch headers only the view of a resource is judged, by its Referer.
    """
    if facts.dest:
        return ("own" if facts.site == "same-origin" else "other") if facts.dest in FRAMES else ""
    return facts.referer if facts.framed and not facts.by_script else ""


def _is_ours(facts: Facts) -> bool:
    return facts.site == "same-origin" if facts.dest else facts.by_script
