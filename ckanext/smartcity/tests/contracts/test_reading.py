"""Reading files of contracts in a process of its own: what is read, what is refused and why, what hostile files do."""

from __future__ import annotations

import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ckanext.smartcity.contracts import reading
from ckanext.smartcity.contracts.reading import Limits
from ckanext.smartcity.tests.contract_files import docx, pdf

CLAUSE = "Penyedia wajib menerbitkan data layanan pada portal data terbuka."


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read(content: bytes, name: str = "kontrak", **limits: Any) -> reading.Reading:
        path = tmp_path / name
        path.write_bytes(content)
        return reading.read(path, Limits(**limits))

    return read


def test_the_pages_of_a_pdf_are_read_in_order(read):
    found = read(pdf("PASAL 1\nKetentuan umum kontrak ini", f"PASAL 2\n{CLAUSE}"))
    assert (found.state, found.truncated) == ("read", False)
    assert [page.number for page in found.pages] == [1, 2]
    assert CLAUSE in found.pages[1].text and "PASAL 1" in found.pages[0].text


def test_a_docx_is_read_in_its_order_with_its_tables(read):
    rows = [["Keluaran", "Format"], ["Data bulanan", "CSV, lisensi terbuka"]]
    found = read(docx("PASAL 1", rows, "", CLAUSE))
    (page,) = found.pages
    assert page.text == f"PASAL 1\nKeluaran\tFormat\nData bulanan\tCSV, lisensi terbuka\n{CLAUSE}"
    assert [place for _, place in page.places] == ["p1", "t1r1", "t1r2", "p3"]
    for offset, _ in page.places[1:]:
        assert page.text[offset - 1] == "\n"


def test_a_long_docx_becomes_several_pages_and_loses_nothing(read):
    paragraphs = [f"{number}. {CLAUSE}" for number in range(200)]
    found = read(docx(*paragraphs))
    assert len(found.pages) > 3
    assert "\n".join(page.text for page in found.pages) == "\n".join(paragraphs)


def test_a_scan_has_no_text(read):
    found = read(pdf("", "", "12"))
    assert (found.state, found.refusal, len(found.pages)) == ("no_text", "scan", 3)


def test_some_pages_without_text_are_no_scan(read):
    assert read(pdf("", CLAUSE)).state == "read"


def test_letters_that_make_no_words_are_no_text(read):
    found = read(pdf(" ".join(["xqzw kjvb"] * 150)))
    assert (found.state, found.refusal) == ("no_text", "no_words")


def test_what_does_not_fit_is_left_out_and_said(read):
    by_pages = read(pdf(*[CLAUSE] * 5), pages=3)
    assert (len(by_pages.pages), by_pages.truncated) == (3, True)
    by_characters = read(pdf(*[CLAUSE] * 5), characters=100)
    assert sum(len(page.text) for page in by_characters.pages) == 100 and by_characters.truncated


def locked() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(CLAUSE))))
    writer.encrypt("rahasia", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (locked, "encrypted"),
        (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (lambda: OLE, "unknown_type"),
        (lambda: b"%PDF-1.4\nnothing of a PDF", "damaged"),
        (lambda: pdf(CLAUSE)[:300], "damaged"),
        (lambda: zipped(word__document_xml=b"<broken"), "damaged"),
        (lambda: b"PK\x03\x04 no archive", "damaged"),
        (lambda: zipped(xl__workbook_xml=b"<x/>"), "unknown_type"),
        (lambda: zipped(word__document_xml=b"0" * 60_000_000), "too_large"),
        (lambda: zipped(word__document_xml=b"", **{f"p{n}": b"" for n in range(2_000)}), "too_large"),
        (lambda: b"", "unknown_type"),
        (lambda: b"<html>Kontrak</html>", "unknown_type"),
        (lambda: b"\x89PNG\r\n", "unknown_type"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(read, make, code):
    found = read(make())
    assert (found.state, found.refusal, found.pages) == ("refused", code, ())


def test_what_a_file_is_called_does_not_matter(read):
    assert read(pdf(CLAUSE), name="kontrak.docx").state == "read"


def test_five_thousand_pages_are_cut(read):
    found = read(pdf(*["x" * 30] * 5000))
    assert (len(found.pages), found.truncated) == (200, True)


def test_a_reader_that_does_not_end_is_ended(read):
    found = read(pdf(*[f"{CLAUSE}\n" * 40] * 100), seconds=0.05)
    assert (found.state, found.refusal) == ("failed", "timeout")


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory is the system's")
def test_the_child_has_the_memory_it_is_given_and_no_more():
    import subprocess

    hungry = "from ckanext.smartcity.contracts import text; text.limit_this_process(); bytearray(400_000_000)"
    done = subprocess.run([sys.executable, "-c", hungry], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


def test_the_reader_loads_neither_ckan_nor_a_database():
    import subprocess

    loaded = "[name for name in ('ckan', 'sqlalchemy') if name in sys.modules]"
    words = f"import sys, ckanext.smartcity.contracts.text; print({loaded})"
    assert subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout == "[]\n"
