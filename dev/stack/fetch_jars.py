"""Fetches the jars of a lock file into a folder: ``fetch_jars.py LOCK FOLDER``. Run by the environment's Python.

jgo knows where Maven's artifacts are; resolving what Solr needs was done when the lock file was made. What is already
there and right is left alone, so that a fetch that was broken off is taken up again.
"""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.maven import MavenContext

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from stack.jars import Jar, is_right, locked_jars

AT_ONCE = 8
ATTEMPTS = 3


def main(lock: str, folder: str) -> None:
    target = Path(folder)
    downloads = target / "downloads"
    context = MavenContext(repo_cache=downloads, local_repos=[], timeout=60)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jars = locked_jars(Path(lock).read_text(encoding="utf-8"))
        list(pool.map(lambda jar: fetch(context, jar, target / jar.name), jars))
    shutil.rmtree(downloads)


def fetch(context: MavenContext, jar: Jar, target: Path) -> None:
    """Put one jar in its place, if it is the locked one. Raises ValueError when it is not."""
    if is_right(target, jar):
        return
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier, "jar")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = artifact.resolve()
        except OSError:  # what requests raises
            if attempt == ATTEMPTS:
                raise
            continue
        if is_right(found, jar):
            found.replace(target)
            return
        found.unlink()
    raise ValueError(f"hash mismatch: {jar.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
