"""Answers kept for a short while, so that a page costs no query of ours. Pure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A function whose answers are kept for ``seconds``, at most ``entries`` of them, the oldest leaving first."""

    def __init__(
        self,
        look_up: Callable[[K], V],
        *,
        entries: int = 4096,
        seconds: float = 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look_up, self._entries, self._seconds, self._clock = look_up, entries, seconds, clock
        self._held: dict[K, tuple[float, V]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: K) -> V:
        """The answer; what the function raises is raised and not kept."""
        now = self._clock()
        held = self._held.get(key)
        if held and now < held[0]:
            return held[1]
        answer = self._look_up(key)
        with self._lock:
            self._held.pop(key, None)
            self._held[key] = (now + self._seconds, answer)
            if len(self._held) > self._entries:
                del self._held[next(iter(self._held))]
        return answer
