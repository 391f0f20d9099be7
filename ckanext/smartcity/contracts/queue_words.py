"""What the queue of reviewers can be narrowed to, and in which orders it goes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

STATES = ("undecided", "recheck", "decided", "not_counted")
"""``not_counted``: the supplier is no business, so indicator 5.1 does not ask."""

SUGGESTIONS = ("likely_yes", "likely_no", "needs_reading", "none")
ORDERS = ("oldest", "value", "end")


@dataclass(frozen=True)
class Filters:
    """Empty texts and None let everything pass. ``question`` narrows ``undecided`` to contracts that wait for it."""

    state: str = ""
    question: str = ""
    suggestion: str = ""
    opd: str = ""
    batch: str = ""
    has_document: bool | None = None
    q: str = ""
    order: str = "oldest"
