"""No contract makes this server call another one: upload, reading, import and export, with sockets blocked."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit as tk
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config
from ckanext.smartcity.contracts import store
from ckanext.smartcity.tests.contract_files import docx, pdf
from ckanext.smartcity.tests.contracts import hostile_files as hostile
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.pure.contracts.spse_files import CONTRACT, as_csv, as_json

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")

# Read by every Python process that the tests start: readers have no business with any socket.
CHILD = """
import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open({trace!r}, "a") as out:
            out.write(repr(arguments) + "\\n")
        raise OSError("no socket for a reader")
sys.addaudithook(refuse)
"""


class Blocked:
    """Where connections were tried to; ``in_child`` are those of other processes."""

    def __init__(self, trace: Path):
        self.here: list[Any] = []
        self.trace = trace

    @property
    def in_child(self) -> list[str]:
        return self.trace.read_text().splitlines() if self.trace.exists() else []


@pytest.fixture
def blocked(clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blocked:
    """No connection but to the services of the tests; none at all for a process that is started."""
    names = ("CKAN_REDIS_URL", "CKAN_SOLR_URL", "CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL")
    services = {urlsplit(os.environ[name]).port for name in names}
    found = Blocked(tmp_path / "trace")
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_to_services(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[1] not in services:
            found.here.append(address)
            raise OSError(f"blocked: {address}")
        connect(self, address)

    def look_up_services(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if port not in services:
            found.here.append((host, port))
            raise OSError(f"blocked: {host}")
        return look_up(host, port, *more, **options)

    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CHILD.format(trace=str(found.trace)))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(socket.socket, "connect", connect_to_services)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_services)
    return found


def test_the_block_blocks(blocked):
    with pytest.raises(OSError, match="blocked"):
        urllib.request.urlopen(hostile.OUTSIDE, timeout=1)
    words = f"import socket; socket.create_connection(('192.0.2.1', 80), 1)  # {hostile.OUTSIDE}"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert "no socket for a reader" in done.stderr
    assert len(blocked.here) == 1 and blocked.in_child


def call(user: str, action: str, **data: Any) -> Any:
    return tk.get_action(f"smartcity_contract_{action}")({"user": user, "ignore_auth": False}, data)


def file(content: bytes, name: str = "x") -> FileStorage:
    return FileStorage(BytesIO(content), filename=name)


def work() -> None:
    queue = get_queue(config.jobs_queue())
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    model.Session.rollback()


def test_uploading_and_reading_call_nobody(app, blocked):
    made.offices()
    made.contract()
    contents = {
        "calling PDF": hostile.calling_pdf(),
        "calling DOCX": hostile.calling_docx(),
        "fetching DOCX": hostile.docx_of(hostile.FETCHED, "&x;"),
        "an address": pdf(f"{hostile.OUTSIDE} {made.PAGE}"),
        "a text": docx(hostile.OUTSIDE, made.CLAUSE),
    }
    ids = [call("petugas", "document_create", id="bus-kota", upload=file(each))["id"] for each in contents.values()]
    work()
    states = dict(zip(contents, (store.document(each).state for each in ids), strict=True))
    assert {states[name] for name in ("calling PDF", "calling DOCX", "an address", "a text")} == {"read"}
    app.set_session_user("wali")
    assert app.get("/smartcity/contracts/review/bus-kota").status_code == 200
    assert app.get(f"/smartcity/contracts/documents/{ids[0]}").status_code == 200
    assert (blocked.here, blocked.in_child) == ([], [])


def test_importing_and_exporting_call_nobody(app, blocked):
    made.offices()
    context: Any = {**made.site_user(), "ignore_auth": True}
    tk.get_action("organization_patch")(context, {"id": "dishub", "kd_satker": ["12335093"]})
    row = {**CONTRACT, "lingkup_pekerjaan": f'<img src="{hostile.OUTSIDE}"> {hostile.OUTSIDE}'}
    contents = (as_json([row]), as_csv([row]), hostile.calling_xlsx(list(row), list(row.values())))
    for content in (*contents, hostile.xlsx_of(hostile.FETCHED, "&x;")):
        batch = call("wali", "import_create", upload=file(content), visibility="public")["id"]
        work()
        if call("wali", "import_show", id=batch)["state"] != "refused":
            call("wali", "import_apply", id=batch)
            work()
    assert len(call("", "export")) == 1
    assert "Pengoperasian bus kota" in app.get("/smartcity/contracts.csv").body
    assert (blocked.here, blocked.in_child) == ([], [])
