"""The files of a log: plain or gzip, rotated ones in the order of their time, read in blocks of whole lines. Pure.

Nothing but the standard library; a file is recognised by its first bytes, not by its name.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from ckanext.smartcity.visits.loglines import LINE, moment

BLOCK = 8 << 20
LONGEST = 1 << 20
"""Bytes of a line that are kept: servers cut requests and headers at some ten thousand."""
HEAD = 1 << 16
GZIP = b"\x1f\x8b"


class LogError(Exception):
    """A log that cannot be imported; ``str()`` says where, why, and what to do."""


class LogFiles:
    """The parts of one log. ``digest`` is the SHA-256 of what was read so far, without compression.

    Where the parts were cut does not change it. Raises ``LogError`` for a file that cannot be read, and for two
    that begin with the same bytes: their lines would count twice.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        heads = [(path, _head(path)) for path in paths]
        _refuse_doubles(heads)
        starts = {path: _first_moment(head) for path, head in heads}
        self.paths = sorted(paths, key=lambda path: _or_last(starts[path]))
        self.first_at = min((at for at in starts.values() if at is not None), default=None)
        self.size = sum(path.stat().st_size for path in paths)
        self.position = 0  # bytes read of the files as they lie on the disk
        self._hash = sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """All lines, several in each block; the last line of a file ends with the file."""
        before = 0
        for path in self.paths:
            with _open(path) as (raw, stream):
                for block in _whole_lines(stream):
                    self._hash.update(block)
                    self.position = before + raw.tell()
                    yield block
            before += path.stat().st_size


def _whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while block := stream.read(BLOCK):
        lines, newline, tail = block.rpartition(b"\n")
        if newline:
            yield rest + lines + newline
            rest = tail
        else:
            rest = (rest + tail)[:LONGEST]
    if rest:
        yield rest + b"\n"


@contextmanager
def _open(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The file as it lies on the disk, and its content."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            if not packed:
                yield raw, raw
            else:
                with gzip.GzipFile(fileobj=raw) as stream:
                    yield raw, stream  # type: ignore[misc]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LogError(f"{path}: the compressed file is damaged or cut ({error}). Copy it again.") from error
    except OSError as error:
        raise LogError(f"{path}: cannot be read: {error.strerror or error}") from error


def _head(path: Path) -> bytes:
    with _open(path) as (_, stream):
        return stream.read(HEAD)


def _refuse_doubles(heads: list[tuple[Path, bytes]]) -> None:
    seen: dict[bytes, Path] = {}
    for path, head in heads:
        if head and head in seen:
            raise LogError(f"{path} and {seen[head]} begin with the same lines. Give each part of the log once.")
        seen[head] = path


def _first_moment(head: bytes) -> int | None:
    times = (moment(line[2]) for line in LINE.finditer(head) if line[2] is not None)
    return next((at for at in times if at is not None), None)


def _or_last(at: int | None) -> float:
    return float("inf") if at is None else at
