"""Six whole contracts on the real stack: uploaded, read, and the planted sentence quoted on the page it stands on."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from ckan import model
from ckan.lib.jobs import get_queue
from ckan.plugins import toolkit as tk
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.whole_contracts import Whole, contracts

pytestmark = pytest.mark.usefixtures("clean", "clean_queues")
WHOLE = {whole.key: whole for whole in contracts()}


def call(user: str, action: str, **data: Any) -> Any:
    return tk.get_action(f"smartcity_contract_{action}")({"user": user, "ignore_auth": False}, data)


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def read(clean: None) -> Any:
    """Upload a contract and do the queued job; the document and what is suggested."""
    made.offices()

    def read(whole: Whole) -> tuple[dict[str, Any], dict[str, Any] | None]:
        made.contract(whole.key, supplier_name=whole.supplier)
        file = FileStorage(BytesIO(whole.content()), filename=f"{whole.key}.bin")
        row = call("petugas", "document_create", id=whole.key, upload=file)
        queue = get_queue(config.jobs_queue())
        SimpleWorker([queue], connection=queue.connection).work(burst=True)
        model.Session.rollback()
        document = call("petugas", "document_show", id=row["id"])
        return document, call("wali", "suggestion_show", id=whole.key)["suggestion"]

    return read


def test_there_are_three_of_each_language_and_each_kind_of_file():
    assert [sum(whole.lang == lang for whole in WHOLE.values()) for lang in ("id", "en")] == [3, 3]
    assert {whole.file for whole in WHOLE.values()} == {"pdf", "docx", "scan"}


@pytest.mark.parametrize("key", [key for key, whole in WHOLE.items() if whole.planted])
def test_the_planted_sentence_is_quoted_on_its_page(read, key):
    whole = WHOLE[key]
    document, suggestion = read(whole)
    assert document["state"] == "read" and document["pages_with_text"] == document["pages"] in range(20, 61)
    assert suggestion and (suggestion["result"], suggestion["scope"]) == (whole.result, whole.scope)
    finding = next(each for each in suggestion["findings"] if each["kind"] == "supports")
    assert whole.quote in folded(finding["quote"])
    texts = {n: call("wali", "page_show", id=document["id"], page=n)["text"] for n in range(1, document["pages"] + 1)}
    assert [n for n, text in texts.items() if whole.quote in folded(text)] == [finding["page"]]
    assert texts[finding["page"]] == finding["before"] + finding["quote"] + finding["after"]


@pytest.mark.parametrize("key", [key for key, whole in WHOLE.items() if whole.result == "likely_no"])
def test_decoys_are_no_policy(read, key):
    document, suggestion = read(WHOLE[key])
    assert document["state"] == "read" and document["pages"] in range(20, 61)
    assert suggestion and (suggestion["result"], suggestion["scope"]) == ("likely_no", None)
    assert not [each for each in suggestion["findings"] if each["kind"] == "supports"]


def test_a_scan_ends_as_one_without_text(app, read):
    document, suggestion = read(WHOLE["lampu-jalan"])
    assert (document["state"], document["pages"], document["pages_with_text"]) == ("no_text", 20, 0)
    assert suggestion is None
    app.set_session_user("petugas")
    assert document["refusal_text"] in app.get("/en/smartcity/contracts/lampu-jalan/documents").body
