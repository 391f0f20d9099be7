"""The documents of contracts that reviewers read. They hold names and accounts of persons and are never published."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict
from redis import RedisError

from ckanext.smartcity import jobs
from ckanext.smartcity.contracts import documents, store, suggesting
from ckanext.smartcity.contracts.documents import DocumentRefused
from ckanext.smartcity.contracts.models import ContractDocument
from ckanext.smartcity.logic import contract_schemas, contract_sentences
from ckanext.smartcity.logic.action import contract_dicts as dicts
from ckanext.smartcity.logic.action.validation import validated

__all__ = [
    "smartcity_contract_document_create",
    "smartcity_contract_document_delete",
    "smartcity_contract_document_list",
    "smartcity_contract_document_read",
    "smartcity_contract_document_show",
    "smartcity_contract_page_show",
]

log = logging.getLogger(__name__)


def smartcity_contract_document_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Upload a document of a contract for reviewers. For editors of its office and for contract reviewers.

    A job reads it afterwards; while the queue is away, the nightly list does.

    :param id: the contract, id or name
    :param kind: ``signed`` (default), ``annex``, ``amendment`` or ``summary``
    :param upload: the file: PDF or DOCX, 10 MB at most

    :returns: the document, as ``smartcity_contract_document_show`` gives it
    :rtype: dictionary

    :raises ckan.logic.ValidationError: no file, one that is too large, or no storage is configured
    """
    tk.check_access("smartcity_contract_document_create", context, data_dict)
    data = validated(data_dict, contract_schemas.document_create(), context)
    package = _contract(data["id"])
    try:
        kept = documents.keep(data["upload"])
    except DocumentRefused as refused:
        errors: dict[str, Any] = {"upload": [contract_sentences.sentence(f"upload_{refused}", {})]}
        raise tk.ValidationError(errors) from None
    uploader = model.User.get(context.get("user"))
    row = ContractDocument(
        package_id=package.id, kind=data["kind"], uploaded_by=uploader.id if uploader else "", **kept._asdict()
    )
    store.add(row)
    model.repo.commit()
    _have_it_read(row)
    return _shown(row)


def _have_it_read(row: ContractDocument) -> None:
    """Queue the reading; a queue that is away costs no upload."""
    try:
        jobs.enqueue(jobs.read_document, row.id, row.uploaded_by)
    except RedisError:
        log.warning("The document %s waits for the nightly list: the queue does not answer", row.id)


@tk.side_effect_free
def smartcity_contract_document_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The documents of a contract, oldest first. For editors of its office and for contract reviewers.

    :param id: the contract, id or name

    :returns: ``id``, ``kind``, ``name``, ``size`` (bytes), ``type``, ``sha256``, ``pages``, ``pages_with_text``,
        ``truncated``, ``state`` (``uploaded``, ``read``, ``no_text``, ``refused``, ``failed``), ``refusal`` (a code)
        and ``refusal_text``, ``uploaded_at``
    :rtype: list of dictionaries
    """
    tk.check_access("smartcity_contract_document_list", context, data_dict)
    data = validated(data_dict, contract_schemas.reference(), context)
    return [_shown(row) for row in store.documents(_contract(data["id"]).id)]


@tk.side_effect_free
def smartcity_contract_document_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One document, without its content. For editors of the contract's office and for contract reviewers.

    :param id: the document

    :returns: as in ``smartcity_contract_document_list``, and ``package_id``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_document_show", context, data_dict)
    row = _document(validated(data_dict, contract_schemas.reference(), context)["id"])
    return {**_shown(row), "package_id": row.package_id}


def smartcity_contract_document_delete(context: Context, data_dict: DataDict) -> None:
    """Delete a document's file and text; what it was called and its hash stay. One that is evidence: sysadmins only.

    :param id: the document

    :returns: nothing

    :raises ckan.logic.ValidationError: a decision refers to it
    """
    tk.check_access("smartcity_contract_document_delete", context, data_dict)
    data = validated(data_dict, contract_schemas.reference(), context)
    row = store.held_document(data["id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such document."))
    if store.is_evidence(row.id) and not _is_sysadmin(context):
        model.Session.rollback()
        errors: dict[str, Any] = {"id": [contract_sentences.sentence("document_is_evidence", {})]}
        raise tk.ValidationError(errors)
    documents.forget(row)
    suggesting.suggest(row.package_id)
    model.repo.commit()


def smartcity_contract_document_read(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read a document that waits for it, and let the detector look at it. Called again, it does nothing.

    For editors of the contract's office and for contract reviewers.

    :param id: the document
    :param again: read it also if it was read before (optional)

    :returns: as ``smartcity_contract_document_show``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_document_read", context, data_dict)
    data = validated(data_dict, contract_schemas.document_read(), context)
    row = store.held_document(data["id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such document."))
    if row.state == "uploaded" or data["again"]:
        documents.read(row)
        suggesting.suggest(row.package_id)
    model.repo.commit()
    return {**_shown(row), "package_id": row.package_id}


@tk.side_effect_free
def smartcity_contract_page_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The text of one page of a document. For contract reviewers.

    :param id: the document
    :param page: the page, from 1

    :returns: ``page``, ``text``, ``places`` (offset and place in a file without pages)
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_page_show", context, data_dict)
    data = validated(data_dict, contract_schemas.page_show(), context)
    row = store.page(_document(data["id"]).id, data["page"])
    if row is None:
        raise tk.ObjectNotFound(tk._("This page has no text."))
    return {"page": row.page, "text": row.text, "places": row.places}


def _contract(reference: str) -> model.Package:
    package = store.contract(reference)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such contract."))
    return package


def _document(reference: str) -> ContractDocument:
    row = store.document(reference)
    if row is None or row.deleted_at:
        raise tk.ObjectNotFound(tk._("There is no such document."))
    return row


def _shown(row: ContractDocument) -> dict[str, Any]:
    refusal = contract_sentences.sentence(f"read_{row.refusal}", {}) if row.refusal else ""
    return {**dicts.document(row), "refusal_text": refusal}


def _is_sysadmin(context: Context) -> bool:
    user = model.User.get(context.get("user"))
    return bool(context.get("ignore_auth") or (user and user.sysadmin))
