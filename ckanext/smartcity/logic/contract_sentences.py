"""Why a decision about a contract was refused, as sentences in the reader's language that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk


def sentence(code: str, found: Mapping[str, Any]) -> str:
    """The sentence for a code of ``contracts/decisions.py``. Plain text: pages escape what is named in it."""
    return _sentences()[code].format_map(found)


def _sentences() -> dict[str, str]:
    _ = tk._
    return {
        "areas_missing": _("Choose at least one area of city services."),
        "clause_days": _(
            "The policy ends on {until}, not after it begins on {first}. The second day is the first one without it."
        ),
        "decided_meanwhile": _(
            "{name} has decided about this contract meanwhile. Look at that decision, then send yours again."
        ),
        "document_missing": _("No document of this contract is registered. Upload the one that was read first."),
        "document_unknown": _("This document does not belong to the contract, or was deleted. Choose another one."),
        "not_a_city_service": _(
            "Only a contract that provides a city service is asked for an open data policy. Answer that question first."
        ),
        "nothing_decided": _("Nothing was decided. Answer at least one of the two questions."),
        "other_without_note": _("Explain the other reason in the note."),
        "quote_missing": _("Quote the sentence that settles it, with its document and page."),
        "quote_not_found": _(
            "The quote was not found on its page. Compare it with the document, or confirm that it stands there."
        ),
        "reason_missing": _("Choose a reason."),
        "reason_of_other_answer": _("This reason belongs to the other answer. Choose one that goes with yours."),
        "reopened_without_note": _("Say in the note why the question is open again."),
        "scope_note_missing": _("Say which part of the data the policy covers. Everybody can read this."),
        "service_reason_missing": _("Say why the contract provides no city service."),
    }
