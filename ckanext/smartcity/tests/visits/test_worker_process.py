"""``ckan smartcity worker`` as it runs: it outlives PostgreSQL and Redis, says so in one line, and ends by SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ckanext.smartcity.tests.visits.own_valkey import OwnValkey, needs_valkey
from ckanext.smartcity.tests.visits.weak_link import WeakLink

pytestmark = [needs_valkey, pytest.mark.usefixtures("clean")]

INI = Path(__file__).parents[4] / "test.ini"
OPTIONS = """
[app:main]
use = config:{ini}
ckan.site_id = durable
ckanext.smartcity.visits.flush_seconds = 1
ckanext.smartcity.visits.heartbeat_seconds = 5
ckanext.smartcity.visits.probe_url = http://127.0.0.1:{port}
"""


class Heart(HTTPServer):
    """A portal that only answers heartbeats, and counts them."""

    beats = 0


class Beat(BaseHTTPRequestHandler):
    server: Heart

    def do_GET(self) -> None:
        self.server.beats += self.path == "/_sc/alive"
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_it_goes_on_while_servers_are_away_and_ends_when_told(ckan_config, tmp_path):
    from sqlalchemy.engine import make_url

    from ckanext.smartcity.tests.visits.counting import Site

    heart = Heart(("127.0.0.1", 0), Beat)
    threading.Thread(target=heart.serve_forever, daemon=True).start()
    valkey = OwnValkey(tmp_path / "valkey").start()
    url = make_url(ckan_config["sqlalchemy.url"])
    link = WeakLink(url.host or "127.0.0.1", url.port or 5432)
    ini, log = tmp_path / "worker.ini", tmp_path / "log"
    ini.write_text(OPTIONS.format(ini=INI, port=heart.server_port), encoding="utf-8")
    far = url.set(host="127.0.0.1", port=link.port).render_as_string(hide_password=False)
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [Path(sys.executable).with_name("ckan"), "-c", str(ini), "smartcity", "worker"],
            env={**os.environ, "CKAN_SQLALCHEMY_URL": far, "CKAN_REDIS_URL": valkey.url},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    site = Site(valkey.url)
    try:
        site.views(3)
        wait_until(lambda: site.total() == 3)
        wait_until(lambda: heart.beats > 0)
        link.cut()
        site.views(2)
        wait_until(lambda: "could not be written" in log.read_text())
        time.sleep(2.5)  # it fails again, and says nothing
        link.mend()
        wait_until(lambda: site.total() == 5)
        valkey.kill()
        time.sleep(1.5)
        valkey.start()
        site.views(2)
        wait_until(lambda: site.total() == 7)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        assert log.read_text().count("could not be written") == 1
        assert "Traceback" not in log.read_text()
    finally:
        worker.kill()
        worker.wait(20)
        valkey.kill()
        link.close()
        heart.shutdown()
        heart.server_close()
