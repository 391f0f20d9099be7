"""Jobs carry ids only, and stop for who lost the right, or the account, after asking for them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit as tk
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config
from ckanext.smartcity.contracts import store
from ckanext.smartcity.contracts.models import ContractDocument, ContractImport
from ckanext.smartcity.tests.contract_files import pdf
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.pure.contracts.spse_files import CONTRACT, as_json

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract()
    context: Any = {**made.site_user(), "ignore_auth": True}
    tk.get_action("organization_patch")(context, {"id": "dishub", "kd_satker": ["12335093"]})


def call(user: str, action: str, **data: Any) -> Any:
    return tk.get_action(f"smartcity_contract_{action}")({"user": user, "ignore_auth": False}, data)


def upload_document(user: str = "wali") -> Any:
    return call(user, "document_create", id="bus-kota", upload=file(pdf(made.PAGE)))


def upload_import(user: str = "wali") -> Any:
    return call(user, "import_create", upload=file(as_json([CONTRACT])))


def file(content: bytes) -> FileStorage:
    return FileStorage(BytesIO(content), filename="rahasia-nama.pdf")


def waiting() -> list[Any]:
    return get_queue(config.jobs_queue()).jobs


def work() -> None:
    """Do the queued jobs, as ``ckan jobs worker`` does."""
    queue = get_queue(config.jobs_queue())
    SimpleWorker([queue], connection=queue.connection).work(burst=True)
    model.Session.rollback()


def demoted() -> None:
    model.Session.query(model.Member).filter_by(table_id=model.User.get("wali").id).delete()
    model.Session.commit()


def deleted() -> None:
    context: Any = {**made.site_user(), "ignore_auth": True}
    tk.get_action("user_delete")(context, {"id": "wali"})


def deleted_in_the_office() -> None:
    """An account that is deleted while its membership is still written down."""
    model.User.get("wali").state = "deleted"
    model.Session.commit()


def purged() -> None:
    user = model.User.get("wali")
    model.Session.query(model.Member).filter_by(table_id=user.id).delete()
    model.Session.query(model.User).filter_by(id=user.id).delete()
    model.Session.commit()


def office_closed() -> None:
    context: Any = {**made.site_user(), "ignore_auth": True}
    tk.get_action("organization_delete")(context, {"id": "diskominfo"})


@pytest.mark.parametrize("ask", [upload_document, upload_import])
def test_a_job_carries_two_ids_and_its_own_bound_on_time(ask):
    row = ask()
    (job,) = waiting()
    assert list(job.args) == [row["id"], model.User.get("wali").id] and not job.kwargs
    assert all(UUID(argument) for argument in job.args)
    assert job.timeout in (60, 120)
    assert "rahasia-nama" not in repr(job.to_dict())


LOSSES = [demoted, deleted, deleted_in_the_office, purged, office_closed]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_document_is_not_read_for_who_may_not_any_more(lose: Callable[[], None], caplog):
    row = upload_document()
    lose()
    work()
    kept = model.Session.get(ContractDocument, row["id"])
    assert kept.state == "uploaded" and not list(store.pages(row["id"])) and not waiting()
    assert "is not read" in caplog.text and "rahasia-nama" not in caplog.text


@pytest.mark.parametrize("lose", LOSSES)
def test_an_import_stops_between_two_steps_for_who_may_not_any_more(lose: Callable[[], None], caplog):
    batch = upload_import()
    work()
    assert model.Session.get(ContractImport, batch["id"]).state == "staged"
    call("wali", "import_apply", id=batch["id"])
    lose()
    work()
    assert model.Session.get(ContractImport, batch["id"]).state == "applying"
    assert model.Session.query(model.Package).filter_by(type=store.CONTRACT).count() == 1
    assert not waiting() and "stops" in caplog.text and "Pengoperasian" not in caplog.text
