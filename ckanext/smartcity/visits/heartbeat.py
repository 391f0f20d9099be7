"""Asks the portal whether it counts: the web process answers by the same call to Redis that counts a page. Pure."""

from __future__ import annotations

from urllib.request import ProxyHandler, build_opener

SECONDS = 5.0


class NoAnswer(OSError):
    """Somebody answered, but not the heartbeat of a portal."""


def ask(probe_url: str) -> None:
    """Ask ``<probe_url>/_sc/alive`` once. Raises ``OSError`` where it is not answered with 204 within five seconds.

    Directly, whatever proxy the environment names: the portal is ours.
    """
    address = f"{probe_url.rstrip('/')}/_sc/alive"
    with build_opener(ProxyHandler({})).open(address, timeout=SECONDS) as answer:
        if answer.status != 204:
            raise NoAnswer(f"{address} answered {answer.status} in place of 204: does probe_url name the portal?")
