"""Who may handle the documents of a contract: editors of the office it belongs to."""

from __future__ import annotations

from ckanext.smartcity.contracts import store


def may_handle_documents(user_name: str | None, contract: str) -> bool:
    """Whether a person is an editor of the office of a contract (id or name); of an unknown one nobody is."""
    package = store.contract(contract)
    return package is not None and store.may_edit(user_name, package.owner_org)


def may_handle_document(user_name: str | None, document_id: str) -> bool:
    """The same for the contract of a document; of an unknown or deleted one nobody is."""
    row = store.document(document_id)
    return row is not None and not row.deleted_at and may_handle_documents(user_name, row.package_id)
