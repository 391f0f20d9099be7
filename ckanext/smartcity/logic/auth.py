"""Who may do what: one function per action, of the same name."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from ckan.types import AuthResult, Context, DataDict

__all__ = [
    "smartcity_agency_list",
    "smartcity_agency_show",
    "smartcity_indicator_list",
    "smartcity_indicator_show",
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
