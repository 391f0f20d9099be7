"""Only the locked jars reach Solr's class path."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from stack.errors import Trouble
from stack.jars import locked_jars, verify

LOCK = Path(__file__).parents[1] / "jars" / "jgo.lock.toml"
ENTRY = """
[[dependencies]]
groupId = "io.netty"
artifactId = "{artifact}"
version = "4.1"
packaging = "jar"
{classifier}sha256 = "{sha256}"
is_modular = true
"""


def lock_of(**contents: bytes) -> str:
    blocks = (
        ENTRY.format(artifact=name, classifier="", sha256=hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    )
    return '[metadata]\nversion = "9"\n' + "".join(blocks)


def test_the_committed_lock_names_solr_and_a_hash_for_each_jar():
    jars = locked_jars(LOCK.read_text(encoding="utf-8"))
    assert len(jars) > 100
    assert len({jar.name for jar in jars}) == len(jars)
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert "solr-core-9.10.1.jar" in {jar.name for jar in jars}


def test_a_classifier_is_part_of_the_name():
    entry = ENTRY.format(artifact="epoll", classifier='classifier = "linux-x86_64"\n', sha256="0")
    assert [jar.name for jar in locked_jars(entry)] == ["epoll-4.1-linux-x86_64.jar"]


def test_the_locked_jars_pass(tmp_path):
    (tmp_path / "a-4.1.jar").write_bytes(b"right")
    verify(tmp_path, lock_of(a=b"right"))


@pytest.mark.parametrize("name", ["a-4.1.jar", "stranger.jar"])
def test_a_changed_or_unknown_jar_is_removed_and_named(tmp_path, name):
    (tmp_path / "a-4.1.jar").write_bytes(b"right")
    (tmp_path / name).write_bytes(b"tampered")
    with pytest.raises(Trouble, match=re.escape(name)):
        verify(tmp_path, lock_of(a=b"right"))
    assert not (tmp_path / name).exists()


def test_a_missing_jar_is_named(tmp_path):
    (tmp_path / "a-4.1.jar").write_bytes(b"right")
    with pytest.raises(Trouble, match=r"b-4\.1\.jar"):
        verify(tmp_path, lock_of(a=b"right", b=b"right"))
