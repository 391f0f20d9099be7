"""Names and numbers of persons in columns that are dropped reach no table, page, report, log or error, whatever fails;
no value begins a line of a log or a header of an answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit as tk
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config, nightly_contracts
from ckanext.smartcity.cli import smartcity
from ckanext.smartcity.contracts import documents
from ckanext.smartcity.contracts.models import ContractImport, ContractImportRow
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.hostile_files import xlsx
from ckanext.smartcity.tests.pure.contracts.spse_files import CONTRACT, DROPPED, PLANTED, as_csv, as_json, contract

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")

PAGE = "/en/smartcity/contracts/import"
PERSON = "Budi Fiktif Rahasia"
NUMBERS = {name: f"{PERSON} {number}" for number, name in enumerate(DROPPED)}
FORGED_LINE = "x\r\nCRITICAL [ckan] forged"


def person(**cells: Any) -> dict[str, Any]:
    """A row whose dropped columns all name one person."""
    return contract(**{**NUMBERS, **cells})


def without_header(rows: list[dict[str, Any]]) -> bytes:
    return as_csv(rows).partition(b"\r\n")[2]


FILES = {
    "good": as_json([person()]),
    "refused row": as_json([person(status_kontrak="Entah", tgl_kontrak="31/02/2025", nilai_kontrak="1,500")]),
    "no contracts": as_csv([{name: value for name, value in person().items() if name != "no_kontrak"}]),
    "not one width": as_csv([person()]) + f"{PERSON},{PERSON}\r\n".encode(),
    "no end of a quote": as_csv([person()]) + f'"{PERSON}'.encode(),
    "no header": without_header([person(), person()]),
    "not flat": as_json([person(nama_penyedia={"nama": PERSON})]),
    "not an array": b'{"nama": "%s"}' % PERSON.encode(),
    "cut off": as_json([person()])[:-20],
    "no UTF-8": as_csv([person()]) + b"\xff" + PERSON.encode(),
    "long cell": as_json([person(nama_paket="x" * 60_000)]),
    "double column": as_csv([person()]).replace(b"nama_ppk", b"no_kontrak", 1),
    "workbook": xlsx(list(CONTRACT), list(person().values())),
    "workbook without header": xlsx(list(person().values()), list(person().values())),
    "an individual": as_json([person(bentuk_usaha_penyedia="Orang Perseorangan", nama_penyedia=PERSON)]),
}


@pytest.fixture(autouse=True)
def offices(clean: None) -> None:
    made.offices()
    context: Any = {**made.site_user(), "ignore_auth": True}
    tk.get_action("organization_patch")(context, {"id": "dishub", "kd_satker": ["12335093"]})


def work() -> None:
    queue = get_queue(config.jobs_queue())
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    model.Session.rollback()


SHOWN = ("show", "list")


def told(app: Any, batch: str) -> str:
    """All that is kept, shown and reported of a batch."""
    texts = [repr(stored(table)) for table in (ContractImport, ContractImportRow)]
    texts += [
        repr(tk.get_action(f"smartcity_contract_import_{verb}")({"user": "wali"}, {"id": batch})) for verb in SHOWN
    ]
    texts += [app.get(address).body for address in (PAGE, f"{PAGE}/{batch}", f"{PAGE}/{batch}.csv")]
    found = tk.get_action("package_search")({"ignore_auth": True}, {"include_private": True, "fq": "dataset_type:*"})
    return "\n".join([*texts, repr(found)])


def stored(table: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in model.Session.execute(sa.select(table.__table__))]


@pytest.mark.parametrize("name", FILES)
def test_a_person_in_a_dropped_column_is_told_nowhere(app, caplog, capfd, name):
    caplog.set_level("INFO", logger="ckanext")
    app.set_session_user("wali")
    form = {"upload": (BytesIO(FILES[name]), "kontrak.json"), "visibility": "public", "category_missing": ""}
    answer = app.post(PAGE, data=form, follow_redirects=False)
    batch = answer.headers["Location"].rpartition("/")[2]
    work()
    app.post(f"{PAGE}/{batch}/apply", follow_redirects=False)
    work()
    everywhere = answer.body + told(app, batch) + caplog.text + "".join(capfd.readouterr())
    assert PERSON.lower() not in everywhere.lower()


def test_the_command_tells_no_person_either(cli, tmp_path):
    words = ["contracts", "import", "spse"]
    for place, content in enumerate(FILES.values()):
        path = tmp_path / f"{place}.x"
        path.write_bytes(content)
        found = cli.invoke(smartcity, [*words, str(path), "--user", "wali", "--apply"])
        assert PERSON.lower() not in found.output.lower(), list(FILES)[place]


def upload(content: bytes, name: str = "kontrak.json") -> str:
    data = {"upload": FileStorage(BytesIO(content), filename=name)}
    return tk.get_action("smartcity_contract_import_create")({"user": "wali", "ignore_auth": False}, data)["id"]


def test_a_failure_inside_tells_no_value(caplog, monkeypatch):
    from ckanext.smartcity.logic.action import contract_import_steps as steps

    def fails(batch: Any) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(steps, "check", fails)
    batch = upload(FILES["good"])
    tk.get_action("smartcity_contract_import_step")({"user": "wali", "ignore_auth": False}, {"id": batch})  # reads it
    (job,) = get_queue(config.jobs_queue()).jobs
    work()
    failed = job.latest_result()
    said = caplog.text + f"{job.description} {failed.exc_string if failed else ''}"
    assert "inside" in said and PERSON not in said and "Angkutan" not in said


def test_files_of_an_import_that_nobody_reads_are_deleted_in_the_night():
    """Whoever started it lost the right: no job reads it, and the files hold what is dropped in reading."""
    before = set(documents.storage().scan())
    waiting = upload(FILES["good"])
    model.Session.query(model.Member).filter_by(table_id=model.User.get("wali").id).delete()
    model.Session.commit()
    work()
    (kept,) = set(documents.storage().scan()) - before
    assert PERSON in documents.storage().content(documents.files.FileData(kept)).decode()
    now = datetime.now(timezone.utc)
    assert nightly_contracts.delete_unread_imports(now) == 0
    assert nightly_contracts.delete_unread_imports(now + timedelta(days=2)) == 1
    assert set(documents.storage().scan()) == before and model.Session.get(ContractImport, waiting) is None


def test_a_name_with_line_ends_begins_no_line_of_its_own(app, caplog):
    caplog.set_level("INFO", logger="ckanext")
    app.set_session_user("wali")
    row = contract(no_kontrak=FORGED_LINE, nama_paket=FORGED_LINE, **{FORGED_LINE: 1})
    batch = upload(as_json([row]), FORGED_LINE)
    work()
    lines = (caplog.text + told(app, batch)).splitlines()
    assert not [line for line in lines if line.startswith("CRITICAL")]


def test_planted_values_are_those_of_every_dropped_column():
    assert set(NUMBERS) == set(PLANTED)
