"""The page of visits, its files and the page of administrators."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories

from ckanext.smartcity import config
from ckanext.smartcity.tests.published import dataset, organization
from ckanext.smartcity.tests.tokens import without_token
from ckanext.smartcity.tests.visits import planted

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins")

ADDRESS = "/smartcity/visits"
FILES = [f"{ADDRESS}/{name}.{form}" for name in ("series", "top", "filter", "gap") for form in ("csv", "json")]
HOSTILE = '"><svg onload=alert(1)>{{7*7}}'


def page(app: Any, address: str = f"/en{ADDRESS}", status: int = 200) -> BeautifulSoup:
    return BeautifulSoup(app.get(address, status=status).body, "html.parser")


def words(node: Any) -> str:
    return " ".join(node.get_text(" ").split())


def records(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body)))


@pytest.fixture
def counted(clean_db, with_plugins) -> date:
    """Five days to today, a dataset and its organization; gives today."""
    today = config.today()
    planted.in_force()
    organization("dishub", "Dinas Perhubungan", title_en="Transport Office")
    dataset("halte", "dishub", columns={"title": "Halte"}, title_en="Bus stops")
    for n in range(5):
        day = today - timedelta(days=n)
        planted.measured(day)
        planted.portal(day, 0, visits=1100, visits_confirmed=1000, views=3000, downloads=7, robots=50, void_visits=100)
        planted.thing(day, "dataset", model.Package.get("halte").id, visits=40, visits_confirmed=30, views=60)
        planted.thing(day, "organization", model.Group.get("dishub").id, visits=41, visits_confirmed=31, views=61)
    return today


def this_year(today: date) -> int:
    """How many of the five days lie in this year."""
    return sum((today - timedelta(days=n)).year == today.year for n in range(5))


def test_an_empty_portal_says_how_figures_come(app):
    soup = page(app)
    assert "Nothing has been measured yet" in words(soup.main)
    assert "Do not count this browser" in words(soup.main)
    assert not soup.select(".sc-chart, .sc-table")
    assert "Belum ada yang terukur" in words(page(app, ADDRESS).main)


def test_the_first_screen_has_the_year_in_its_grade_and_both_grades(app, counted):
    year = page(app).select_one(".sc-year")
    days = this_year(counted)
    assert words(year.h2) == f"{counted.year} to date"
    assert words(year.select_one(".sc-figure")) == f"{days * 1000:,} confirmed visits"
    assert "not yet a value of the year" in words(year)
    assert [words(dd) for dd in year.select("dd")] == [f"{days * n:,}" for n in (1000, 1000, 3000, 7)]


def test_numbers_and_days_are_in_the_language_of_the_page(app, counted):
    figure = page(app, ADDRESS).select_one(".sc-figure")
    assert words(figure) == f"{this_year(counted)}.000 kunjungan terkonfirmasi"


def test_one_imported_day_takes_the_confirmation_of_the_year(app, counted):
    planted.measured(counted - timedelta(days=30 if counted.month > 1 else 0), "log")
    if counted.month > 1:
        year = words(page(app).select_one(".sc-year"))
        assert "5,000 visits" in year or "visits" in year
        assert "Not known: some days come from logs" in year


def test_invented_days_carry_a_notice(app, counted):
    assert not page(app).select(".sc-notice")
    day = counted - timedelta(days=20)
    planted.imported(day, day, "invented")
    planted.measured(day, "log")
    assert "Invented data." in words(page(app).select_one(".sc-notice"))


def test_lists_of_the_most_visited_lead_to_their_pages(app, counted):
    links = {words(a): a["href"] for a in page(app).select(".sc-figures th a")}
    assert links == {"Bus stops": "/en/dataset/halte", "Transport Office": "/en/organization/dishub"}


def test_charts_are_pictures_with_a_name_and_a_table_beside(app, counted):
    soup = page(app)
    charts = soup.select("svg[role=img]")
    assert len(charts) >= 2
    for chart in charts:
        title, desc = (soup.find(id=name) for name in chart["aria-labelledby"].split())
        assert title.name == "title" and desc.name == "desc" and words(title) and words(desc)
    assert not soup.select("main script, main [style]")


def test_a_missing_month_is_a_gap_and_not_a_zero(app, counted):
    rows = [words(row) for row in page(app).select("#series ~ .sc-scroll tbody tr")]
    assert len(rows) == 12
    assert rows[0].endswith("not measured not measured not measured not measured")
    assert page(app).select(".sc-break")


def test_headings_and_marks_are_in_order(app, counted):
    soup = page(app)
    levels = [int(h.name[1]) for h in soup.select("main :is(h1,h2,h3,h4)")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_range_narrows_tables_and_files_alike(app, counted):
    query = f"first={counted - timedelta(days=1)}&last={counted}"
    soup = page(app, f"/en{ADDRESS}?{query}")
    assert words(soup.select_one("#series")) == "Visits by day"
    assert len(soup.select("#series ~ .sc-scroll tbody tr")) == 2
    assert soup.select_one('meta[name="robots"]')["content"] == "noindex"
    rows = records(app.get(f"{ADDRESS}/series.csv?{query}&interval=day"))
    assert [row["visits"] for row in rows] == ["1000", "1000"]
    assert records(app.get(f"{ADDRESS}/filter.csv?{query}"))[0] == {"filter": "robots", "requests": "100"}
    assert [row["visits"] for row in records(app.get(f"{ADDRESS}/top.csv?{query}"))] == ["80"]


def test_small_figures_of_one_day_are_hidden_in_every_form(app, counted):
    other = model.Package.get(dataset("sepi", "dishub")).id
    planted.thing(counted, "dataset", other, visits=2, visits_confirmed=2, views=3, downloads=0)
    query = f"kind=dataset&first={counted}&last={counted}"
    row = next(r for r in records(app.get(f"{ADDRESS}/top.csv?{query}")) if r["name"] == "sepi")
    assert [row[name] for name in ("visits", "visits_confirmed", "views", "downloads")] == ["<3", "<3", "3", "0"]
    row = next(r for r in app.get(f"{ADDRESS}/top.json?{query}").json["rows"] if r["name"] == "sepi")
    assert (row["visits"], row["views"], row["downloads"], row["suppressed"]) == (None, 3, 0, True)
    assert "<3" in words(page(app, f"/en{ADDRESS}?first={counted}&last={counted}").select_one("#datasets").parent)
    rows = app.get(f"{ADDRESS}/series.json?{query}&id=sepi&interval=week").json["rows"]
    assert [row["visits"] for row in rows] == [None]


def test_contracts_are_listed_only_where_the_portal_lists_them(app, counted, ckan_config, monkeypatch):
    contract = model.Package.get(dataset("kontrak", "dishub", columns={"type": "service_contract"})).id
    planted.thing(counted, "dataset", contract, visits=99, visits_confirmed=99)
    assert [row["name"] for row in records(app.get(f"{ADDRESS}/top.csv"))] == ["halte"]
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.portal.list_contracts", True)
    assert [row["name"] for row in records(app.get(f"{ADDRESS}/top.csv"))] == ["halte", "kontrak"]


@pytest.mark.parametrize("columns", [{"private": True}, {"state": "draft"}, {"state": "deleted"}])
def test_hidden_datasets_change_no_byte(app, counted, columns):
    addresses = [ADDRESS, *FILES]
    before = {address: app.get(address) for address in addresses}
    hidden = model.Package.get(dataset("rahasia", "dishub", columns=columns)).id
    planted.thing(counted, "dataset", hidden, visits=900, visits_confirmed=900, views=900, downloads=900)
    for address, seen in before.items():
        again = app.get(address)
        assert without_token(again.body) == without_token(seen.body)
        assert again.headers.get("ETag") == seen.headers.get("ETag")
    answers = [app.get(f"{ADDRESS}/series.csv?kind=dataset&id={name}", status=404) for name in ("rahasia", "tidak-ada")]
    assert answers[0].body == answers[1].body


def test_unpublishing_acts_at_once(app, counted):
    assert records(app.get(f"{ADDRESS}/top.csv"))
    model.Package.get("halte").state = "draft"
    model.Session.commit()
    assert records(app.get(f"{ADDRESS}/top.csv")) == []
    assert "Bus stops" not in page(app).text


@pytest.mark.parametrize("address", FILES)
def test_a_file_is_the_same_in_every_language_and_not_sent_twice(app, counted, address):
    first = app.get(address)
    assert app.get(f"/en{address}").body == first.body
    assert app.get(address, headers={"If-None-Match": first.headers["ETag"]}, status=304).body == ""


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=yesterday", '"yesterday" is not a day of the calendar.'),
        ("first=2026-02-30", '"2026-02-30" is not a day of the calendar.'),
        ("first=1999-12-31", "is not a day of the calendar."),
        ("first=2000-01-01&last=2012-01-01", "At most 3660 days at a time."),
        ("first=2020-02-01&last=2020-01-01", 'The first day, "2020-02-01", is after the last, "2020-01-01".'),
        ("first=2090-01-01&last=2091-01-01", 'The first day, "2090-01-01", is after the last'),
    ],
)
def test_a_range_without_sense_gets_a_sentence(app, query, sentence):
    assert sentence in words(page(app, f"/en{ADDRESS}?{query}", 400).main)
    assert sentence in app.get(f"/en{ADDRESS}/series.csv?{query}", status=400).body


@pytest.mark.parametrize(
    "query",
    [
        "interval=hour",
        "interval=x",
        "kind=planet",
        "kind=dataset&id=%00",
        "kind=page&id=nowhere",
        "limit=0",
        "kind=%27",
    ],
)
@pytest.mark.parametrize("name", ["series", "top", "gap", "filter"])
def test_odd_parameters_are_refused_or_passed_over(app, name, query):
    assert app.get(f"{ADDRESS}/{name}.csv?{query}").status_code in (200, 400, 404)


def test_hours_are_given_for_a_week_at_most(app, counted):
    day = counted - timedelta(days=1)
    rows = app.get(f"{ADDRESS}/series.json?interval=hour&first={day}&last={day}").json["rows"]
    assert [row["visits"] for row in rows] == [1000, *[0] * 23]
    assert rows[0]["hour"] == f"{day}T00"
    early = counted - timedelta(days=7)
    assert "at most 7 days" in app.get(f"/en{ADDRESS}/series.json?interval=hour&first={early}", status=400).body


def test_hostile_titles_stay_text(app, counted):
    organization("jahat", HOSTILE, title_en=HOSTILE)
    planted.thing(counted, "organization", model.Group.get("jahat").id, visits=9, visits_confirmed=9)
    soup = page(app)
    assert HOSTILE in soup.text
    assert not soup.select("main svg[onload], main [onload]")


def test_the_choice_not_to_be_counted_is_offered_or_taken_back(app):
    form = page(app).select_one("form.sc-choice")
    assert form["action"] == "/en/smartcity/visits/opt-out" and form.select("input[name=_csrf_token]")
    app.client.set_cookie("sc_optout", "1", domain="test.ckan.net")
    assert page(app).select_one("form.sc-choice")["action"] == "/en/smartcity/visits/opt-in"


def test_the_pages_lead_to_each_other(app):
    assert page(app, "/en/smartcity").select('main a[href="/en/smartcity/visits"]')
    assert page(app, "/en/smartcity/indicator/iso37122-2019/10.1").select('main a[href="/en/smartcity/visits"]')
    assert page(app).select('main a[href="/en/smartcity/indicator/iso37122-2019/10.1"]')
    assert page(app).select('footer a[href="/en/smartcity/visits"]')


def test_the_page_of_administrators_says_what_is_wrong(app):
    address = "/en/ckan-admin/smartcity/visits"
    app.get(address, status=403)
    app.set_session_user(factories.Sysadmin()["id"])
    assert "Never. Start the worker" in words(page(app, address).select_one(".smartcity"))
    planted.remembered("flush", planted.datetime.now(planted.timezone.utc))
    checks = [
        {"code": "kept", "ok": True, "found": {}},
        {"code": "clients_private", "ok": False, "found": {"visits": 120, "private": 119}},
    ]
    planted.remembered("checks", planted.datetime.now(planted.timezone.utc), checks)
    answer = app.get(address)
    shown = words(page(app, address).select_one(".smartcity"))
    mended, good = shown.index("To be mended Yesterday 119 of 120 visits"), shown.index("In order Redis throws")
    assert mended < good and "It counts. No error since it started." in shown
    assert "Kemarin 119 dari 120 kunjungan" in words(page(app, "/id/ckan-admin/smartcity/visits"))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert 'href="/en/ckan-admin/smartcity/visits"' in app.get("/en/ckan-admin/").body


def test_json_says_what_the_action_says(app, counted):
    answer = json.loads(app.get(f"{ADDRESS}/series.json").body)
    assert answer["grade"] == "confirmed"
    assert sum(row["visits"] or 0 for row in answer["rows"]) == this_year(counted) * 1000
