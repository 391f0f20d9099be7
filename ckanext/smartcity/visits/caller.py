"""Who asks, read from the WSGI environment of a request: nothing of CKAN is needed, or trusted, for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ckanext.smartcity.visits.address import client_address, is_trusted
from ckanext.smartcity.visits.settings import Settings

OPT_OUT_COOKIE = "sc_optout"

Environ = Mapping[str, Any]


class Client(NamedTuple):
    """Who asks, from the environment of a request."""

    address: str
    agent: bytes
    untrusted_header: bool  # X-Forwarded-For came from a peer that is not a trusted proxy


def client(environ: Environ, settings: Settings) -> Client:
    """The client of a request. Never an error."""
    peer = environ.get("REMOTE_ADDR") or ""
    header = environ.get("HTTP_X_FORWARDED_FOR")
    trusted = settings.trusted_proxies
    agent = (environ.get("HTTP_USER_AGENT") or "").encode("latin-1", "replace")
    return Client(client_address(peer, header, trusted), agent, bool(header) and not is_trusted(peer, trusted))


def has_opted_out(environ: Environ) -> bool:
    """Whether the browser carries the cookie that ends being counted."""
    header = environ.get("HTTP_COOKIE") or ""
    if OPT_OUT_COOKIE not in header:
        return False
    try:
        cookie = SimpleCookie(header).get(OPT_OUT_COOKIE)
    except CookieError:
        return False
    return cookie is not None and cookie.value == "1"


def is_own_host(address: str, environ: Environ, settings: Settings) -> bool:
    """Whether the address of a page or site is one of this portal: the host asked for, or that of ckan.site_url."""
    try:
        host = urlsplit(address).netloc.lower()
    except ValueError:
        return False
    return bool(host) and host in ((environ.get("HTTP_HOST") or "").lower(), settings.site_host)
