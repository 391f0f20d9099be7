"""What a reviewer meets on the page of a contract: a name to be taken out, an index that is away, warnings."""

from __future__ import annotations

from typing import Any

import pysolr
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import helpers
from ckan.plugins import toolkit as tk

from ckanext.smartcity.contracts import codes, store
from ckanext.smartcity.contracts.models import ContractDecision
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.test_queue import form_of, soup

pytestmark = pytest.mark.usefixtures("clean")

PAGE = "/en/smartcity/contracts/review/bus-kota"


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract(supplier_name="CV Budi Santoso")


@pytest.fixture
def index_away(monkeypatch):
    """The search index stands at an address where nothing answers."""
    monkeypatch.setattr(
        "ckan.lib.search.index.make_connection", lambda: pysolr.Solr("http://127.0.0.1:1/solr/none", timeout=1)
    )


def reviewer(app: Any) -> BeautifulSoup:
    app.set_session_user("wali")
    return soup(app.get(PAGE))


def rows() -> list[ContractDecision]:
    return list(model.Session.scalars(sa.select(ContractDecision).order_by(ContractDecision.number)))


def supplier() -> Any:
    model.Session.expire_all()
    package = store.contract("bus-kota")
    assert package
    return package.extras["supplier_name"]


@pytest.mark.parametrize(
    ("user", "links"),
    [
        ("", []),
        ("warga", []),
        ("anggota", []),
        ("petugas", ["/en/smartcity/contracts/bus-kota/documents"]),
        ("wali", ["/en/smartcity/contracts/bus-kota/documents", PAGE]),
    ],
)
def test_from_the_contract_its_documents_and_its_review_are_found(app, user, links):
    if user:
        app.set_session_user(user)
    page = soup(app.get("/en/service_contract/bus-kota"))
    assert [a["href"] for a in page.select("a[href*='/smartcity/contracts/']")] == links


# The name of a supplier


def replace_form(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser sends when the button of the second form is pressed; the first form is left out."""
    button = page.select_one("button[form=hide-supplier]")
    form = page.select_one("form#hide-supplier")
    assert button and form and form.find_parent("form") is None
    return {"address": form["action"], "data": {field["name"]: field["value"] for field in form.select("input")}}


def test_a_reviewer_replaces_the_name_after_reading_what_happens(app):
    page = reviewer(app)
    details = page.select_one("button[form=hide-supplier]").find_parent("details")
    assert not details.has_attr("open") and codes.NO_NAME in details.text
    assert "activity stream" not in details.text  # that plug-in is off here
    sent = replace_form(page)
    answer = app.post(sent["address"], data=sent["data"], follow_redirects=False)
    assert answer.headers["Location"].endswith("/en/smartcity/contracts/review/bus-kota?state=undecided")
    assert supplier() == codes.NO_NAME == made.shown()["supplier_name"]
    after = soup(app.get(PAGE))
    assert "The supplier's name is replaced." in after.text and "Budi" not in after.text
    assert not after.select("button[form=hide-supplier]")


def test_with_the_activity_stream_the_page_says_what_stays(app, monkeypatch):
    monkeypatch.setitem(helpers.helper_functions, "plugin_loaded", lambda name: name == "activity")
    assert "keeps earlier versions" in reviewer(app).select_one("button[form=hide-supplier]").find_parent().text


@pytest.mark.parametrize("user", ["petugas", "anggota", "warga"])
def test_others_replace_no_name(app, user):
    app.set_session_user(user)
    app.post(f"{PAGE}/supplier", data={}, status=403)
    assert supplier() == "CV Budi Santoso"


def test_a_forged_post_replaces_no_name(app, monkeypatch):
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    app.test_client().post(f"{PAGE}/supplier")
    app.set_session_user("wali")
    for token in ({}, {"_csrf_token": "forged"}):
        app.post(f"{PAGE}/supplier", data=token, status=400)
    app.get(f"{PAGE}/supplier", status=404)
    assert supplier() == "CV Budi Santoso"


def test_while_the_index_is_away_the_name_stays_everywhere(app, index_away):
    reviewer(app)
    answer = app.post(f"{PAGE}/supplier", data={}, status=503)
    assert "The search index does not answer" in answer.body
    assert supplier() == "CV Budi Santoso"


# An index that is away


def test_while_the_index_is_away_nothing_is_written_and_nothing_typed_is_lost(app, index_away):
    document = made.document()
    page = reviewer(app)
    typed = {
        "city_service": "yes",
        "open_data": "partial",
        "reason": "provision",
        "scope_note": "Jadwal saja",
        "document_id": document.id,
        "page": "1",
        "quote": made.CLAUSE,
        "note": "Tanya <dinas>",
    }
    answer = app.post(PAGE, data={**form_of(page), **typed, "areas": "fire"}, status=503)
    assert answer.headers["Cache-Control"] == "private, no-store"
    refused = soup(answer)
    assert "The search index does not answer" in refused.select_one("[role=alert]").text
    kept = form_of(refused)
    shown = ("city_service", "open_data", "scope_note", "quote", "note")
    assert {name: kept[name] for name in shown} == {name: typed[name] for name in shown}
    assert refused.select_one("#area-fire").has_attr("checked")
    for name in ("reason", "document_id"):
        assert refused.select_one(f"select[name={name}] option[selected]")["value"] == typed[name]
    model.Session.rollback()
    package = store.contract("bus-kota")
    assert rows() == [] and package and package.extras.get("provides_city_service") != "yes"


def test_once_the_index_is_back_the_same_form_is_saved(app, index_away, monkeypatch):
    page = reviewer(app)
    data = {**form_of(page), "city_service": "no", "city_service_reason": "internal_only"}
    again = form_of(soup(app.post(PAGE, data=data, status=503)))
    monkeypatch.undo()
    app.post(PAGE, data={**again, "city_service_reason": "internal_only"}, follow_redirects=False, status=302)
    assert [row.reason for row in rows()] == ["internal_only"]


# What everybody will read


def test_a_quote_with_personal_data_is_asked_about_once_more(app):
    document = made.document("bus-kota", f"{made.CLAUSE} Narahubung: budi@dinas.example.id, 0812-3456-7890.")
    quote = f"{made.CLAUSE} Narahubung: budi@dinas.example.id, 0812-3456-7890."
    typed = {
        "city_service": "yes",
        "areas": "fire",
        "open_data": "partial",
        "reason": "provision",
        "scope_note": "Kecuali rekening 123-456-7890",
        "document_id": document.id,
        "page": "1",
        "quote": quote,
    }
    page = reviewer(app)
    assert not page.select("[name=confirm_public]")
    refused = soup(app.post(PAGE, data={**form_of(page), **typed}, status=400))
    asked = refused.select_one("#field-confirm_public").text
    for kind in ("an e-mail address", "a phone number", "a bank account"):
        assert kind in asked
    assert "confirm_quotes" not in str(refused) and rows() == []
    box = refused.select_one("input[name=confirm_public]")
    assert box["type"] == "checkbox" and not box.has_attr("checked")
    app.post(PAGE, data={**form_of(refused), **typed, "confirm_public": "1"}, follow_redirects=False, status=302)
    assert rows()[1].evidence[0]["quote"] == quote


def test_what_changed_since_is_shown_with_labels_and_values(app):
    made.decide(city_service="no", city_service_reason="not_a_service")
    changes = {"end_date": "", "procurement_category": "consulting"}
    context = {**made.site_user(), "ignore_auth": True}
    tk.get_action("package_patch")(context, {"id": "bus-kota", **changes})
    made.document("bus-kota", name="addendum<b>.pdf")
    items = [" ".join(item.text.split()) for item in reviewer(app).select(".sc-empty li")]
    assert items == [
        "Kind of procurement: Other services before, Consulting services now",
        "End: 31 December 2026 before, empty now",
        "A document was uploaded: addendum<b>.pdf",
    ]
    assert "Jenis pengadaan" in soup(app.get(PAGE.replace("/en/", "/id/"))).select_one(".sc-empty").text
