"""Runs all tests, and benchmarks, on the real services with databases of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from .environment import addresses, check_test_names, overrides, test_environ, wanted_services
from .errors import Stopped, Trouble
from .install import Installer
from .lock import Busy, hold
from .places import Places
from .process import dies_with_parent, kill_group
from .progress import say
from .running import guarded, make_folders, running_services
from .services import valkey_program
from .state import read_json, secrets_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
BROWSER = "SMARTCITY_CHROMIUM"
VALKEY = "SMARTCITY_VALKEY"
"""Names the program of a Valkey or Redis server that tests start, kill and start again."""

STOP_PATIENCE = 30.0
"""Seconds that pytest gets to end its fixtures."""


def run_tests(places: Places, arguments: list[str]) -> int:
    """Run pytest with these arguments, all tests where there are none. Returns pytest's exit code."""
    check_test_names(overrides(os.environ, places))
    return _run_python(places, ["-m", "pytest", *arguments], {BROWSER: find_browser(os.environ)})


def run_benchmark(places: Places, name: str, arguments: list[str]) -> int:
    """Run ``benchmarks/NAME.py`` on the databases of the tests. Returns its exit code."""
    check_test_names(overrides(os.environ, places))
    script = places.root / "benchmarks" / f"{name}.py"
    if not script.is_file():
        known = ", ".join(sorted(path.stem for path in script.parent.glob("*.py") if path.stem != "city"))
        raise Trouble(f"There is no benchmark {name}: choose one of {known}.")
    return _run_python(places, [str(script), *arguments], {})


def _run_python(places: Places, arguments: list[str], more: Mapping[str, str]) -> int:
    """Run the environment's Python on services for tests; returns its exit code."""
    make_folders(places)
    with ExitStack() as stack:
        try:
            guard = stack.enter_context(hold(places.test_lock))
        except Busy:
            raise Trouble("The tests of this checkout are already running: wait for them to end.") from None
        found = stack.enter_context(_services_for_tests(places, guard))
        environ = test_environ(os.environ, places, found)
        environ.setdefault(VALKEY, str(valkey_program(places)))
        return _python(places, arguments, {**environ, **more}, guard)


def find_browser(environ: Mapping[str, str]) -> str:
    """Path of a Chromium. Without one: empty and a line that says so; with CI=true Trouble."""
    path = environ.get(BROWSER) or next(filter(None, map(shutil.which, BROWSERS)), "")
    if path:
        return path
    hint = "No Chromium found: install the package chromium (on Debian: apt-get install chromium)"
    if environ.get("CI") == "true":
        raise Trouble(f"{hint}; with CI=true the browser tests are not left out.")
    say(f"{hint}. The browser tests are skipped.")
    return ""


@contextmanager
def _services_for_tests(places: Places, test_guard: int) -> Iterator[dict[str, str]]:
    """Addresses to test on: at the running portal's services, else at services started for these tests only."""
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(places.run_lock))
        except Busy:
            yield _addresses_at_running_portal(places, test_guard)
            return
        guard = stack.enter_context(guarded(places))
        running = stack.enter_context(running_services(places, "test", guard, with_tests=True))
        running.remember(kind="test", ready=True)
        yield running.addresses(tests=True)


def _addresses_at_running_portal(places: Places, guard: int) -> dict[str, str]:
    state = read_json(places.state)
    if not state.get("ready"):
        raise Trouble("The portal of this checkout is just being started: wait until it is ready, then test again.")
    installer = Installer(places, guard)
    if installer.disturbs_the_portal():
        raise Trouble("The requirements have changed since the portal was started: stop it, then test again.")
    installer.install(with_tests=True)
    given = overrides(os.environ, places)
    wanted = wanted_services(given)
    foreign = [name for name in wanted if name not in state["ports"]]
    if foreign:
        raise Trouble(
            f"The running portal has no {', '.join(foreign)} of its own to test on: stop it, then test again."
        )
    ports = {name: state["ports"][name] for name in wanted}
    return addresses(ports, secrets_of(places.secrets), given, tests=True)


def _python(places: Places, arguments: list[str], environ: Mapping[str, str], guard: int) -> int:
    """Run Python on our terminal, where there is one: a debugger needs it."""
    interactive = sys.stdin is not None and sys.stdin.isatty()
    process = subprocess.Popen(
        [str(places.python), *arguments],
        cwd=places.root,
        env=dict(environ),
        pass_fds=(guard,),
        start_new_session=not interactive,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 (this program has one thread)
    )
    try:
        return process.wait()
    except Stopped as stopped:
        if not (interactive and stopped.signal == signal.SIGINT):  # else the terminal has sent it to the program too
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_PATIENCE)
        raise
    finally:
        if not interactive:
            kill_group(process)
        process.kill()
        process.wait()
