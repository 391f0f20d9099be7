"""What is decided, and the key of a contract, cannot be sent in by any way of CKAN; a page that is looked at changes
nothing."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.house.audience import PAGES
from ckanext.smartcity.tests.house.city import our_endpoints
from ckanext.smartcity.tests.views.browser_form import BrowserForm

pytestmark = pytest.mark.usefixtures("clean")

FORGED = {
    "provides_city_service": "yes",
    "city_service_areas": ["water-sewer"],
    "open_data_clause": "yes",
    "clause_reason": "provision",
    "clause_scope_note": "semua",
    "clause_decided_date": "2020-01-01",
    "clause_rule_version": "x",
    "contract_id": "manual:x:1",
}
NEW = {
    "type": "service_contract",
    "name": "kapal",
    "title": "Kapal",
    "owner_org": "dishub",
    "contract_number": "027/Kapal/2026",
    "supplier_name": "PT Kapal",
    "counterparty": "business",
    "contract_status": "active",
    "start_date": "2026-01-01",
}


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract()
    made.decide(city_service="no", city_service_reason="not_a_service")


def guarded(name: str = "bus-kota") -> dict[str, Any]:
    """The fields that nobody may send, as the dataset shows them."""
    shown = made.shown(name)
    return {field: shown.get(field) for field in FORGED}


def test_what_an_editor_creates_is_undecided_under_the_key_of_the_register(as_user):
    context_key = {"smartcity_contract_key": "spse:1:tender:1:1"}
    as_user("petugas", "package_create", **NEW, **FORGED, **context_key)
    found = guarded("kapal")
    assert found["contract_id"] == "manual:dishub:027/kapal/2026"
    assert (found["provides_city_service"], found["open_data_clause"]) == ("undecided", "undecided")
    assert not [field for field in ("clause_reason", "clause_decided_date", "city_service_areas") if found[field]]


@pytest.mark.parametrize("action", ["package_patch", "package_update", "package_revise"])
def test_a_collaborator_changes_the_title_only(as_user, action):
    warga = model.User.get("warga")
    helpers.call_action("package_collaborator_create", id="bus-kota", user_id=warga.id, capacity="editor")
    before = guarded()
    sent = {**made.shown(), **FORGED, "title": "Judul baru"}
    if action == "package_revise":
        sent = {"match__name": "bus-kota", "update": {**FORGED, "title": "Judul baru"}}
    as_user("warga", action, **sent)
    assert made.shown()["title"] == "Judul baru" and guarded() == before


@pytest.mark.parametrize("number", ["027/lain/2026", "027/bus-kota/2026 "])
def test_the_key_stays_when_number_and_office_change(as_user, number):
    before = guarded()["contract_id"]
    as_user("petugas", "package_patch", id="bus-kota", contract_number=number)
    helpers.call_action("package_owner_org_update", id="bus-kota", organization_id=model.Group.get("diskominfo").id)
    assert guarded()["contract_id"] == before


@pytest.mark.parametrize("action", ["bulk_update_private", "bulk_update_public"])
def test_the_bulk_page_changes_the_visibility_only(app, action):
    before = guarded()
    package, office = model.Package.get("bus-kota"), model.Group.get("dishub")
    helpers.call_action(action, datasets=[package.id], org_id=office.id)
    hidden = action == "bulk_update_private"
    assert guarded() == before and made.shown()["private"] is hidden
    assert ("bus-kota" in app.get("/smartcity/contracts.csv").body) is not hidden


def test_the_form_takes_no_answer(app):
    before = guarded()
    app.set_session_user("petugas")
    address = "/en/service_contract/edit/bus-kota"
    form = BrowserForm(app.get(address).body, "#dataset-edit").fill(title="Judul baru")
    app.post(address, data={**form.sent(), **FORGED}, follow_redirects=False, status=302)
    assert made.shown()["title"] == "Judul baru" and guarded() == before


def test_looking_at_pages_changes_nothing(app):
    row = made.document("bus-kota", made.PAGE)
    app.set_session_user(factories.Sysadmin(name="kepala")["name"])
    before = contents()
    for page in our_endpoints(app):
        address = PAGES[page].address.replace("kontrak-server", "bus-kota").replace("dokumen-kontrak", row.id)
        app.client.get(address, follow_redirects=False)
    assert contents() == before


def contents() -> dict[str, str]:
    """The rows of our tables and of the datasets, as one text a table."""
    model.Session.rollback()
    tables = [name for name in sa.inspect(model.meta.engine).get_table_names() if name.startswith("smartcity_contract")]
    rows = {name: sa.select(sa.text("*")).select_from(sa.table(name)) for name in [*tables, "package", "member"]}
    return {name: repr(sorted(map(repr, model.Session.execute(query)))) for name, query in rows.items()}
