"""A heartbeat is the 204 of a portal, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ckanext.smartcity.visits.heartbeat import ask


@pytest.fixture
def portal():
    """Starts a server that gives one answer; gives its address and what was asked for."""
    servers = []

    def start(status: int) -> tuple[str, list[str]]:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(status)
                self.end_headers()

            log_message: Callable[..., None] = lambda *_: None

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/data/", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_portal_is_asked_below_its_root_path_whatever_proxy_is_set(portal, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    address, asked = portal(204)
    ask(address)
    assert asked == ["/data/_sc/alive"]


@pytest.mark.parametrize("status", [200, 404, 503])
def test_another_answer_is_none(portal, status):
    with pytest.raises(OSError, match=str(status)):
        ask(portal(status)[0])


def test_nobody_there():
    with pytest.raises(OSError, match="refused"):
        ask("http://127.0.0.1:1")
