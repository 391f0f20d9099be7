"""Jobs that are done again and again, each in a thread of its own, until the process is told to end. Knows no job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ckanext.smartcity.visits.complaints import Complaints

END_PATIENCE = 5.0
"""Seconds that running jobs get to finish; whatever they leave half done must stand being broken off."""


class Job(NamedTuple):
    """Something that is done every so many seconds. ``work`` may raise: it is tried again at the next turn."""

    complaint: str  # begins the line in the log when it fails
    every: float
    work: Callable[[], object]


def run(jobs: Sequence[Job], stop: threading.Event, expected: tuple[type[Exception], ...]) -> None:
    """Do the jobs until ``stop`` is set. ``expected``: errors of a server that is away, logged without traceback."""
    threads = [threading.Thread(target=_repeat, args=(job, stop, expected), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    stop.wait()
    deadline = time.monotonic() + END_PATIENCE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _repeat(job: Job, stop: threading.Event, expected: tuple[type[Exception], ...]) -> None:
    complain = Complaints(job.complaint, expected=expected)
    while not stop.is_set():
        started = time.monotonic()
        try:
            job.work()
        except Exception:
            complain()
        stop.wait(max(0.0, started + job.every - time.monotonic()))
