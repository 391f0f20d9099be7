"""The check for forged posts that CKAN 2.12.0 forgets (CVE-2026-41255, docs/decisions on missing fixes)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ckan.plugins import toolkit as tk
from flask import current_app

P = ParamSpec("P")
R = TypeVar("R")


def csrf_checked(view: Callable[P, R]) -> Callable[P, R]:
    """Wrap a POST view: without a valid token of the session it answers 400.

    CKAN 2.12.0 exempts a view for everybody, for the life of the process, as soon as one anonymous visitor or
    one API token has called it. Here only the request that carries an API token is exempt. Raises ``CSRFError``
    (an HTTP 400) before the view runs.
    """

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if current_app.config["WTF_CSRF_ENABLED"] and not _signed_in_by_api_token():
            current_app.extensions["csrf"].protect()
        return view(*args, **kwargs)

    return checked


def _signed_in_by_api_token() -> bool:
    """CKAN sets its mark for API tokens and, against its name, for anonymous visitors too."""
    return bool(tk.g.get("login_via_auth_header")) and tk.current_user.is_authenticated
