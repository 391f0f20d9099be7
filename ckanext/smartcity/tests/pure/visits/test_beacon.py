"""Tokens of pages, and the three addresses of the beacon: what is taken, what is dropped, what nobody can break."""

from __future__ import annotations

import io
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.tests.visits.made import some_settings
from ckanext.smartcity.visits.address import networks
from ckanext.smartcity.visits.beacon import AHEAD_SECONDS, VALID_SECONDS, Layer, Tokens
from ckanext.smartcity.visits.caller import client, has_opted_out, is_own_host
from ckanext.smartcity.visits.robots import Agents

SETTINGS = replace(
    some_settings(),
    trusted_proxies=networks(["127.0.0.1"]),
    internal_networks=networks(["10.20.0.0/16"]),
    secret=b"a secret of the portal",
    site_host="data.kota.go.id",
)
AGENTS = Agents()
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
NOW = 1_800_000_000


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Noted:
    """In the recorder's place: keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        self.heartbeats = 0

    def record(self, event: str, **values) -> None:
        self.told.append({"event": event, **values})

    def alive(self) -> bool:
        self.heartbeats += 1
        return True


class Portal:
    """The layer in front of an application that answers "page"."""

    def __init__(self, **changes) -> None:
        self.recorder = Noted()
        self.settings = replace(SETTINGS, **changes)
        self.layer = Layer(self._page, self.settings, AGENTS, self.recorder)

    @staticmethod
    def _page(environ, start_response):
        start_response("200 OK", [("Set-Cookie", "ckan=1")])
        return [b"page"]

    def ask(self, path: str, method: str = "POST", body: bytes = b"", **environ) -> tuple[str, dict[str, str], bytes]:
        answer: list = []
        full = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "REMOTE_ADDR": "203.0.113.9",
            "HTTP_HOST": "data.kota.go.id",
            "HTTP_USER_AGENT": CHROME,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
        content = b"".join(self.layer(full, lambda status, headers: answer.extend((status, dict(headers)))))
        return answer[0], answer[1], content

    def send(self, token: str | None = None, **environ) -> list[dict]:
        """What a beacon of our own page makes the recorder hear."""
        token = Tokens(self.settings.secret).make()[0] if token is None else token
        status, headers, body = self.ask(
            "/_sc/s", body=token.encode(), **{"HTTP_ORIGIN": "https://data.kota.go.id", **environ}
        )
        assert (status, headers, body) == ("204 No Content", {"Cache-Control": "no-store"}, b"")
        return self.recorder.told


def test_a_token_gives_back_its_nonce():
    tokens = Tokens(b"secret", Clock())
    token, nonce = tokens.make()
    assert tokens.nonce(token) == nonce
    assert len(token) == 27 and len(nonce) == 11
    assert tokens.make()[1] != nonce


@pytest.mark.parametrize(
    ("later", "taken"),
    [(0, True), (VALID_SECONDS, True), (VALID_SECONDS + 1, False), (-AHEAD_SECONDS, True), (-AHEAD_SECONDS - 1, False)],
)
def test_a_token_lives_two_hours(later, taken):
    clock = Clock()
    tokens = Tokens(b"secret", clock)
    token, _ = tokens.make()
    clock.now += later
    assert (tokens.nonce(token) is not None) == taken


@pytest.mark.parametrize("position", range(20))
def test_a_changed_token_is_dropped(position):
    tokens = Tokens(b"secret", Clock())
    content = bytearray(urlsafe_b64decode(tokens.make()[0] + "="))
    content[position] ^= 1
    assert tokens.nonce(urlsafe_b64encode(content).rstrip(b"=").decode()) is None


def test_a_token_of_another_portal_is_dropped():
    assert Tokens(b"secret", Clock()).nonce(Tokens(b"other", Clock()).make()[0]) is None


@given(st.text())
def test_any_text_is_read_as_a_token(text):
    assert Tokens(b"secret").nonce(text) is None


def test_a_beacon_of_our_page_is_taken():
    tokens = Tokens(SETTINGS.secret)
    token, nonce = tokens.make()
    assert Portal().send(token) == [
        {
            "event": "show",
            "address": "203.0.113.9",
            "agent": CHROME.encode(),
            "nonce": nonce,
            "untrusted_header": False,
        }
    ]


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"HTTP_ORIGIN": "https://data.kota.go.id"}, True),
        ({"HTTP_ORIGIN": "HTTPS://DATA.KOTA.GO.ID"}, True),
        ({"HTTP_ORIGIN": "http://intern:5000", "HTTP_HOST": "intern:5000"}, True),
        ({"HTTP_ORIGIN": "https://other.example"}, False),
        ({"HTTP_ORIGIN": "https://other.example", "HTTP_SEC_FETCH_SITE": "same-origin"}, False),
        ({"HTTP_ORIGIN": ""}, False),
        ({"HTTP_ORIGIN": "null"}, False),
        ({"HTTP_ORIGIN": "null", "HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_ORIGIN": "", "HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_ORIGIN": "", "HTTP_SEC_FETCH_SITE": "same-site"}, False),
        ({"HTTP_ORIGIN": "http://[bad"}, False),
        ({"HTTP_COOKIE": "sc_optout=1"}, False),
        ({"HTTP_COOKIE": "a=b; sc_optout=1; c=d"}, False),
        ({"HTTP_COOKIE": "sc_optout=0"}, True),
        ({"HTTP_COOKIE": "xsc_optout=1"}, True),
        ({"HTTP_USER_AGENT": ""}, False),
        ({"HTTP_USER_AGENT": "Googlebot/2.1"}, False),
        ({"HTTP_USER_AGENT": "curl/8.5.0"}, False),
        ({"REMOTE_ADDR": "10.20.3.4"}, False),
        ({"REMOTE_ADDR": "10.21.3.4"}, True),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.20.3.4"}, False),
        ({"REMOTE_ADDR": "203.0.113.1", "HTTP_X_FORWARDED_FOR": "10.20.3.4"}, True),
        ({"CONTENT_LENGTH": ""}, False),
        ({"CONTENT_LENGTH": "513"}, False),
        ({"CONTENT_LENGTH": "-1"}, False),
        ({"CONTENT_LENGTH": "27x"}, False),
    ],
)
def test_what_drops_a_beacon(headers, taken):
    assert bool(Portal().send(**headers)) == taken


def test_the_longest_body_is_read():
    assert not Portal().send("x" * 512)
    assert not Portal().send("x" * 513)


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "none"}, False),
        ({"HTTP_REFERER": "https://data.kota.go.id/dataset"}, True),
        ({"HTTP_REFERER": "https://other.example/"}, False),
        ({"HTTP_COOKIE": "sc_optout=1"}, False),
        ({"HTTP_USER_AGENT": "Googlebot/2.1"}, False),
    ],
)
def test_an_image_of_our_page_is_taken(headers, taken):
    portal = Portal()
    token, nonce = Tokens(SETTINGS.secret).make()
    status, answered, body = portal.ask("/_sc/s.gif", "GET", QUERY_STRING=f"t={token}", **headers)
    assert (status, answered["Content-Type"], answered["Cache-Control"]) == ("200 OK", "image/gif", "no-store")
    assert body.startswith(b"GIF89a") and answered["Content-Length"] == str(len(body))
    assert [told["nonce"] for told in portal.recorder.told] == ([nonce] if taken else [])


def test_a_heartbeat_tells_the_recorder_and_nothing_else():
    portal = Portal()
    assert portal.ask("/_sc/alive", "GET")[0] == "204 No Content"
    assert (portal.recorder.heartbeats, portal.recorder.told) == (1, [])


@pytest.mark.parametrize(("path", "allowed"), [("/_sc/s", "POST"), ("/_sc/s.gif", "GET"), ("/_sc/alive", "GET")])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_other_methods_are_refused(path, allowed, method):
    status, headers, _ = Portal().ask(path, method)
    if method != allowed:
        assert (status[:3], headers["Allow"], headers["Cache-Control"]) == ("405", allowed, "no-store")
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("root_path", "path", "answered"),
    [
        ("", "/_sc/s", True),
        ("/data", "/data/_sc/s", True),
        ("/data", "/_sc/s", True),
        ("", "/data/_sc/s", False),
        ("", "/id/_sc/s", False),
        ("", "/_sc/s/", False),
        ("", "/_sc/other", False),
        ("", "/dataset", False),
    ],
)
def test_paths(root_path, path, answered):
    status, _, body = Portal(root_path=root_path).ask(path)
    assert (status, body) == (("204 No Content", b"") if answered else ("200 OK", b"page"))


HEADERS = ("ORIGIN", "REFERER", "COOKIE", "USER_AGENT", "HOST", "SEC_FETCH_SITE", "X_FORWARDED_FOR")
LATIN = st.text(st.characters(max_codepoint=255))


@given(
    path=st.sampled_from(["/_sc/s", "/_sc/s.gif", "/_sc/alive"]),
    method=st.sampled_from(["GET", "POST"]),
    body=st.binary(max_size=600),
    query=LATIN,
    length=st.one_of(st.none(), LATIN, st.integers().map(str)),
    headers=st.dictionaries(st.sampled_from(HEADERS), LATIN),
    peer=LATIN,
)
def test_nothing_that_is_sent_does_harm(path, method, body, query, length, headers, peer):
    portal = Portal()
    environ = {f"HTTP_{name}": value for name, value in headers.items()}
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    status, answered, _ = portal.ask(path, method, body, QUERY_STRING=query, REMOTE_ADDR=peer, **environ)
    assert status[:3] in ("204", "200", "405")
    assert "Set-Cookie" not in answered
    assert portal.recorder.told == []


def test_a_reader_that_breaks_off_is_answered():
    class Gone(io.BytesIO):
        def read(self, *_):
            raise OSError("gone")

    environ = {"CONTENT_LENGTH": "27", "wsgi.input": Gone(), "HTTP_ORIGIN": "https://data.kota.go.id"}
    assert Portal().ask("/_sc/s", **environ)[0] == "204 No Content"


def test_a_client_behind_a_stranger_is_the_stranger():
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1", "HTTP_USER_AGENT": "\xe9"}
    assert client(environ, SETTINGS) == ("203.0.113.9", b"\xe9", True)
    assert client({**environ, "REMOTE_ADDR": "127.0.0.1"}, SETTINGS) == ("198.51.100.1", b"\xe9", False)
    assert client({}, SETTINGS) == ("", b"", False)


@pytest.mark.parametrize(
    "cookie", ["sc_optout", "sc_optout=", "sc_optout=2", "sc_optout=11", "x=sc_optout", "\xffsc_optout=1"]
)
def test_only_the_digit_1_opts_out(cookie):
    assert not has_opted_out({"HTTP_COOKIE": cookie})


def test_own_hosts():
    environ = {"HTTP_HOST": "intern:5000"}
    assert is_own_host("http://intern:5000/x", environ, SETTINGS)
    assert is_own_host("https://data.kota.go.id", environ, SETTINGS)
    assert not is_own_host("http://intern:5001/x", environ, SETTINGS)
    assert not is_own_host("", {"HTTP_HOST": ""}, SETTINGS)
