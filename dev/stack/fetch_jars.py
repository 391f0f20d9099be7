"""Fetches the jars of a lock file into a folder: ``fetch_jars.py LOCK FOLDER``. Run by the environment's Python.

jgo knows where Maven's artifacts are; resolving what Solr needs was done when the lock file was made. What is already
there and right is left alone, so that a fetch that was broken off is taken up again.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from jgo.maven import MavenContext

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from stack.jars import Jar, is_right, locked_jars

AT_ONCE = 8
ATTEMPTS = 3
TIMEOUT = 60


class Fetcher:
    """Downloads over one connection a thread, which is most of the speed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.maven = MavenContext()
        self.connections = threading.local()

    def fetch(self, jar: Jar) -> None:
        """Put one jar in its place. Raises OSError when it cannot be had, ValueError when it is not the locked one."""
        target = self.folder / jar.name
        if is_right(target, jar):
            return
        part = target.with_suffix(".part")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                part.write_bytes(self._download(jar))
                break
            except requests.RequestException:
                if attempt == ATTEMPTS:
                    raise
        if not is_right(part, jar):
            part.unlink()
            raise ValueError(f"hash mismatch: {jar.name}")
        part.replace(target)

    def _download(self, jar: Jar) -> bytes:
        if not hasattr(self.connections, "session"):
            self.connections.session = requests.Session()
        place = self.maven.project(jar.group, jar.artifact).at_version(jar.version).path_prefix
        repository = next(iter(self.maven.remote_repos.values()))
        answer = self.connections.session.get(f"{repository}/{place.as_posix()}/{jar.name}", timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.content


def main(lock: str, folder: str) -> None:
    jars = locked_jars(Path(lock).read_text(encoding="utf-8"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Fetcher(Path(folder)).fetch, jars))


if __name__ == "__main__":
    main(*sys.argv[1:])
