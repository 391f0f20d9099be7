"""The register's part of the night list: documents and imports nobody has read, changed rules, a new year, and datasets
that differ."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta, timezone

from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.smartcity.contracts import staging, store, suggesting

NEW_YEAR_ENDS = (1, 7)
"""Month and day."""

UNREAD = timedelta(days=1)
"""How long files of an import wait for their reading: they hold names and accounts of persons."""

log = logging.getLogger(__name__)


def read_pending() -> int:
    """Read the documents that wait, each in a transaction of its own; gives how many were read."""
    return sum(_read(document_id) for document_id in store.pending_documents())


def _read(document_id: str) -> bool:
    """A document that is gone, or whose file is, does not stop the others."""
    try:
        tk.get_action("smartcity_contract_document_read")(_site_user(), {"id": document_id})
    except Exception:
        model.Session.rollback()
        log.exception("The document %s could not be read", document_id)
        return False
    return True


def delete_unread_imports(now: datetime | None = None) -> int:
    """Delete imports that still wait for their reading, files and all: whoever started one may have lost the right, and
    then no job reads it. Gives how many."""
    unread = staging.unread_since((now or datetime.now(timezone.utc)) - UNREAD)
    for batch_id in unread:
        tk.get_action("smartcity_contract_import_delete")(_site_user(), {"id": batch_id})
        log.warning("The import %s is deleted: nobody has read it", batch_id)
    return len(unread)


def look_again() -> int:
    """Let the detector look again at contracts whose suggestion is from other rules; gives how many."""
    stale = suggesting.stale()
    for package_id in stale:
        suggesting.suggest(package_id)
        model.repo.commit()
    return len(stale)


def index_open_ended(today: date) -> int:
    """In a new year, index contracts without an end again: they are in force in one more year. Gives how many.

    Each night of the first week of January, since a night can be missed.
    """
    if (today.month, today.day) > NEW_YEAR_ENDS:
        return 0
    ids = [package.id for package in store.contracts() if not store.fields(package).get("end_date")]
    search.rebuild(package_ids=ids)
    search.commit()
    return len(ids)


def unlike_decisions() -> list[str]:
    """Datasets that do not say what was decided, as sentences; nothing is mended."""
    answer = tk.get_action("smartcity_contract_check")(_site_user(), {})
    return [f"{row['name']} differs from what was decided: {', '.join(row['fields'])}" for row in answer["different"]]


def _site_user() -> Context:
    return {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
