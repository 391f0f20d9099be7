"""The pages of indicators and agencies, and their tables as files."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib.search.common import is_available
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartcity.tests.published import CONTRACTS, VISITS, dataset, organization
from ckanext.smartcity.tests.tokens import without_token

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins")

INDICATOR = "/smartcity/indicator/iso37122-2019/5.1"
PAGES = ["/smartcity", INDICATOR, "/smartcity/agency", "/smartcity/agency/diskominfo"]
FILES = [f"{page}.{form}" for page in PAGES for form in ("csv", "json")]
HOSTILE = '"><svg onload=alert(1)>{{7*7}}'


@pytest.fixture
def city(clean_db, with_plugins) -> None:
    """Two agencies; one indicator with an overdue and a fresh dataset, one with a dataset of another agency."""
    organization("diskominfo", "Dinas Komunikasi", title_en="Communication Office", abbreviation="Diskominfo")
    organization("ukpbj", "Bagian Pengadaan", abbreviation="UKPBJ")
    dataset("kontrak", "ukpbj", frequency="MONTHLY", age=400, title_en="Contracts")
    dataset("klausul", "diskominfo", frequency="ANNUAL", age=3)
    dataset("kunjungan", "diskominfo", indicators=[VISITS], frequency="DAILY", age=1)


def page(app: Any, address: str, status: int = 200) -> BeautifulSoup:
    return BeautifulSoup(app.get(address, status=status).body, "html.parser")


def words(node: Any) -> str:
    return " ".join(node.get_text(" ").split())


def table_row(soup: BeautifulSoup, code: str) -> str:
    """The words of the row of an indicator in the tables of a page."""
    return next(words(row) for row in soup.select(".sc-table tbody tr") if f" {code} " in f"{words(row.th)} ")


def records(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body)))


@pytest.mark.usefixtures("city")
def test_the_summary_says_what_is_published_and_what_is_not(app) -> None:
    soup = page(app, "/en/smartcity")
    assert [words(dd) for dd in soup.select(".sc-totals dd")] == ["80", "2", "78", "1"]
    assert len(soup.select(".sc-approach h2")) == 6
    assert len(soup.select(".sc-approach h3")) == 19
    assert len(soup.select(".sc-table tbody tr")) == 80
    assert len(soup.select(".sc-ten li")) == 10
    contracts = table_row(soup, "5.1")
    assert all(part in contracts for part in ("2", "Diskominfo", "UKPBJ", "Overdue: 1"))
    assert "No data yet" in table_row(soup, "10.4")


def test_names_dates_and_texts_are_in_the_language_of_the_page(app) -> None:
    assert "Tata kelola birokrasi" in app.get("/smartcity").body
    assert "Smart Governance" in app.get("/en/smartcity").body


@pytest.mark.usefixtures("city")
def test_a_filter_narrows_rows_totals_and_files_alike(app) -> None:
    for query, shown in [("theme=5", 4), ("approach=governance&state=without_data", 3), ("agency=ukpbj", 1)]:
        soup = page(app, f"/en/smartcity?{query}")
        assert len(soup.select(".sc-table tbody tr")) == shown
        assert words(soup.select(".sc-totals dd")[0]) == str(shown)
        assert len(records(app.get(f"/smartcity.csv?{query}"))) == shown
        assert json.loads(app.get(f"/smartcity.json?{query}").body)["totals"]["indicators"] == shown


def test_empty_filters_are_no_filters_and_strangers_are_not_repeated(app) -> None:
    soup = page(app, "/smartcity?theme=&approach=&utm_source=x")
    assert not soup.select('meta[name="robots"]')
    assert soup.select_one('link[rel="canonical"]')["href"] == "http://test.ckan.net/smartcity"


def test_a_filtered_view_asks_search_engines_to_pass_by(app) -> None:
    soup = page(app, "/smartcity?state=overdue&theme=5")
    assert soup.select_one('meta[name="robots"]')["content"] == "noindex"
    assert soup.select_one('link[rel="canonical"]')["href"].endswith("/smartcity?theme=5&state=overdue")
    links = [a for a in soup.select("main a[href]") if re.search(r"[?&](theme|state)=", a["href"])]
    assert links
    assert all(a["rel"] == ["nofollow"] for a in links)


@pytest.mark.parametrize("value", ["99", "5'; drop table package;--", "\x00", "%", "{!x}*:*", "<b>", "9" * 5000])
def test_a_filter_without_sense_gets_a_sentence(app, value: str) -> None:
    soup = BeautifulSoup(app.get("/en/smartcity", query_string={"theme": value}, status=400).body, "html.parser")
    assert f'Theme: there is no "{value.strip()[:80]}"' in soup.select_one("main").get_text()
    assert soup.select_one('meta[name="robots"]')["content"] == "noindex"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_refused_file_is_one_line_that_no_cache_keeps(app, form: str) -> None:
    answer = app.get(f"/en/smartcity.{form}?theme=99&state=x", status=400)
    assert answer.body == 'State: there is no "x" Theme: there is no "99"\n'
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("city")
def test_the_page_of_an_indicator_shows_definition_agencies_and_datasets(app) -> None:
    soup = page(app, f"/en{INDICATOR}")
    text = words(soup.select_one("main"))
    assert words(soup.h1).startswith("Percentage of service contracts")
    assert "100 × times service contracts for city services that contain an open data policy divided by" in text
    for heading in ("Activities", "Requirements", "When it has succeeded", "How the definition is read"):
        assert heading in text
    assert "Communication Office (Diskominfo)" in words(soup.select_one(".sc-facts"))
    rows = [words(row) for row in soup.select(".sc-table tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith("Data klausul Diskominfo")
    assert rows[1].startswith("Contracts UKPBJ") and rows[1].endswith("Overdue")


def test_an_indicator_without_data_says_whose_turn_it_is(app) -> None:
    empty = words(page(app, f"/en{INDICATOR}").select_one(".sc-empty"))
    assert "No data yet" in empty
    assert "Communication and Informatics Office" in empty


def test_more_than_ten_datasets_lead_to_the_search(app) -> None:
    for number in range(12):
        dataset(f"data-{number:02}", age=number)
    soup = page(app, f"/en{INDICATOR}")
    assert len(soup.select(".sc-table tbody tr")) == 10
    link = soup.find("a", string="All 12 datasets")
    assert link["href"].endswith("/dataset/?vocab_smartcity_indicators=iso37122:2019/5.1")
    assert len(records(app.get(f"{INDICATOR}.csv"))) == 12


@pytest.mark.usefixtures("city")
def test_the_pages_of_agencies_show_their_work(app) -> None:
    soup = page(app, "/en/smartcity/agency/diskominfo")
    assert words(soup.h1) == "Communication Office"
    assert [words(dd) for dd in soup.select(".sc-totals dd")] == ["13", "2", "11", "0"]
    assert [words(h2) for h2 in soup.select("main h2")] == [
        "Next due",
        "Indicators it answers for",
        "Indicators it supplies data for",
    ]
    links = [a["href"] for a in page(app, "/smartcity/agency").select(".sc-table th a")]
    assert links == ["/smartcity/agency/ukpbj", "/smartcity/agency/diskominfo"]


def test_an_agency_outside_the_portal_is_named_without_a_link(app) -> None:
    soup = page(app, f"/en{INDICATOR}")
    assert "Procurement Unit" in words(soup.select_one(".sc-facts"))
    assert not soup.select('main a[href*="/smartcity/agency/"]')


@pytest.mark.parametrize("suffix", ["", ".csv", ".json"])
@pytest.mark.parametrize("what", ["agency/pasar", "indicator/iso37122-2019/99.9"])
def test_hidden_and_missing_answer_alike(app, what: str, suffix: str) -> None:
    missing = app.get(f"/smartcity/{what}{suffix}", status=404)
    organization("pasar", state="deleted")
    dataset("kios", "pasar", columns={"private": True})
    hidden = app.get(f"/smartcity/{what}{suffix}", status=404)
    assert without_token(hidden.body) == without_token(missing.body)


@pytest.mark.usefixtures("city")
def test_csv_and_json_say_what_the_page_says(app) -> None:
    soup = page(app, "/en/smartcity")
    table, answer = records(app.get("/smartcity.csv")), json.loads(app.get("/smartcity.json").body)
    assert answer["totals"] == call_action("smartcity_indicator_list")["totals"]
    for record, row in zip(table, answer["indicators"], strict=True):
        shown = table_row(soup, record["code"])
        assert record["name_en"] in shown
        assert record["name_id"] == row["name"]["id"]
        assert int(record["dataset_count"]) == row["dataset_count"]
        assert record["agencies"] == ";".join(row["agencies"])
        assert record["newest"] == (row["newest"] or "")
        assert ("No data yet" in shown) == (record["dataset_count"] == "0")
        assert ("Overdue" in shown) == (record["overdue_count"] != "0")


@pytest.mark.usefixtures("city")
def test_files_are_the_same_in_every_language(app) -> None:
    for address in FILES:
        assert app.get(address).body == app.get(f"/en{address}").body


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%x"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(app, title: str) -> None:
    dataset("rumus", columns={"title": title})
    shown = records(app.get(f"{INDICATOR}.csv"))[0]["title_id"]
    assert shown.replace("\\|", "|") == "'" + title.replace("\r", "\n") or shown == "'" + title


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("address", FILES)
def test_a_file_read_before_is_not_sent_again_until_it_changes(app, address: str) -> None:
    first = app.get(address)
    tag = first.headers["ETag"]
    again = app.get(address, headers={"If-None-Match": tag}, status=304)
    assert again.body == ""
    dataset("baru", "diskominfo")
    changed = app.get(address, headers={"If-None-Match": tag})
    assert changed.headers["ETag"] != tag


@pytest.mark.ckan_config("ckan.cache_expires", 3600)
@pytest.mark.usefixtures("city")
def test_shared_caches_may_keep_a_file_only_of_nobody_in_particular(app) -> None:
    token = factories.SysadminWithToken()["token"]
    for address in FILES:
        assert "public" in app.get(address).headers["Cache-Control"]
        signed_in = app.get(address, headers={"Authorization": token}).headers["Cache-Control"]
        assert "private" in signed_in and "public" not in signed_in


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements that reach the database."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    engine = model.Session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("address", [*PAGES, *FILES])
def test_no_page_needs_more_than_six_statements(app, address: str, statements: list[str]) -> None:
    app.get(address)
    few = len(statements)
    for number in range(20):
        organization(f"opd-{number}")
        dataset(f"lagi-{number}", f"opd-{number}", indicators=[CONTRACTS, VISITS])
    statements.clear()
    app.get(address)
    assert len(statements) <= 6, statements
    assert len(statements) == few


@pytest.mark.usefixtures("city")
def test_without_solr_every_page_has_the_same_figures(app, ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {address: without_token(app.get(address).body) for address in [*PAGES, *FILES]}
    monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/stopped")
    assert not is_available()
    after = {address: without_token(app.get(address).body) for address in [*PAGES, *FILES]}
    assert after == before


def test_hostile_text_stays_text(app) -> None:
    organization("jahat", HOSTILE, title_en=HOSTILE, abbreviation=HOSTILE)
    dataset("jahat", "jahat", columns={"title": HOSTILE}, title_en="javascript:alert(1)", opd=json.dumps([HOSTILE]))
    for address in [*PAGES, "/smartcity/agency/jahat", f"/en{INDICATOR}", "/smartcity?agency=jahat"]:
        soup = page(app, address)
        assert not soup.select("main svg[onload], main script, main [onload]")
        assert not soup.select('a[href^="javascript:"]')
        assert "49" not in words(soup.select_one("main")) or "{{7*7}}" in words(soup.select_one("main"))
        inline = [tag for tag in soup.select("main *") if any(name.startswith("on") for name in tag.attrs)]
        assert inline == []


def test_our_markup_needs_no_inline_style_or_script(app) -> None:
    for address in PAGES:
        assert not page(app, address).select("main [style], main style, main script")


def test_each_page_has_one_heading_and_no_gap_below_it(app) -> None:
    for address in PAGES:
        levels = [int(h.name[1]) for h in page(app, address).select("main :is(h1,h2,h3,h4)")]
        assert levels.count(1) == 1 and levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_mark_of_a_page_is_there_once(app) -> None:
    for address in PAGES:
        ids = [tag["id"] for tag in page(app, address).select("[id]")]
        assert len(ids) == len(set(ids))


@pytest.mark.usefixtures("clean_index")
def test_header_and_home_page_lead_to_the_indicators(app) -> None:
    soup = page(app, "/en/")
    assert soup.select_one('.main-navbar a[href="/en/smartcity"]').text == "Indicators"
    assert len(soup.select(".sc-home li a")) == 6


@pytest.mark.ckan_config("ckanext.smartcity.portal.navigation", False)
@pytest.mark.usefixtures("clean_index")
def test_header_and_home_page_may_be_left_as_they_are(app) -> None:
    soup = page(app, "/en/")
    assert not soup.select('a[href="/en/smartcity"], .sc-home')
