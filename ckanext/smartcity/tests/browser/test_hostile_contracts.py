"""Hostile texts of contracts, documents, quotes and imported files before a real browser: none of them ever runs."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from ckanext.smartcity.tests.browser.conftest import Portal, log_in
from ckanext.smartcity.tests.pure.contracts.spse_files import as_json, contract

pytestmark = pytest.mark.browser

HOSTILE = (
    "\"'><img src=x onerror=window.hostile=1><script>window.hostile=1</script><svg onload=window.hostile=1>"
    '<a href="javascript:window.hostile=1">x</a>{{7*7}}'
)
NAME = "kontrak-jahat"
OFFICER, REVIEWER = "editor-dishub", "editor-walidata"
POLICY = "default-src 'self'; img-src 'self' data:"  # core's styles hold pictures
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", event =>
    window.refused.push([event.effectiveDirective, event.blockedURI, event.sample].join(" ")));
"""


@pytest.fixture
def planted(portal: Portal, with_plugins: None) -> Iterator[str]:
    """A contract with hostile texts wherever a text can be, and a batch of hostile rows; gives the batch's id."""
    from ckan import model
    from ckan.plugins import toolkit as tk

    from ckanext.smartcity.contracts import suggesting
    from ckanext.smartcity.tests.contracts import made

    model.Session.remove()
    hostile = {"title": HOSTILE, "supplier_name": HOSTILE, "contract_number": HOSTILE, "notes": HOSTILE}
    made.contract(NAME, **hostile)
    text = f"PASAL 7\n{made.CLAUSE} {HOSTILE}"
    row = made.document(NAME, text, name=HOSTILE, refusal="scan", uploader=OFFICER)
    suggesting.suggest(row.package_id)
    model.Session.commit()
    answer = {"city_service": "yes", "areas": ["roads-traffic"], "open_data": "partial", "reason": "provision"}
    evidence = made.evidence(row, f"{made.CLAUSE} {HOSTILE}")
    made.decide(REVIEWER, NAME, **answer, evidence=evidence, scope_note=HOSTILE, note=HOSTILE, confirm_quotes=True)
    batch = _staged(REVIEWER)
    model.Session.remove()
    yield batch
    model.Session.remove()
    context: Any = {**made.site_user(), "ignore_auth": True}
    tk.get_action("dataset_purge")(context, {"id": NAME})
    tk.get_action("smartcity_contract_import_delete")({"user": REVIEWER}, {"id": batch})
    model.Session.remove()


def _staged(user: str) -> str:
    from ckan.plugins import toolkit as tk
    from werkzeug.datastructures import FileStorage

    names = ("nama_paket", "nama_penyedia", "nama_satker", "kd_satker", "status_kontrak", "lingkup_pekerjaan")
    rows = [contract(**dict.fromkeys(names, HOSTILE), **{HOSTILE: 1}), contract(nama_paket=HOSTILE, kd_tender=5)]
    file = FileStorage(BytesIO(as_json(rows)), filename=f"{HOSTILE}.json")
    batch = tk.get_action("smartcity_contract_import_create")({"user": user}, {"upload": file, "queue": False})
    while batch["state"] == "checking":
        batch = tk.get_action("smartcity_contract_import_step")({"user": user}, {"id": batch["id"]})
    return batch["id"]


def addresses(batch: str) -> list[str]:
    typed = quote(HOSTILE, safe="")
    return [
        "/smartcity/contracts",
        f"/smartcity/contracts?year={typed}",
        "/service_contract/?q=kontrak&sort=metadata_modified+desc",
        f"/service_contract/?q={typed}",
        f"/service_contract/{NAME}",
        f"/service_contract/{typed}",
        "/smartcity/contracts/review?state=all",
        f"/smartcity/contracts/review?q={typed}",
        f"/smartcity/contracts/review?state={typed}",
        f"/smartcity/contracts/review/{NAME}",
        f"/smartcity/contracts/{NAME}/documents",
        "/smartcity/contracts/import",
        f"/smartcity/contracts/import/{batch}",
        f"/smartcity/contracts/import/{typed}",
    ]


def of_the_office() -> list[str]:
    return [f"/service_contract/{NAME}", f"/service_contract/edit/{NAME}", f"/smartcity/contracts/{NAME}/documents"]


def refused(page: Page, address: str, until: Literal["load", "domcontentloaded"] = "domcontentloaded") -> set[str]:
    """What a policy kept from a page, by the time it is read; no hostile text of the page has run."""
    page.goto(address, wait_until=until)
    assert page.evaluate("window.hostile") is None, address
    return set(page.evaluate("window.refused"))


@pytest.mark.parametrize("account", [OFFICER, REVIEWER])
def test_no_hostile_text_runs_with_or_without_a_policy(
    browser: Browser, portal: Portal, planted: str, account: str
) -> None:
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.add_init_script(LISTEN)
    log_in(page, portal, account)
    pages = addresses(planted) if account == REVIEWER else of_the_office()
    shown = 0
    for address in pages:
        refused(page, f"{portal.address}{address}", "load")
        shown += "<img src=x onerror" in page.locator("body").inner_text()
    assert shown >= 2  # as text, as it was typed

    def with_policy(route: Any) -> None:
        if route.request.resource_type != "document":
            route.continue_()
            return
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": POLICY})

    page.route("**/*", with_policy)
    of_core = refused(page, f"{portal.address}/about")
    for address in pages:
        extra = {
            each for each in refused(page, f"{portal.address}{address}") - of_core if not each.startswith("style-src")
        }
        assert not extra, address
    assert not dialogs
    context.close()
