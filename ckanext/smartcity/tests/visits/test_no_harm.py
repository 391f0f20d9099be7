"""Whatever is sent and whatever breaks: a page is answered as without counting."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.smartcity.tests.visits.browsers import Browser, Counters
from ckanext.smartcity.visits import middleware, objects, staff
from ckanext.smartcity.visits.beacon import Tokens
from ckanext.smartcity.visits.robots import Agents


def fail(*arguments, **named):
    raise RuntimeError("planted")


def fail_in_database(*arguments):
    model.Session.execute(sa.text("SELECT nothing FROM nowhere"))


@pytest.fixture
def headers(city) -> dict[str, str]:
    """Of a signed-in user of the public, for whom every part is asked."""
    return {"Authorization": factories.UserWithToken()["token"]}


@pytest.mark.parametrize(
    ("owner", "name", "failure"),
    [
        (middleware, "route", fail),
        (middleware, "client", fail),
        (middleware, "classify", fail),
        (middleware, "has_opted_out", fail),
        (Agents, "kind", fail),
        (Tokens, "make", fail),
        (staff, "has_role", fail),
        (staff, "has_role", fail_in_database),
        (objects, "find", fail),
        (objects, "find", fail_in_database),
        (middleware, "Facts", fail),
        (middleware.Recorder, "record", fail),
    ],
)
def test_an_error_of_ours_reaches_no_page(browser, city, headers, monkeypatch, owner, name, failure):
    monkeypatch.setattr(owner, name, failure)
    assert browser.ask("/dataset/halte", **headers).status == 200
    assert browser.ask(f"/dataset/halte/resource/{city.resource}/download", **headers).status == 302
    assert browser.ask("/dataset/tidak-ada", **headers).status == 404


def test_an_error_is_one_line_a_minute(app, city, browser, monkeypatch, caplog):
    monkeypatch.setattr(middleware, "classify", fail)
    # the application is kept from test to test, and may have said its line already
    monkeypatch.setattr("ckanext.smartcity.visits.complaints.time.monotonic", time.monotonic)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            browser.ask("/about")
    assert len([record for record in caplog.records if "was not counted" in record.getMessage()]) <= 1


def test_one_client_that_calls_ten_thousand_times(browser, counters):
    """A token that is sent again and again, and forged ones: no key more in Redis."""
    page = browser.ask("/about")
    browser.show(page)
    connection = redis.from_url(tk.config["ckan.redis.url"])
    keys = connection.dbsize()
    for _ in range(5000):
        browser.show(page)
    for number in range(5000):
        browser.ask(f"/_sc/s.gif?t={number:027}")
    assert connection.dbsize() <= keys
    assert counters.of() == {"visits": 1, "visits_confirmed": 1, "views": 1}


LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))
HEADERS = ("Origin", "Referer", "Cookie", "User-Agent", "X-Forwarded-For", "Sec-Fetch-Site", "Content-Encoding")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/_sc/s", "/_sc/s.gif", "/_sc/alive"]),
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD"]),
    body=st.binary(max_size=2000),
    query=LATIN,
    headers=st.dictionaries(st.sampled_from(HEADERS), LATIN),
)
def test_nothing_sent_to_the_beacon_does_harm(browser, counters, path, method, body, query, headers):
    environ = browser.environ(path, method, data=body, **headers)
    environ["QUERY_STRING"] = query
    statuses: list[str] = []
    b"".join(browser._app(environ, lambda status, _: statuses.append(status)))
    assert statuses[0][:3] in ("200", "204", "405")
    assert counters.all == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers=st.dictionaries(st.sampled_from([*HEADERS, "Range", "Sec-Fetch-Dest", "Sec-Purpose"]), LATIN))
def test_nothing_sent_with_a_page_does_harm(browser, city, headers):
    for path in ("/about", f"/dataset/halte/resource/{city.resource}/download"):
        assert browser.ask(path, **headers).status < 500


def test_a_forked_web_process_counts_for_itself(browser, counters):
    page = browser.ask("/about")
    child = os.fork()
    if not child:
        os._exit(browser.show(page).status - 204)
    assert os.waitpid(child, 0)[1] == 0
    browser.ask("/")
    assert counters.of() == {"visits": 1, "visits_confirmed": 1, "views": 2}


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to PostgreSQL while the block runs."""
    sent: list[str] = []

    def listen(connection, cursor, statement, parameters, context, executemany):
        sent.append(statement)

    sa.event.listen(model.meta.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", listen)


def test_an_anonymous_page_costs_no_query_and_a_download_one_a_minute(app, city, monkeypatch):
    asked: list[tuple[str, str]] = []
    find = objects.find
    monkeypatch.setattr(objects, "find", lambda kind, ref: asked.append((kind, ref)) or find(kind, ref))
    monkeypatch.setattr(staff, "has_role", fail)
    for _ in range(3):
        browser, counters = Browser(app.flask_app), Counters()
        for path in ("/", "/dataset/halte", f"/dataset/halte/resource/{city.resource}", "/organization/dishub"):
            assert browser.ask(path).status == 200
        assert counters.of() == {"visits": 1, "views": 4}
    assert asked == []
    for _ in range(3):
        Browser(app.flask_app).ask(f"/dataset/halte/resource/{city.contract_resource}/download")
    assert asked == [("resource", city.contract_resource)]
    with statements() as sent:
        find("resource", city.resource)
    assert len(sent) == 1
