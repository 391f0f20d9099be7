"""The text of a contract's file, page by page. Run as a process of its own, with bounds on memory and processor time.

``python -m ckanext.smartcity.contracts.text FILE --pages N --characters N`` writes one JSON object: ``state`` (``read``
or ``refused``), ``refusal``, ``pages`` (lists of number, text, places) and ``truncated``. It imports neither CKAN nor a
database, and opens nothing but the file. What a file is, is judged by its content.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MEMORY = 300 * 1024 * 1024  # bytes of this process
PROCESSOR = 20  # seconds, beside the caller's clock on the wall
UNPACKED = 50 * 1024 * 1024  # bytes of a DOCX
PARTS = 2_000  # of a DOCX
CHUNK = 3_000  # characters after which a file without pages gets the next one


class Refused(Exception):
    """The file cannot be read; the code says why: ``encrypted``, ``damaged``, ``too_large``, ``unknown_type``,
    ``no_reader`` (the extra ``contracts`` is not installed)."""


class PageText(NamedTuple):
    """A page from 1; ``places`` are (offset, place) where a file has no pages: ``p12`` or ``t2r3``."""

    number: int
    text: str
    places: tuple[tuple[int, str], ...] = ()


class Reading(NamedTuple):
    """What a file gave. ``state`` is ``read`` or ``refused``."""

    state: str
    refusal: str = ""
    pages: tuple[PageText, ...] = ()
    truncated: bool = False


def read(path: str, most_pages: int, most_characters: int) -> Reading:
    """The pages of a PDF or DOCX, as many as the bounds allow. Never raises for what a file holds."""
    try:
        pages = _pages(path)
        return _bounded(pages, most_pages, most_characters)
    except Refused as refused:
        return Reading("refused", str(refused))
    except ImportError:
        return Reading("refused", "no_reader")
    except MemoryError:
        return Reading("refused", "too_large")
    except Exception:  # a damaged file can fail in a reader at any place
        return Reading("refused", "damaged")


def _bounded(pages: Iterator[PageText], most_pages: int, most_characters: int) -> Reading:
    taken, left = [], most_characters
    for page in pages:
        if len(taken) == most_pages:
            return Reading("read", pages=tuple(taken), truncated=True)
        text = clean(page.text)
        if len(text) > left:
            cut = page._replace(text=text[:left])
            return Reading("read", pages=(*taken, cut), truncated=True)
        taken.append(page._replace(text=text))
        left -= len(text)
    return Reading("read", pages=tuple(taken))


def clean(text: str) -> str:
    """Without what a database cannot store: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _pages(path: str) -> Iterator[PageText]:
    with Path(path).open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return pdf_pages(path)
    if head.startswith(b"PK\x03\x04"):
        check_zip(path)
        return docx_pages(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: a DOC of old, or a DOCX with a password
        raise Refused("encrypted" if _is_encrypted_office(path) else "unknown_type")
    raise Refused("unknown_type")


def _is_encrypted_office(path: str) -> bool:
    with Path(path).open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(1024 * 1024)


# PDF


def pdf_pages(path: str) -> Iterator[PageText]:
    """Pages of a PDF. One that a password locks is refused; an empty password opens."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    reader = PdfReader(path)
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("encrypted")
        for number, page in enumerate(reader.pages, 1):
            yield PageText(number, page.extract_text() or "")
    except (DependencyError, FileNotDecryptedError):
        raise Refused("encrypted") from None


# DOCX


def check_zip(path: str) -> None:
    """Refuse what would unpack to too much, or is no DOCX; nothing is unpacked for it."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise Refused("damaged") from None
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Refused("too_large")
    if not any(part.filename == "word/document.xml" for part in parts):
        raise Refused("unknown_type")


def docx_pages(path: str) -> Iterator[PageText]:
    """Paragraphs and table rows in the order of the document, in pages of some ``CHUNK`` characters."""
    blocks: list[tuple[str, str]] = []
    length = number = 0
    for place, text in docx_blocks(path):
        blocks.append((place, text))
        length += len(text) + 1
        if length >= CHUNK:
            number += 1
            yield _chunk(number, blocks)
            blocks, length = [], 0
    if blocks:
        yield _chunk(number + 1, blocks)


def docx_blocks(path: str) -> Iterator[tuple[str, str]]:
    """(place, text) of each paragraph that holds something, ``p<number>``, and each row of a table, ``t<n>r<n>``."""
    import docx
    from docx.table import Table

    paragraph = table = 0
    for block in docx.Document(path).iter_inner_content():
        if isinstance(block, Table):
            table += 1
            for row, text in enumerate(_rows(block), 1):
                yield f"t{table}r{row}", text
        else:
            paragraph += 1
            if block.text.strip():
                yield f"p{paragraph}", block.text


def _rows(table: Any) -> Iterator[str]:
    """A row's cells with a tab between; a cell that spans several columns once."""
    for row in table.rows:
        cells: list[str] = []
        for cell in dict.fromkeys(row.cells):
            cells.append(re.sub(r"\s+", " ", cell.text).strip())
        yield "\t".join(cells)


def _chunk(number: int, blocks: list[tuple[str, str]]) -> PageText:
    places, parts, offset = [], [], 0
    for place, text in blocks:
        places.append((offset, place))
        parts.append(clean(text))
        offset += len(parts[-1]) + 1
    return PageText(number, "\n".join(parts), tuple(places))


def limit_this_process(processor: int = PROCESSOR) -> None:
    """Let the system end this process when it takes too much; where it has no such bounds, the caller's clock does."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("text", description="Write the text of a PDF or DOCX as JSON.")
    parser.add_argument("file")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--characters", type=int, default=2_000_000)
    given = parser.parse_args(arguments)
    limit_this_process()
    found = read(given.file, given.pages, given.characters)
    json.dump(found._asdict(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
