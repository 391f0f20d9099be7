"""Checks of an agencies file and of the work programme."""

from __future__ import annotations

from copy import deepcopy

import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.catalogue.agencies import read_agencies
from ckanext.smartcity.catalogue.programme import read_programme

SHIPPED = catalogue.load()
ONE = SHIPPED.indicator("5.1")
FILE = {
    "agencies": [
        {"slug": "kominfo", "short": "Kominfo", "kind": "city", "sdi_role": "walidata", "default": True,
         "name": {"id": "Dinas Kominfo", "en": "Communication Office"}},
        {"slug": "dinkes", "short": "Dinkes", "kind": "city", "sdi_role": "produsen",
         "name": {"id": "Dinas Kesehatan", "en": "Health Office"}},
    ],
    "themes": [{"theme": 5, "lead": "kominfo", "producers": ["dinkes"], "supply": "single"}],
    "indicators": [],
}  # fmt: skip
LINE = {"indicator": ONE.uid, "lead": "dinkes", "producers": ["kominfo"], "supply": "each"}


@pytest.fixture
def read(write):
    def read_file(data):
        problems = []
        found = read_agencies(write("agencies.yaml", data), SHIPPED.vocabularies, [ONE], SHIPPED.tables, problems)
        return *found, [(problem.code, problem.field, problem.message) for problem in problems]

    return read_file


@pytest.fixture
def file():
    return deepcopy(FILE)


def test_a_good_file_gives_agencies_and_who_answers(file, read):
    agencies, responsibilities, _, problems = read(file)
    assert problems == []
    assert [(agency.slug, agency.default) for agency in agencies] == [("kominfo", True), ("dinkes", False)]
    assert responsibilities[ONE.uid].lead == "kominfo"


def test_the_line_of_an_indicator_goes_before_the_line_of_its_theme(file, read):
    file["indicators"] = [LINE | {"origin": "programme", "note": {"id": "Catatan.", "en": "Note."}}]
    _, responsibilities, _, problems = read(file)
    assert problems == []
    found = responsibilities[ONE.uid]
    assert (found.lead, found.supply, found.origin, found.note.en) == ("dinkes", "each", "programme", "Note.")


def test_a_city_says_who_fills_a_table_and_by_when(file, read):
    file["tables"] = [{"table": "payments", "producers": ["kominfo", "dinkes"], "supply": "each", "due": "03-15"}]
    *_, supplies, problems = read(file)
    assert problems == []
    assert (supplies["payments"].producers, supplies["payments"].due) == (("kominfo", "dinkes"), "03-15")


def test_a_table_without_a_line_is_filled_by_the_producers_of_its_indicators(file, read):
    *_, supplies, problems = read(file)
    assert problems == []
    assert supplies.keys() == SHIPPED.tables.keys()
    assert (supplies["payments"].producers, supplies["payments"].due) == ((), None)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"table": "taxes"}, "table", "'taxes' is not known here; known: businesses"),
        ({"producers": ["bappeda"]}, "producers", "'bappeda' is not known here"),
        ({"due": "02-30x"}, "due", "another form"),
        ({"due": 228}, "due", "write it in quotes"),
    ],
)
def test_a_wrong_line_of_a_table_is_told(file, read, changes, field, message):
    file["tables"] = [{"table": "payments", "producers": ["kominfo"], "supply": "single"} | changes]
    assert [(found, message in text) for _, found, text in read(file)[-1]] == [(field, True)]


def test_a_table_has_one_line(file, read):
    file["tables"] = [{"table": "payments", "producers": [], "supply": "single"}] * 2
    assert read(file)[-1] == [("payments", "table", "payments stands here twice")]


def test_an_indicator_for_which_nobody_answers_is_told(file, read):
    file["themes"] = []
    message = "nobody answers for iso37122:2019/5.1: add a line for it or for theme 5"
    assert read(file)[-1] == [("5.1", "indicators", message)]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("slug", "Kominfo", "another form"),
        ("slug", "k", "another form"),
        ("kind", "office", "'office' is not known here; known: city"),
        ("sdi_role", "boss", "'boss' is not known here; known: walidata"),
        ("default", "yes", "neither true nor false"),
        ("short", None, "is missing"),
        ("name", None, "is missing"),
        ("telephone", "112", "is not a key known here"),
    ],
)
def test_a_wrong_agency_is_told(file, read, field, value, message):
    file["agencies"].append(file["agencies"][0] | {"slug": "lain", field: value})
    (_, where, what), *more = read(file)[-1]
    assert (where, more) == (field, [])
    assert message in what


def test_an_agency_stands_once(file, read):
    file["agencies"].append(file["agencies"][0])
    assert read(file)[-1] == [("kominfo", "slug", "stands here twice")]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"lead": "bappeda"}, "lead", "'bappeda' is not known here"),
        ({"lead": None}, "lead", "is missing"),
        ({"producers": ["dinkes", "bappeda"]}, "producers", "'bappeda' is not known here"),
        ({"producers": []}, "producers", "is empty"),
        ({"producers": ["dinkes", "dinkes"]}, "producers", "says a value twice"),
        ({"supply": "all"}, "supply", "known: single, each"),
        ({"origin": "hearsay"}, "origin", "known: programme, programme_adjusted, usual"),
        ({"note": {"en": "Note"}}, "note.id", "is missing"),
        ({"named_in_document": ["djp"]}, "named_in_document", "'djp' is not known here"),
        ({"indicator": "5.1"}, "indicator", "write it with its standard"),
        ({"indicator": 5.1}, "indicator", "write it in quotes"),
    ],
)
def test_a_wrong_line_is_told(file, read, changes, field, message):
    file["indicators"] = [LINE | changes]
    (_, where, what), *more = read(file)[-1]
    assert (where, more) == (field, [])
    assert message in what


def test_a_line_stands_once_and_for_something_that_is_there(file, read):
    file["themes"] += [file["themes"][0], file["themes"][0] | {"theme": 99}]
    file["indicators"] = [LINE, LINE]
    assert read(file)[-1] == [
        ("5", "theme", "5 stands here twice"),
        ("99", "theme", "99 is not a theme with indicators"),
        (ONE.uid, "indicator", f"{ONE.uid} stands here twice"),
    ]


PROGRAMME = {
    "document": {"title": {"id": "Program", "en": "Programme"}, "publisher": "P", "author": "A", "date": "2023-08",
                 "standard": "iso37122:2019"},
    "entries": [
        {"uid": ONE.uid, "activities": [{"id": "Membuat.", "en": "Make."}],
         "requirements": [{"id": "Bidang.", "en": "Areas.", "service_areas": "5.1"}],
         "success": {"id": "Tercatat.", "en": "Recorded."},
         "agencies": [{"slug": None, "id": "OPD terkait", "en": "The agencies concerned"}]},
    ],
}  # fmt: skip


def programme_problems(write, data, marked):
    problems = []
    read_programme(write("programme.yaml", data), marked, SHIPPED.vocabularies, problems)
    return [(problem.code, problem.field, problem.message) for problem in problems]


def test_the_programme_and_the_marks_of_the_indicators_agree(write):
    assert programme_problems(write, PROGRAMME, [ONE.uid]) == []
    assert programme_problems(write, PROGRAMME, []) == [(ONE.uid, "uid", "is not marked programme: true")]
    assert programme_problems(write, PROGRAMME, [ONE.uid, "x:2025/1.1"]) == [
        ("x:2025/1.1", "uid", "is marked programme: true and has no entry")
    ]


def test_a_requirement_names_a_list_that_is_there(write):
    data = deepcopy(PROGRAMME)
    data["entries"][0]["requirements"][0]["service_areas"] = "5.9"
    assert programme_problems(write, data, [ONE.uid]) == [
        (ONE.uid, "requirements[1].service_areas", "'5.9' is not a list of service_areas")
    ]


def test_a_date_is_quoted(write):
    text = "document: {title: {id: a, en: b}, publisher: p, author: a, date: 2023-08-01, standard: s}\nentries: []\n"
    assert programme_problems(write, text, [])[0][1] == "document.date"
