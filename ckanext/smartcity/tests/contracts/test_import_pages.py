"""The pages of imports, and the job that goes on by itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config
from ckanext.smartcity.contracts import documents, store
from ckanext.smartcity.contracts.sheets import SIZE
from ckanext.smartcity.logic.action import contract_import_steps
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.pure.contracts.spse_files import CONTRACT, PLANTED, as_csv, as_json, contract
from ckanext.smartcity.tests.tokens import without_token

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")

PAGE = "/en/smartcity/contracts/import"
HOSTILE = "<script>alert(1)</script>"
KEY = "spse:93:tender:10002513000:1"


@pytest.fixture(autouse=True)
def offices(clean: None) -> None:
    made.offices()
    for location in kept_files():  # of tests that leave them
        documents.remove(location)
    tk.get_action("organization_patch")(
        {**made.site_user(), "ignore_auth": True}, {"id": "dishub", "kd_satker": ["12335093"]}
    )


def work() -> None:
    """Do the queued jobs, as ``ckan jobs worker`` does."""
    from ckan.lib.jobs import get_queue

    queue = get_queue(config.jobs_queue())
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    model.Session.rollback()


def form(content: bytes = as_json([CONTRACT]), name: str = "kontrak.json") -> dict[str, Any]:
    return {"upload": (BytesIO(content), name), "visibility": "", "category_missing": ""}


def kept_files() -> list[str]:
    storage = documents.storage()
    return list(storage.scan()) if storage else []


def contracts() -> int:
    return model.Session.query(model.Package).filter_by(type=store.CONTRACT, state="active").count()


@pytest.fixture
def post(app):
    """Send a form as a reviewer."""
    app.set_session_user("wali")

    def send(address: str, data: dict[str, Any] | None = None, status: int = 302) -> Any:
        return app.post(address, data=data or {}, follow_redirects=False, status=status)

    return send


def uploaded(post: Any, **given: Any) -> str:
    return post(PAGE, form(**given)).headers["Location"].rpartition("/")[2]


def test_from_upload_to_publication(app, post):
    batch = uploaded(post)
    assert "The files are waiting to be read" in app.get(f"{PAGE}/{batch}").body
    post(f"{PAGE}/{batch}/step")
    assert "1 rows are waiting" in app.get(f"{PAGE}/{batch}").body
    assert not kept_files()
    work()
    page = app.get(f"{PAGE}/{batch}").body
    assert "Pengoperasian bus kota" in page and "Apply to the register" in page
    assert not contracts()
    post(f"{PAGE}/{batch}/apply")
    work()
    assert contracts() == 1
    assert "Publish 1 contracts" in app.get(f"{PAGE}/{batch}").body
    post(f"{PAGE}/{batch}/publish")
    assert "Publish" not in app.get(f"{PAGE}/{batch}").body.partition("<h2>")[0].rpartition('id="actions"')[2]
    assert model.Session.query(model.Package).filter_by(type=store.CONTRACT, private=False).count() == 1
    post(f"{PAGE}/{batch}/delete", status=400)
    assert batch in app.get(PAGE).body


def test_the_report_has_every_count(app, post):
    rows = [contract(lingkup_pekerjaan="kata " * 2000)] * 2 + [contract(kd_tender=5, status_kontrak="Entah")]
    batch = uploaded(post, content=as_json(rows))
    work()
    page = app.get(f"{PAGE}/{batch}").body
    for said in ("1 rows equal another one. 1 contracts have", "… characters long; cut at …", "order: 1 contracts"):
        assert said in page
    lines = app.get(f"{PAGE}/{batch}.csv").body.splitlines()
    assert lines[0].endswith("outcome,equal,dates_assumed,companions,reasons,changes,contract_id")
    assert [line.split(",")[5:8] for line in lines[1:]] == [
        ["new", "", "yes"],
        ["new", "yes", ""],
        ["refused", "", "yes"],
    ]


def test_a_step_by_hand_where_no_worker_runs(app, post):
    batch = uploaded(post)
    for verb in ("step", "step", "step", "apply", "step", "step"):
        post(f"{PAGE}/{batch}/{verb}")
    assert contracts() == 1


def test_what_is_missing_is_said(app, post):
    assert "Choose at least one file" in post(PAGE, {"visibility": ""}, status=400).body
    batch = uploaded(post, content=b"nama\nx\n", name="lain.csv")
    work()
    assert "none of SPSE" in app.get(f"{PAGE}/{batch}").body
    post(f"{PAGE}/{batch}/apply", status=400)
    assert post(f"{PAGE}/{batch}/delete").headers["Location"].endswith("/import")
    app.get(f"{PAGE}/{batch}", status=404)


def test_a_job_stops_for_one_who_may_not_any_more(post):
    batch = uploaded(post)
    user = model.User.get("wali")
    model.Session.query(model.Member).filter_by(table_id=user.id).delete()
    model.Session.commit()
    work()
    shown = tk.get_action("smartcity_contract_import_show")({"user": "wakil", "ignore_auth": False}, {"id": batch})
    assert shown["state"] == "reading"


@pytest.mark.parametrize(("content", "sentence"), [(b"", "no names of columns"), (b"x" * (SIZE + 1), "20 MB")])
def test_a_file_that_is_not_kept(app, post, content, sentence):
    assert sentence in app.get(f"{PAGE}/{uploaded(post, content=content)}").body
    assert not kept_files()


def test_files_go_with_an_import_that_is_deleted_unread(post):
    batch = uploaded(post)
    assert len(kept_files()) == 1
    post(f"{PAGE}/{batch}/delete")
    assert not kept_files()
    work()


def test_a_reading_that_fails_is_told_and_leaves_no_file(app, post, caplog, monkeypatch):
    def fails(*given: Any) -> None:
        raise RuntimeError(PLANTED["nama_ppk"])

    monkeypatch.setattr(contract_import_steps, "_staged", fails)
    batch = uploaded(post)
    work()
    page = app.get(f"{PAGE}/{batch}").body
    assert "Failed" in page and "Upload them again" in page
    assert not kept_files()
    assert "RuntimeError" in caplog.text and PLANTED["nama_ppk"] not in caplog.text
    post(f"{PAGE}/{batch}/delete")


@pytest.mark.ckan_config("ckanext.smartcity.contracts.storage", "")
def test_without_a_storage_files_are_read_at_once(app, post):
    assert "1 rows are waiting" in app.get(f"{PAGE}/{uploaded(post)}").body


def test_hostile_values_are_shown_as_they_are(app, post):
    rows = [contract(nama_paket=HOSTILE, nama_penyedia=HOSTILE, nama_satker=HOSTILE, kd_satker=HOSTILE, **{HOSTILE: 1})]
    rows += [contract(no_kontrak="=1+1", nama_paket="@SUM(A1)", kd_tender=5)]
    batch = uploaded(post, content=as_json(rows), name=f"../../{HOSTILE}.json")
    work()
    page = app.get(f"{PAGE}/{batch}")
    assert "<script>alert(1)" not in page.body
    assert "&lt;script&gt;alert(1)" in page.body
    report = app.get(f"{PAGE}/{batch}.csv")
    assert "'=1+1,'@SUM(A1)" in report.body
    assert [answer.headers["Cache-Control"] for answer in (page, report)] == ["private, no-store"] * 2


def test_the_pages_show_no_value_of_a_dropped_column(app, post):
    batch = uploaded(post, content=as_csv([CONTRACT]))
    work()
    shown = app.get(f"{PAGE}/{batch}").body + app.get(f"{PAGE}/{batch}.csv").body + app.get(PAGE).body
    assert "nama_ppk" in shown
    assert not [value for value in PLANTED.values() if value in shown]


@pytest.mark.parametrize("user", ["", "warga", "petugas", "anggota"])
def test_others_learn_nothing(app, post, user):
    batch = uploaded(post)
    client = app.test_client()
    if user:
        app.set_session_user(user)
        client = app.client
    for suffix in ("", ".csv"):
        known, unknown = (client.get(f"{PAGE}/{name}{suffix}") for name in (batch, "nothing"))
        assert (known.status_code, unknown.status_code) == (404, 404)
        assert without_token(known.text.replace(batch, "nothing")) == without_token(unknown.text)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/{batch}/apply").status_code in (400, 404)


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", "true")
def test_a_forged_post_is_refused(app):
    addresses = (PAGE, f"{PAGE}/nothing/apply")
    for address in addresses:
        assert app.test_client().post(address, data=form()).status_code == 400
    app.set_session_user("wali")
    for address in addresses:
        for token in ({}, {"_csrf_token": "forged"}):
            app.post(address, data={**form(), **token}, status=400)
            app.get(f"{PAGE}/nothing/apply", status=404)
    listed = tk.get_action("smartcity_contract_import_list")({"user": "wali", "ignore_auth": False}, {})
    assert listed["count"] == 0


@pytest.mark.parametrize("name", ["%00", "x" * 5_000, "..", "'; DROP TABLE x", "a b.csv"])
def test_hostile_addresses(app, post, name):
    for suffix in ("", ".csv"):
        app.get(f"{PAGE}/{name}{suffix}", status=404)
    post(f"{PAGE}/{name}/apply", status=404)
    post(f"{PAGE}/nothing/{name}", status=404)


def test_an_upload_by_the_api_needs_no_page():
    file = FileStorage(BytesIO(as_json([CONTRACT])), filename="kontrak.json")
    context = {"user": "wali", "ignore_auth": False}
    batch = tk.get_action("smartcity_contract_import_create")(context, {"upload": file})
    assert batch["state"] == "reading"
    assert set(batch["files"][0]) == {"name", "sha256"}
    work()
    shown = tk.get_action("smartcity_contract_import_show")(context, {"id": batch["id"], "outcome": "new"})
    assert [row["contract_id"] for row in shown["rows"]] == [KEY]
