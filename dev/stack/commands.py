"""The commands of ``dev/portal.py``."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from . import services
from .disk import full_sentence, is_full
from .environment import INSIDE, portal_environ
from .errors import Stopped, Trouble
from .lock import Busy, hold, is_held, wait_until_free
from .places import Places
from .ports import portal_port
from .progress import say, step
from .running import Stack, guarded, make_folders, running_services, set_up_portal
from .state import read_json
from .supervisor import stop_on_signals
from .testing import run_benchmark, run_tests

STOP_PATIENCE = 60.0
"""Seconds that ``stop`` waits for the running command to end."""

NOT_RUNNING = 3
"""Exit code of ``status`` when nothing runs, as system services have it."""


CHECKOUT = Path(__file__).resolve().parents[2]


def main(arguments: list[str], root: Path = CHECKOUT) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    places = Places(root)
    try:
        with stop_on_signals():
            return options.command(places, options)
    except Trouble as trouble:
        sentence = full_sentence(places.portal) if is_full(places.portal) else str(trouble)
        print(sentence, file=sys.stderr, flush=True)
        return 1
    except Stopped as stopped:
        print("Stopped.", file=sys.stderr, flush=True)
        return 128 + stopped.signal
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        print(_disk_sentence(error, places), file=sys.stderr, flush=True)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev/portal.py", description="A portal with a demo city in one command.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="start the portal and stay until Ctrl-C")
    run.add_argument("--port", type=int, help="port of the portal (default: 5000 or the next free one)")
    run.set_defaults(command=_run)

    commands.add_parser("stop", help="stop what runs from this checkout").set_defaults(command=_stop)
    commands.add_parser("status", help="say what runs from this checkout").set_defaults(command=_status)

    reset = commands.add_parser("reset", help="throw away all data of the portal")
    reset.add_argument("--all", action="store_true", help="also what was installed")
    reset.set_defaults(command=_reset)

    shell = commands.add_parser("shell", help="a shell, or one command, that knows the running portal")
    shell.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")
    shell.set_defaults(command=_shell)

    test = commands.add_parser("test", help="run the tests; arguments go to pytest", prefix_chars="\0")
    test.add_argument("words", nargs=argparse.REMAINDER, metavar="PYTEST_ARGUMENTS")
    test.set_defaults(command=lambda places, options: run_tests(places, options.words))

    bench = commands.add_parser("bench", help="run a benchmark on the databases of the tests")
    bench.add_argument("name", help="such as summary, for benchmarks/summary.py")
    bench.add_argument("words", nargs=argparse.REMAINDER, metavar="ARGUMENTS")
    bench.set_defaults(command=lambda places, options: run_benchmark(places, options.name, options.words))
    return parser


def _run(places: Places, options: argparse.Namespace) -> int:
    started = time.monotonic()
    make_folders(places)
    try:
        with hold(places.run_lock), guarded(places) as guard:
            port = portal_port(options.port, read_json(places.state).get("portal_port"))
            with running_services(places, "run", guard, with_tests=False) as stack:
                url = _start_portal(stack, port, guard)
                say()
                say(f"The portal is ready after {time.monotonic() - started:.0f} s:  {url}")
                say(f"Log in as admin with the password {stack.secrets['admin']}")
                say(f"The accounts of the demo city and their passwords: {places.passwords}")
                say("Ctrl-C stops it.")
                _stay(stack)
    except Busy:
        raise Trouble(_who_runs(places)) from None
    return 0


def _start_portal(stack: Stack, port: int, guard: int) -> str:
    """Set up and start CKAN and its workers; returns the portal's address."""
    url = os.environ.get("CKAN_SITE_URL") or f"http://127.0.0.1:{port}"
    environ = set_up_portal(stack, url, guard)
    with step("Starting CKAN"):
        stack.supervisor.start(services.ckan(stack.places, port, environ))
        stack.supervisor.start(services.worker(stack.places, environ))
        stack.supervisor.start(services.visits(stack.places, environ))
        stack.remember(kind="run", ready=False, url=url, portal_port=port)
        stack.supervisor.wait_until_ready()
    stack.remember(kind="run", ready=True, url=url, portal_port=port)
    return url


def _stay(stack: Stack) -> None:
    """Until a service ends (Trouble) or a signal comes, which is the ordinary end."""
    try:
        stack.supervisor.watch()
    except Stopped:
        say()
        with step("Stopping"):
            stack.supervisor.stop_all()


def _who_runs(places: Places) -> str:
    state = read_json(places.state)
    if state.get("kind") == "test":
        return "The tests of this checkout are running on its services: wait for them to end, then run again."
    if state.get("ready"):
        return f"Already running at {state['url']} (stop it with: python3 dev/portal.py stop)."
    return "This checkout is already being started by another command."


def _stop(places: Places, _: argparse.Namespace) -> int:
    if not is_held(places.run_lock):
        say("Nothing is running.")
        return 0
    pid = read_json(places.state).get("pid")
    with step("Stopping"):
        if pid:
            os.kill(pid, signal.SIGTERM)
        if not wait_until_free(places.run_lock, STOP_PATIENCE):
            raise Trouble(f"It has not stopped within {STOP_PATIENCE:.0f} s: end the process {pid} yourself.")
    return 0


def _status(places: Places, _: argparse.Namespace) -> int:
    if not is_held(places.run_lock):
        say("Nothing is running.")
        return NOT_RUNNING
    state = read_json(places.state)
    if state.get("kind") == "run" and state.get("ready"):
        say(f"Running at {state['url']}")
    else:
        say(_who_runs(places))
    for name, pid in state.get("services", {}).items():
        port = state["ports"].get(name, state.get("portal_port") if name == "ckan" else None)
        say(f"  {name:10} process {pid}" + (f", port {port}" if port else ""))
    return 0


def _reset(places: Places, options: argparse.Namespace) -> int:
    if not places.portal.exists():
        return 0
    try:
        with hold(places.run_lock), hold(places.test_lock), guarded(places), step("Removing"):
            folders = [places.data, places.outside]
            if options.all:
                folders += [places.venv, places.valkey, places.jars, places.cache, places.logs, places.stamps]
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=not folder.exists())
    except Busy:
        raise Trouble("Something still runs from this checkout: stop it first (dev/portal.py stop).") from None
    return 0


def _shell(places: Places, options: argparse.Namespace) -> int:
    """Become a shell, or a command, with the variables of the running portal."""
    state = read_json(places.state)
    if not is_held(places.run_lock) or state.get("kind") != "run" or not state.get("ready"):
        raise Trouble("No portal is running from this checkout: start it with `python3 dev/portal.py run` first.")
    found = state["addresses"]
    environ = portal_environ(os.environ, places, found, state["url"])
    environ[INSIDE] = str(places.root)
    words = options.words or [os.environ.get("SHELL", "/bin/sh")]
    program = shutil.which(words[0], path=environ["PATH"])
    if program is None:
        raise Trouble(f"There is no program {words[0]}.")
    os.execve(program, words, environ)


def _disk_sentence(error: OSError, places: Places) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_sentence(places.portal)
    return (
        f"{error.filename or places.portal} cannot be written by this user: it may belong to root from an earlier "
        "run. Give it to yourself or remove .portal, then run the same command again."
    )
