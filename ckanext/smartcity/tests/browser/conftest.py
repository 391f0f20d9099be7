"""A real Chromium before a real server: the demo city, loaded by its command and served by ``ckan run``."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[4]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 120


@dataclass(frozen=True)
class Portal:
    address: str
    passwords: dict[str, str]
    ini: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium, found by ``dev/portal.py test``; without one the tests of this folder are skipped."""
    return os.environ["SMARTCITY_CHROMIUM"]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots are kept."""
    folder = Path(os.environ.get("SMARTCITY_ARTEFACTS", ROOT / ".portal" / "artefacts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def portal(chromium: str, tmp_path_factory: pytest.TempPathFactory, reset_db_once: None) -> Iterator[Portal]:
    """The demo city on the test databases, served by a process of its own."""
    from ckan import model
    from ckan.lib.search import clear_all

    folder = tmp_path_factory.mktemp("portal")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    ini = write_configuration(folder, address)
    model.Session.remove()
    model.repo.delete_all()
    model.Session.remove()
    clear_all()
    run_ckan(ini, "db", "upgrade")
    passwords = folder / "passwords"
    run_ckan(ini, "smartcity", "demo", str(ROOT / "dev" / "demo"), "--passwords", str(passwords))
    command = ["run", "-H", "127.0.0.1", "-p", str(port), "--disable-reloader", "--disable-debugger", "--threaded"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(ckan_command(ini, *command), stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
        try:
            wait_until_up(address, server, folder / "server.log")
            accounts = dict(line.split(": ", 1) for line in passwords.read_text().splitlines() if line)
            yield Portal(address, accounts, ini)
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_configuration(folder: Path, address: str) -> Path:
    """``test.ini`` as a portal would have it: forms protected, files on disk, cookies for its own address."""
    text = (ROOT / "test.ini").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(testing|SESSION_COOKIE_DOMAIN|WTF_CSRF_ENABLED|ckan\.files\..*) *=.*\n", "", text)
    text = re.sub(r"(?m)^ckan\.site_url *=.*$", f"ckan.site_url = {address}", text)
    folders = {"default_storages.default": folder / "files", "storage.contracts": folder / "contracts"}
    keys = {f"ckan.files.{name}": path for name, path in folders.items()}
    files = "".join(f"{key}.type = ckan:fs\n{key}.path = {at}\n{key}.initialize = true\n" for key, at in keys.items())
    ini = folder / "portal.ini"
    ini.write_text(text.replace("[app:main]\n", f"[app:main]\n{files}", 1), encoding="utf-8")
    return ini


def ckan_command(ini: Path, *arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("ckan")), "-c", str(ini), *arguments]


def run_ckan(ini: Path, *arguments: str) -> None:
    done = subprocess.run(ckan_command(ini, *arguments), check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/3/action/status_show", timeout=10).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"The portal did not start:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody used before, 1280 pixels wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="id-ID")
    yield context.new_page()
    context.close()


def log_in(page: Page, portal: Portal, account: str) -> None:
    page.goto(f"{portal.address}/user/login")
    page.fill("#field-login", account)
    page.fill("#field-password", portal.passwords[account])
    page.click("form:has(#field-login) button[type=submit]")
    page.wait_for_url(lambda url: "/user/login" not in url)
