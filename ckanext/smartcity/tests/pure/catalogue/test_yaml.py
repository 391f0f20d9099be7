"""YAML's own traps: keys said twice, keys and codes that are read as something else than text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity.catalogue.entries import Entry
from ckanext.smartcity.catalogue.files import locate, read_yaml, yaml_files
from ckanext.smartcity.catalogue.indicators import CODE
from ckanext.smartcity.catalogue.problems import CatalogueError, Problem


def problems_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    problems: list[Problem] = []
    read_yaml(path, problems)
    return [problem.message for problem in problems]


@pytest.mark.parametrize("key", ["no", "yes", "on", "off", "5.1", "7", "2025-01-01", "null", "~"])
def test_a_key_that_yaml_does_not_read_as_text_is_refused(tmp_path, key):
    assert problems_of(tmp_path, f"a: 1\n{key}: 2\n") == [
        f"line 2: YAML does not read the key {key} as text: write it in quotes"
    ]
    assert problems_of(tmp_path, f'a: 1\n"{key}": 2\n') == []


def test_a_key_said_twice_is_refused_wherever_it_stands(tmp_path):
    assert problems_of(tmp_path, "a: 1\nb: 1\na: 2\n") == ["line 3: the key a stands here twice"]
    assert problems_of(tmp_path, "- x: {a: 1, a: 2}\n") == ["line 1: the key a stands here twice"]
    assert problems_of(tmp_path, "- {a: 1}\n- {a: 2}\n") == []


def test_all_of_it_is_told_at_once(tmp_path):
    assert len(problems_of(tmp_path, "no: 1\na: 1\na: 2\non: {yes: 1}\n")) == 4


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\t- x", "a: !!python/object/apply:os.getcwd []"])
def test_a_file_that_is_no_plain_yaml_is_refused_with_its_line(tmp_path, text):
    assert "line 1" in problems_of(tmp_path, text)[0]


def test_an_empty_file_is_refused(tmp_path):
    assert problems_of(tmp_path, "# nothing\n") == ["is empty"]


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "x.yaml").write_bytes("a: é".encode("latin-1"))
    problems: list[Problem] = []
    assert read_yaml(tmp_path / "x.yaml", problems) is None
    assert "utf-8" in problems[0].message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("relative/folder", "give the whole path, or package:path"),
        ("/no/such/folder", "there is no such file or folder"),
        ("ckanext.smartcity.schemas:nothing", "there is no such file or folder"),
        ("no.such.package:x", "there is no Python package no.such.package"),
        (":x", "there is no Python package "),
    ],
)
def test_a_source_that_is_not_there_is_refused(source, message):
    problems: list[Problem] = []
    assert locate(source, problems) is None
    assert problems == [Problem(source, "", "", message)]


def test_a_source_is_a_path_or_lies_in_a_package(tmp_path):
    problems: list[Problem] = []
    assert locate(str(tmp_path), problems) == tmp_path
    assert locate("ckanext.smartcity.schemas:catalogue", problems).joinpath("economy.yaml").is_file()
    assert problems == []


def test_only_yaml_files_are_read_in_order_of_their_names(tmp_path):
    for name in ("b.yaml", "a.yaml", "c.yaml.bak", "README.md"):
        (tmp_path / name).write_text("a: 1")
    problems: list[Problem] = []
    assert [file.name for file in yaml_files(tmp_path, problems)] == ["a.yaml", "b.yaml"]
    assert problems == []
    (tmp_path / "empty").mkdir()
    assert yaml_files(tmp_path / "empty", problems) == []
    assert yaml_files(tmp_path / "a.yaml", problems) == []
    assert [problem.message for problem in problems] == ["has no file whose name ends in .yaml"] * 2


@given(st.one_of(st.floats(), st.integers()))
@settings(max_examples=30)
def test_a_code_that_is_a_number_is_told_to_be_quoted(number):
    problems: list[Problem] = []
    assert Entry({"code": number}, "x.yaml", problems).quoted("code", CODE, "9.10") == ""
    assert "write it in quotes" in problems[0].message


@given(st.integers(1, 999), st.integers(1, 999))
@settings(max_examples=30)
def test_a_quoted_code_is_kept_as_it_is(theme, item):
    problems: list[Problem] = []
    assert Entry({"code": f"{theme}.{item}"}, "x.yaml", problems).quoted("code", CODE, "9.10") == f"{theme}.{item}"
    assert problems == []


@pytest.mark.parametrize(
    "code", ["7", "7.", ".7", "07.1", "7.01", "7.0", "0.7", "7.1.1", "7,1", " 7.1a", "7-1", "a.b", "7.1\n8"]
)
def test_a_code_of_another_form_is_refused(code):
    problems: list[Problem] = []
    assert Entry({"code": code}, "x.yaml", problems).quoted("code", CODE, "9.10") == ""
    assert len(problems) == 1


def test_the_error_says_one_problem_a_line_with_file_code_and_field():
    error = CatalogueError([Problem("a.yaml", "5.1", "unit", "is missing"), Problem("b.yaml", "", "", "is empty")])
    assert str(error) == "a.yaml: 5.1: unit: is missing\nb.yaml: is empty"
    assert len(error.problems) == 2
