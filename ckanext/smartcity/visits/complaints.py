"""Errors of the count that must not reach a page: one line a minute in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

SECONDS = 60
log = logging.getLogger(__name__)


class Complaints:
    """Call it while an error is handled: logs it with its traceback, unless one was logged less than a minute ago."""

    def __init__(self, sentence: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._sentence, self._clock = sentence, clock
        self._next = float("-inf")
        self._unsaid = 0

    def __call__(self) -> None:
        now = self._clock()
        if now < self._next:
            self._unsaid += 1
            return
        log.exception("%s (%d more errors since the last line)", self._sentence, self._unsaid)
        self._next, self._unsaid = now + SECONDS, 0
