"""Who is walidata: those who check and publish for the whole city (Perpres 39/2019, article 13)."""

from __future__ import annotations

from ckanext.smartcity.portal import store

CAPACITIES = {"editor": {"editor", "admin"}, "admin": {"admin"}}


def is_walidata(user_name: str | None, capacity: str = "editor") -> bool:
    """Whether a user may act for the walidata.

    Sysadmins may; else who holds ``capacity`` (``editor`` or ``admin``; an admin is also an editor) in an active
    organisation with ``sdi_role`` walidata. Anonymous visitors may not.
    """
    if not user_name:
        return False
    return store.is_sysadmin(user_name) or bool(store.walidata_capacities(user_name) & CAPACITIES[capacity])
