"""The beacon: a page tells once that it was shown. Tokens, and the answers before CKAN's own handling.

A beacon only confirms a page that the server has counted, known by the nonce in the token. It can neither open a visit
nor add a view, and the token holds nothing about the reader.
"""

from __future__ import annotations

import re
import secrets
import time
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, Protocol
from urllib.parse import parse_qs

from ckanext.smartcity.visits.caller import Environ, client, has_opted_out, is_own_host
from ckanext.smartcity.visits.complaints import Complaints
from ckanext.smartcity.visits.robots import Agents
from ckanext.smartcity.visits.settings import Settings

NONCE, TIME, TAG = 8, 4, 8  # bytes of the parts of a token
VALID_SECONDS = 2 * 3600
AHEAD_SECONDS = 60  # clocks of several web servers differ
TOKEN = re.compile(r"[A-Za-z0-9_-]{27}", re.ASCII)
LONGEST_BODY = 512

NO_STORE = ("Cache-Control", "no-store")
# The smallest picture there is: one transparent pixel (GIF 89a).
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

StartResponse = Callable[..., Any]


class Tokens:
    """Makes and reads the tokens of pages: nonce, time of issue and a tag keyed from CKAN's secret."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = blake2b(secret, digest_size=32, person=b"smartcity page").digest()
        self._clock = clock

    def make(self) -> tuple[str, str]:
        """A new token and the nonce in it, both as text."""
        nonce = secrets.token_bytes(NONCE)
        issued = int(self._clock()).to_bytes(TIME, "big")
        return _text(nonce + issued + self._tag(nonce + issued)), _text(nonce)

    def nonce(self, token: str) -> str | None:
        """The nonce of a token that is ours and at most two hours old, else ``None``."""
        if not TOKEN.fullmatch(token):
            return None
        content = urlsafe_b64decode(token + "=")
        signed, tag = content[: NONCE + TIME], content[NONCE + TIME :]
        if not secrets.compare_digest(tag, self._tag(signed)):
            return None
        age = self._clock() - int.from_bytes(signed[NONCE:], "big")
        return _text(signed[:NONCE]) if -AHEAD_SECONDS <= age <= VALID_SECONDS else None

    def _tag(self, signed: bytes) -> bytes:
        return blake2b(signed, digest_size=TAG, key=self._key).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Confirming(Protocol):
    """What the layer needs of ``recorder.Recorder``."""

    def record(
        self, event: str, *, address: str, agent: bytes, nonce: str = "", untrusted_header: bool = False
    ) -> None: ...

    def alive(self) -> bool: ...


class Layer:
    """WSGI: answers beacon, image and heartbeat before session, user, language and root path are looked at."""

    def __init__(self, app: Any, settings: Settings, agents: Agents, recorder: Confirming) -> None:
        self._app, self._settings, self._agents, self._recorder = app, settings, agents, recorder
        self._tokens = Tokens(settings.secret)
        self._complain = Complaints("A beacon was not taken")
        self._paths = {
            "/_sc/s": ("POST", self._beacon),
            "/_sc/s.gif": ("GET", self._image),
            "/_sc/alive": ("GET", self._alive),
        }

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or ""
        found = "/_sc/" in path and self._paths.get(path.removeprefix(self._settings.root_path))
        if not found:
            return self._app(environ, start_response)
        method, answer = found
        if environ.get("REQUEST_METHOD") != method:
            start_response("405 Method Not Allowed", [("Allow", method), ("Content-Length", "0"), NO_STORE])
            return [b""]
        return answer(environ, start_response)

    def _beacon(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if _is_sent_by_our_page(environ, self._settings):
            self._confirm(lambda: _body(environ), environ)
        return _empty(start_response)

    def _image(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if _is_shown_by_our_page(environ, self._settings):
            self._confirm(lambda: _query(environ), environ)
        start_response("200 OK", [("Content-Type", "image/gif"), ("Content-Length", str(len(PIXEL))), NO_STORE])
        return [PIXEL]

    def _alive(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            self._recorder.alive()
        except Exception:
            self._complain()
        return _empty(start_response)

    def _confirm(self, token: Callable[[], str], environ: Environ) -> None:
        try:
            self._record(self._tokens.nonce(token()), environ)
        except Exception:
            self._complain()

    def _record(self, nonce: str | None, environ: Environ) -> None:
        if nonce is None or has_opted_out(environ):
            return
        sender = client(environ, self._settings)
        if self._agents.kind(sender.agent) != "person" or self._settings.internal_networks.holds_text(sender.address):
            return
        self._recorder.record(
            "show", address=sender.address, agent=sender.agent, nonce=nonce, untrusted_header=sender.untrusted_header
        )


def _empty(start_response: StartResponse) -> Iterable[bytes]:
    start_response("204 No Content", [NO_STORE])
    return [b""]


def _body(environ: Environ) -> str:
    """The body as text; empty where it is longer than 512 bytes or says no length."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not re.fullmatch(r"[0-9]{1,3}", length, re.ASCII) or int(length) > LONGEST_BODY:
        return ""
    return environ["wsgi.input"].read(int(length)).decode("ascii", "replace")


def _query(environ: Environ) -> str:
    query = environ.get("QUERY_STRING") or ""
    return parse_qs(query).get("t", [""])[0] if len(query) <= LONGEST_BODY else ""


def _is_sent_by_our_page(environ: Environ, settings: Settings) -> bool:
    """A script's POST: its Origin is ours; where it has none (or hides it), Sec-Fetch-Site says so."""
    origin = environ.get("HTTP_ORIGIN") or "null"
    if origin != "null":
        return is_own_host(origin, environ, settings)
    return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin"


def _is_shown_by_our_page(environ: Environ, settings: Settings) -> bool:
    """An image: neither Sec-Fetch-Site nor Referer names another site."""
    referer = environ.get("HTTP_REFERER")
    return environ.get("HTTP_SEC_FETCH_SITE") in (None, "same-origin") and (
        not referer or is_own_host(referer, environ, settings)
    )
