"""The city's own folders: indicators beside ours or in their place, own agencies, own vocabularies."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.catalogue.vocabularies import read_vocabularies

SHIPPED = "ckanext.smartcity.schemas:vocabularies"


def own(file, **changes):
    return {"standard": file["standard"], "indicators": [{**file["indicators"][0], **changes}]}


def test_a_city_adds_indicators_under_a_standard_of_its_own(file, read):
    mine = own(file, short={"id": "Milik kota", "en": "The city's"}) | {"standard": "kota-contoh:2026"}
    found, problems = read([file], [mine])
    assert problems == []
    added = found.indicators["kota-contoh:2026/5.1"]
    assert (added.path, added.approach, added.local) == ("kota-contoh-2026/5.1", "economy", False)


def test_a_shipped_indicator_is_replaced_only_where_that_is_said(file, read):
    _, problems = read([file], [own(file, decimals=4)])
    assert [(p.field, p.message) for p in problems] == [
        ("overrides", "kota:2025/5.1 is known already: write overrides: true to replace it")
    ]
    found, problems = read([file], [own(file, decimals=4, overrides=True)])
    assert problems == []
    replaced = found.indicators["kota:2025/5.1"]
    assert (replaced.decimals, replaced.local) == (4, True)


def test_the_key_of_a_shipped_standard_is_not_reused(file, read):
    _, problems = read([file], [own(file, code="5.2", short={"id": "Baru", "en": "New"})])
    assert [(p.code, p.field) for p in problems] == [("5.2", "code")]
    assert "a standard key of your own" in problems[0].message


def test_a_later_folder_replaces_an_earlier_one(file, read):
    found, problems = read([file], [own(file, decimals=3, overrides=True)], [own(file, decimals=4, overrides=True)])
    assert problems == []
    assert found.indicators["kota:2025/5.1"].decimals == 4


def test_the_whole_catalogue_with_everything_of_a_city(write, tmp_path, file):
    mine = own(file, code="5.90") | {"standard": "kota-contoh:2026"}
    write("catalogue/own.yaml", mine)
    write("vocabularies/measures.yaml", "- {value: count, label: {id: Jumlah, en: Count}}\n")
    loaded = catalogue.load([str(tmp_path / "catalogue")], vocabularies_path=str(tmp_path / "vocabularies"))
    assert len(loaded.indicators) == 81
    assert loaded.indicators[4].uid == "kota-contoh:2026/5.90", "after 5.4, before 6.1"
    assert loaded.responsibility("kota-contoh:2026/5.90").lead == "diskominfo"
    assert [choice.value for choice in loaded.vocabularies["measures"].choices] == ["count"]
    with pytest.raises(catalogue.AmbiguousCode):
        loaded.indicator("5.1")


def test_problems_of_all_sources_are_told_at_once(write, tmp_path, file):
    write("catalogue/own.yaml", own(file, code="90.1", theme=90))
    write("vocabularies/measure.yaml", "- {value: count}\n")
    with pytest.raises(catalogue.CatalogueError) as raised:
        catalogue.load([str(tmp_path / "catalogue")], "/no/agencies.yaml", str(tmp_path / "vocabularies"))
    files = {Path(problem.file).name for problem in raised.value.problems}
    assert files == {"own.yaml", "agencies.yaml", "measure.yaml"}
    assert len(str(raised.value).splitlines()) == len(raised.value.problems)


def vocabulary(write, tmp_path, name: str, text: str):
    write(f"own/{name}.yaml", text)
    problems = []
    return read_vocabularies(SHIPPED, str(tmp_path / "own"), problems)[name], problems


@pytest.mark.parametrize(
    ("name", "text", "code", "field", "message"),
    [
        ("measures", "- {value: a, label: {id: A}}", "a", "label.en", "is missing"),
        ("measures", "- {value: a, label: {id: A, en: A}, colour: red}", "a", "colour", "is not a key known here"),
        ("measures", "- {label: {id: A, en: A}}", "", "choices[1].value", "is missing"),
        ("measures", "- {value: yes, label: {id: A, en: A}}", "True", "value", "write it in quotes"),
        ("measures", "- {value: 1, label: {id: A, en: A}}", "1", "value", "write it in quotes"),
        ("measures", "value: a", "", "choices", "must be a list"),
        ("measures", "[]", "", "", "has no choice"),
        (
            "measures",
            "- {value: a, label: {id: A, en: Longer than twenty-two characters}}",
            "a",
            "short.en",
            "is missing, and the name is longer than 22 characters",
        ),
        ("frequencies", "- {value: A, label: {id: A, en: A}}", "A", "days", "write null where there is none"),
        ("frequencies", "- {value: A, label: {id: A, en: A}, days: x}", "A", "days", "not a whole number"),
        ("clause_reasons", "- {value: a, label: {id: A, en: A}, clause: maybe}", "a", "clause", "known: yes, no"),
        (
            "clause_reasons",
            '- {value: a, label: {id: A, en: A}, clause: "no", part: 4}',
            "a",
            "part",
            "not a whole number from 0 to 3",
        ),
        (
            "service_areas",
            '- {value: a, label: {id: A, en: A}, lists: {"5.1": {position: 1, label: {id: A}}}}',
            "a",
            "lists.5.1.label.en",
            "is missing",
        ),
    ],
)
def test_a_bad_vocabulary_is_refused_with_value_and_field(write, tmp_path, name, text, code, field, message):
    _, problems = vocabulary(write, tmp_path, name, text)
    assert [(problem.code, problem.field) for problem in problems] == [(code, field)]
    assert message in problems[0].message


def test_a_value_stands_once(write, tmp_path):
    choice = "- {value: a, label: {id: A, en: A}}\n"
    _, problems = vocabulary(write, tmp_path, "measures", choice * 3)
    assert [(problem.code, problem.message) for problem in problems] == [("a", "stands here twice")]


def test_a_position_of_a_list_stands_once(write, tmp_path):
    text = "".join(
        f'- {{value: {value}, label: {{id: A, en: A}}, lists: {{"5.1": {{position: 1}}}}}}\n' for value in "ab"
    )
    _, problems = vocabulary(write, tmp_path, "service_areas", text)
    assert [problem.message for problem in problems] == ["5.1 1: this position stands here twice"]


def test_a_good_vocabulary_replaces_ours_and_keeps_retired_values_valid(write, tmp_path):
    text = (
        "- {value: a, label: {id: Alfa, en: Alpha}, uri: https://example.org/a}\n"
        "- {value: b, label: {id: B, en: B}, short: {id: Be, en: Bee}, retired: true}\n"
    )
    found, problems = vocabulary(write, tmp_path, "measures", text)
    assert problems == []
    assert [(choice.value, choice.retired) for choice in found.choices] == [("a", False), ("b", True)]
    assert found.get("b").short.en == "Bee"
    assert (found.get("a").short.en, found.get("a").uri) == ("Alpha", "https://example.org/a")
    assert found.get("count") is None


def test_a_file_of_no_known_name_is_refused(write, tmp_path):
    write("own/frequency.yaml", "- {value: A, label: {id: A, en: A}, days: 1}\n")
    problems = []
    found = read_vocabularies(SHIPPED, str(tmp_path / "own"), problems)
    assert "frequency" not in found
    assert "is no vocabulary of that name; known: access_rights" in problems[0].message
