"""Solr's jars: exactly those of ``jgo.lock.toml``, by its hashes, which jgo itself does not compare."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import Trouble

ENTRY = re.compile(r"^\[\[dependencies\]\]$", re.MULTILINE)
PAIR = re.compile(r'^(\w+) = "([^"]*)"$', re.MULTILINE)


@dataclass(frozen=True)
class Jar:
    """One entry of the lock file."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def name(self) -> str:
        return "-".join(part for part in (self.artifact, self.version, self.classifier) if part) + ".jar"


def locked_jars(lock: str) -> list[Jar]:
    """The jars of a lock file. (Python 3.10 cannot read TOML by itself; of the file only plain pairs are needed.)"""
    jars = []
    for block in ENTRY.split(lock)[1:]:
        entry = dict(PAIR.findall(block))
        place = (entry["groupId"], entry["artifactId"], entry["version"])
        jars.append(Jar(*place, classifier=entry.get("classifier", ""), sha256=entry["sha256"]))
    return jars


def is_right(path: Path, jar: Jar) -> bool:
    """Whether the file is there and is the locked one."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def verify(folder: Path, lock: str) -> None:
    """Remove every jar that is not a locked one, and raise Trouble for those; also where one is missing."""
    expected = {jar.name: jar for jar in locked_jars(lock)}
    wrong = [
        path for path in folder.glob("*.jar") if path.name not in expected or not is_right(path, expected[path.name])
    ]
    missing = [name for name in expected if not (folder / name).exists()]
    for path in wrong:
        path.unlink()
    if wrong or missing:
        names = ", ".join(sorted({path.name for path in wrong} | set(missing))[:5])
        raise Trouble(
            f"These jars of Solr are missing or are not the locked ones: {names}. Nothing of them is used. "
            "Run the same command again; if it stays so, do not trust where they come from."
        )
