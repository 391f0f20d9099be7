"""Every finding of a check has a sentence in both languages that names what was found."""

from __future__ import annotations

import ast
import inspect
from string import Formatter

import pytest

from ckanext.smartcity.visits import checks
from ckanext.smartcity.visits.texts import check_sentences, texts


def findings() -> dict[str, set[str]]:
    """Codes that ``checks`` can give, with the names of what they found."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(checks))) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("_good", "_bad")]
    return {call.args[0].value: {keyword.arg for keyword in call.keywords} for call in made}


def test_no_sentence_is_missing_and_none_is_left_over():
    assert set(findings()) == set(texts()["checks"])


@pytest.mark.parametrize("code", texts()["checks"])
def test_a_sentence_names_what_was_found_in_both_languages(code):
    for language in ("id", "en"):
        sentence = texts()["checks"][code][language]
        assert {name for _, name, _, _ in Formatter().parse(sentence) if name} == findings()[code]


def test_what_was_found_stands_in_the_sentence():
    check = checks.policy_check({"maxmemory_policy": "allkeys-lru"})
    assert "maxmemory-policy allkeys-lru" in check_sentences(check["code"], check["found"])["id"]
