"""Visits as real browsers make them: what a page, its data and the action show after somebody read three pages."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ckanext.smartcity.tests.browser.conftest import FLAGS, Portal, log_in

pytestmark = pytest.mark.browser

THREE_PAGES = ("/about", "/organization/", "/group/")
FIGURES = ("visits", "visits_confirmed", "views", "downloads")
NUMBERS = count(100)
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
AFTER_SHOWING_MS = 1500  # the beacon waits half a second


@pytest.fixture(scope="module", autouse=True)
def empty_redis() -> None:
    """Nothing of an earlier run: its readers have the same agents, and their visits may still be open."""
    connection = redis.Redis.from_url(os.environ["CKAN_REDIS_URL"])
    for key in connection.scan_iter("sc:smartcity_test:*", count=1000):
        connection.delete(key)


@pytest.fixture(scope="module")
def peoples_browser(browser: Browser, chromium: str) -> Iterator[Browser]:
    """A browser that does not say that a program drives it."""
    flags = [*FLAGS, "--disable-blink-features=AutomationControlled"]
    running = browser.browser_type.launch(executable_path=chromium, args=flags)
    yield running
    running.close()


@pytest.fixture
def reader(peoples_browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser that the portal has not seen: all come from one address, so that the agent tells them apart."""
    opened: list[BrowserContext] = []

    def context(driver: Browser = peoples_browser, **more: Any) -> BrowserContext:
        opened.append(driver.new_context(user_agent=AGENT.format(next(NUMBERS)), locale="id-ID", **more))
        return opened[-1]

    yield context
    for one in opened:
        one.close()


@pytest.fixture
def today(portal: Portal, page: Page, with_plugins: None) -> Callable[[], dict[str, int]]:
    """Flushes, and gives today's figures, as action, file and page all have them. ``page`` itself counts as a robot."""
    from ckanext.smartcity import config, nightly
    from ckanext.smartcity.visits.flush import Flush

    flush = Flush(config.visits_settings(), nightly.own_engine())
    asked = f"interval=day&first={config.today()}"
    action = f"{portal.address}/api/3/action/smartcity_visit_series_list?{asked}"
    file = f"{portal.address}/smartcity/visits/series.json?{asked}"

    def figures() -> dict[str, int]:
        flush.changed()
        rows = page.request.get(action).json()["result"]["rows"]
        assert page.request.get(file).json()["rows"] == rows
        page.goto(f"{portal.address}/en/smartcity/visits")
        shown = page.locator(".sc-total", has_text="Visits today").locator("dd").all_inner_texts()
        assert shown == ([] if rows[-1]["visits"] is None else [str(rows[-1]["visits"])])
        return {name: rows[-1][name] or 0 for name in FIGURES}

    return figures


def read(page: Page, portal: Portal) -> None:
    for path in THREE_PAGES:
        page.goto(f"{portal.address}{path}")
        page.wait_for_timeout(AFTER_SHOWING_MS)


def added(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in FIGURES}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_three_pages_are_one_confirmed_visit(portal: Portal, today, reader, script: bool) -> None:
    before = today()
    read(reader(java_script_enabled=script).new_page(), portal)
    assert added(before, today()) == {"visits": 1, "visits_confirmed": 1, "views": 3, "downloads": 0}


def test_a_browser_driven_by_a_program_confirms_nothing(portal: Portal, today, browser: Browser, reader) -> None:
    before = today()
    driven = reader(browser).new_page()
    asked: list[str] = []
    driven.on("request", lambda request: asked.append(request.url))
    read(driven, portal)
    assert driven.evaluate("navigator.webdriver") is True
    assert not [url for url in asked if "/_sc/" in url]
    assert added(before, today()) == {"visits": 1, "visits_confirmed": 0, "views": 3, "downloads": 0}


def test_staff_add_nothing(portal: Portal, today, reader) -> None:
    before = today()
    staff = reader().new_page()
    log_in(staff, portal, "editor-dishub")
    read(staff, portal)
    assert staff.locator("script[data-token]").count() == 0
    assert added(before, today()) == dict.fromkeys(FIGURES, 0)


def test_who_opts_out_adds_nothing_and_may_come_back(portal: Portal, today, reader) -> None:
    before = today()
    person = reader().new_page()
    person.goto(f"{portal.address}/smartcity/visits")
    person.locator("form[action$='/opt-out'] button").click()
    expect(person.locator("form[action$='/opt-in'] button")).to_be_visible()
    read(person, portal)
    assert added(before, today()) == dict.fromkeys(FIGURES, 0)
    person.goto(f"{portal.address}/smartcity/visits")
    person.locator("form[action$='/opt-in'] button").click()
    expect(person.locator("form[action$='/opt-out'] button")).to_be_visible()
    read(person, portal)
    assert added(before, today())["visits"] == 1


class Echo(BaseHTTPRequestHandler):
    """Answers with a page of links to a file, and remembers what was sent for the file."""

    sent: dict[str, tuple[str, str]]

    def do_GET(self) -> None:
        is_file = self.path.startswith("/file")
        if is_file:
            names = ("Sec-Fetch-Mode", "Sec-Fetch-Dest")
            self.sent[self.path] = tuple(self.headers.get(name, "") for name in names)  # type: ignore[assignment]
        links = '<a id="saved" href="/file?saved" download>a</a> <a id="plain" href="/file?plain">b</a>'
        links += '<a id="tab" href="/file?tab" target="_blank">c</a><img src="/file?image">'
        body = b"a,b\n" if is_file else links.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/csv" if is_file else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the test's output is for the test."""


def test_what_a_browser_sends_for_links_to_files(peoples_browser: Browser) -> None:
    """The rule of navigation rests on this: a link with ``download`` is a navigation to an empty destination."""
    Echo.sent = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for link in ("saved", "plain", "tab"):
        context = peoples_browser.new_context(accept_downloads=True)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.click(f"#{link}")
        page.wait_for_timeout(500)
        context.close()
    server.shutdown()
    assert Echo.sent == {
        "/file?saved": ("navigate", "empty"),
        "/file?plain": ("navigate", "document"),
        "/file?tab": ("navigate", "document"),
        "/file?image": ("no-cors", "image"),
    }
