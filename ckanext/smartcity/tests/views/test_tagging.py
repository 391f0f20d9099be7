"""``/smartcity/tagging``: who may, the three steps, forged posts, and that nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from ckan import model
from sqlalchemy import event

from ckanext.smartcity.tests.tagging_city import CONTRACTS, LAMPS, agency, build, dataset, stored, token

PAGE = "/en/smartcity/tagging"
REVIEW, APPLY = f"{PAGE}/review", f"{PAGE}/apply"
ROUTES = [("GET", PAGE), ("POST", REVIEW), ("POST", APPLY)]
CHOICE = {"dataset": ["aduan", "halte"], "indicator": CONTRACTS}


@pytest.fixture(autouse=True)
def city(clean):
    build()


@pytest.fixture
def open_as(app):
    """Ask for a page as a user: ``open_as("wali", "POST", REVIEW, form)``."""

    def call(user: str, method: str, url: str, form: dict | None = None):
        headers = token(user) if user else {}
        return app.test_client().open(url, method=method, data=form or {}, headers=headers)

    return call


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def names(response) -> list[str]:
    return [box["value"] for box in soup(response).select("input[type=checkbox][name=dataset]")]


def test_only_editors_of_the_walidata_may_and_no_answer_is_kept(open_as):
    expected = {"": 403, "warga": 403, "petugas": 403, "anggota": 403, "wali": 200}
    for user, status in expected.items():
        for method, url in ROUTES:
            response = open_as(user, method, url, CHOICE)
            assert (response.status_code, user, url) == (status, user, url)
            assert response.headers["Cache-Control"] == "private, no-store"
            assert "Lokasi CCTV" not in response.text


def test_the_dashboard_of_the_walidata_leads_to_the_page(open_as):
    assert PAGE in open_as("wali", "GET", "/en/dashboard/datasets").text
    assert PAGE not in open_as("petugas", "GET", "/en/dashboard/datasets").text


def test_a_post_address_cannot_be_read(open_as):
    for url in (REVIEW, APPLY):
        assert open_as("wali", "GET", url).status_code in (404, 405)
    assert not stored("aduan", "indicators")


def test_the_list_is_by_agency_and_says_how_many(open_as):
    page = soup(open_as("wali", "GET", PAGE))
    assert page.select('link[href*="smartcity.css"]')
    legends = [" ".join(legend.text.split()) for legend in page.select("legend")]
    assert legends == ["Datasets without an indicator 1 to 3 of 3", "Dinas Kesehatan", "Dinas Perhubungan"]
    assert [option["value"] for option in page.select("#filter-opd option")] == ["", "dinkes", "dishub"]
    assert all(page.select(f"label[for={box['id']}]") for box in page.select("input[type=checkbox]"))


def test_filters_stay_in_the_form_and_narrow_the_list(open_as):
    response = open_as("wali", "GET", f"{PAGE}?opd=dinkes&q=Daftar")
    assert names(response) == ["puskesmas"]
    page = soup(response)
    assert page.select_one("#filter-q")["value"] == "Daftar"
    assert page.select_one("#filter-opd option[selected]")["value"] == "dinkes"
    assert page.select_one(".sc-tagging input[name=opd]")["value"] == "dinkes"
    assert "passes these filters" in open_as("wali", "GET", f"{PAGE}?q=nothing-like-it").text


def test_odd_addresses_are_answered(open_as):
    for odd in ("page=0", "page=-3", "page=x", "page=99", "page=%C2%B2", "q=" + "x" * 5000, "q=%00", "opd=%00%25"):
        assert open_as("wali", "GET", f"{PAGE}?{odd}").status_code == 200, odd


def test_the_three_steps(open_as):
    review = open_as("wali", "POST", REVIEW, CHOICE)
    assert review.status_code == 200
    assert "2 datasets get this indicator" in review.text
    assert not stored("aduan", "indicators")
    form = soup(review).select_one("form.sc-tagging")
    assert form["action"] == APPLY
    sent = {"indicator": form.select_one("[name=indicator]")["value"]}
    sent["dataset"] = [field["value"] for field in form.select("[name=dataset]")]
    assert sent == CHOICE
    done = open_as("wali", "POST", APPLY, sent)
    assert "2 datasets serve the indicator now" in done.text
    assert "/en/smartcity/indicator/iso37122-2019/5.1" in done.text
    assert stored("aduan", "indicators") == [CONTRACTS]
    assert stored("halte", "indicators") == [CONTRACTS]
    assert names(open_as("wali", "GET", PAGE)) == ["puskesmas"]


def test_sent_twice_it_is_done_once(open_as):
    open_as("wali", "POST", APPLY, CHOICE)
    again = open_as("wali", "POST", APPLY, CHOICE)
    assert again.status_code == 200
    assert "had this indicator already" in again.text
    assert stored("aduan", "indicators") == [CONTRACTS]


@pytest.mark.parametrize("url", [REVIEW, APPLY])
def test_what_is_missing_is_said_with_a_link_and_what_was_ticked_stays(open_as, url):
    no_indicator = open_as("wali", "POST", url, {"dataset": ["halte"], "opd": "dishub"})
    assert no_indicator.status_code == 400
    page = soup(no_indicator)
    summary = page.select_one("#problems")
    assert summary.has_attr("autofocus")
    assert [page.select_one(link["href"]).name for link in summary.select("a")] == ["select"]
    assert page.select_one("#dataset-halte").has_attr("checked")
    no_dataset = soup(open_as("wali", "POST", url, {"indicator": LAMPS}))
    assert no_dataset.select_one("#indicator option[selected]")["value"] == LAMPS
    assert [no_dataset.select_one(link["href"]).name for link in no_dataset.select("#problems a")] == ["fieldset"]


def test_changing_the_choice_brings_the_ticks_back(open_as):
    page = soup(open_as("wali", "POST", REVIEW, {**CHOICE, "back": "1"}))
    assert [box["value"] for box in page.select("input[checked]")] == ["aduan", "halte"]
    assert page.select_one("#indicator option[selected]")["value"] == CONTRACTS


@pytest.mark.parametrize("url", [REVIEW, APPLY])
def test_a_hidden_and_a_missing_dataset_are_refused_alike_and_nothing_is_written(open_as, url):
    answers = [
        open_as("wali", "POST", url, {"dataset": ["aduan", name], "indicator": CONTRACTS})
        for name in ("rahasia", "tidakada")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    hidden, missing = (
        re.sub(r'name="_csrf_token"[^>]*|rahasia|tidakada|render time.*', "", answer.text) for answer in answers
    )
    assert hidden == missing
    assert not stored("aduan", "indicators")


def test_a_bare_code_and_hostile_values_are_refused_and_escaped(open_as):
    hostile = '"><svg onload=alert(1)>'
    for indicator in ("7.1", hostile, "{{7*7}}"):
        response = open_as("wali", "POST", APPLY, {"dataset": [hostile], "indicator": indicator, "q": hostile})
        assert response.status_code == 400
        assert "<svg onload" not in response.text
        assert "{{7*7}}" in response.text or indicator != "{{7*7}}"


def test_hostile_titles_are_escaped_in_every_step(open_as):
    hostile = '<img src=x onerror=alert(1)>"'
    agency("jahat", hostile)
    dataset("jahat", "jahat", title=hostile, notes=hostile)
    for response in (
        open_as("wali", "GET", PAGE),
        open_as("wali", "POST", REVIEW, {"dataset": ["jahat"], "indicator": CONTRACTS}),
        open_as("wali", "POST", APPLY, {"dataset": ["jahat"], "indicator": CONTRACTS}),
    ):
        assert response.status_code == 200
        assert "<img src=x" not in response.text


def test_fifty_a_page_and_the_same_statements_for_each_length(open_as):
    def statements(url: str) -> int:
        seen = []
        engine = model.Session.get_bind()

        def listen(*arguments):
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", listen)
        try:
            assert open_as("wali", "GET", url).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", listen)
        return len(seen)

    statements(PAGE)
    few = statements(f"{PAGE}?q=halte")
    owner = model.Group.get("dishub").id
    for number in range(60):
        made = model.Package(name=f"lain-{number}", title=f"Lain {number}", type="dataset", owner_org=owner, extras={})
        model.Session.add(made)
    model.Session.commit()
    assert statements(PAGE) == few
    first, second = open_as("wali", "GET", PAGE), open_as("wali", "GET", f"{PAGE}?page=2")
    assert (len(names(first)), len(names(second))) == (50, 13)
    assert soup(first).select_one("a[rel=next]")["href"] == f"{PAGE}?page=2"
    assert soup(second).select_one("a[rel=prev]")["href"] == f"{PAGE}?page=1"
    assert names(open_as("wali", "GET", f"{PAGE}?page=9")) == names(second)


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
def test_a_session_needs_its_own_token_also_after_an_anonymous_post(app):
    visitor = app.test_client()
    wali, other = (app.test_client(user=model.User.get(name)) for name in ("wali", "petugas"))
    own = soup(wali.get(PAGE)).select_one("form.sc-tagging input[name=_csrf_token]")["value"]
    others = soup(other.get("/en/user/petugas")).select_one("input[name=_csrf_token]")["value"]
    for url in (REVIEW, APPLY):
        assert visitor.post(url, data=CHOICE).status_code in (400, 403)
        assert wali.post(url, data=CHOICE).status_code == 400
        assert wali.post(url, data={**CHOICE, "_csrf_token": others}).status_code == 400
        assert not stored("aduan", "indicators")
        assert wali.post(url, data={**CHOICE, "_csrf_token": own}).status_code == 200
    assert stored("aduan", "indicators") == [CONTRACTS]


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
def test_an_api_token_needs_no_form_token(open_as):
    assert open_as("wali", "POST", APPLY, CHOICE).status_code == 200
    assert stored("aduan", "indicators") == [CONTRACTS]


def test_reading_changes_nothing(open_as):
    open_as("wali", "GET", f"{PAGE}?dataset=aduan&indicator={CONTRACTS}")
    assert not stored("aduan", "indicators")


def test_the_page_is_in_indonesian_by_default(open_as):
    page = soup(open_as("wali", "GET", "/smartcity/tagging"))
    assert page.html["lang"] == "id"
    assert page.select_one("form.sc-tagging")["action"] == "/smartcity/tagging/review"
