"""Journeys of the three people whom the portal is for, through a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ckanext.smartcity.tests.browser.conftest import Portal, log_in

pytestmark = pytest.mark.browser


def count_shown(page: Page, portal: Portal, code: str) -> int:
    """How many datasets the page of an indicator speaks of, as its JSON has it for everybody."""
    answer = page.request.get(f"{portal.address}/smartcity/indicator/iso37122-2019/{code}.json")
    return answer.json()["dataset_count"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_citizen_goes_from_the_home_page_to_a_dataset(
    browser: Browser, portal: Portal, artefacts: Path, script: bool
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=script)
    page = context.new_page()
    page.goto(portal.address)
    page.get_by_role("link", name="Indikator", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator("select[name=approach]").select_option("economy")
    page.get_by_role("button", name="Tampilkan").click()
    assert "approach=economy" in page.url
    page.get_by_role("link", name=re.compile("memuat kebijakan data terbuka")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("kebijakan data terbuka")
    page.screenshot(path=artefacts / "journey-citizen-indicator.png", full_page=True)
    page.get_by_role("link", name="Kontrak Layanan Kota dan Kebijakan Data Terbukanya").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kontrak Layanan Kota")
    page.get_by_role("link", name=re.compile(r"^5\.1 ")).first.click()
    assert page.url.endswith("/smartcity/indicator/iso37122-2019/5.1")
    context.close()


def test_a_citizen_filters_the_search_by_indicator(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.address}/dataset/")
    page.get_by_role("link", name=re.compile(r"16\.4 Daur ulang plastik")).first.click()
    expect(page).to_have_url(re.compile("vocab_smartcity_indicators=iso37122"))
    assert page.locator(".dataset-item").count() == count_shown(page, portal, "16.4")


def test_an_officer_publishes_with_two_indicators_and_sees_it_counted(
    page: Page, portal: Portal, artefacts: Path, tmp_path: Path
) -> None:
    table = tmp_path / "halte.csv"
    table.write_text("halte,penumpang\nAlun-alun,120\nPasar,340\n")
    before = {code: count_shown(page, portal, code) for code in ("19.3", "19.11")}
    log_in(page, portal, "editor-dishub")
    page.goto(f"{portal.address}/dataset/new")
    page.fill("#field-title", "Penumpang menurut halte tahun 2025")
    page.get_by_role("button", name=re.compile("Edit|Ubah|Sunting")).first.click(timeout=2000)
    page.fill("input[name=name]", "penumpang-menurut-halte-2025")
    for code in before:
        tick = page.locator(f"input[name=indicators][value='iso37122:2019/{code}']")
        tick.evaluate("box => { const d = box.closest('details'); if (d) d.open = true; }")
        tick.check()
    page.locator("select[name=owner_org]").select_option(label="Dinas Perhubungan")
    page.locator("select[name=private]").select_option("False")
    page.locator("[name=data_kind]").select_option("other")
    page.screenshot(path=artefacts / "journey-officer-form.png", full_page=True)
    page.locator("button[name=save]").first.click()
    page.set_input_files("input[type=file]", str(table))
    page.fill("input[name='name']", "Penumpang 2025")
    page.locator("button[name=save][value=go-metadata]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Penumpang menurut halte")
    page.screenshot(path=artefacts / "journey-officer-dataset.png", full_page=True)
    assert {code: count_shown(page, portal, code) for code in before} == {c: n + 1 for c, n in before.items()}


def test_an_officer_reads_all_errors_at_once_and_keeps_what_was_typed(
    page: Page, portal: Portal, artefacts: Path
) -> None:
    log_in(page, portal, "editor-dishub")
    page.goto(f"{portal.address}/dataset/new")
    page.fill("#field-title", "Judul yang tetap ada")
    page.locator("[name=data_kind]").select_option("statistics")
    page.fill("[name=region_code]", "9971x")
    page.locator("button[name=save]").first.click()
    summary = page.locator(".scf-problems")
    for label in ("Konsep", "Definisi", "Satuan", "Kode wilayah"):
        expect(summary).to_contain_text(label)
    expect(page.locator("#field-title")).to_have_value("Judul yang tetap ada")
    expect(page.locator("[name=region_code]")).to_have_value("9971x")
    page.screenshot(path=artefacts / "journey-officer-errors.png", full_page=True)


def test_the_walidata_tags_ten_old_datasets(page: Page, portal: Portal, artefacts: Path) -> None:
    log_in(page, portal, "editor-walidata")
    page.goto(f"{portal.address}/smartcity/tagging")
    boxes = page.locator("input[type=checkbox][name=dataset], input[type=checkbox][name=datasets]")
    ticked = min(10, boxes.count())
    assert ticked >= 10, "the demo city has at least ten datasets without an indicator"
    before, rows = count_shown(page, portal, "21.2"), boxes.count()
    for number in range(ticked):
        boxes.nth(number).check()
    page.locator("select[name=indicator]").select_option("iso37122:2019/21.2")
    page.screenshot(path=artefacts / "journey-walidata-ticked.png", full_page=True)
    page.locator(".smartcity form[method=post] button[type=submit]").first.click()
    page.screenshot(path=artefacts / "journey-walidata-confirm.png", full_page=True)
    page.locator(".smartcity form[method=post] button[type=submit]").first.click()
    page.screenshot(path=artefacts / "journey-walidata-done.png", full_page=True)
    assert count_shown(page, portal, "21.2") == before + ticked
    page.goto(f"{portal.address}/smartcity/tagging")
    assert boxes.count() == rows - ticked
