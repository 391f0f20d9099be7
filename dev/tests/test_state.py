"""What is remembered between two commands."""

from __future__ import annotations

import pytest
from stack.state import SECRETS, Stamps, digest_of, read_json, secrets_of, write_json


def test_secrets_are_random_kept_and_only_for_the_owner(tmp_path):
    path = tmp_path / "secrets.json"
    first = secrets_of(path)
    assert set(first) == set(SECRETS)
    assert len(set(first.values())) == len(SECRETS)
    assert secrets_of(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert secrets_of(tmp_path / "other.json") != first


def test_a_new_secret_does_not_change_the_old_ones(tmp_path):
    path = tmp_path / "secrets.json"
    write_json(path, {"ckan": "kept"})
    assert secrets_of(path)["ckan"] == "kept"


@pytest.mark.parametrize("text", ["", '{"pid": 1'])
def test_a_state_that_was_half_written_counts_as_none(tmp_path, text):
    path = tmp_path / "state.json"
    path.write_text(text)
    assert read_json(path) == {}


def test_a_step_is_fresh_only_for_the_digest_it_was_done_with(tmp_path):
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.fresh("packages", "a")
    stamps.mark("packages", "a")
    assert stamps.fresh("packages", "a")
    assert not stamps.fresh("packages", "b")
    stamps.forget("packages", "never marked")
    assert not stamps.fresh("packages", "a")


def test_a_digest_knows_contents_names_and_words(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "city.yaml").write_text("name: Kota Contoh")
    first = digest_of([folder])
    assert digest_of([folder]) == first
    assert digest_of([folder], "3.12") != first
    (folder / "city.yaml").write_text("name: Kota Lain")
    second = digest_of([folder])
    assert second != first
    (folder / "city.yaml").rename(folder / "town.yaml")
    assert digest_of([folder]) != second


def test_byte_code_does_not_change_a_digest(tmp_path):
    (tmp_path / "a.py").write_text("")
    first = digest_of([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.cpython-312.pyc").write_text("x")
    assert digest_of([tmp_path]) == first
