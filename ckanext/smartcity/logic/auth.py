"""Who may do what: one function per action, of the same name."""

from __future__ import annotations

from collections.abc import Callable

from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.smartcity import contracts, portal

__all__ = [
    "smartcity_agency_list",
    "smartcity_agency_show",
    "smartcity_contract_check",
    "smartcity_contract_decision_create",
    "smartcity_contract_decision_list",
    "smartcity_contract_document_create",
    "smartcity_contract_document_delete",
    "smartcity_contract_document_list",
    "smartcity_contract_document_read",
    "smartcity_contract_document_show",
    "smartcity_contract_export",
    "smartcity_contract_figure_show",
    "smartcity_contract_import_apply",
    "smartcity_contract_import_create",
    "smartcity_contract_import_delete",
    "smartcity_contract_import_list",
    "smartcity_contract_import_publish",
    "smartcity_contract_import_show",
    "smartcity_contract_import_step",
    "smartcity_contract_page_show",
    "smartcity_contract_queue_list",
    "smartcity_contract_suggestion_show",
    "smartcity_contract_supplier_hide",
    "smartcity_indicator_list",
    "smartcity_indicator_show",
    "smartcity_opd_rename",
    "smartcity_schema_check",
    "smartcity_table_list",
    "smartcity_table_show",
    "smartcity_tag_list",
    "smartcity_tag_update",
    "smartcity_visit_filter_list",
    "smartcity_visit_gap_list",
    "smartcity_visit_method_show",
    "smartcity_visit_series_list",
    "smartcity_visit_status_show",
    "smartcity_visit_top_list",
    "smartcity_visit_year_show",
]


@tk.auth_allow_anonymous_access
def smartcity_indicator_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only public datasets are counted."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_indicator_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only public datasets are shown."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_agency_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only public datasets are counted."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_agency_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only public datasets are shown."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_table_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: definitions only."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_table_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: definitions only."""
    return {"success": True}


def smartcity_contract_decision_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: editors and admins of the walidata."""
    return _walidata(context)


@tk.auth_allow_anonymous_access
def smartcity_contract_decision_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: the action knows no contract that the caller may not see."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_contract_export(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only public contracts are exported."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_contract_figure_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone, of public contracts; contract reviewers of the whole register."""
    return _walidata(context) if data_dict.get("scope") == "register" else {"success": True}


def smartcity_contract_import_apply(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_import_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_import_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_import_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_import_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_import_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_import_step(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: imports reach contracts of every office."""
    return _walidata(context)


def smartcity_contract_queue_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: the queue has private contracts too."""
    return _walidata(context)


def smartcity_contract_suggestion_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: suggestions and the texts of documents are for nobody else."""
    return _walidata(context)


def smartcity_contract_document_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors of the contract's office, and contract reviewers."""
    return _handles_documents(context, data_dict)


def smartcity_contract_document_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors of the contract's office, and contract reviewers."""
    return _handles_documents(context, data_dict)


def smartcity_contract_document_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors of the contract's office, and contract reviewers."""
    return _handles_document(context, data_dict)


def smartcity_contract_document_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors of the contract's office, and contract reviewers; a document that is evidence the action keeps."""
    return _handles_document(context, data_dict)


def smartcity_contract_document_read(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors of the contract's office, and contract reviewers."""
    return _handles_document(context, data_dict)


def smartcity_contract_page_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: the texts of documents are for nobody else."""
    return _walidata(context)


def smartcity_contract_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers."""
    return _walidata(context)


def smartcity_contract_supplier_hide(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers."""
    return _walidata(context)


def smartcity_tag_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors and admins of the walidata."""
    return _walidata(context)


def smartcity_tag_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors and admins of the walidata, for datasets of every organization."""
    return _walidata(context)


def smartcity_opd_rename(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors and admins of the walidata."""
    return _walidata(context)


def smartcity_schema_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Editors and admins of the walidata."""
    return _walidata(context)


@tk.auth_allow_anonymous_access
def smartcity_visit_filter_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only numbers, of objects only while an anonymous visitor may read them."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_visit_gap_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only numbers, of objects only while an anonymous visitor may read them."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_visit_method_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only numbers, of objects only while an anonymous visitor may read them."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_visit_series_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only numbers, of objects only while an anonymous visitor may read them."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_visit_top_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only numbers, of objects only while an anonymous visitor may read them."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartcity_visit_year_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Anyone: only numbers, of objects only while an anonymous visitor may read them."""
    return {"success": True}


def smartcity_visit_status_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Sysadmins, whom CKAN never asks further."""
    return {"success": False, "msg": tk._("Only sysadmins may see the state of the count.")}


def _handles_documents(context: Context, data_dict: DataDict) -> AuthResult:
    return _handles(context, contracts.may_handle_documents, data_dict)


def _handles_document(context: Context, data_dict: DataDict) -> AuthResult:
    return _handles(context, contracts.may_handle_document, data_dict)


def _handles(context: Context, may: Callable[[str | None, str], bool], data_dict: DataDict) -> AuthResult:
    """Unknown things are refused like forbidden ones."""
    user = context.get("user")
    if portal.is_walidata(user) or may(user, str(data_dict.get("id") or "")):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors of the contract's office and reviewers may do this.")}


def _walidata(context: Context) -> AuthResult:
    if portal.is_walidata(context.get("user")):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors and admins of the walidata may do this.")}
