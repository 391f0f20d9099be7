"""A crawl of our pages with axe, in both languages and on a phone: no violation of ours, no sideways scrolling."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from ckanext.smartcity.tests.browser.conftest import Portal, log_in

pytestmark = pytest.mark.browser

PAGES = {
    "summary": "/smartcity",
    "summary-filtered": "/smartcity?approach=economy&state=with_data",
    "indicator-programme": "/smartcity/indicator/iso37122-2019/5.1",
    "indicator-empty": "/smartcity/indicator/iso37122-2019/7.4",
    "agencies": "/smartcity/agency",
    "agency": "/smartcity/agency/diskominfo",
    "tables": "/smartcity/table",
    "table": "/smartcity/table/labour_force",
    "table-parts": "/smartcity/table/indicator_parts",
    "visits": "/smartcity/visits",
    "visits-days": "/smartcity/visits?first=2026-01-01&last=2026-01-31",
    "contract-figures": "/smartcity/contracts",
    "contract-clauses": "/smartcity/contracts/clauses",
    "home": "/",
    "search": "/dataset/",
    "overdue": "/dataset/?ext_smartcity_overdue=1",
    "contracts": "/service_contract/",
    "contract": "/service_contract/operasional-bus-koridor-1-2",
    "organization": "/organization/diskominfo",
}
FORMS = {
    "new-dataset": ("editor-dishub", "/dataset/new"),
    "new-contract": ("editor-dishub", "/service_contract/new"),
    "tagging": ("editor-walidata", "/smartcity/tagging"),
}
REVIEWERS = {
    "review-queue": "/smartcity/contracts/review",
    "review": "/smartcity/contracts/review/pemeliharaan-lampu-lalu-lintas",
    "documents": "/smartcity/contracts/pemeliharaan-lampu-lalu-lintas/documents",
    "import": "/smartcity/contracts/import",
}
# What axe finds in core's own templates of CKAN 2.12.0: rule -> parts of the elements' paths, looked at one by one.
OF_CORE = {
    "link-name": (".page-",),  # the arrow of the next page has no name
    "region": (".account", ".flash-messages"),  # what stands outside landmarks: who is logged in, what was done
}
# Core's own rows are this many pixels too wide on a phone, with or without us; our pages mend that.
TOO_WIDE_IN_CORE = 8


def violations(page: Page) -> list[str]:
    """Violations as lines, without those known of core."""
    return [
        f"{violation['id']} at {path}: {violation['help']}: {node['html'][:300]}"
        for violation in Axe().run(page).response["violations"]
        for path, node in ((" ".join(map(str, node["target"])), node) for node in violation["nodes"])
        if not any(part in path for part in OF_CORE.get(violation["id"], ()))
    ]


def too_wide(page: Page) -> int:
    """By how many pixels a page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def looked_at(page: Page, artefacts: Path, name: str) -> None:
    """The page has no violation of ours, and does not scroll sideways on a phone."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=artefacts / f"{name}.png", full_page=True)
    assert not violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.screenshot(path=artefacts / f"{name}-phone.png", full_page=True)
    assert too_wide(page) <= (0 if "/smartcity" in page.url else TOO_WIDE_IN_CORE)


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("name", PAGES)
def test_public_pages(browser: Browser, portal: Portal, artefacts: Path, name: str, language: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{portal.address}{language}{PAGES[name]}")
    assert answer and answer.status == 200
    looked_at(page, artefacts, f"{name}{language.replace('/', '-')}")
    context.close()


@pytest.mark.parametrize("name", FORMS)
def test_forms(page: Page, portal: Portal, artefacts: Path, name: str) -> None:
    account, address = FORMS[name]
    log_in(page, portal, account)
    answer = page.goto(f"{portal.address}{address}")
    assert answer and answer.status == 200
    looked_at(page, artefacts, name)


def test_pages_of_contract_reviewers(page: Page, portal: Portal, artefacts: Path) -> None:
    log_in(page, portal, "editor-walidata")
    for name, address in REVIEWERS.items():
        for language in ("", "/en"):
            answer = page.goto(f"{portal.address}{language}{address}")
            assert answer and answer.status == 200
            looked_at(page, artefacts, f"{name}{language.replace('/', '-')}")


def test_pages_are_whole_under_a_strict_content_security_policy(browser: Browser, portal: Portal) -> None:
    context = browser.new_context()
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )

    def with_policy(route):
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": "default-src 'self'"})

    page.route("**/smartcity*", with_policy)
    page.route("**/smartcity/**", with_policy)
    for name in ("summary", "indicator-programme", "agency", "visits"):
        page.goto(f"{portal.address}{PAGES[name]}")
    ours = [text for text in refused if "smartcity" in text.replace("/smartcity", "", 1)]
    assert not ours
    context.close()
