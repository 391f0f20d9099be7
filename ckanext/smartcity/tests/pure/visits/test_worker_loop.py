"""The loop of the worker: jobs repeat, one that fails hinders neither itself nor the others, and it ends when told."""

from __future__ import annotations

import logging
import threading
import time

from ckanext.smartcity import worker
from ckanext.smartcity.worker import Job


def run_until(done: threading.Event, jobs: list[Job], expected=()) -> float:
    """Run the jobs until ``done`` is set; seconds that ending took."""
    stop = threading.Event()
    loop = threading.Thread(target=worker.run, args=(jobs, stop, expected))
    loop.start()
    assert done.wait(5)
    stop.set()
    told = time.monotonic()
    loop.join(10)
    assert not loop.is_alive()
    return time.monotonic() - told


def after(times: int, done: threading.Event, failure: Exception | None = None):
    """A job that sets ``done`` at its n-th turn; with a failure every turn raises it."""
    turns = []

    def work() -> None:
        turns.append(None)
        if len(turns) >= times:
            done.set()
        if failure:
            raise failure

    return work


def test_a_job_that_fails_is_done_again_with_one_line_a_minute(caplog):
    done = threading.Event()
    run_until(done, [Job("It broke", 0.01, after(3, done, OSError("away")))], (OSError,))
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert lines == ["It broke: away (0 more errors since the last line)"]


def test_a_job_that_hangs_does_not_keep_others_from_their_turns_nor_the_end(monkeypatch):
    monkeypatch.setattr(worker, "END_PATIENCE", 0.1)
    done, never = threading.Event(), threading.Event()
    jobs = [Job("a", 0.01, lambda: never.wait(30) and None), Job("b", 0.01, after(3, done))]
    assert run_until(done, jobs) < 2
    never.set()


def test_a_long_pause_does_not_delay_the_end():
    done = threading.Event()
    assert run_until(done, [Job("a", 3600, after(1, done))]) < 1
