"""A lock is the only thing that says whether something runs; it must never lie, however a process ends."""

from __future__ import annotations

import subprocess
import sys

import pytest
from stack.lock import Busy, hold, is_held, wait_until_free


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.lock"


def test_a_second_holder_is_refused(path):
    with hold(path), pytest.raises(Busy), hold(path, patience=0):
        pass


def test_it_is_free_again_after_the_block(path):
    with hold(path):
        assert is_held(path)
    assert not is_held(path)
    with hold(path, patience=0):
        pass


def test_a_lock_nobody_ever_took_is_free(path):
    assert not is_held(path)
    assert not path.exists()


def test_a_child_that_inherited_the_descriptor_holds_it_until_it_ends(path):
    with hold(path) as descriptor:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[descriptor])
    try:
        assert is_held(path)
        assert not wait_until_free(path, patience=0.1)
    finally:
        child.kill()
        child.wait()
    assert wait_until_free(path, patience=5)
