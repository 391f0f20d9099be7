"""The documents of a contract: uploaded by its office, read by reviewers, given to nobody else."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context
from flask import Blueprint, Response

from ckanext.smartcity.contracts import documents as files
from ckanext.smartcity.contracts import store
from ckanext.smartcity.views.answers import private_answer
from ckanext.smartcity.views.csrf import csrf_checked

smartcity_contract_documents = Blueprint("smartcity_contract_documents", __name__, url_prefix="/smartcity/contracts")


def listed(id: str) -> str | tuple[str, int]:
    """The documents of a contract, and the form to upload one."""
    return _page(id)


@csrf_checked
def upload(id: str) -> Any:
    """Keep a file; or the page again, with what is wrong."""
    data = {"id": id, "kind": tk.request.form.get("kind", ""), "upload": tk.request.files.get("upload")}
    try:
        tk.get_action("smartcity_contract_document_create")(_context(), data)
    except tk.ValidationError as error:
        return _page(id, error.error_dict)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return _unknown()
    tk.h.flash_success(tk._("The document is kept. It is read in the background."))
    return tk.redirect_to("smartcity_contract_documents.listed", id=id)


def download(document_id: str) -> Any:
    """The file, to be saved."""
    try:
        tk.get_action("smartcity_contract_document_show")(_context(), {"id": document_id})
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
        return _unknown()
    row = store.document(document_id)
    return files.answer(row) if row else _unknown()


@csrf_checked
def delete(document_id: str) -> Any:
    """Delete a file, and go back to the documents of its contract."""
    try:
        shown = tk.get_action("smartcity_contract_document_show")(_context(), {"id": document_id})
        tk.get_action("smartcity_contract_document_delete")(_context(), {"id": document_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return _unknown()
    except tk.ValidationError as error:
        return _page(shown["package_id"], error.error_dict)
    tk.h.flash_success(tk._("The document is deleted."))
    return tk.redirect_to("smartcity_contract_documents.listed", id=shown["package_id"])


def _page(id: str, errors: dict[str, Any] | None = None) -> Any:
    try:
        rows = tk.get_action("smartcity_contract_document_list")(_context(), {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
        return _unknown()
    package = store.contract(id)
    sentences = [sentence for found in (errors or {}).values() for sentence in found]
    page = tk.render(
        "smartcity/contracts/documents.html",
        {
            "contract": {"name": package.name, "title": package.title} if package else {},
            "documents": rows,
            "errors": sentences,
            "kind": tk.request.form.get("kind", "signed"),
            "ready": files.storage() is not None,
        },
    )
    return (page, 400) if sentences else page


def _unknown() -> Any:
    """Unknown and forbidden things are answered alike."""
    return tk.abort(404, tk._("There is no such document or contract, or it is not for you."))


def _context() -> Context:
    return {"user": tk.current_user.name if tk.current_user.is_authenticated else ""}


@smartcity_contract_documents.after_request
def keep_private(response: Response) -> Response:
    """Refusals too: no cache keeps what depends on who asks."""
    return private_answer(response)


smartcity_contract_documents.add_url_rule("/<id>/documents", view_func=listed)
smartcity_contract_documents.add_url_rule("/<id>/documents", view_func=upload, methods=["POST"])
smartcity_contract_documents.add_url_rule("/documents/<document_id>", view_func=download)
smartcity_contract_documents.add_url_rule("/documents/<document_id>/delete", view_func=delete, methods=["POST"])
