"""Installs what the portal is made of into ``.portal/``: a Python environment and Solr's jars, all of it locked."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from . import jars
from .disk import free_megabytes, full_sentence
from .environment import clean_environ
from .errors import Trouble
from .places import Places
from .process import last_lines, run_to_end
from .progress import step
from .state import Stamps, digest_of

MEGABYTES = {"environment": 60, "packages": 400, "valkey": 20, "jars": 80, "checkout": 1, "tests": 350}
"""What each step puts on the disk, at most."""
DATA_MEGABYTES = 200
"""Databases, index and files of the demo city, with air."""
NO_SPACE = ("no space left on device", "disk quota exceeded", "os error 28", "errno 28")
NO_NETWORK = (
    "dns error",
    "connection refused",
    "connection error",
    "network is unreachable",
    "name resolution",
    "no address associated",
    "failed to establish a new connection",
    "failed to resolve",
    "could not connect",
    "timed out",
    "tcp connect error",
    "error sending request",
    "max retries exceeded",
)
WRONG_HASH = ("hash mismatch", "do not match the hashes", "hashes are required")
IN_ENVIRONMENT = ("environment", "packages", "checkout", "tests")


class Installer:
    """Brings ``.portal/`` up to the locked requirements; what is already there is left alone."""

    def __init__(self, places: Places, guard: int) -> None:
        self.places = places
        self.guard = guard
        self.stamps = Stamps(places.stamps)
        self.log = places.logs / "install.log"
        self.environ = clean_environ(os.environ, places)

    def install(self, *, with_tests: bool) -> None:
        """Install what is missing or has changed. Raises Trouble with a sentence that says what to do."""
        due = self._due(with_tests)
        if not due:
            return
        self._check_space(due)
        self.log.unlink(missing_ok=True)
        for name, digest, work in self._steps(with_tests):
            if not self.stamps.fresh(name, digest):
                self.stamps.forget(name)
                work()
                self.stamps.mark(name, digest)

    def is_complete(self, *, with_tests: bool) -> bool:
        return not self._due(with_tests)

    def disturbs_the_portal(self) -> bool:
        """Whether an installation would exchange what a running portal runs on."""
        return bool(self._due(with_tests=False) - {"checkout"})

    def _due(self, with_tests: bool) -> set[str]:
        if not self.places.python.exists():
            self.stamps.forget(*IN_ENVIRONMENT)
        return {name for name, digest, _ in self._steps(with_tests) if not self.stamps.fresh(name, digest)}

    def _steps(self, with_tests: bool):
        """Name, digest and work of each step, in order. A new environment makes all later steps due.

        The environment is made anew for another Python and for a checkout that was moved.
        """
        files = self.places.requirements
        python = f"{sys.version_info[:3]} {self.places.root}"
        tools = digest_of([files / "tools.txt"], python)
        runtime = digest_of([files / "runtime.txt"], tools)
        root = self.places.root
        steps = [
            ("environment", tools, self._environment),
            ("packages", runtime, self._packages),
            ("valkey", digest_of([files / "valkey.txt"]), self._valkey),
            ("jars", digest_of([self.places.dev / "jars", self.places.dev / "stack" / "fetch_jars.py"]), self._jars),
            ("checkout", digest_of([root / "setup.py", root / "pyproject.toml"], runtime), self._checkout),
        ]
        if with_tests:
            steps.append(("tests", digest_of([files / "test.txt"], runtime), self._test_packages))
        return steps

    def _environment(self) -> None:
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError:
            raise Trouble(
                "This Python has no venv module: install it (on Debian and Ubuntu the package python3-venv), "
                "then run the same command again."
            ) from None
        with step("Making a Python environment"):
            self.stamps.forget(*IN_ENVIRONMENT)
            shutil.rmtree(self.places.venv, ignore_errors=True)
            self._run([sys.executable, "-m", "venv", self.places.venv], "make a Python environment")
            tools = self.places.requirements / "tools.txt"
            pip = [self.places.python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--require-hashes"]
            self._run([*pip, "--only-binary", ":all:", "-r", tools], "install uv")

    def _packages(self) -> None:
        with step("Installing CKAN and the services"):
            self._uv("-r", self.places.requirements / "runtime.txt")
            # CKAN dies without libmagic; this makes every Python of the environment find the packaged one.
            (self.places.site_packages / "zz_pylibmagic.pth").write_text("import pylibmagic\n")

    def _valkey(self) -> None:
        with step("Installing Valkey"):
            target = ["--target", self.places.valkey, "--python-version", "3.11"]
            self._uv(*target, "-r", self.places.requirements / "valkey.txt")

    def _checkout(self) -> None:
        with step("Installing this checkout"):
            self._uv("--editable", self.places.root, hashes=False)

    def _test_packages(self) -> None:
        with step("Installing what the tests need"):
            self._uv("-r", self.places.requirements / "test.txt")

    def _jars(self) -> None:
        with step("Fetching Solr"):
            folder, lock = self.places.jars, self.places.dev / "jars" / "jgo.lock.toml"
            folder.mkdir(exist_ok=True)
            self._run([self.places.python, self.places.dev / "stack" / "fetch_jars.py", lock, folder], "fetch Solr")
            jars.verify(folder, lock.read_text(encoding="utf-8"))

    def _uv(self, *arguments: str | Path, hashes: bool = True) -> None:
        """Install without asking what else is needed, without building in an environment of the net's choice."""
        options = ["--quiet", "--python", self.places.python, "--no-deps", "--no-build-isolation"]
        if hashes:
            options.append("--require-hashes")
        command = [self.places.venv / "bin" / "uv", "pip", "install", *options, *arguments]
        self._run(command, "install Python packages")

    def _run(self, command: Sequence[str | Path], what: str) -> None:
        begin = self.log.stat().st_size if self.log.exists() else 0
        temporary = self.places.cache / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        environ = {**self.environ, "UV_CACHE_DIR": str(self.places.cache / "uv"), "TMPDIR": str(temporary)}
        code = run_to_end(command, environ=environ, log=self.log, guard=self.guard)
        if code != 0:
            with self.log.open(encoding="utf-8", errors="replace") as log:
                log.seek(begin)
                output = log.read()
            raise Trouble(explain(what, output, self.places))

    def _check_space(self, due: set[str]) -> None:
        free = free_megabytes(self.places.portal)
        needed = DATA_MEGABYTES + sum(MEGABYTES[name] for name in due)
        if free < needed:
            raise Trouble(
                f"The disk of {self.places.portal} has {free} MB free, about {needed} MB are needed: "
                "make room, then run the same command again."
            )


def explain(what: str, output: str, places: Places) -> str:
    """A sentence for a failed command, by what it printed; its last lines where nothing known is among them."""
    printed = output.lower()
    if any(sign in printed for sign in NO_SPACE):
        return full_sentence(places.portal)
    if any(sign in printed for sign in WRONG_HASH):
        return (
            f"I could not {what}: a file that was downloaded is not the one that was locked. Nothing of it is used. "
            f"Try again, and if it stays so, report it with {places.logs / 'install.log'}."
        )
    if any(sign in printed for sign in NO_NETWORK):
        return (
            f"I could not {what}: no connection to the package server. Check the network and, behind a proxy, "
            "HTTPS_PROXY; then run the same command again, it goes on from here."
        )
    log = places.logs / "install.log"
    return f"I could not {what}. The last lines of {log}:\n{last_lines(log)}"
