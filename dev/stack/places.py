"""Where everything lies. All of it is inside ``.portal/`` of the checkout."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The files and folders of one checkout."""

    root: Path

    @property
    def dev(self) -> Path:
        return self.root / "dev"

    @property
    def requirements(self) -> Path:
        return self.dev / "requirements"

    @property
    def portal(self) -> Path:
        return self.root / ".portal"

    @property
    def venv(self) -> Path:
        return self.portal / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        found = sorted((self.venv / "lib").glob("python3.*/site-packages"))
        return found[0] if found else self.venv / "lib" / "site-packages"

    @property
    def valkey(self) -> Path:
        return self.portal / "valkey"

    @property
    def jars(self) -> Path:
        return self.portal / "jars"

    @property
    def cache(self) -> Path:
        return self.portal / "cache"

    @property
    def stamps(self) -> Path:
        return self.portal / "stamps"

    @property
    def logs(self) -> Path:
        return self.portal / "logs"

    @property
    def data(self) -> Path:
        """Everything that ``reset`` throws away."""
        return self.portal / "data"

    @property
    def ini(self) -> Path:
        return self.data / "ckan.ini"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def passwords(self) -> Path:
        """The accounts of the demo city."""
        return self.data / "passwords.txt"

    @property
    def state(self) -> Path:
        return self.portal / "state.json"

    @property
    def run_lock(self) -> Path:
        """Held by the one command that runs the services."""
        return self.portal / "run.lock"

    @property
    def children_lock(self) -> Path:
        """Held by every process that command started, so that the next one can wait for the last of them."""
        return self.portal / "children.lock"

    @property
    def test_lock(self) -> Path:
        """Held by a test run and its processes."""
        return self.portal / "test.lock"

    @property
    def outside(self) -> Path:
        """For root only, where ``nobody`` cannot enter the checkout: PostgreSQL and its data."""
        mark = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path("/var/tmp") / f"ckanext-smartcity-{mark}"  # noqa: S108 (made and checked in account.py)
