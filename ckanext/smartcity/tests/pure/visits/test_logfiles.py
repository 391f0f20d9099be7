"""The files of a log: where its parts were cut, and how they were packed, changes nothing."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest

from ckanext.smartcity.tests.pure.visits.made_log import agent_kind, find, line, match, settings
from ckanext.smartcity.tests.pure.visits.test_logreading import busy
from ckanext.smartcity.visits import logfiles
from ckanext.smartcity.visits.logfiles import LogError, LogFiles
from ckanext.smartcity.visits.logreading import ALL_DAYS, Portal, Reader, Tally


def tally_of(files: LogFiles) -> Tally:
    reader = Reader(settings(), Portal(match, find, agent_kind), ALL_DAYS, 2**50)
    for block in files.blocks():
        reader.read(block)
    return reader.end()


def put(path: Path, lines: list[bytes], *, packed: bool = False) -> Path:
    content = b"".join(lines)
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def test_cutting_packing_and_order_change_nothing(tmp_path):
    lines = busy(1)
    whole = LogFiles([put(tmp_path / "access.log", lines)])
    expected = tally_of(whole)
    parts = [
        put(tmp_path / "access.log.1", lines[2000:]),
        put(tmp_path / "access.log.3.gz", lines[:700], packed=True),
        put(tmp_path / "access.log.2.gz", lines[700:2000], packed=True),
        put(tmp_path / "access.log.4", []),
    ]
    cut = LogFiles(parts)
    assert tally_of(cut) == expected
    assert cut.digest == whole.digest
    assert cut.first_at == whole.first_at
    assert cut.position == cut.size


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_lines_are_whole_whatever_the_size_of_a_block(tmp_path, monkeypatch, size):
    monkeypatch.setattr(logfiles, "BLOCK", size)
    lines = busy(2, days=1, lines_a_day=30)
    blocks = list(LogFiles([put(tmp_path / "log", lines)]).blocks())
    assert all(block.endswith(b"\n") for block in blocks)
    assert b"".join(blocks) == b"".join(lines)


def test_the_last_line_needs_no_end(tmp_path):
    path = put(tmp_path / "log", [line("2026-03-10 10:00:00").rstrip()])
    assert tally_of(LogFiles([path])).used == 1


def test_a_line_without_end_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(logfiles, "BLOCK", 1000)
    monkeypatch.setattr(logfiles, "LONGEST", 5000)
    path = put(tmp_path / "log", [b"x" * 50_000, b"\n", line("2026-03-10 10:00:00")])
    blocks = list(LogFiles([path]).blocks())
    assert max(map(len, blocks)) <= 7000
    assert tally_of(LogFiles([path])).excluded == {"unparsable": 1}


def test_the_same_part_twice_is_refused(tmp_path):
    lines = busy(1, days=1, lines_a_day=50)
    paths = [put(tmp_path / "access.log.1", lines), put(tmp_path / "access.log.1.gz", lines, packed=True)]
    with pytest.raises(LogError, match=r"access\.log\.1\.gz and .*access\.log\.1 begin with the same lines"):
        LogFiles(paths)


def test_a_damaged_file_is_named(tmp_path):
    content = gzip.compress(b"".join(busy(1)))
    for name, damaged in (("cut", content[: len(content) // 2]), ("odd", content[:5000] + b"abcdef" + content[5006:])):
        path = tmp_path / f"{name}.gz"
        path.write_bytes(damaged)
        with pytest.raises(LogError, match=rf"{name}\.gz: the compressed file is damaged"):
            list(LogFiles([path]).blocks())


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(LogError, match="cannot be read: Is a directory"):
        LogFiles([tmp_path])


def test_memory_does_not_follow_the_length_of_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr(logfiles, "BLOCK", 1 << 16)
    peaks = []
    for lines in (1_000, 5_000):  # what a log gives grows with days and objects, which are the same in both
        path = put(tmp_path / f"{lines}.log", busy(3, days=2, lines_a_day=lines))
        tracemalloc.start()
        tally_of(LogFiles([path]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
