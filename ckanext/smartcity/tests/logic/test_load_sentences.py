"""Every rule that the check of a file can raise has its sentences; a report tells first what matters most."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckanext.smartcity import catalogue, indicators
from ckanext.smartcity.indicators.report import WARNING, Fault, Report
from ckanext.smartcity.logic import load_sentences

pytestmark = pytest.mark.usefixtures("with_plugins", "in_english")

TABLES = catalogue.load().tables
RAISERS = ("Fault", "Broken", "FileRefused", "_WrongOption")


@pytest.fixture
def in_english(test_request_context):
    with test_request_context("/", environ_overrides={"CKAN_LANG": "en"}):
        yield


def constants(node: ast.AST) -> Iterator[str]:
    """The texts of an expression, without those that it compares."""
    if isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def raised() -> set[str]:
    """The rules in all calls of ``RAISERS``, also where the rule was put into a variable before."""
    found: set[str] = set()
    for file in Path(indicators.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, set()).update(constants(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISERS and node.args:
                rule = node.args[0]
                found |= named.get(rule.id, set()) if isinstance(rule, ast.Name) else set(constants(rule))
    return found


def told(table: str = "payments", rule: str = "", level: str = "error", **found: object) -> load_sentences.Said:
    return load_sentences.said(TABLES[table], {"rule": rule, "level": level, "found": found})


def test_the_sources_are_searched_well() -> None:
    assert {"empty", "damaged", "long_cell", "not_decodable", "unknown_type", "map_no_row", "total_row"} <= raised()


@pytest.mark.parametrize("rule", sorted(raised()))
def test_each_rule_says_what_is_wrong_and_what_to_do(rule: str) -> None:
    wrong, remedy = told(rule=rule)
    assert wrong and remedy
    assert wrong != remedy


def test_no_sentence_is_left_over() -> None:
    variants = {"endless_line", "header_elsewhere", "too_big", "too_small"}
    known = set(load_sentences._sentences(TABLES["population"])) - {"population_not_positive"}
    assert known == raised() | variants


@pytest.mark.parametrize(("table", "rule"), [(t.name, rule.id) for t in TABLES.values() for rule in t.rules])
def test_a_rule_of_a_table_speaks_the_words_of_its_definition(table: str, rule: str) -> None:
    message = next(one.message for one in TABLES[table].rules if one.id == rule)
    assert told(table, rule).wrong == message.en


def test_a_sentence_names_what_was_found_and_no_more_than_can_be_read() -> None:
    assert "row 7" in told(rule="damaged", row=7).wrong
    assert told(rule="out_of_bounds", least="0", most="100").wrong == "Not from 0 to 100."
    assert told(rule="out_of_bounds", least="0", most=None).wrong == "Less than 0."
    assert told(rule="out_of_bounds", least=None, most="9").wrong == "More than 9."
    assert told(rule="missing_column", aliases=[], header_row=4).remedy == "Set the reading option header_row to 4."
    assert told(rule="long_cell", row=0, most=5).wrong == "A line of the file does not end."
    assert told(rule="not_allowed", known=["a", "{b}"]).remedy.startswith("Write one of these: a, {b}. ")
    assert told(rule="not_allowed", known=[str(n) for n in range(80)]).remedy.count(",") == 19


def test_what_mends_the_whole_file_stands_before_many_wrong_cells() -> None:
    report = Report(limit=4)
    for row in range(2, 9):
        report.add(Fault("number_indonesian", row, "amount", "1.500,00"))
    report.add(Fault("unknown_column", 1, "nama"))
    for row in range(2, 20):
        report.add(Fault("unknown_organization", row, "agency", "x", WARNING))
    report.add(Fault("empty", 3, "state"))
    report.add(Fault("empty", 4, "paid_on"))
    groups = load_sentences.by_rule(TABLES["payments"], report.stored())
    assert [(group["rule"], group["times"]) for group in groups] == [
        ("unknown_column", 1),
        ("number_indonesian", 7),
        ("empty", 2),
        ("unknown_organization", 18),
    ]
    assert groups[2]["columns"] == {"state": 1, "paid_on": 1}
    assert [fault["row"] for fault in groups[1]["faults"]] == [2, 3, 4, 5]
    assert groups[0]["faults"] == []
    assert groups[0]["wrong"] == "The table does not have this column."
