"""Why a decision about a contract was refused, as sentences in the reader's language that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk


def sentence(code: str, found: Mapping[str, Any]) -> str:
    """The sentence for a code of ``contracts/decisions.py``. Plain text: pages escape what is named in it."""
    return _sentences()[code].format_map(named(found))


def named(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a sentence names, with the ``kind`` of ``contracts/personal_data.py`` in the reader's language."""
    return {**found, "kind": _kinds()[found["kind"]]} if "kind" in found else found


def _kinds() -> dict[str, str]:
    _ = tk._
    return {
        "account": _("a bank account"),
        "email": _("an e-mail address"),
        "nik": _("a number of 16 digits, as NIK and NPWP have"),
        "nip": _("the number of a civil servant (NIP)"),
        "npwp": _("a tax number (NPWP)"),
        "phone": _("a phone number"),
    }


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
        "document_is_evidence": _(
            "A decision refers to this document, so only a sysadmin can delete it. Ask one if it must go."
        ),
        "document_missing": _("No document of this contract is registered. Upload the one that was read first."),
        "document_unknown": _("This document does not belong to the contract, or was deleted. Choose another one."),
        "not_a_city_service": _(
            "Only a contract that provides a city service is asked for an open data policy. Answer that question first."
        ),
        "nothing_decided": _("Nothing was decided. Answer at least one of the two questions."),
        "other_without_note": _("Explain the other reason in the note."),
        "personal_data_quote": _(
            "A quote seems to hold {kind}. Everybody can read it: leave it out, or confirm that it may be published."
        ),
        "personal_data_scope_note": _(
            "What is covered seems to hold {kind}. Everybody can read it: leave it out, or confirm that it may be "
            "published."
        ),
        "quote_missing": _("Quote the sentence that settles it, with its document and page."),
        "quote_not_found": _(
            "The quote was not found on its page. Compare it with the document, or confirm that it stands there."
        ),
        "reason_missing": _("Choose a reason."),
        "reason_of_other_answer": _("This reason belongs to the other answer. Choose one that goes with yours."),
        "reopened_without_note": _("Say in the note why the question is open again."),
        "scope_note_missing": _("Say which part of the data the policy covers. Everybody can read this."),
        "read_crashed": _("Reading the file took too much memory. Save it anew as PDF and upload it again."),
        "read_damaged": _("The file is damaged. Save it anew and upload it again."),
        "read_encrypted": _("The file is locked with a password. Upload it without one."),
        "read_no_reader": _("This portal cannot read documents: its extra part for contracts is not installed."),
        "read_no_words": _(
            "The letters in this file make no words, as with some printed fonts: the system cannot read it. Read it "
            "yourself, or upload a version with OCR."
        ),
        "read_scan": _(
            "A scan without a text layer: the system cannot read it. Read it yourself, or upload a version with OCR."
        ),
        "read_timeout": _("Reading the file took too long. Upload it in smaller parts."),
        "read_too_large": _("The file unpacks to too much. Save it anew, without large pictures, and upload it again."),
        "read_unknown_type": _("The file is neither PDF nor DOCX. Save it as PDF and upload it again."),
        "service_reason_missing": _("Say why the contract provides no city service."),
        "upload_empty": _("The file is empty. Choose another one."),
        "upload_no_storage": _(
            "No place for documents is configured. Ask a sysadmin to set ckanext.smartcity.contracts.storage."
        ),
        "upload_too_large": _("The file has more than 10 MB. Save it smaller, or upload its parts."),
    }
