"""Checks of the files of input tables, and the tables we ship."""

from __future__ import annotations

from copy import deepcopy

import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.catalogue.tables import read_tables

SHIPPED = catalogue.load()
TEXT = {"id": "Teks", "en": "Text"}
TABLE = {
    "table": "lamps",
    "version": 1,
    "title": TEXT,
    "about": TEXT,
    "filled_by": "upload",
    "time": "lit_on",
    "due": "02-28",
    "key": ["lamp"],
    "columns": [
        {"name": "lamp", "type": "code", "required": True, "description": TEXT, "aliases": ["lampu"], "example": "L1"},
        {"name": "lit_on", "type": "date", "required": True, "description": TEXT, "example": "2025-01-01"},
        {"name": "out_on", "type": "date", "in_header": True, "description": TEXT, "example": ""},
    ],
    "rules": [
        {"id": "out_before_lit", "level": "warning", "left": "out_on", "op": "<", "right": "lit_on", "message": TEXT},
        {"id": "never_out", "level": "error", "left": "out_on", "op": "is_null", "message": TEXT,
         "when": {"left": "lamp", "op": "==", "value": "L0"}},
    ],
}  # fmt: skip


@pytest.fixture
def table():
    return deepcopy(TABLE)


@pytest.fixture
def read(write, tmp_path):
    def read_file(data, name="lamps"):
        write(f"tables/{name}.yaml", data)
        problems = []
        found = read_tables(str(tmp_path / "tables"), SHIPPED.vocabularies, ["a:2025/1.1"], problems)
        return found, [(problem.code, problem.field, problem.message) for problem in problems]

    return read_file


def test_a_good_file_gives_a_table(table, read):
    found, problems = read(table)
    assert problems == []
    lamps = found["lamps"]
    assert lamps.headers["lampu"] is lamps.column("lamp")
    assert (lamps.column("lamp").required, lamps.column("out_on").in_header) == (True, True)
    assert [(rule.id, rule.when is None) for rule in lamps.rules] == [("out_before_lit", True), ("never_out", False)]


@pytest.mark.parametrize(
    ("where", "key", "value", "field", "message"),
    [
        ((), "table", "lampu", "table", "is lampu, but the file is lamps.yaml"),
        ((), "filled_by", "fax", "filled_by", "known: upload, form, portal"),
        ((), "time", "lit_at", "time", "known: lamp, lit_on, out_on"),
        ((), "due", "13-01", "due", "another form"),
        ((), "key", ["out_on"], "key", "'out_on' is not known here"),
        ((), "checks", ["magic"], "checks", "'magic' is not known here"),
        ((), "owner", "dishub", "owner", "is not a key known here"),
        (("columns", 0), "type", "string", "type", "known: text, code"),
        (("columns", 0), "in_header", True, "in_header", "says nothing beside required: true"),
        (("columns", 0), "allowed", "colours", "allowed", "there is no vocabulary colours"),
        (("columns", 0), "allowed", "service_areas/9.9", "allowed", "has no list 9.9"),
        (("columns", 0), "pattern", "[", "pattern", "no regular expression"),
        (("columns", 0), "example", None, "example", "is missing"),
        (("columns", 2), "aliases", ["lampu"], "columns", "lampu is a name or alias of two columns"),
        (("rules", 0), "right", "lamp", "right", "out_on is date, lamp is code"),
        (("rules", 0), "op", "is_null", "op", "is_null has neither"),
        (("rules", 0), "op", "~", "op", "known: ==, !="),
        (("rules", 0), "right", None, "op", "either right (a column) or value"),
        (("rules", 1, "when"), "left", "lump", "when.left", "known: lamp"),
    ],
)
def test_a_mistake_is_told_with_its_place(table, read, where, key, value, field, message):
    spoiled = table
    for step in where:
        spoiled = spoiled[step]
    spoiled[key] = value
    problems = read(table)[1]
    assert (field, True) in [(found, message in text) for _, found, text in problems]


def test_allowed_values_come_from_a_list_or_a_vocabulary(table, read):
    for given, expected in (
        (["a", "b"], ("a", "b")),
        ("indicators", ("a:2025/1.1",)),
        ("access_rights", tuple(choice.value for choice in SHIPPED.vocabularies["access_rights"].choices)),
    ):
        table["columns"][0]["allowed"] = given
        assert read(table)[0]["lamps"].column("lamp").allowed == expected


def test_the_tables_of_the_programme():
    assert set(SHIPPED.tables) == {
        "population", "portal_visits_daily", "city_services", "inquiries", "it_incidents", "contracts", "businesses",
        "labour_force", "revenue", "payments", "indicator_parts",
    }  # fmt: skip
    assert {name for name, table in SHIPPED.tables.items() if table.filled_by == "portal"} == {
        "portal_visits_daily", "contracts",
    }  # fmt: skip
    assert len(SHIPPED.table("city_services").column("area").allowed) == 12


def test_an_indicator_reads_tables_that_are_there():
    assert {one.code for one in SHIPPED.reading("labour_force")} == {"5.3", "5.4"}
    assert len(SHIPPED.reading("indicator_parts")) == 70
    assert {one.code for one in SHIPPED.indicators if one.recipe != "generic"} == {
        one.code for one in SHIPPED.indicators if one.programme
    }


def test_no_table_has_a_column_for_a_person():
    personal = ("nama_orang", "nik", "alamat_rumah", "telepon", "email", "phone", "person_name", "nip", "npwp")
    for table in SHIPPED.tables.values():
        assert not [header for header in table.headers if header in personal]
