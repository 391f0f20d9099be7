"""Who may do what: one function per action, of the same name."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.smartcity import portal

__all__ = [
    "smartcity_agency_list",
    "smartcity_agency_show",
    "smartcity_contract_decision_create",
    "smartcity_contract_decision_list",
    "smartcity_contract_export",
    "smartcity_contract_figure_show",
    "smartcity_contract_queue_list",
    "smartcity_contract_suggestion_show",
    "smartcity_indicator_list",
    "smartcity_indicator_show",
    "smartcity_opd_rename",
    "smartcity_schema_check",
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


def smartcity_contract_queue_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: the queue has private contracts too."""
    return _walidata(context)


def smartcity_contract_suggestion_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Contract reviewers: suggestions and the texts of documents are for nobody else."""
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


def _walidata(context: Context) -> AuthResult:
    if portal.is_walidata(context.get("user")):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors and admins of the walidata may do this.")}
