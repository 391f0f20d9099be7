"""The pages of service contracts: figures with what belongs beside them, the register as a file, decisions, clauses."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.smartcity.contracts.clauses import assess
from ckanext.smartcity.contracts.clauses.document import Document, Page
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.test_figures import decide, hide
from ckanext.smartcity.tests.tokens import without_token

pytestmark = pytest.mark.usefixtures("clean")

ADDRESS = "/en/smartcity/contracts?year=2026"
PUBLIC = (
    ADDRESS,
    "/smartcity/contracts",
    "/smartcity/contracts.csv",
    "/smartcity/contracts/clauses",
    "/service_contract/",
    "/service_contract/bus-kota",
    "/api/3/action/smartcity_contract_figure_show?year=2026&by=organization&by=area&by=year&by=contract",
    "/api/3/action/smartcity_contract_decision_list?id=bus-kota",
    "/api/3/action/smartcity_contract_export",
)
HOSTILE = '"><svg onload=alert(1)>{{7*7}}'


@pytest.fixture(autouse=True)
def offices(clean: None) -> None:
    made.offices()


def page(app: Any, address: str = ADDRESS, user: str = "") -> BeautifulSoup:
    return BeautifulSoup(app.get(address, headers=signed_in(user)).body, "html.parser")


def signed_in(user: str) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=user, context={})["token"]} if user else {}


def words(node: Any) -> str:
    return " ".join(node.get_text(" ").split())


def section(soup: BeautifulSoup, name: str) -> Any:
    """The part of the page under the heading of this id."""
    heading = soup.find(id=name)
    assert heading
    return heading.parent


def register(app: Any) -> list[dict[str, str]]:
    answer = app.get("/smartcity/contracts.csv")
    return list(csv.DictReader(io.StringIO(answer.body.removeprefix("\ufeff"))))


def test_an_empty_register_says_whose_turn_it_is(app):
    soup = page(app)
    assert "no contract is published yet" in words(soup.main)
    assert not soup.select(".sc-figure, main table")
    assert register(app) == []


def test_a_value_never_stands_without_what_belongs_beside_it(app):
    for name in ("bus", "halte", "taman"):
        made.contract(name)
    decide("bus")
    decide("taman", "no")
    value = words(section(page(app), "value"))
    assert "33.3% of 3 contracts have an open data policy 1 of 3 not yet examined Among the 2 decided: 50%." in value
    assert "Counted from published contracts." in value
    decide("halte", "no")
    value = words(section(page(app), "value"))
    assert "33.3%" in value and "0 of 3 not yet examined" in value and "Among" not in value


def test_numbers_are_in_the_language_of_the_page(app):
    for name in ("bus", "halte", "taman"):
        made.contract(name)
    decide("bus")
    assert "33,3%" in words(page(app, "/smartcity/contracts?year=2026").select_one(".sc-figure"))


def test_tables_by_office_area_and_year(app):
    made.contract("bus")
    made.contract("taman", owner="diskominfo")
    made.contract("orang", counterparty="individual")
    decide("bus")
    soup = page(app)
    tables = {name: section(soup, name).select("tbody tr") for name in ("offices", "areas")}
    assert {name: [words(row) for row in found] for name, found in tables.items()} == {
        "offices": ["Dinas Perhubungan 1 1 0 0 of 1 100% 100%", "Dinas Komunikasi 1 0 0 1 of 1 0% none decided"],
        "areas": ["No area yet 1 0 0 1 of 1 0% none decided", "Roads and traffic 1 1 0 0 of 1 100% 100%"],
    }
    left_out = words(section(soup, "excluded"))
    assert "3 published contracts = 2 counted + 1 left out" in left_out and "of these, individuals: 1" in left_out
    assert words(section(soup, "years").select_one("tbody tr")).startswith("2026 2 1 0 1 of 2 50% 100%")


def test_a_contract_shows_the_sentence_that_decided(app):
    made.contract()
    assert "Nobody has examined this contract yet." in words(page(app, "/en/service_contract/bus-kota"))
    decide("bus-kota", note="Hanya untuk kita")
    made.decide(open_data="no", reason="no_mention")
    history = page(app, "/en/service_contract/bus-kota").select_one(".scf-history")
    newest, replaced, service = (words(li) for li in history.select("li"))
    assert newest.startswith("Open data policy: No Reason: Not mentioned. The whole text was read and holds none.")
    assert "replaced by a later decision" in replaced and "replaced" not in newest + service
    assert made.CLAUSE in replaced and "Signed contract, page 1, SHA-256" in replaced
    assert history.select_one("code").text == made.document().sha256[:12]
    assert "by Dinas Komunikasi." in newest and "Rule version odp-1." in newest
    assert "Wali" not in history.text and "Hanya untuk kita" not in history.text
    assert "Wali, Dinas Komunikasi" in words(page(app, "/en/service_contract/bus-kota", "petugas"))
    assert "Hanya untuk kita" in words(page(app, "/en/service_contract/bus-kota", "wali"))


def test_the_list_of_contracts_has_badges_in_words_and_can_be_sorted(app):
    made.contract("bus", end_date="2026-12-31", value_amount="5")
    made.contract("halte", end_date="2026-06-30", value_amount="1000")
    made.contract("taman", end_date="2027-01-31", value_amount="30")
    decide("bus")
    badges = [words(item) for item in page(app, "/en/service_contract/").select(".dataset-item .badge")]
    assert sorted(badges) == [*["○ Open data: not yet examined"] * 2, "● Open data: yes"]
    orders = {"end_date asc": "halte bus taman", "smartcity_value_sort desc": "halte taman bus"}
    for order, expected in orders.items():
        soup = page(app, f"/en/service_contract/?sort={order}")
        assert [a["href"].rpartition("/")[2] for a in soup.select(".dataset-heading a")] == expected.split()
        assert soup.select_one(f'option[selected][value="{order}"]')
    first = page(app, "/en/service_contract/?sort=clause_decided_date desc").select_one(".dataset-heading a")
    assert first["href"].endswith("/bus")


def test_contracts_are_in_no_other_listing(app):
    made.contract()
    for address in ("/dataset/", "/organization/dishub", "/feeds/organization/dishub.atom"):
        assert "bus-kota" not in app.get(address).body
    assert "bus-kota" in app.get("/service_contract/").body


def test_clauses_come_in_both_languages_as_text(app):
    soup = page(app, "/en/smartcity/contracts/clauses")
    texts = {area["lang"]: area.text for area in soup.select("textarea[readonly]")}
    assert texts["id"].startswith("Penyedia menyerahkan Data Layanan") and texts["id"].endswith("kontrak berakhir.")
    assert texts["en"].startswith("The Provider delivers") and texts["en"].endswith("end of the contract.")
    assert "A draft, not legal advice." in words(soup.main)
    for text in texts.values():
        found = assess(Document((Page(1, text),)))
        assert (found.result, found.scope) == ("likely_yes", "full"), found


def test_the_file_is_the_same_for_everybody_and_while_nothing_changes(app):
    made.contract()
    decide("bus-kota")
    answer = app.get("/smartcity/contracts.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    for user in ("petugas", "wali", "anggota"):
        assert app.get("/en/smartcity/contracts.csv", headers=signed_in(user)).body == answer.body
    (row,) = register(app)
    assert (row["quote"], row["open_data_clause"], row["organization"]) == (made.CLAUSE, "yes", "dishub")


def test_the_file_is_read_page_by_page(app, monkeypatch):
    from ckanext.smartcity.views import contracts as view

    for name in ("bus", "halte", "taman"):
        made.contract(name)
    whole = app.get("/smartcity/contracts.csv").body
    asked = tk.get_action("smartcity_contract_export")
    monkeypatch.setattr(view.tk, "get_action", lambda name: lambda context, data: asked(context, {**data, "limit": 2}))
    assert app.get("/smartcity/contracts.csv").body == whole


def test_members_find_their_contracts_apart_from_what_everybody_sees(app):
    made.contract("bus")
    made.contract("rahasia", private=True)
    everybody = page(app)
    assert not everybody.select("aside")
    for user, offices in (("petugas", ["dishub"]), ("anggota", ["diskominfo"]), ("warga", [])):
        answer = app.get(ADDRESS, headers=signed_in(user))
        assert answer.headers["Cache-Control"] == "private, no-store"
        soup = BeautifulSoup(answer.body, "html.parser")
        assert str(soup.main) == str(everybody.main)
        links = [a["href"].partition("organization=")[2] for a in soup.select("aside a")]
        assert [link for link in links if link] == offices
    assert "/service_contract/rahasia" in str(page(app, "/service_contract/?organization=dishub", "petugas"))
    assert "rahasia" not in str(page(app, "/service_contract/?organization=dishub"))


def everything(app: Any) -> dict[str, tuple[str, str | None]]:
    answers = {address: app.get(address) for address in PUBLIC}
    return {address: (without_token(a.body), a.headers.get("ETag")) for address, a in answers.items()}


def test_hidden_contracts_change_no_byte(app):
    made.contract()
    decide("bus-kota")
    before = everything(app)
    agency = made.contract("dinas-lain", owner="diskominfo", start_date="2020-01-01", private=True)
    decide("dinas-lain")
    for name, how in (("rancangan", "draft"), ("terhapus", "deleted"), ("dibuang", "purged")):
        made.contract(name, private=True, start_date="2021-01-01", procurement_category="goods")
        decide(name, "no")
        hide(how, name)
    helpers.call_action("package_patch", id=agency["id"], title="Judul baru", counterparty="individual")
    assert everything(app) == before


@pytest.mark.parametrize("how", ["private", "draft", "deleted", "purged"])
def test_a_contract_leaves_the_pages_at_once(app, how):
    made.contract()
    decide("bus-kota")
    assert len(register(app)) == 1 and page(app).select(".sc-figure")
    hide(how, "bus-kota")
    assert register(app) == [] and "no contract is published yet" in words(page(app).main)
    assert app.get("/service_contract/bus-kota").status_code == 404
    assert app.get("/api/3/action/smartcity_contract_decision_list?id=bus-kota").status_code == 404


def test_hostile_text_stays_text(app):
    made.contract(title=HOSTILE, supplier_name=f"={HOSTILE}", contract_number=f"+{HOSTILE}")
    group = model.Group.get("dishub")
    group.title = HOSTILE
    model.Session.commit()
    row = made.document("bus-kota", HOSTILE, name=HOSTILE)
    made.decide(
        city_service="yes",
        areas=["roads-traffic"],
        open_data="partial",
        reason="provision",
        scope_note=HOSTILE,
        evidence=made.evidence(row, HOSTILE),
        note=HOSTILE,
    )
    for address in (ADDRESS, "/en/service_contract/", "/en/service_contract/bus-kota"):
        for user in ("", "wali"):
            soup = page(app, address, user)
            assert not soup.select("svg[onload], main script, .scf-history script"), address
            assert "{{7*7}}" in soup.text and "49" not in words(soup.select_one(".sc-head") or soup.h1)
    (line,) = register(app)
    assert line["supplier_name"].startswith("'=") and line["contract_number"].startswith("'+")
    assert (line["quote"], line["clause_scope_note"]) == (HOSTILE, HOSTILE)


def test_an_odd_year_is_refused_in_words(app):
    for year in ("2099", "1900", "x", "2026'--", "%00"):
        answer = app.get(f"/en/smartcity/contracts?year={year}", status=400)
        assert not BeautifulSoup(answer.body, "html.parser").select(".sc-figure, main table")
    refused = BeautifulSoup(app.get("/en/smartcity/contracts?year=2099", status=400).body, "html.parser")
    assert "is not a whole number from 2000" in words(refused.main)


def test_reviewers_see_both_figures_above_their_queue(app):
    made.contract("bus")
    made.contract("rahasia", private=True)
    decide("rahasia", "no")
    rows = section(page(app, "/en/smartcity/contracts/review", "wali"), "figures").select("tbody tr")
    assert [words(row) for row in rows] == [
        "All registered contracts 2 0 1 1 of 2 0% 0%",
        "Published contracts 1 0 0 1 of 1 0% none decided",
    ]
