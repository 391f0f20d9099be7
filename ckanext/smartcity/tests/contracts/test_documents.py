"""Documents for reading on the real stack: kept, read in the background, quoted to reviewers, seen by nobody else."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config, jobs
from ckanext.smartcity.contracts import store
from ckanext.smartcity.contracts.models import ContractDocument, ContractPage, ContractSuggestion
from ckanext.smartcity.tests.contract_files import docx, pdf
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.tokens import without_token

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")

CLAUSE = (
    "Penyedia wajib menerbitkan data layanan pada portal data terbuka dengan lisensi CC BY 4.0, dan setiap orang boleh "
    "memakainya tanpa biaya."
)
CONTRACT = pdf("PASAL 1\nKetentuan umum kontrak ini", f"PASAL 7\nData\n{CLAUSE}")
HANDLERS = ("wali", "wakil", "petugas")
STRANGERS = ("anggota", "warga", "")


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract()


def upload(user: str = "petugas", content: bytes = CONTRACT, name: str = "kontrak.pdf", **more: Any) -> dict[str, Any]:
    file = FileStorage(BytesIO(content), filename=name)
    data = {"id": "bus-kota", "upload": file, **more}
    return tk.get_action("smartcity_contract_document_create")({"user": user, "ignore_auth": False}, data)


def work() -> None:
    """Do the queued jobs, as ``ckan jobs worker`` does."""
    from ckan.lib.jobs import get_queue

    queue = get_queue(config.jobs_queue())
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    model.Session.rollback()


def call(user: str, action: str, **data: Any) -> Any:
    return tk.get_action(f"smartcity_contract_{action}")({"user": user, "ignore_auth": False}, data)


def count(table: Any) -> int:
    return model.Session.scalar(sa.select(sa.func.count()).select_from(table))


@pytest.mark.parametrize("content", [CONTRACT, docx("PASAL 1", "Ketentuan umum", f"PASAL 7\nData\n{CLAUSE}")])
def test_an_uploaded_contract_is_read_and_its_sentence_is_shown_to_reviewers(content):
    row = upload(content=content)
    assert (row["state"], row["sha256"]) == ("uploaded", sha256(content).hexdigest())
    work()
    shown = call("petugas", "document_show", id=row["id"])
    assert shown["state"] == "read" and shown["pages"] == shown["pages_with_text"] > 0
    suggestion = call("wali", "suggestion_show", id="bus-kota")["suggestion"]
    assert suggestion["result"] == "likely_yes"
    finding = suggestion["findings"][0]
    assert finding["document_id"] == row["id"] and "portal data terbuka" in " ".join(finding["quote"].split())
    page = call("wali", "page_show", id=row["id"], page=finding["page"])
    assert page["text"] == finding["before"] + finding["quote"] + finding["after"]


def test_reading_it_twice_gives_the_same_once():
    row = upload()
    work()
    pages, suggestions = count(ContractPage), count(ContractSuggestion)
    jobs.read_document(row["id"], model.User.get("petugas").id)
    assert (count(ContractPage), count(ContractSuggestion)) == (pages, suggestions)


def test_a_scan_is_kept_and_said_not_to_be_readable():
    row = upload(content=pdf("", ""))
    work()
    shown = call("petugas", "document_show", id=row["id"])
    assert (shown["state"], shown["refusal"]) == ("no_text", "scan") and "OCR" in shown["refusal_text"]
    assert call("wali", "suggestion_show", id="bus-kota")["suggestion"] is None


def test_what_could_not_all_be_read_is_never_probably_no():
    upload(content=pdf("PASAL 1\nKetentuan umum tentang pembayaran dan denda kontrak ini."))
    upload(content=pdf(""))
    work()
    assert call("wali", "suggestion_show", id="bus-kota")["suggestion"]["result"] != "likely_no"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), (b"x" * 10_000_001, "too_large")], ids=["empty", "too large"]
)
def test_a_file_that_is_not_kept_is_refused_with_a_sentence(content, code):
    with pytest.raises(tk.ValidationError) as error:
        upload(content=content)
    assert len(error.value.error_dict["upload"]) == 1 and count(ContractDocument) == 0


def test_without_a_storage_the_form_says_what_to_configure(app, monkeypatch):
    monkeypatch.setitem(tk.config, "ckanext.smartcity.contracts.storage", "")
    with pytest.raises(tk.ValidationError, match=r"contracts\.storage"):
        upload()
    app.set_session_user("petugas")
    page = app.get("/en/smartcity/contracts/bus-kota/documents").body
    assert "ckanext.smartcity.contracts.storage" in page and 'type="file"' not in page


def test_while_the_queue_is_away_the_upload_is_kept_and_read_later(monkeypatch):
    from ckan.lib import jobs as core_jobs
    from redis import ConnectionError as RedisConnectionError

    def away(*_: Any, **__: Any) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(core_jobs, "enqueue", away)
    row = upload()
    monkeypatch.undo()
    assert store.pending_documents() == [row["id"]]


NAMES = ("../../etc/passwd", "/etc/kontrak.pdf", "a\0b.pdf", "x" * 5_000 + ".pdf", "\r\nX: y", "C:\\kontrak.pdf")


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_name_is_a_name_only(name):
    kept = upload(name=name)
    assert not set("/\\\0\r\n") & set(kept["name"]) and 0 < len(kept["name"]) <= 120


def test_who_lost_the_right_meanwhile_stops_the_reading():
    row = upload()
    context = {"user": made.site_user()["user"], "ignore_auth": True}
    tk.get_action("organization_member_delete")(context, {"id": "dishub", "username": "petugas"})
    work()
    assert call("wali", "document_show", id=row["id"])["state"] == "uploaded"


@pytest.mark.parametrize("user", STRANGERS)
def test_nobody_else_sees_or_changes_a_document(user):
    row = upload()
    for action in ("document_show", "document_read", "document_delete", "page_show"):
        with pytest.raises(tk.NotAuthorized):
            call(user, action, id=row["id"], page=1)
    with pytest.raises(tk.NotAuthorized):
        call(user, "document_list", id="bus-kota")
    with pytest.raises(tk.NotAuthorized):
        upload(user)


def test_the_office_may_not_read_the_text_that_reviewers_read():
    row = upload()
    work()
    with pytest.raises(tk.NotAuthorized):
        call("petugas", "page_show", id=row["id"], page=1)


def test_a_deleted_document_leaves_its_name_and_hash_only():
    row = upload()
    work()
    call("petugas", "document_delete", id=row["id"])
    assert count(ContractPage) == 0 and call("petugas", "document_list", id="bus-kota") == []
    kept = store.document(row["id"])
    assert kept and kept.deleted_at and kept.sha256 == row["sha256"]


def test_a_document_that_is_evidence_is_deleted_by_a_sysadmin_only():
    row = upload()
    work()
    quote = [{"document_id": row["id"], "quote": "portal data terbuka", "page": 2}]
    answer = {"city_service": "yes", "areas": ["roads-traffic"], "open_data": "yes", "reason": "provision"}
    made.decide(**answer, evidence=quote)
    with pytest.raises(tk.ValidationError):
        call("wali", "document_delete", id=row["id"])
    factories.Sysadmin(name="kepala")
    call("kepala", "document_delete", id=row["id"])
    assert call("wali", "document_list", id="bus-kota") == []


# Pages


@pytest.mark.parametrize("user", HANDLERS)
def test_a_document_is_uploaded_and_saved_by_the_page(app, user):
    app.set_session_user(user)
    form = {"kind": "annex", "upload": (BytesIO(CONTRACT), "lampiran.pdf")}
    answer = app.post("/smartcity/contracts/bus-kota/documents", data=form, follow_redirects=False)
    assert answer.status_code == 302
    (row,) = call(user, "document_list", id="bus-kota")
    assert (row["kind"], row["name"]) == ("annex", "lampiran.pdf")
    saved = app.get(f"/smartcity/contracts/documents/{row['id']}")
    assert saved.data == CONTRACT
    assert (
        saved.headers["Content-Disposition"].startswith("attachment")
        and "lampiran.pdf" in saved.headers["Content-Disposition"]
    )
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("user", STRANGERS)
def test_unknown_and_forbidden_are_answered_alike(app, user):
    row = upload()
    if user:
        app.set_session_user(user)
    known = app.get(f"/en/smartcity/contracts/documents/{row['id']}", status=404)
    unknown = app.get("/en/smartcity/contracts/documents/nothing", status=404)
    assert without_token(known.body.replace(row["id"], "nothing")) == without_token(unknown.body)
    known = app.get("/en/smartcity/contracts/bus-kota/documents", status=404)
    unknown = app.get("/en/smartcity/contracts/nothing/documents", status=404)
    assert without_token(known.body.replace("bus-kota", "nothing")) == without_token(unknown.body)


def test_a_form_without_a_file_says_so_and_keeps_nothing(app):
    app.set_session_user("petugas")
    answer = app.post("/en/smartcity/contracts/bus-kota/documents", data={"kind": "signed"}, status=400)
    assert "Choose a file." in answer.body and count(ContractDocument) == 0


def test_a_sentence_of_a_docx_is_quoted_with_its_paragraph():
    row = upload(content=docx("PASAL 1", "Ketentuan umum tentang kontrak ini", [["Keluaran"], [CLAUSE]]))
    work()
    quote = [{"document_id": row["id"], "quote": CLAUSE, "page": 1}]
    answer = {"city_service": "yes", "areas": ["roads-traffic"], "open_data": "yes", "reason": "deliverable"}
    result = made.decide(**answer, evidence=quote)
    assert result["decisions"][1]["evidence"][0]["place"] == "t1r2"
