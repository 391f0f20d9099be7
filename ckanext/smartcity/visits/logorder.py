"""Lines of a log in the order of their time. Pure.

Apache stamps a request when it begins and writes it when it ends, so lines step back by as long as an answer took. What
comes within ``LATE_MS`` is put in its place, lines of one second in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Generic, TypeVar

LATE_MS = 300_000
T = TypeVar("T")


class InOrder(Generic[T]):
    """Holds what may still be overtaken. Times are milliseconds."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[T]] = {}
        self._times: list[int] = []  # a heap
        self.edge = 0
        """What is older than this comes too late."""

    def put(self, at: int, item: T) -> None:
        """Take in one, not older than ``edge``."""
        waiting = self._waiting.get(at)
        if waiting is None:
            self._waiting[at] = [item]
            heappush(self._times, at)
        else:
            waiting.append(item)

    def seen(self, at: int) -> Iterator[T]:
        """A line of this time was met: gives what cannot be overtaken any more."""
        self.edge = max(self.edge, at - LATE_MS)
        return self._until(self.edge)

    def rest(self) -> Iterator[T]:
        """The log has ended."""
        return self._until(float("inf"))

    def _until(self, end: float) -> Iterator[T]:
        while self._times and self._times[0] < end:
            yield from self._waiting.pop(heappop(self._times))
