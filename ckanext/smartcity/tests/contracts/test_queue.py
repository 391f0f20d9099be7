"""The queue of reviewers: what waits, what comes back, in which order; and the journey through its pages."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.smartcity.contracts import store
from ckanext.smartcity.contracts.models import ContractDecision, ContractSuggestion
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.test_figures import statements

pytestmark = pytest.mark.usefixtures("clean")
ADDRESS = "/en/smartcity/contracts/review"
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    made.contract("bus-kota", value_amount="500")
    made.contract("parkir", value_amount="2500000000", end_date="2026-06-30")
    made.contract("sampah", private=True, end_date="")


def queued(**filters: Any) -> dict[str, Any]:
    return tk.get_action("smartcity_contract_queue_list")({"user": "wali", "ignore_auth": False}, filters)


def names(**filters: Any) -> list[str]:
    return [row["name"] for row in queued(**filters)["results"]]


def suggest(name: str, result: str, quote: str = made.CLAUSE) -> None:
    """What the detector said about a document of a contract."""
    row = made.document(name)
    start = made.PAGE.index(quote)
    finding = {"document_id": row.id, "page": 1, "start": start, "end": start + len(quote), "kind": "supports"}
    suggestion = ContractSuggestion(
        package_id=row.package_id, documents={row.id: row.sha256}, version="1", result=result
    )
    suggestion.findings = [{**finding, "quote": quote, "cues": [], "score": 1.0}]
    store.add(suggestion)
    model.Session.commit()


def test_at_first_all_wait_private_ones_too_oldest_first():
    answer = queued(state="undecided")
    assert [row["name"] for row in answer["results"]] == ["bus-kota", "parkir", "sampah"]
    assert answer["counts"] == {"undecided": 3, "recheck": 0, "decided": 0, "not_counted": 0, "no_document": 3}


def test_orders():
    assert names(order="value") == ["parkir", "bus-kota", "sampah"]
    assert names(order="end") == ["parkir", "bus-kota", "sampah"]


def test_an_odd_stored_amount_does_not_break_the_queue():
    package = store.contract("parkir")
    assert package
    package.extras = {**package.extras, "value_amount": "2 milyar"}
    model.Session.commit()
    assert names(order="value")[0] == "bus-kota"


def test_a_contract_waits_until_both_questions_are_answered():
    document = made.document("bus-kota")
    made.decide(city_service="yes", areas=["roads-traffic"])
    assert "bus-kota" in names(state="undecided") and names(question="open_data") == ["bus-kota"]
    assert names(question="city_service") == ["parkir", "sampah"]
    made.decide(open_data="yes", reason="provision", evidence=made.evidence(document))
    assert names(state="decided") == ["bus-kota"] and "bus-kota" not in names(state="undecided")
    made.decide(open_data="reopened", note="Ada addendum")
    assert "bus-kota" in names(state="undecided")


def test_what_is_no_city_service_is_decided_by_one_answer():
    made.decide(name="parkir", city_service="no", city_service_reason="internal_only")
    assert names(state="decided") == ["parkir"]


@pytest.mark.parametrize("counterparty", ["individual", "government"])
def test_a_supplier_that_is_no_business_is_not_asked_about(counterparty):
    made.contract("warga", counterparty=counterparty)
    assert names(state="not_counted") == ["warga"] and "warga" not in names(state="undecided")


def test_a_contract_comes_back_when_a_fact_or_a_document_is_newer():
    made.decide(city_service="no", city_service_reason="not_a_service")
    assert names(state="recheck") == []
    context = {**made.site_user(), "ignore_auth": True}
    tk.get_action("package_patch")(context, {"id": "bus-kota", "end_date": "2027-01-31"})
    assert names(state="recheck") == ["bus-kota"]
    made.decide(city_service="no", city_service_reason="not_a_service")
    assert names(state="recheck") == []
    made.document("bus-kota")
    assert names(state="recheck") == ["bus-kota"] and made.shown()["provides_city_service"] == "no"


def test_filters_narrow_together():
    suggest("parkir", "likely_yes")
    assert names(suggestion="likely_yes") == ["parkir"] == names(has_document="true")
    assert names(suggestion="none", opd="dishub", q="kota 2026") == ["bus-kota"]
    assert names(opd="diskominfo") == [] == names(q="100%")


def test_pages_and_the_next_one():
    assert [names(limit=2), names(limit=2, offset=2), names(limit=2, offset=9)] == [
        ["bus-kota", "parkir"],
        ["sampah"],
        [],
    ]
    assert queued(limit=2, offset=9)["count"] == 3
    shown = tk.get_action("smartcity_contract_suggestion_show")
    found = [shown({"user": "wali", "ignore_auth": False}, {"id": n}) for n in ("bus-kota", "parkir", "sampah")]
    assert [(f["place"], f["count"], f["next"]) for f in found] == [(1, 3, "parkir"), (2, 3, "sampah"), (3, 3, None)]


def test_the_queue_needs_the_same_sql_for_five_and_for_thirty_contracts(app):
    def grow(*numbers: int) -> None:
        for number in numbers:
            made.document(made.contract(f"jasa-{number}")["name"])
            made.decide(name=f"jasa-{number}", city_service="yes", areas=["fire"])

    app.set_session_user("wali")
    asked = []
    for numbers, contracts in ((range(2), 5), (range(2, 27), 30)):
        grow(*numbers)
        assert queued()["count"] == contracts
        app.get(ADDRESS)
        with statements() as sent:
            app.get(ADDRESS)
        asked.append(sent)
    assert asked[0] == asked[1]


# Pages


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.body, "html.parser")


def form_of(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser would send of the review form as it stands."""
    form = page.select_one("form.sc-review")
    assert form
    data = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    chosen = {field["name"]: field["value"] for field in form.select("input[checked]")}
    typed = {field["name"]: field.text.strip() for field in form.select("textarea")}
    return {**data, **chosen, **typed}


def test_a_reviewer_ticks_the_sentence_saves_and_goes_on(app):
    suggest("bus-kota", "likely_yes")
    app.set_session_user("wali")
    page = soup(app.get("/en/smartcity/contracts/review/bus-kota"))
    assert page.select_one("mark").text == made.CLAUSE
    assert not page.select("form.sc-review input[type=radio][checked]")
    finding = page.select_one("input[name=finding]")["value"]
    answer = {"city_service": "yes", "areas": "roads-traffic", "open_data": "yes", "reason": "provision"}
    data = {**form_of(page), **answer, "finding": finding}
    saved = app.post("/en/smartcity/contracts/review/bus-kota", data=data, follow_redirects=False)
    assert saved.headers["Location"].endswith("/en/smartcity/contracts/review/parkir?state=undecided")
    clause = model.Session.scalars(sa.select(ContractDecision).order_by(ContractDecision.number.desc())).first()
    assert clause.evidence[0]["quote"] == made.CLAUSE and clause.evidence[0]["quote_verified"] is True
    assert clause.suggestion_id and made.shown()["open_data_clause"] == "yes"


def test_nothing_typed_is_lost_when_something_is_missing(app):
    suggest("bus-kota", "likely_yes")
    app.set_session_user("wali")
    page = soup(app.get("/en/smartcity/contracts/review/bus-kota"))
    typed = {
        "city_service": "yes",
        "open_data": "partial",
        "note": "Tanya <dinas>",
        "quote": "Kalimat lain",
        "page": "1",
    }
    finding = page.select_one("input[name=finding]")["value"]
    data = {**form_of(page), **typed, "areas": "fire", "finding": finding}
    refused = soup(app.post("/en/smartcity/contracts/review/bus-kota", data=data, status=400))
    kept = form_of(refused)
    assert {name: kept[name] for name in typed if name != "page"} == {n: v for n, v in typed.items() if n != "page"}
    assert refused.select_one("input[name=page]")["value"] == "1"
    assert refused.select_one("input[name=finding][checked]")["value"] == finding
    assert refused.select_one("#area-fire").has_attr("checked")
    assert refused.select(".scf-problems li a[href^='#field-']")


def test_two_reviewers_at_once_the_second_is_shown_the_first(app):
    app.set_session_user("wali")
    stale = form_of(soup(app.get("/en/smartcity/contracts/review/bus-kota")))
    made.decide("wakil", city_service="no", city_service_reason="not_a_service")
    data = {**stale, "city_service": "no", "city_service_reason": "internal_only"}
    refused = app.post("/en/smartcity/contracts/review/bus-kota", data=data, status=400)
    assert "Wakil has decided" in refused.body
    assert soup(refused).select("#field-seen") and soup(refused).select(".scf-problems a[href='#field-seen']")
    again = form_of(soup(refused))
    assert again["seen_city_service"] and again["seen_city_service"] != stale["seen_city_service"]


def test_hostile_texts_stay_texts(app):
    made.contract("jahat", title=HOSTILE, supplier_name=HOSTILE, notes=HOSTILE, contract_number=HOSTILE)
    made.document("jahat", HOSTILE * 3, name=f"{HOSTILE}.pdf")
    app.set_session_user("wali")
    for address in (
        "/smartcity/contracts/review",
        "/smartcity/contracts/review/jahat",
        "/smartcity/contracts/jahat/documents",
    ):
        page = soup(app.get(f"/en{address}"))
        assert not [script for script in page.select("script") if "alert" in script.text]
        assert HOSTILE in page.text


def test_an_odd_filter_is_refused_with_a_sentence(app):
    app.set_session_user("wali")
    assert "there is no" in app.get("/en/smartcity/contracts/review?state=none", status=400).body
    assert app.get("/en/smartcity/contracts/review?state=all&q=%00%27&page=99").status_code == 200
