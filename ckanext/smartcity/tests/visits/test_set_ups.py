"""Counting under other options: uploads in files, proxies, networks of staff, a root path, switched off."""

from __future__ import annotations

import io
import socket
import tempfile
import time

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.smartcity.tests.visits.browsers import NAVIGATION, OTHER_FRAME, OUR_FRAME, Browser, Counters
from ckanext.smartcity.visits.beacon import Tokens

STORAGE = "ckan.files.default_storages.default."
PREFIX = "ckanext.smartcity.visits."
CONTENT = b"nama;jumlah\n" * 1000
VISIT = {"visits": 1, "views": 1}


@pytest.fixture
def upload(clean) -> str:
    """The address of an uploaded file, and its id behind it."""
    dataset = factories.Dataset(name="halte")
    file = FileStorage(io.BytesIO(CONTENT), filename="tabel.csv")
    made = helpers.call_action("resource_create", package_id=dataset["id"], url="tabel.csv", upload=file)
    return f"/dataset/halte/resource/{made['id']}/download/tabel.csv"


def resource_of(address: str) -> str:
    return f"resource|{address.split('/')[4]}"


def test_an_upload_in_the_storage_of_the_tests_is_one_download(app, upload):
    counters = Counters()
    assert Browser(app.flask_app).ask(upload, close=False).body == CONTENT
    assert counters.of(resource_of(upload)) == {"downloads": 1}


def test_a_page_is_counted_behind_its_last_byte(app, clean):
    counters, browser = Counters(), Browser(app.flask_app)
    browser.ask("/about", close=False)
    assert counters.all == {}
    browser.ask("/about")
    assert counters.of() == VISIT


@pytest.mark.ckan_config(f"{STORAGE}type", "ckan:fs")
@pytest.mark.ckan_config(f"{STORAGE}path", tempfile.mkdtemp(prefix="smartcity-"))
@pytest.mark.ckan_config(f"{STORAGE}initialize", True)
class TestFiles:
    """Werkzeug hands a file through and never closes the answer (``direct_passthrough``)."""

    def test_an_upload_kept_in_a_file_is_one_download(self, app, upload):
        counters = Counters()
        answer = Browser(app.flask_app).ask(upload, close=False)
        assert (answer.status, answer.body) == (200, CONTENT)
        assert counters.of(resource_of(upload)) == {"downloads": 1}
        assert counters.of("dataset|" + helpers.call_action("package_show", id="halte")["id"]) == {"downloads": 1}

    def test_not_modified_is_a_download(self, app, upload):
        counters, browser = Counters(), Browser(app.flask_app)
        tag = browser.ask(upload).header("ETag")
        again = Browser(app.flask_app)
        assert again.ask(upload, If_None_Match=tag).status == 304
        assert counters.of(resource_of(upload)) == {"downloads": 2}

    @pytest.mark.parametrize(
        ("ranges", "counted"),
        [
            ("bytes=0-", {"downloads": 1}),
            ("bytes=0-9", {"downloads": 1}),
            ("bytes=1-9", {}),
            ("bytes=5000-", {}),
            ("bytes=-10", {}),
        ],
    )
    def test_only_the_first_bytes_are_a_download(self, app, upload, ranges, counted):
        counters = Counters()
        assert Browser(app.flask_app).ask(upload, Range=ranges).status == 206
        assert counters.of(resource_of(upload)) == counted

    def test_a_head_and_a_refused_range_are_nothing(self, app, upload):
        counters, browser = Counters(), Browser(app.flask_app)
        assert browser.ask(upload, "HEAD").status == 200
        assert browser.ask(upload, Range="bytes=999999-").status == 416
        assert counters.all == {}


@pytest.mark.with_plugins("text_view")
def test_views_of_a_resource(clean, app):
    """Shown in a frame by the page of the resource; an old browser sends no more than the address of that page."""
    resource = factories.Resource(format="TXT")
    made = helpers.call_action("resource_view_create", resource_id=resource["id"], title="Teks", view_type="text_view")
    view = f"/dataset/{resource['package_id']}/resource/{resource['id']}/view/{made['id']}"
    counters = Counters()
    for headers in (
        OUR_FRAME,
        OTHER_FRAME,
        {"Referer": "http://test.ckan.net/dataset"},
        {"Referer": "https://x.example"},
    ):
        assert Browser(app.flask_app).ask(view, **headers).status == 200
    assert counters.all == {}
    for headers in ({}, NAVIGATION):
        Browser(app.flask_app).ask(view, **headers)
    assert counters.of() == counters.of(f"resource|{resource['id']}") == {"visits": 2, "views": 2}


@pytest.mark.ckan_config(f"{PREFIX}trusted_proxies", "10.0.0.0/8 unix")
@pytest.mark.ckan_config(f"{PREFIX}internal_networks", "192.0.2.0/24")
class TestNetworks:
    def test_two_clients_of_a_proxy_are_two(self, app, clean_db):
        counters, proxy = Counters(), Browser(app.flask_app, address="10.0.0.1")
        for client in ("198.51.100.1", "198.51.100.2", "10.0.0.9, 198.51.100.1"):
            proxy.ask("/about", X_Forwarded_For=client)
        assert counters.of() == {"visits": 2, "views": 2}

    def test_a_socket_of_the_file_system_is_a_proxy(self, app, clean_db):
        counters, proxy = Counters(), Browser(app.flask_app, address="")
        for client in ("198.51.100.3", "198.51.100.4"):
            proxy.ask("/about", X_Forwarded_For=client)
        assert counters.of() == {"visits": 2, "views": 2}

    def test_a_stranger_cannot_pose_as_staff(self, app, clean_db):
        counters = Counters()
        Browser(app.flask_app).ask("/about", X_Forwarded_For="192.0.2.7")
        assert counters.of() == VISIT

    def test_the_network_of_staff(self, app, clean_db):
        counters, staff = Counters(), Browser(app.flask_app, address="192.0.2.7")
        page = staff.ask("/about")
        assert (page.token, counters.of()) == ("", {"internal": 1})


@pytest.mark.ckan_config("ckan.root_path", "/data/{{LANG}}")
class TestRootPath:
    def test_page_and_beacon(self, app, clean_db):
        counters, browser = Counters(), Browser(app.flask_app)
        page = browser.ask("/en/about")
        assert 'src="/data/smartcity/page.js" data-to="/data/_sc/s"' in page.text
        assert f'src="/data/_sc/s.gif?t={page.token}"' in page.text
        sent = browser.ask("/data/_sc/s", "POST", data=page.token, Origin="http://test.ckan.net")
        assert (sent.status, counters.of()) == (204, {"visits": 1, "visits_confirmed": 1, "views": 1})


@pytest.mark.ckan_config(f"{PREFIX}beacon", False)
def test_without_the_beacon_pages_carry_no_token(app, clean_db):
    counters, page = Counters(), Browser(app.flask_app).ask("/about")
    assert (page.status, page.token, counters.of()) == (200, "", VISIT)


@pytest.mark.ckan_config(f"{PREFIX}enabled", False)
def test_switched_off_nothing_is_done(app, clean_db):
    counters, browser = Counters(), Browser(app.flask_app)
    page = browser.ask("/about")
    assert (page.status, page.token, counters.all) == (200, "", {})
    assert browser.ask("/_sc/alive").status == 404
    assert "smartcity_visits" not in app.flask_app.extensions


def listening() -> socket.socket:
    """A server that takes connections and never says a word, like a frozen Redis."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(64)
    return server


FROZEN = listening()
NOBODY = "redis://127.0.0.1:1/0"  # port 1: nothing listens there
SILENT = f"redis://127.0.0.1:{FROZEN.getsockname()[1]}/0"


def pages_do_not_wait(app) -> None:
    """50 ms at most for each of three calls, none after them; the bound here leaves room for a busy machine."""
    browser = Browser(app.flask_app)
    token = Tokens(tk.config["SECRET_KEY"].encode()).make()[0]
    started = time.perf_counter()
    for _ in range(20):
        assert browser.ask("/_sc/s", "POST", data=token, Origin="http://test.ckan.net").status == 204
    assert time.perf_counter() - started < 1
    page = browser.ask("/about")
    assert (page.status, bool(page.token)) == (200, True)
    assert browser.ask("/_sc/alive").status == 204


@pytest.mark.ckan_config(f"{PREFIX}redis_url", NOBODY)
def test_pages_do_not_wait_for_a_redis_that_is_stopped(app, clean_db):
    pages_do_not_wait(app)


@pytest.mark.ckan_config(f"{PREFIX}redis_url", SILENT)
def test_pages_do_not_wait_for_a_redis_that_is_frozen(app, clean_db):
    pages_do_not_wait(app)
