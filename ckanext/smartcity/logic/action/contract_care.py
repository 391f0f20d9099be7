"""What keeps the register in order: datasets that say what was decided, no names of persons, purged contracts."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity.contracts import codes, documents, projecting, store
from ckanext.smartcity.logic import contract_schemas
from ckanext.smartcity.logic.action.validation import validated

__all__ = ["dataset_purge", "smartcity_contract_check", "smartcity_contract_supplier_hide"]


def smartcity_contract_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Contracts whose dataset does not say what was decided. For contract reviewers; ``fix`` mends the datasets.

    :param fix: let the datasets say what was decided (optional, default false)

    :returns: ``checked``, how many; ``different``: ``id``, ``name``, ``fields`` that differ, and ``fixed``, or
        ``error`` where the dataset could not be saved
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_check", context, data_dict)
    fix = validated(data_dict, contract_schemas.check(), context)["fix"]
    checked, different = 0, []
    for package, decided in projecting.all_decided():
        checked += 1
        fields = projecting.differing(package, decided)
        if fields:
            row = {"id": package.id, "name": package.name, "fields": fields, "fixed": False}
            different.append({**row, **_mended(package.id, decided)} if fix else row)
    return {"checked": checked, "different": different}


def _mended(package_id: str, decided: dict[str, Any]) -> dict[str, Any]:
    """Save one dataset; one that cannot be saved does not stop the others."""
    try:
        tk.get_action("package_patch")(_site_user(), {"id": package_id, **decided})
    except tk.ValidationError as error:
        model.Session.rollback()
        return {"error": error.error_dict}
    return {"fixed": True}


def smartcity_contract_supplier_hide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Replace the name of a supplier that is a person's by a fixed text, in the dataset and in imported rows.

    For contract reviewers. Stored activities of CKAN keep the old name.

    :param id: the contract, id or name

    :returns: ``id`` and ``supplier_name``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_supplier_hide", context, data_dict)
    package = store.contract(validated(data_dict, contract_schemas.reference(), context)["id"], lock=True)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such contract."))
    try:
        store.hide_supplier(store.contract_id(package), codes.NO_NAME)
        tk.get_action("package_patch")(_site_user(), {"id": package.id, "supplier_name": codes.NO_NAME})
        model.repo.commit()
    except Exception:
        model.Session.rollback()
        raise
    return {"id": package.id, "supplier_name": codes.NO_NAME}


@tk.chained_action
def dataset_purge(original_action: Any, context: Context, data_dict: DataDict) -> Any:
    """CKAN's action; of a contract also the documents, texts, suggestions and imported values go, decisions stay.

    :param id: the dataset, id or name

    :returns: what CKAN's action returns: nothing
    """
    tk.check_access("dataset_purge", context, data_dict)
    package = model.Package.get(data_dict.get("id"))
    ours = package is not None and package.type == store.CONTRACT
    package_id, key = (package.id, store.contract_id(package)) if package is not None else ("", "")
    result = original_action(context, data_dict)
    if ours:
        _forget(package_id, key)
    return result


def _forget(package_id: str, key: str) -> None:
    for row in store.documents(package_id):
        documents.forget(row)
    store.forget_suggestions(package_id)
    store.forget_imported(key)
    model.repo.commit()


def _site_user() -> Context:
    """As the site's user: the public activity stream names no reviewer, who may lack rights there."""
    return {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"], "ignore_auth": True}
