"""Starting processes that do not outlive this one."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from .account import Account

SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def start(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    output: IO[Any] | None,
    guard: int,
    stop_signal: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    cwd: Path = Path("/"),
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, which gets ``stop_signal`` when this process dies.

    It inherits the descriptor ``guard`` of a lock, so that the lock stays held until it and its children ended.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,
        pass_fds=(guard,),
        preexec_fn=dies_with_parent(stop_signal),  # noqa: PLW1509 (this program has one thread)
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program, so that a kill -9 of this process ends it too. Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_for_signal() -> None:
        prctl(SET_PARENT_DEATH_SIGNAL, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_for_signal


def kill_group(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a process and everything it started in its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def run_to_end(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    log: Path,
    guard: int,
    account: Account | None = None,
    cwd: Path = Path("/"),
) -> int:
    """Run a command with its output in ``log``; returns its exit code. Whatever breaks this off ends it too."""
    with log.open("ab") as output:
        process = start(
            command,
            environ=environ,
            output=output,
            guard=guard,
            account=account,
            cwd=cwd,
            stop_signal=signal.SIGKILL,
        )
        try:
            return process.wait()
        finally:
            kill_group(process)
            process.wait()


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, indented, for an error message."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join("    " + line for line in lines[-count:])
