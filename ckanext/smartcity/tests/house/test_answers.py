"""What caches may keep, what an error gives away, and which posts are believed."""

from __future__ import annotations

import re

import pytest

from ckanext.smartcity.tests.house.audience import ACTIONS, PAGES, REFUSED
from ckanext.smartcity.tests.house.city import ANONYMOUS, our_endpoints
from ckanext.smartcity.tests.tokens import without_token

READERS = (ANONYMOUS, "user", "walidata_editor")
READ_ACTIONS = [name for name, case in ACTIONS.items() if not case.writes]
POSTS = [name for name, case in PAGES.items() if case.writes]
READ_PAGES = [name for name in PAGES if name not in POSTS]


@pytest.fixture(params=[True, False], ids=["cache on", "cache off"])
def caching(request, ckan_config, monkeypatch):
    """A portal that lets shared caches keep answers for an hour."""
    monkeypatch.setitem(ckan_config, "ckan.cache_expires", 3600)
    monkeypatch.setitem(ckan_config, "ckan.cache_enabled", request.param)


def check_caching(answer, kind: str, public: bool) -> None:
    control = answer.cache_control
    if kind != ANONYMOUS or not public:
        assert control.private
        assert not control.public
    if not public or answer.status_code >= 400:
        assert control.no_store
        assert not control.public


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("page", READ_PAGES)
def test_no_shared_cache_keeps_a_page_for_somebody(ask, caching, page, kind):
    check_caching(ask(kind, PAGES[page].address), kind, PAGES[page].public)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("action", READ_ACTIONS)
def test_no_shared_cache_keeps_an_api_answer_for_somebody(ask, caching, action, kind):
    case = ACTIONS[action]
    check_caching(ask(kind, f"/api/3/action/{action}", query_string=case.data), kind, case.public)


@pytest.mark.parametrize("kind", [ANONYMOUS, "sysadmin"])
@pytest.mark.parametrize("address", REFUSED)
def test_no_cache_keeps_a_refusal(ask, caching, address, kind):
    answer = ask(kind, address)
    assert 400 <= answer.status_code < 500
    check_caching(answer, kind, public=True)


@pytest.mark.parametrize("address", ["/smartcity", "/smartcity.csv", "/smartcity/agency/bapenda.json"])
def test_a_shared_cache_may_keep_what_everybody_sees(ask, ckan_config, monkeypatch, address):
    monkeypatch.setitem(ckan_config, "ckan.cache_expires", 3600)
    monkeypatch.setitem(ckan_config, "ckan.cache_enabled", True)
    assert ask(ANONYMOUS, address).cache_control.public


@pytest.mark.parametrize("page", [name for name in READ_PAGES if PAGES[name].public])
def test_what_a_sysadmin_saw_warms_no_cache(ask, ckan_config, monkeypatch, page):
    monkeypatch.setitem(ckan_config, "ckan.cache_enabled", True)
    address = PAGES[page].address
    cold = ask(ANONYMOUS, address)
    assert ask("sysadmin", address).status_code == 200
    warm = ask(ANONYMOUS, address)
    assert without_token(warm.text) == without_token(cold.text)
    assert warm.headers.get("ETag") == cold.headers.get("ETag")


@pytest.mark.parametrize("address", ["/smartcity/agency/{}", "/smartcity/agency/{}.csv", "/smartcity.json?agency={}"])
def test_hidden_and_missing_look_the_same(ask, city, address):
    hidden, missing = city.ended_agency, "x" * len(city.ended_agency)
    answers = [ask(ANONYMOUS, address.format(name)) for name in (hidden, missing)]
    assert answers[0].status_code == answers[1].status_code
    assert without_token(answers[0].text).replace(hidden, missing) == without_token(answers[1].text)


def test_the_api_does_not_tell_hidden_from_missing(ask, city):
    answers = [
        ask(ANONYMOUS, "/api/3/action/smartcity_agency_show", query_string={"id": name})
        for name in (city.ended_agency, "nowhere")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json == answers[1].json


@pytest.fixture
def forgeries_checked(app, monkeypatch):
    """The check against forged posts, which test.ini leaves out."""
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)


@pytest.mark.parametrize("page", POSTS)
def test_a_post_of_a_session_needs_its_own_token(ask, city, app, forgeries_checked, page):
    """CVE-2026-41255: one anonymous post must not open the view for everybody."""
    case = PAGES[page]
    (method,) = our_endpoints(app)[page]
    ask(ANONYMOUS, case.address, method=method, data=case.data)
    app.set_session_user("walidata_editor")
    assert app.client.open(case.address, method=method, data=case.data).status_code == 400
    foreign = token_of(app, "sysadmin")
    app.set_session_user("walidata_editor")
    answer = app.client.open(case.address, method=method, data={**case.data, "_csrf_token": foreign})
    assert answer.status_code == 400


def token_of(app, user: str) -> str:
    app.set_session_user(user)
    return re.search(r'name="_csrf_token"\s+content="([^"]+)"', app.get("/smartcity").body)[1]
