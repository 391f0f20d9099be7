"""Errors of the count that must not reach a page: one line a minute in the log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

SECONDS = 60
log = logging.getLogger(__name__)


class Complaints:
    """Call it while an error is handled: logs it, unless one was logged less than a minute ago.

    With its traceback, but for errors that are ``expected``: those of a server that is away.
    """

    def __init__(
        self,
        sentence: str,
        clock: Callable[[], float] = time.monotonic,
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        self._sentence, self._clock, self._expected = sentence, clock, expected
        self._next = float("-inf")
        self._unsaid = 0

    def __call__(self) -> None:
        now = self._clock()
        if now < self._next:
            self._unsaid += 1
            return
        error = sys.exc_info()[1]
        known = isinstance(error, self._expected)
        reason = ": " + (str(error).partition("\n")[0] or type(error).__name__) if known else ""
        log.error("%s%s (%d more errors since the last line)", self._sentence, reason, self._unsaid, exc_info=not known)
        self._next, self._unsaid = now + SECONDS, 0
