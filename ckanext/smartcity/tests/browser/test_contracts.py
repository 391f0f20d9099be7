"""Contracts as people have to do with them: an officer uploads, a reviewer decides and imports, everybody sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ckanext.smartcity.tests.browser.conftest import Portal, log_in, run_ckan
from ckanext.smartcity.tests.browser.test_accessibility import looked_at
from ckanext.smartcity.tests.contract_files import pdf
from ckanext.smartcity.tests.pure.contracts.spse_files import ORDER, as_csv, contract

pytestmark = pytest.mark.browser

OFFICER, REVIEWER = "editor-dishub", "editor-walidata"
WITH_DOCUMENT, WITH_SCAN = "pemeliharaan-lampu-lalu-lintas", "pusat-panggilan-112"  # nobody has decided about them
DECIDED = "operasional-bus-koridor-1-2"
CLAUSE = (
    "Data jumlah panggilan dan waktu tanggap wajib diterbitkan setiap bulan pada portal data terbuka dengan lisensi "
    "terbuka dan boleh dipakai ulang oleh siapa pun tanpa biaya."
)
LONGEST_WAY = 150  # keys to a control


@pytest.fixture
def citizen(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="id-ID")
    yield context.new_page()
    context.close()


def upload(page: Page, portal: Portal, name: str, kind: str, file: Path) -> Locator:
    """Upload a document of a contract; gives its row in the list."""
    page.goto(f"{portal.address}/service_contract/{name}")
    page.get_by_role("link", name="Dokumen untuk dibaca").click()
    page.locator("select[name=kind]").select_option(kind)
    page.set_input_files("#upload", file)
    page.locator("form:has(#upload) button[type=submit]").click()
    return page.locator(".sc-documents li", has_text=file.name)


def work(portal: Portal) -> None:
    """Do what waits in the queue, as the portal's worker does."""
    run_ckan(portal.ini, "jobs", "worker", "--burst")


def figures(page: Page, portal: Portal) -> dict[str, Any]:
    action = f"{portal.address}/api/3/action/smartcity_contract_figure_show"
    return page.request.get(action).json()["result"]


def go_to(control: Locator, key: str = "Tab") -> None:
    """Press a key until a control has the focus, as somebody without a mouse does."""
    for _ in range(LONGEST_WAY):
        if control.evaluate("element => element === document.activeElement"):
            return
        control.page.keyboard.press(key)
    pytest.fail(f"No way by {key} to {control}")


def press(control: Locator, key: str) -> None:
    go_to(control)
    control.page.keyboard.press(key)


def test_an_officer_uploads_a_document_that_citizens_do_not_see(
    page: Page, citizen: Page, portal: Portal, artefacts: Path, tmp_path: Path
) -> None:
    file = tmp_path / "addendum-kedua.pdf"
    file.write_bytes(pdf("ADDENDUM KEDUA atas kontrak operasional bus kota", f"PASAL 2\nDATA LAYANAN\n{CLAUSE}"))
    log_in(page, portal, OFFICER)
    row = upload(page, portal, DECIDED, "amendment", file)
    expect(row).to_contain_text("Belum dibaca")
    work(portal)
    page.reload()
    expect(row.locator(".sc-state")).to_have_text("Terbaca")
    looked_at(page, artefacts, "journey-officer-documents")

    list_address, document = page.url, row.get_by_role("link").get_attribute("href")
    for address in (list_address, f"{portal.address}{document}"):
        answer = citizen.goto(address)
        assert answer and answer.status == 404
    citizen.goto(f"{portal.address}/service_contract/{DECIDED}")
    expect(citizen.get_by_text(file.name)).to_have_count(0)
    expect(citizen.get_by_role("link", name="Dokumen untuk dibaca")).to_have_count(0)


@pytest.fixture(scope="module")
def documents_read(browser: Browser, portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Both undecided contracts that are published have a document with a sentence to quote."""
    file = tmp_path_factory.mktemp("scan") / "versi-teks.pdf"
    file.write_bytes(pdf("PERJANJIAN", f"PASAL 5\nDATA LAYANAN\n{CLAUSE}"))
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    log_in(page, portal, REVIEWER)
    upload(page, portal, WITH_SCAN, "signed", file)
    context.close()
    work(portal)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.usefixtures("documents_read")
def test_a_reviewer_decides_without_a_mouse(
    browser: Browser, citizen: Page, portal: Portal, artefacts: Path, script: bool
) -> None:
    """The first run takes one contract of the queue, the second the next."""
    before = figures(citizen, portal)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=script)
    page = context.new_page()
    log_in(page, portal, REVIEWER)
    page.goto(f"{portal.address}/smartcity/contracts")
    press(page.get_by_role("link", name="Peninjauan kontrak"), "Enter")
    page.wait_for_url("**/smartcity/contracts/review")
    go_to(page.locator("#filter-suggestion"))
    page.locator("#filter-suggestion").press("ArrowDown")
    press(page.get_by_role("button", name="Tampilkan"), "Enter")
    page.wait_for_url("**suggestion=likely_yes**")
    press(page.get_by_role("link", name="Mulai dari yang pertama"), "Enter")
    page.wait_for_url(re.compile(r"/review/[a-z0-9-]+\?"))

    name = page.url.split("/review/")[1].split("?")[0]
    assert name in (WITH_DOCUMENT, WITH_SCAN)
    expect(page.locator("input:checked, select[name$=reason] option:checked:not([value=''])")).to_have_count(0)
    press(page.locator(".sc-finding summary").first, "Enter")
    expect(page.locator(".sc-page mark").first).to_be_visible()
    quote = page.locator("input[name=finding]").first
    go_to(quote, "Shift+Tab")
    page.keyboard.press("Space")
    press(page.locator("#city_service-yes"), "Space")
    press(page.locator("#area-roads-traffic"), "Space")
    go_to(page.locator("#open_data-yes"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("#open_data-partial")).to_be_checked()
    go_to(page.locator("select[name=reason]"))
    page.keyboard.press("ArrowDown")
    go_to(page.locator("textarea[name=scope_note]"))
    page.keyboard.type("Hanya daftar yang disebut dalam pasal ini.")
    page.screenshot(path=artefacts / f"journey-review-{name}.png", full_page=True)
    press(page.get_by_role("button", name="Simpan dan lanjut"), "Enter")
    expect(page.get_by_text("Keputusan disimpan.")).to_be_visible()
    context.close()

    citizen.goto(f"{portal.address}/service_contract/{name}")
    expect(citizen.locator(".scf-partial").first).to_have_text(re.compile("sebagian", re.IGNORECASE))
    expect(citizen.get_by_text("Yang dicakup: Hanya daftar yang disebut dalam pasal ini.")).to_be_visible()
    after = figures(citizen, portal)
    assert after["outcomes"]["partial"] == before["outcomes"]["partial"] + 1
    assert (after["yes"], after["undecided"]) == (before["yes"] + 1, before["undecided"] - 1)


@pytest.fixture
def office(portal: Portal) -> None:
    """The agency of the rows is known by the code that the files have."""
    from ckan import model

    group = model.Session.query(model.Group).filter_by(name="dishub").one()
    group.extras = {**(group.extras or {}), "kd_satker": '["12335093"]'}
    model.Session.commit()


def contracts_file(folder: Path, signed: str) -> Path:
    """Six contracts; that of row 7 was signed on this day."""
    rows = [contract(kd_tender=100 + n, no_kontrak=f"027/{n}/2025", nama_paket=f"Jasa kota {n}") for n in range(2, 8)]
    rows[-1]["tgl_kontrak"] = signed
    file = folder / "kontrak.csv"
    file.write_bytes(as_csv(rows))
    return file


def import_files(page: Page, portal: Portal, *files: Path) -> None:
    page.goto(f"{portal.address}/smartcity/contracts/import")
    page.set_input_files("#upload", files)
    page.get_by_role("button", name="Unggah dan periksa").click()
    finish(page)


def finish(page: Page) -> None:
    """Take the steps that wait by hand: no worker runs."""
    step = page.get_by_role("button", name="Lanjutkan satu langkah")
    while step.count():
        step.click()


@pytest.mark.usefixtures("office")
def test_a_reviewer_mends_a_file_and_imports_it(
    page: Page, citizen: Page, portal: Portal, artefacts: Path, tmp_path: Path
) -> None:
    orders = tmp_path / "spmk.csv"
    orders.write_bytes(as_csv([{**ORDER, "kd_tender": 102}]))
    log_in(page, portal, REVIEWER)
    import_files(page, portal, contracts_file(tmp_path, "2025-02-31"), orders)
    wrong = page.locator("tr", has_text="Jasa kota 7")
    for said in ("kontrak.csv, 7", "tgl_kontrak", "Tanggal itu tidak ada. Perbaiki dalam berkas."):
        expect(wrong).to_contain_text(said)
    looked_at(page, artefacts, "journey-import-report")
    page.get_by_role("button", name="Hapus impor ini").click()

    import_files(page, portal, contracts_file(tmp_path, "2025-02-28"), orders)
    expect(page.locator("tr", has_text="Ditolak")).to_have_count(0)
    page.get_by_role("button", name="Terapkan ke daftar kontrak").click()
    finish(page)
    citizen.goto(f"{portal.address}/service_contract/?q=jasa")
    expect(citizen.get_by_role("link", name="Jasa kota 7")).to_have_count(0)
    page.get_by_role("button", name="Terbitkan 6 kontrak").click()
    expect(page.get_by_text("6 kontrak diterbitkan")).to_be_visible()
    looked_at(page, artefacts, "journey-import-applied")
    page.get_by_role("link", name="Peninjauan kontrak").click()
    expect(page.locator(".sc-queue tbody tr")).to_have_count(6)
    citizen.reload()
    citizen.get_by_role("link", name="Jasa kota 7").click()
    expect(citizen.get_by_role("heading", level=1)).to_contain_text("Jasa kota 7")


def test_a_file_of_something_else_is_refused_without_scripts(browser: Browser, portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "lain.csv").write_text("nama\nx\n")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    log_in(page, portal, REVIEWER)
    import_files(page, portal, tmp_path / "lain.csv")
    expect(page.get_by_role("alert").first).to_contain_text("Ini bukan berkas kontrak SPSE")
    page.get_by_role("button", name="Hapus impor ini").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Impor kontrak")
    context.close()
