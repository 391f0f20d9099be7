"""The files that reviewers read: kept in a storage of CKAN that has no public address, read page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from ckan.lib import files

from ckanext.smartcity import config
from ckanext.smartcity.contracts import reading, store
from ckanext.smartcity.contracts.models import ContractDocument, ContractPage
from ckanext.smartcity.contracts.text import Reading

MOST_BYTES = 10_000_000
NAME_LENGTH = 120


class DocumentRefused(Exception):
    """A file that is not kept; the code says why: ``no_storage``, ``empty``, ``too_large``."""


class Stored(NamedTuple):
    """A file that is kept: ``type`` by its content."""

    location: str
    name: str
    size: int
    type: str
    sha256: str


def storage() -> Any:
    """The storage for contracts, or None where the option names none."""
    name = config.contract_storage()
    return files.get_storage(name) if name else None


def keep(upload: Any, most: int = MOST_BYTES) -> Stored:
    """Keep an uploaded file (``filename``, ``stream``) of at most so many bytes. Raises ``DocumentRefused``."""
    place = storage()
    if place is None:
        raise DocumentRefused("no_storage")
    content = upload.stream.read(most + 1)
    if not content:
        raise DocumentRefused("empty")
    if len(content) > most:
        raise DocumentRefused("too_large")
    kept = place.upload(files.Location(str(uuid4())), files.make_upload(content))
    return Stored(
        kept.location, plain_name(upload.filename), len(content), kept.content_type, hashlib.sha256(content).hexdigest()
    )


def plain_name(name: str | None) -> str:
    """A file's own name without folders and what does not print; for reading only, it is never a path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in last if character.isprintable()).strip(" .")
    return shown[-NAME_LENGTH:].encode("utf-8", "replace").decode() or "dokumen"


def answer(row: ContractDocument) -> Any:
    """The file as an answer that a browser saves."""
    place = storage()
    data = files.FileData(files.Location(row.location), size=row.size, content_type=row.type)
    response = place.as_response(data, row.name)
    response.headers.set("Content-Disposition", "attachment", filename=row.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def forget(row: ContractDocument) -> None:
    """Delete a file and the texts of its pages; the row with its hash stays."""
    remove(row.location)
    store.delete_pages(row.id)
    row.deleted_at = datetime.now(timezone.utc)


def remove(location: str) -> None:
    """Delete a file that is kept."""
    place = storage()
    if place is not None:
        place.remove(files.FileData(files.Location(location)))


def read(row: ContractDocument) -> None:
    """Read a document and keep what was read. Does not commit."""
    with copy(row.location, row.size) as path:
        found = reading.read(path, config.contract_limits())
    _remember(row, found)


@contextmanager
def copy(location: str, size: int) -> Iterator[Path]:
    """The file on this machine's disk: the storage may be somewhere else, and its reader is another process."""
    data = files.FileData(files.Location(location), size=size)
    with TemporaryDirectory(prefix="contract-") as folder:
        path = Path(folder) / "document"
        with path.open("wb") as out:
            out.writelines(storage().stream(data))
        yield path


def _remember(row: ContractDocument, found: Reading) -> None:
    row.state, row.refusal, row.truncated = found.state, found.refusal, found.truncated
    row.pages = len(found.pages)
    row.pages_with_text = sum(reading.has_text(page.text) for page in found.pages)
    store.delete_pages(row.id)
    kept: Sequence[Any] = found.pages if found.state == "read" else ()
    for page in kept:
        places = [list(place) for place in page.places]
        store.add(ContractPage(document_id=row.id, page=page.number, text=page.text, places=places))
