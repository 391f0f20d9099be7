"""What the commands say when they cannot do what was asked."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import portal
import pytest
from stack import commands, disk, testing
from stack.commands import NOT_RUNNING, main
from stack.environment import ADDRESSES
from stack.errors import Trouble
from stack.lock import hold
from stack.places import Places
from stack.running import make_folders
from stack.state import write_json


@pytest.fixture(autouse=True)
def no_servers_of_ours(monkeypatch):
    for name in (*ADDRESSES, "CI", testing.BROWSER):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    make_folders(places)
    return places


def state(places: Places, **facts) -> None:
    write_json(places.state, {"pid": os.getpid(), "ports": {"valkey": 7}, "services": {"valkey": 1}, **facts})


def test_status_of_nothing(places, capsys):
    assert main(["status"], places.root) == NOT_RUNNING
    assert capsys.readouterr().out == "Nothing is running.\n"


def test_stopping_nothing_is_no_error(places):
    assert main(["stop"], places.root) == 0


def test_status_says_where_the_portal_is(places, capsys):
    state(places, kind="run", ready=True, url="http://127.0.0.1:5000")
    with hold(places.run_lock):
        assert main(["status"], places.root) == 0
    out = capsys.readouterr().out
    assert "Running at http://127.0.0.1:5000" in out
    assert "process 1, port 7" in out


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind": "run", "ready": True, "url": "http://127.0.0.1:5000"}, "Already running at http://127.0.0.1:5000"),
        ({"kind": "run", "ready": False}, "already being started"),
        ({"kind": "test", "ready": True}, "tests of this checkout are running"),
    ],
)
def test_a_second_run_says_what_runs_already(places, capsys, facts, sentence):
    state(places, **facts)
    with hold(places.run_lock):
        assert main(["run"], places.root) == 1
    assert sentence in capsys.readouterr().err


def test_a_second_test_run_is_refused(places, capsys, monkeypatch):
    monkeypatch.setattr(testing, "find_browser", lambda _: "")
    with hold(places.test_lock):
        assert main(["test"], places.root) == 1
    assert "already running" in capsys.readouterr().err


def test_tests_wait_for_no_portal_that_is_being_started(places, capsys, monkeypatch):
    monkeypatch.setattr(testing, "find_browser", lambda _: "")
    state(places, kind="run", ready=False)
    with hold(places.run_lock):
        assert main(["test"], places.root) == 1
    assert "wait until it is ready" in capsys.readouterr().err


def test_tests_refuse_a_database_that_is_not_for_tests_before_they_do_anything(places, capsys, monkeypatch):
    for name in ADDRESSES:
        monkeypatch.setenv(name, "scheme://host/ckan")
    assert main(["test"], places.root) == 1
    assert "ends in _test" in capsys.readouterr().err
    assert not places.test_lock.exists()


def test_data_in_use_is_not_thrown_away(places, capsys):
    places.secrets.touch()
    with hold(places.run_lock):
        assert main(["reset"], places.root) == 1
    assert "stop it first" in capsys.readouterr().err
    assert places.secrets.exists()


@pytest.mark.parametrize(("words", "kept"), [(["reset"], True), (["reset", "--all"], False)])
def test_reset_keeps_what_was_installed_unless_all_is_asked(places, words, kept):
    places.secrets.touch()
    places.jars.mkdir()
    assert main(words, places.root) == 0
    assert not places.data.exists()
    assert places.jars.exists() is kept


def test_a_shell_needs_a_running_portal(places, capsys):
    assert main(["shell", "ckan", "user", "list"], places.root) == 1
    assert "dev/portal.py run" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "sentence"), [(28, "is full: make room"), (13, "belong to root")])
def test_a_disk_that_refuses_gets_a_sentence(places, capsys, monkeypatch, number, sentence):
    def refuse(_):
        raise OSError(number, "refused", str(places.portal))

    monkeypatch.setattr(commands, "make_folders", refuse)
    assert main(["run"], places.root) == 1
    assert sentence in capsys.readouterr().err


def test_a_failure_on_a_full_disk_is_put_down_to_the_disk(places, capsys, monkeypatch):
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert main(["shell"], places.root) == 1
    assert "is full: make room" in capsys.readouterr().err


def test_without_a_browser_one_line_names_the_package(monkeypatch, capsys):
    monkeypatch.setattr(testing.shutil, "which", lambda _: None)
    assert testing.find_browser({}) == ""
    assert "apt-get install chromium" in capsys.readouterr().out
    with pytest.raises(Trouble, match="CI=true"):
        testing.find_browser({"CI": "true"})


def test_a_browser_that_was_named_is_taken(monkeypatch):
    assert testing.find_browser({testing.BROWSER: "/opt/chromium"}) == "/opt/chromium"


def test_a_python_that_ckan_does_not_know_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    monkeypatch.setattr(portal.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match=r"This is Python 3\.13, and CKAN 2\.12 runs on 3\.10, 3\.11 or 3\.12"):
        portal.main()
