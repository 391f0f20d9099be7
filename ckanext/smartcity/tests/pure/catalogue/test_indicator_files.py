"""Checks of a file of indicators: what is accepted, what is refused, with file, code and field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.smartcity.tests.pure.catalogue.conftest import FILE, INDICATOR

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", " ", "x", "5.1", "100"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "en", "min"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def told(problems: list[Any]) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.field, problem.message) for problem in problems]


def test_a_good_file_has_no_problem(file, read):
    found, problems = read([file])
    assert problems == []
    indicator = found.indicators["kota:2025/5.1"]
    assert (indicator.approach, indicator.theme, indicator.multiplier) == ("economy", 5, Decimal(100))
    assert (indicator.note, indicator.readings, indicator.programme, indicator.local) == (None, (), False, False)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("code", 7.1, "write it in quotes"),
        ("code", True, "not as text: write it in quotes"),
        ("code", "5", "another form"),
        ("theme", 6, "6 is not a theme known here"),
        ("theme", "5", "not a whole number"),
        ("theme", None, "is missing"),
        ("name", None, "is missing"),
        ("name", "Name", "must be a mapping"),
        ("meaning", None, "is missing"),
        ("numerator", None, "is missing"),
        ("denominator", None, "is missing"),
        ("short", None, "is missing"),
        ("formula_type", "percent", "'percent' is not known here; known: percentage"),
        ("formula_type", None, "is missing"),
        ("measure_kind", "both", "known: flow, stock"),
        ("multiplier", 100, "write it in quotes"),
        ("multiplier", "a hundred", "is not a number"),
        ("multiplier", "NaN", "is not a number"),
        ("multiplier", "-100", "is not above 0"),
        ("multiplier", "1000", "is 1000, but percentage means 100"),
        ("unit", "KILOGRAMS", "'KILOGRAMS' is not known here"),
        ("decimals", 11, "not a whole number from 0 to 10"),
        ("decimals", -1, "not a whole number"),
        ("decimals", True, "not a whole number"),
        ("decimals", 1.5, "not a whole number"),
        ("better", "more", "known: up, down, contextual"),
        ("certainty", "sure", "known: high, medium, low"),
        ("programme", "true", "neither true nor false"),
        ("readings", "one", "must be a list"),
        ("source", "A city", "must be a list"),
        ("source", None, "is missing"),
        ("source", [2025], "must be a list of texts"),
        ("source", [], "is empty"),
        ("overrides", True, "there is no kota:2025/5.1 to replace"),
        ("recipee", "x", "is not a key known here"),
    ],
)
def test_a_wrong_field_is_told(file, read, field, value, message):
    file["indicators"][0][field] = value
    _, problems = read([file])
    assert [problem.field for problem in problems] == [field]
    assert message in problems[0].message
    assert problems[0].file.endswith("1/a.yaml")


@pytest.mark.parametrize(
    ("field", "value", "path", "message"),
    [
        ("name", {"id": "Nama"}, "name.en", "is missing"),
        ("name", {"id": "", "en": "Name"}, "name.id", "is empty"),
        ("name", {"id": "Nama", "en": "Name", "nl": "Naam"}, "name.nl", "is not a key known here"),
        ("name", {"id": True, "en": "Name"}, "name.id", "not as text: write it in quotes"),
        ("short", {"id": "x" * 23, "en": "x"}, "short.id", "has 23 characters; 22 is the most"),
        ("bounds", {"min": "5", "max": "5"}, "bounds", "min 5 is not below max 5"),
        ("bounds", {"min": 0}, "bounds.min", "write it in quotes"),
        ("bounds", {"most": "1"}, "bounds.most", "is not a key known here"),
        ("readings", [{"id": "a", "en": "b"}, {"id": "a"}], "readings[2].en", "is missing"),
        ("note", {"en": "Note"}, "note.id", "is missing"),
    ],
)
def test_a_wrong_part_of_a_field_is_told_with_its_place(file, read, field, value, path, message):
    file["indicators"][0][field] = value
    _, problems = read([file])
    assert [(problem.code, problem.field) for problem in problems] == [("5.1", path)]
    assert message in problems[0].message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("short", {"id": "x" * 22, "en": "y" * 22}),
        ("bounds", {"min": "-1.5"}),
        ("bounds", {}),
        ("decimals", 0),
        ("decimals", 10),
        ("programme", True),
        ("readings", [{"id": "Dibaca begitu.", "en": "Read so."}]),
        ("note", {"id": "Catatan.", "en": "Note."}),
    ],
)
def test_what_lies_at_the_edge_is_accepted(file, read, field, value):
    file["indicators"][0][field] = value
    assert read([file])[1] == []


def test_a_type_that_does_not_say_its_multiplier_may_have_any(file, read):
    file["indicators"][0] |= {"formula_type": "ratio", "multiplier": "0.001"}
    found, problems = read([file])
    assert problems == []
    assert found.indicators["kota:2025/5.1"].multiplier == Decimal("0.001")


@given(field=st.sampled_from([*INDICATOR, "readings", "note", "overrides", "programme"]), value=ANYTHING)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_field_there_are_problems_or_none_but_never_a_crash(read, field, value):
    data = {**FILE, "indicators": [{**INDICATOR, field: value}]}
    found, problems = read([data])
    assert problems or "kota:2025/5.1" in found.indicators


def test_an_indicator_without_a_code_is_told_by_its_place(file, read):
    del file["indicators"][0]["code"]
    assert told(read([file])[1]) == [("", "indicators[1].code", "is missing")]


def test_all_problems_of_all_files_are_told_at_once(file, read):
    file["indicators"][0] |= {"unit": "KG", "better": "more", "name": {"id": "Nama"}}
    file["colour"] = "green"
    _, problems = read([file, "standard: [", ""])
    assert sorted(problem.field for problem in problems) == ["", "", "better", "colour", "name.en", "unit"]
    assert {problem.file[-8:] for problem in problems} == {"1/a.yaml", "1/b.yaml", "1/c.yaml"}


@pytest.mark.parametrize("standard", [None, "iso37122", "ISO:2019", "kota:25", "kota 1:2025", 2025])
def test_a_standard_has_a_name_and_a_year(file, read, standard):
    file["standard"] = standard
    assert read([file])[1][0].field == "standard"


def test_a_file_that_is_a_list_is_refused(read):
    _, problems = read(["- code: 5.1\n"])
    assert ("", "", "must be a mapping of keys to values") in told(problems)


def test_the_code_begins_with_the_number_of_the_theme(file, read):
    file["indicators"][0]["code"] = "6.1"
    assert told(read([file])[1]) == [("6.1", "theme", "is 5, but the code 6.1 begins with 6")]


def test_a_code_stands_once_in_a_folder(file, read):
    twice = {**file["indicators"][0], "short": {"id": "Lain", "en": "Other"}}
    file["indicators"].append(twice)
    assert told(read([file])[1]) == [("5.1", "code", "kota:2025/5.1 stands twice in this folder")]


def test_short_names_differ_in_each_language(file, read):
    file["indicators"].append({**file["indicators"][0], "code": "5.2", "short": {"id": "Lain", "en": "Transport"}})
    message = "'Transport' is the short name of another indicator too"
    assert told(read([file])[1]) == [("5.1", "short.en", message), ("5.2", "short.en", message)]


def test_a_theme_with_a_long_name_needs_a_short_one(file, read):
    file["themes"][0]["name"] = {"id": "Ekonomi", "en": "Economy and everything else"}
    assert told(read([file])[1]) == [("5", "short.en", "is missing, and the name is longer than 22 characters")]
    file["themes"][0]["short"] = {"id": "Ekonomi", "en": "Economy, other"}
    found, problems = read([file])
    assert problems == []
    assert found.themes[5].short.en == "Economy, other"


def test_themes_and_approaches_stand_once(file, read):
    other = {"standard": "kota:2025", "approach": file["approach"], "themes": file["themes"]}
    assert [(problem.field, problem.file[-6:]) for problem in read([file, other])[1]] == [
        ("approach.slug", "b.yaml"),
        ("number", "b.yaml"),
    ]


def test_two_approaches_have_two_positions(file, read):
    other = {"standard": "kota:2025", "approach": {**file["approach"], "slug": "people"}}
    assert [problem.field for problem in read([file, other])[1]] == ["approach.position"]


def test_an_approach_that_is_known_needs_its_slug_only(file, read):
    theme = {"number": 6, "name": {"id": "Pendidikan", "en": "Education"}}
    other = {"standard": "kota:2025", "approach": {"slug": "economy"}, "themes": [theme]}
    found, problems = read([file, other])
    assert problems == []
    assert [one.number for one in found.in_order()[0][0].themes] == [5, 6]


def test_themes_need_an_approach(file, read):
    del file["approach"]
    assert told(read([file])[1])[0][1:] == (
        "approach",
        "is missing: it says where the themes of this file belong",
    )


def test_an_indicator_stands_in_the_file_of_its_approach(file, read):
    people = {"slug": "people", "position": 2, "name": {"id": "Masyarakat", "en": "People"}}
    other = {"standard": "kota:2025", "approach": people, "indicators": file.pop("indicators")}
    assert told(read([file, other])[1]) == [("5.1", "theme", "theme 5 belongs to economy, this file to people")]


def test_files_of_a_folder_may_refer_to_themes_of_a_later_file(file, read):
    first = {"standard": "kota:2025", "indicators": file.pop("indicators")}
    found, problems = read([first, file])
    assert problems == []
    assert list(found.indicators) == ["kota:2025/5.1"]
