"""Actions, called as the site user: a sysadmin, so that every rule of the forms holds, unlike with ``ignore_auth``."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk


def call(action: str, **data: Any) -> Any:
    """The answer of an action. Raises what the action raises."""
    return tk.get_action(action)({"user": site_user()}, data)


def site_user() -> str:
    """The name of the site user, who is created where there is none yet."""
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def found(action: str, **data: Any) -> Any | None:
    """The answer of an action, or None where there is no such thing."""
    try:
        return call(action, **data)
    except tk.ObjectNotFound:
        return None


def changed(wanted: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """The wanted values that are not stored so. A number may be stored as text, and text as a number."""
    return {key: value for key, value in wanted.items() if not _same(value, stored.get(key))}


def _same(wanted: Any, stored: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(stored, dict) and not changed(wanted, stored)
    if isinstance(wanted, list):
        stored = stored or []
        return len(wanted) == len(stored) and all(map(_same, wanted, stored))
    if isinstance(stored, float):
        return isinstance(wanted, str) and float(wanted) == stored
    return wanted == stored or (isinstance(stored, int) and wanted == str(stored))
