"""Starts services in order, watches them, and stops them in reverse order."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from .errors import Stopped, Trouble
from .process import kill_group, last_lines, start
from .services import Service

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_PATIENCE = 10.0
"""Seconds that a service gets to stop by itself."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Turn the first signal to end into Stopped; later ones do not disturb the stopping.

    Handlers of our own also for SIGINT: in a command started with ``&`` it is ignored, and Python leaves it so.
    """

    def raise_stopped(number: int, _frame: Any) -> NoReturn:
        for other in SIGNALS:
            signal.signal(other, lambda *_: None)
        raise Stopped(number)

    before = {number: signal.signal(number, raise_stopped) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Supervisor:
    """The running services of one command. Every end of the ``with`` block stops them."""

    def __init__(self, logs: Path, guard: int) -> None:
        self.logs = logs
        self.guard = guard
        self.running: list[tuple[Service, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()

    def start(self, service: Service) -> None:
        with self._log(service).open("wb") as output:
            process = start(
                service.command,
                environ=service.environ,
                output=output,
                guard=self.guard,
                stop_signal=service.stop_signal,
                account=service.account,
            )
        self.running.append((service, process))

    def wait_until_ready(self) -> None:
        """Wait for every started service in the order of their start. Raises Trouble."""
        for service, _ in self.running:
            deadline = time.monotonic() + service.patience
            while not service.is_ready():
                self.check()
                if time.monotonic() > deadline:
                    raise Trouble(self._sentence(service, f"was not ready after {service.patience:.0f} s"))
                time.sleep(0.1)
        self.check()

    def check(self) -> None:
        """Raise Trouble where a service has ended."""
        for service, process in self.running:
            code = process.poll()
            if code is not None:
                raise Trouble(self._sentence(service, f"has ended by itself ({_how(code)})"))

    def watch(self) -> NoReturn:
        """Stay until a service ends (Trouble) or a signal comes (Stopped)."""
        while True:
            self.check()
            time.sleep(0.3)

    def pids(self) -> dict[str, int]:
        return {service.name: process.pid for service, process in self.running}

    def stop_all(self) -> None:
        while self.running:
            service, process = self.running.pop()
            if process.poll() is None:
                process.send_signal(service.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_PATIENCE)
            kill_group(process)
            process.wait()

    def _log(self, service: Service) -> Path:
        return self.logs / f"{service.name}.log"

    def _sentence(self, service: Service, what: str) -> str:
        log = self._log(service)
        return f"{service.name} {what}, so everything was stopped. The last lines of {log}:\n{last_lines(log)}"


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
