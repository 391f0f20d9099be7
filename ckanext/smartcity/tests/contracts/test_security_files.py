"""Hostile files on the real stack: refused or read within time and memory, and the worker goes on with the next one."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit as tk
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config
from ckanext.smartcity.contracts import store
from ckanext.smartcity.tests.contract_files import pdf
from ckanext.smartcity.tests.contracts import hostile_files as hostile
from ckanext.smartcity.tests.contracts import made

NAMES = ("../../x.pdf", "/etc/x.pdf", "C:\\x.pdf", "a\0b.pdf", "x" * 5_000 + ".pdf", "\r\nSet-Cookie: a=b", "..")
DOCUMENTS: dict[str, tuple[Any, set[str]]] = {
    "understating DOCX": (hostile.swollen_docx, {"refused damaged", "refused too_large"}),
    "swelling DOCX": (hostile.bomb_docx, {"refused too_large"}),
    "laughing DOCX": (lambda: hostile.docx_of(hostile.LAUGHS, "&l9;"), {"refused damaged", "no_text scan"}),
    "endless PDF": (hostile.endless_pdf, {"refused damaged", "no_text scan", "failed timeout", "failed crashed"}),
    "looping PDF": (hostile.looping_pdf, {"refused damaged", "no_text scan", "failed timeout", "failed crashed"}),
    "swelling PDF": (hostile.swelling_pdf, {"refused damaged", "refused too_large", "no_text scan", "failed timeout"}),
    "5,000 pages": (lambda: pdf(*[hostile.SENTENCE] * 5_000), {"read "}),
}
SHEETS: dict[str, Any] = {
    "understating XLSX": hostile.swollen_xlsx,
    "swelling XLSX": hostile.bomb_xlsx,
    "laughing XLSX": lambda: hostile.xlsx_of(hostile.LAUGHS, "&l9;"),
}
PEAK = """
import resource, sys
from pathlib import Path
from ckanext.smartcity.contracts import {module}
{call}
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
READ = "found = reading.read(Path(sys.argv[1]), reading.Limits()); print(found.state, found.refusal)"
READ_SHEET = """
try:
    print(sheet_reading.read(Path(sys.argv[1]), ["x"]))
except sheet_reading.SheetRefused as refused:
    print(refused.code)
"""


def said_and_peak(path: Path, content: bytes, module: str, call: str) -> tuple[str, int]:
    """What the reader says of a file, and the most megabytes that its process had."""
    path.write_bytes(content)
    words = [sys.executable, "-c", PEAK.format(module=module, call=call), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=90)
    said, peak = done.stdout.rsplit("\n", 2)[:2]
    return said, int(peak)


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory is the system's")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_stays_within_300_megabytes(tmp_path, name):
    make, expected = DOCUMENTS[name]
    said, peak = said_and_peak(tmp_path / "x", make(), "reading", READ)
    assert said in expected and peak < 300


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory is the system's")
@pytest.mark.parametrize("name", SHEETS)
def test_a_hostile_workbook_stays_within_300_megabytes(tmp_path, name):
    said, peak = said_and_peak(tmp_path / "x", SHEETS[name](), "sheet_reading", READ_SHEET)
    assert said in ("damaged", "too_large", "crashed", "no_header") and peak < 300


@pytest.mark.parametrize("entities", [hostile.LOCAL, hostile.FETCHED])
def test_no_file_brings_in_another_one(tmp_path, entities):
    document, _ = said_and_peak(tmp_path / "d", hostile.docx_of(entities, "&x;"), "reading", f"{READ}; print(found)")
    sheet, _ = said_and_peak(tmp_path / "s", hostile.xlsx_of(entities, "&x;"), "sheet_reading", READ_SHEET)
    assert "root:" not in document + sheet


@pytest.fixture
def register(clean: None, clean_queues: None) -> None:
    made.offices()
    made.contract()


def upload(content: bytes, name: str = "kontrak.pdf") -> dict[str, Any]:
    data = {"id": "bus-kota", "upload": FileStorage(BytesIO(content), filename=name)}
    return tk.get_action("smartcity_contract_document_create")({"user": "petugas", "ignore_auth": False}, data)


def test_the_worker_is_alive_after_hostile_documents(register):
    hurting = ("laughing DOCX", "endless PDF", "swelling DOCX", "looping PDF")
    ids = [upload(DOCUMENTS[name][0]())["id"] for name in hurting]
    good = upload(pdf(made.PAGE))["id"]
    queue = get_queue(config.jobs_queue())
    waiting = set(queue.job_ids)
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    model.Session.rollback()
    for name, document_id in zip(hurting, ids, strict=True):
        row = store.document(document_id)
        assert row and f"{row.state} {row.refusal}" in DOCUMENTS[name][1], name
    read = store.document(good)
    assert read and read.state == "read"
    assert len(waiting) == 5 and not waiting & set(queue.failed_job_registry.get_job_ids())


def test_a_hostile_workbook_is_refused_with_a_sentence(register):
    for make in SHEETS.values():
        data = {"upload": FileStorage(BytesIO(make()), filename="x.xlsx"), "queue": False}
        batch = tk.get_action("smartcity_contract_import_create")({"user": "wali", "ignore_auth": False}, data)
        assert batch["state"] == "refused" and batch["problem_text"]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_nowhere_a_path_or_a_header(app, register, name):
    app.set_session_user("petugas")
    row = upload(pdf(made.PAGE), name)
    assert store.document(row["id"]).location.replace("-", "").isalnum()
    listed = app.get("/en/smartcity/contracts/bus-kota/documents").body
    assert ">\r\nSet-Cookie" not in listed and len(listed) < 100_000
    answer = app.get(f"/smartcity/contracts/documents/{row['id']}")
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment") and "a=b" not in answer.headers.getlist("Set-Cookie")
    assert not {"/", "\\", "\0", "\r", "\n"} & set(said.replace("; ", ""))
    batch = {"upload": FileStorage(BytesIO(b"x"), filename=name)}
    shown = tk.get_action("smartcity_contract_import_create")({"user": "wali", "ignore_auth": False}, batch)
    assert not {"/", "\\", "\0", "\r", "\n"} & set("".join(file["name"] for file in shown["files"]))
