"""The locked requirements, and a sentence for each way an installation fails."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from stack import disk
from stack.errors import Trouble
from stack.install import Installer, explain
from stack.lock import hold
from stack.places import Places
from stack.running import make_folders

REQUIREMENTS = Path(__file__).parents[1] / "requirements"
LOCKED = ["tools.txt", "runtime.txt", "valkey.txt", "test.txt"]


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    shutil.copytree(REQUIREMENTS, places.requirements)
    for name in ("setup.py", "pyproject.toml"):
        (tmp_path / name).touch()
    make_folders(places)
    return places


@pytest.fixture
def installer(places):
    with hold(places.children_lock) as guard:
        yield Installer(places, guard)


@pytest.mark.parametrize("name", LOCKED)
def test_every_requirement_is_pinned_and_hashed_and_no_package_server_is_named(name):
    text = (REQUIREMENTS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in filter(None, (line.split("#")[0].strip() for line in text.splitlines())):
        assert re.match(r"[A-Za-z0-9_.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line
    assert "://" not in text
    assert "--index-url" not in text


def test_two_locked_files_never_ask_for_two_versions():
    pins: dict[tuple[str, str], set[str]] = {}
    for name in LOCKED:
        for line in (REQUIREMENTS / name).read_text(encoding="utf-8").splitlines():
            found = re.match(r"([A-Za-z0-9_.-]+)==(\S+)(?: ; ([^\\]*))?", line)
            if found:
                pins.setdefault((found[1], (found[3] or "").strip()), set()).add(found[2])
    assert [pin for pin, versions in pins.items() if len(versions) > 1] == []


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "is full"),
        ("error: failed to write: No space left on device (os error 28)", "is full"),
        ("Hash mismatch for `six==1.17.0`", "not the one that was locked"),
        ("ValueError: hash mismatch: solr-core-9.10.1.jar", "not the one that was locked"),
        ("client error (Connect): dns error: Temporary failure in name resolution", "Check the network"),
        ("Failed to establish a new connection: [Errno 101] Network is unreachable", "Check the network"),
    ],
)
def test_a_failure_is_explained_by_what_to_do(places, output, sentence):
    assert sentence in explain("install Python packages", output, places)


def test_a_failure_nobody_knows_shows_the_end_of_the_log(places):
    (places.logs / "install.log").write_text("first\nsomething odd\n")
    assert "something odd" in explain("fetch Solr", "something odd", places)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_gets_the_name_of_the_package(installer, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Trouble, match="python3-venv"):
        installer.install(with_tests=False)


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(installer, monkeypatch):
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: SimpleNamespace(free=100_000_000))
    with pytest.raises(Trouble, match="100 MB free, about 761 MB are needed"):
        installer.install(with_tests=False)
    assert not installer.places.venv.exists()


def record_steps(installer, monkeypatch, fails_at=None):
    done = []

    def step_called(name):
        def work(*_):
            if name == fails_at:
                raise Trouble(name)
            done.append(name)
            if name == "_environment":
                installer.places.python.parent.mkdir(parents=True, exist_ok=True)
                installer.places.python.touch()

        return work

    for name in ("_environment", "_packages", "_valkey", "_jars", "_checkout", "_test_packages"):
        monkeypatch.setattr(installer, name, step_called(name))
    return done


def test_an_installation_that_was_broken_off_goes_on_where_it_was(installer, monkeypatch):
    done = record_steps(installer, monkeypatch, fails_at="_valkey")
    with pytest.raises(Trouble):
        installer.install(with_tests=False)
    assert done == ["_environment", "_packages"]
    assert not installer.is_complete(with_tests=False)
    done = record_steps(installer, monkeypatch)
    installer.install(with_tests=False)
    assert done == ["_valkey", "_jars", "_checkout"]
    assert installer.is_complete(with_tests=False)


def test_what_is_installed_is_left_alone_until_its_requirements_change(installer, monkeypatch):
    done = record_steps(installer, monkeypatch)
    installer.install(with_tests=True)
    done.clear()
    installer.install(with_tests=True)
    assert done == []
    with (installer.places.requirements / "test.txt").open("a") as file:
        file.write("new==1 --hash=sha256:0\n")
    installer.install(with_tests=True)
    assert done == ["_test_packages"]


def test_a_changed_project_file_does_not_disturb_a_running_portal_changed_packages_do(installer, monkeypatch):
    record_steps(installer, monkeypatch)
    installer.install(with_tests=False)
    (installer.places.root / "pyproject.toml").write_text("[tool.ruff]\n")
    assert not installer.is_complete(with_tests=False)
    assert not installer.disturbs_the_portal()
    with (installer.places.requirements / "runtime.txt").open("a") as file:
        file.write("new==1 --hash=sha256:0\n")
    assert installer.disturbs_the_portal()


def test_an_environment_whose_python_is_gone_is_made_anew_with_all_in_it(installer, monkeypatch):
    record_steps(installer, monkeypatch)
    installer.install(with_tests=True)
    installer.places.python.unlink()
    assert not installer.is_complete(with_tests=False)
    done = record_steps(installer, monkeypatch)
    installer.install(with_tests=True)
    assert done == ["_environment", "_packages", "_checkout", "_test_packages"]
