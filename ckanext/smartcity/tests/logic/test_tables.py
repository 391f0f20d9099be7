"""What the actions on input tables answer."""

from __future__ import annotations

from datetime import date

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests.helpers import call_action

from ckanext.smartcity import catalogue
from ckanext.smartcity.logic.action import table_dicts

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins", "with_request_context")

CATALOGUE = catalogue.load()


def test_the_list_has_every_table_and_names_every_agency() -> None:
    answer = call_action("smartcity_table_list")
    assert [table["name"] for table in answer["tables"]] == list(CATALOGUE.tables)
    named = {agency["slug"] for agency in answer["agency_names"]}
    assert {slug for table in answer["tables"] for slug in table["producers"]} == named


def test_a_table_without_producers_is_filled_by_those_of_its_indicators() -> None:
    parts = call_action("smartcity_table_show", id="indicator_parts")
    expected = {
        slug for one in CATALOGUE.reading("indicator_parts") for slug in CATALOGUE.responsibility(one.uid).producers
    }
    assert set(parts["producers"]) == expected
    assert len(parts["producers"]) == len(expected)
    assert call_action("smartcity_table_show", id="payments")["producers"] == ["bapenda", "bpkad"]


@pytest.mark.parametrize(
    ("month_day", "today", "expected"),
    [
        ("02-28", date(2026, 2, 27), ("2026-02-28", 2025)),
        ("02-28", date(2026, 2, 28), ("2026-02-28", 2025)),
        ("02-28", date(2026, 3, 1), ("2027-02-28", 2026)),
        ("02-29", date(2026, 1, 1), ("2026-02-28", 2025)),
        ("02-29", date(2027, 3, 1), ("2028-02-29", 2027)),
        ("12-31", date(2026, 12, 31), ("2026-12-31", 2025)),
    ],
)
def test_a_table_is_due_on_its_day_for_the_year_before(month_day: str, today: date, expected: tuple[str, int]) -> None:
    due = table_dicts.due(month_day, today)
    assert due == {"month_day": month_day, "next": expected[0], "year": expected[1]}


def test_what_the_portal_writes_is_never_due_and_has_no_template() -> None:
    assert table_dicts.due(None, date(2026, 1, 1)) is None
    contracts = call_action("smartcity_table_show", id="contracts")
    assert (contracts["due"], contracts["templates"], contracts["filled_by"]) == (None, {}, "portal")


def test_a_table_is_shown_with_columns_and_rules() -> None:
    table = call_action("smartcity_table_show", id="payments")
    columns = {column["name"]: column for column in table["columns"]}
    assert columns["amount"]["minimum"] == "0"
    assert columns["amount"]["maximum"] is None
    assert columns["invoice_form"]["allowed"] == ["electronic", "paper", "none"]
    assert (columns["invoice_form"]["required"], columns["invoice_form"]["in_header"]) == (False, True)
    assert columns["payment_id"]["in_header"]
    assert (table["key"], table["time"]) == (["payment_id"], "paid_on")
    assert table["templates"]["xlsx"].endswith("/smartcity/table/payments.xlsx")
    assert call_action("smartcity_table_show", id="population")["rules"] == [
        {
            "id": "population_not_positive",
            "level": "error",
            "message": {"id": "jumlah penduduk harus di atas nol", "en": "the population must be above zero"},
            "fault": {"left": "population", "op": "<=", "right": None, "value": "0"},
            "when": None,
        }
    ]


def test_an_indicator_names_the_tables_it_is_computed_from() -> None:
    answer = call_action("smartcity_indicator_show", id="iso37122:2019/5.2")
    assert [table["name"] for table in answer["inputs"]] == ["businesses", "population"]


@pytest.mark.parametrize("name", ["nowhere", "Payments", "payments ", "\x00", "x" * 5000])
def test_an_unknown_table_is_not_found(name: str) -> None:
    with pytest.raises(tk.ObjectNotFound):
        call_action("smartcity_table_show", id=name)


@pytest.mark.parametrize("wrong", [None, "", 7, ["payments"], {"a": 1}])
def test_a_name_must_be_a_text(wrong: object) -> None:
    with pytest.raises(tk.ValidationError):
        call_action("smartcity_table_show", id=wrong)
