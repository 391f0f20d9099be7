"""What the detector suggests, and what is hidden, is in no public answer; who may not see a thing learns nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import model
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.smartcity.contracts import suggesting
from ckanext.smartcity.contracts.models import ContractImport, ContractImportRow, ContractSuggestion
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.tokens import without_token
from ckanext.smartcity.tests.views.test_contracts import PUBLIC, everything

pytestmark = pytest.mark.usefixtures("clean")

PLANTED = "tanaman-kata-7f3a"
TEXT = f"PASAL 7\n{made.CLAUSE} Ketentuan {PLANTED} ini berlaku pula bagi data layanan lain."
REGISTER = ("/service_contract/", "/service_contract/bus-kota", "/dataset/", "/feeds/dataset.atom")
ACTIONS = (
    "/api/3/action/package_show?id=bus-kota",
    "/api/3/action/package_search?fq=dataset_type:service_contract&include_private=true&include_drafts=true",
    "/api/3/action/package_list",
    "/api/3/action/organization_show?id=dishub&include_datasets=true",
    "/api/3/action/resource_search?query=name:kontrak",
    f"/api/3/action/package_search?q={PLANTED}&fq=dataset_type:service_contract",
)


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract()
    made.contract("rahasia", private=True)


def answers(app: Any) -> dict[str, Any]:
    found = everything(app)
    found.update({address: without_token(app.get(address).body) for address in (*REGISTER, *ACTIONS)})
    return {address: _steady(answer) for address, answer in found.items()}


def _steady(answer: Any) -> str:
    """Without what an answer says about itself: when it was made."""
    lines = str(answer).splitlines()
    return "\n".join(line for line in lines if "<updated>" not in line)


def plant() -> None:
    """A document with its text, a suggestion with all it can hold, and a batch that waits, all of reviewers."""
    for name in ("bus-kota", "rahasia"):
        row = made.document(name, TEXT, name=f"{PLANTED}.pdf")
        suggesting.suggest(row.package_id)
        findings = [{"document_id": row.id, "page": 1, "start": 0, "end": 9, "quote": PLANTED, "kind": "supports"}]
        said = {"version": PLANTED, "result": "likely_yes", "warnings": [PLANTED], "findings": findings}
        model.Session.add(ContractSuggestion(package_id=row.package_id, documents={row.id: row.sha256}, **said))
    batch = ContractImport(id=PLANTED, source="spse", state="staged", files=[], started_by=model.User.get("wali").id)
    fields = {"title": PLANTED, "supplier_name": PLANTED, "code": "1:tender:1", "lead": 1, "kind": "contracts"}
    model.Session.add(batch)
    model.Session.flush()
    model.Session.add(ContractImportRow(import_id=PLANTED, number=1, file=0, row=2, fields=fields, outcome="new"))
    model.Session.commit()


def test_suggestions_documents_and_imports_change_no_byte_for_the_public(app, caplog):
    before = answers(app)
    plant()
    after = answers(app)
    assert [address for address in before if before[address] != after[address]] == []
    assert not [address for address, text in after.items() if PLANTED in text]
    assert PLANTED not in caplog.text


def test_suggestions_are_in_no_document_of_the_index():
    plant()
    for name in ("bus-kota", "rahasia"):
        helpers.call_action("package_patch", id=name, title=f"Judul baru {name}")
    indexed = make_connection().search("*:*", rows=100, fl="*", fq=f"site_id:{tk.config['ckan.site_id']}").docs
    assert {doc["name"] for doc in indexed} == {"bus-kota", "rahasia"}
    assert PLANTED not in repr(indexed) and "likely_yes" not in repr(indexed)


def test_suggestions_are_in_no_answer_about_a_decided_contract(app):
    """What was shown to the reviewer stays with the reviewer, the quote aside."""
    plant()
    shown = tk.get_action("smartcity_contract_suggestion_show")({"user": "wali"}, {"id": "bus-kota"})["suggestion"]
    row = made.document("bus-kota", TEXT)
    answer = {"city_service": "yes", "areas": ["roads-traffic"], "open_data": "yes", "reason": "provision"}
    made.decide(**answer, evidence=made.evidence(row), suggestion_id=shown["id"], note=PLANTED)
    for address in (*PUBLIC, *REGISTER, *ACTIONS[:5]):
        body = app.get(address).body
        assert PLANTED not in body and shown["id"] not in body, address
        assert not [word for word in ("likely_yes", "suggestion_id", "detector_version") if word in body], address


HIDDEN = ("rahasia", "rancangan", "terhapus", "tidak-ada")


@pytest.mark.parametrize("user", ["", "warga", "anggota", "kepala-lain"])
def test_hidden_and_unknown_contracts_are_answered_alike(app, user):
    model.Session.add(model.User(name="kepala-lain", email="lain@example.org"))
    made.agency("dlh", "Dinas Lingkungan Hidup", ("kepala-lain", "admin"))
    made.contract("rancangan", state="draft")
    made.contract("terhapus")
    helpers.call_action("package_delete", id="terhapus")
    headers = {"Authorization": factories.APIToken(user=user, context={})["token"]} if user else {}
    addresses = (
        "/en/service_contract/{}",
        "/en/smartcity/contracts/{}/documents",
        "/api/3/action/smartcity_contract_decision_list?id={}",
        "/api/3/action/smartcity_contract_document_list?id={}",
        "/api/3/action/smartcity_contract_document_show?id={}",
        "/api/3/action/smartcity_contract_page_show?id={}&page=1",
        "/api/3/action/smartcity_contract_suggestion_show?id={}",
        "/api/3/action/smartcity_contract_import_show?id={}",
    )
    for address in addresses:
        said = {name: app.get(address.format(name), headers=headers) for name in HIDDEN}
        texts = {without_token(a.body).replace(name, "X").replace(name.title(), "X") for name, a in said.items()}
        assert len(texts) == 1 and len({a.status_code for a in said.values()}) == 1, address


def test_a_collaborator_may_see_a_private_contract_and_nothing_of_the_reviewers(app):
    """CKAN lets collaborators see and edit a dataset; documents are for the office, answers for reviewers."""
    plant()
    warga = model.User.get("warga")
    helpers.call_action("package_collaborator_create", id="rahasia", user_id=warga.id, capacity="editor")
    row = made.document("rahasia", TEXT)
    call = {"user": "warga", "ignore_auth": False}
    assert tk.get_action("package_show")(dict(call), {"id": "rahasia"})["title"]
    refused = {
        "document_list": {"id": "rahasia"},
        "document_create": {"id": "rahasia"},
        "document_show": {"id": row.id},
        "document_read": {"id": row.id},
        "document_delete": {"id": row.id},
        "page_show": {"id": row.id, "page": 1},
        "suggestion_show": {"id": "rahasia"},
        "decision_create": {"id": "rahasia", "city_service": "no", "city_service_reason": "other", "note": "x"},
        "supplier_hide": {"id": "rahasia"},
        "queue_list": {},
        "figure_show": {"scope": "register"},
        "import_show": {"id": PLANTED},
        "check": {},
    }
    for action, data in refused.items():
        with pytest.raises(tk.NotAuthorized):
            tk.get_action(f"smartcity_contract_{action}")(dict(call), data)
    headers = {"Authorization": factories.APIToken(user="warga", context={})["token"]}
    assert app.get("/en/service_contract/rahasia", headers=headers).status_code == 200
    assert PLANTED not in app.get("/en/service_contract/rahasia", headers=headers).body
    assert app.get("/smartcity/contracts/rahasia/documents", headers=headers).status_code == 404
