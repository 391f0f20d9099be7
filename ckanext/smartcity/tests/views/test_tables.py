"""The pages of the input tables, and their templates."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup

from ckanext.smartcity import catalogue
from ckanext.smartcity.tests.published import organization

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins")

TABLES = catalogue.load().tables
SENT = [name for name, table in TABLES.items() if table.filled_by != "portal"]
WRITTEN = [name for name in TABLES if name not in SENT]


def page(app: Any, address: str) -> BeautifulSoup:
    return BeautifulSoup(app.get(address, status=200).body, "html.parser")


def words(node: Any) -> str:
    return " ".join(node.get_text(" ").split())


def test_the_list_names_every_table_with_who_fills_it_and_its_templates(app) -> None:
    organization("bapenda", "Badan Pendapatan", abbreviation="Bapenda")
    soup = page(app, "/en/smartcity/table")
    rows = {words(row.select_one(".sc-code")): row for row in soup.select("tbody tr")}
    assert set(rows) == set(TABLES)
    assert rows["payments"].select_one("td a")["href"] == "/en/smartcity/agency/bapenda"
    links = [a["href"] for a in rows["payments"].select("a") if "/table/payments." in a["href"]]
    assert [link.rpartition("/smartcity/")[2] for link in links] == ["table/payments.csv", "table/payments.xlsx"]
    assert "The portal itself" in words(rows["contracts"])


def test_the_list_is_a_file_too(app) -> None:
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(app.get("/smartcity/table.csv").body))}
    assert set(rows) == set(TABLES)
    assert rows["payments"]["producers"] == "bapenda;bpkad"
    assert rows["payments"]["due"].endswith("-02-28")
    assert int(rows["payments"]["year"]) == int(rows["payments"]["due"][:4]) - 1
    assert rows["contracts"]["due"] == ""


@pytest.mark.parametrize("name", TABLES)
def test_the_page_of_a_table_shows_its_columns_and_rules_in_both_languages(app, name: str) -> None:
    table = TABLES[name]
    for prefix, language in (("", "id"), ("/en", "en")):
        soup = page(app, f"{prefix}/smartcity/table/{name}")
        assert words(soup.h1) == table.title.in_language(language)
        assert [words(row.th.code) for row in soup.select("tbody tr")] == [column.name for column in table.columns]
        text = words(soup.select_one("main"))
        for rule in table.rules:
            assert rule.message.in_language(language) in text
        for column in table.columns:
            assert " ".join(column.description.in_language(language).split()) in text


def test_a_page_says_who_fills_the_table_by_when_and_what_is_computed_from_it(app) -> None:
    soup = page(app, "/en/smartcity/table/payments")
    facts = words(soup.select_one(".sc-facts"))
    assert "Bapenda, BPKAD" in facts.replace(" ,", ",")
    assert "Each supplies its own part." in facts
    assert "28, 20" in facts or "28 Feb" in facts
    assert soup.select_one('a[href="/en/smartcity/indicator/iso37122-2019/9.2"]')


def test_a_long_list_of_values_or_indicators_is_shown_on_demand(app) -> None:
    soup = page(app, "/en/smartcity/table/indicator_parts")
    assert [words(one) for one in soup.select("details summary")] == ["70 indicators", "and 65 more"]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_that_the_portal_writes_has_no_template(app, name: str) -> None:
    assert not page(app, f"/smartcity/table/{name}").select(f'a[href*="/table/{name}."]')
    for form in ("csv", "xlsx"):
        answer = app.get(f"/en/smartcity/table/{name}.{form}", status=404)
        assert answer.body == "The portal writes this table itself; it has no template.\n"


@pytest.mark.parametrize("name", SENT)
def test_the_templates_hold_the_columns(app, name: str) -> None:
    names = [column.name for column in TABLES[name].columns]
    plain = app.get(f"/smartcity/table/{name}.csv", status=200)
    assert next(csv.reader(io.StringIO(plain.body))) == names
    assert plain.headers["Content-Disposition"] == f"attachment; filename={name}.csv"
    workbook = app.get(f"/smartcity/table/{name}.xlsx", status=200)
    assert workbook.headers["X-Content-Type-Options"] == "nosniff"
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == names


@pytest.mark.parametrize("form", ["", ".csv", ".xlsx"])
@pytest.mark.parametrize("name", ["nowhere", "PAYMENTS", "payments'--", "a" * 3000])
def test_an_unknown_table_is_not_found(app, name: str, form: str) -> None:
    app.get(f"/smartcity/table/{name}{form}", status=404)


def test_an_indicator_links_to_its_tables(app) -> None:
    soup = page(app, "/en/smartcity/indicator/iso37122-2019/5.2")
    linked = [a["href"] for a in soup.select('section a[href*="/smartcity/table"]')]
    assert linked == ["/en/smartcity/table/businesses", "/en/smartcity/table/population", "/en/smartcity/table"]
