"""Answers that depend on who asks, and refusals: no cache keeps them."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Response, make_response


def private_answer(answer: Response | str) -> Response:
    """Make an answer one that no cache keeps: ``Cache-Control: private, no-store``.

    Takes a rendered page or a response; serves as ``after_request`` of a blueprint as well, and then covers its
    refusals too. The mark in the request's environment is needed: without it CKAN adds ``public``.
    """
    tk.request.environ["__no_cache__"] = True
    response = make_response(answer)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def careful_answer(response: Response) -> Response:
    """``after_app_request``: of our pages and actions, a cache keeps only what an anonymous visitor was given.

    CKAN answers ``public`` whatever is not rendered by a template, so also an API call with a token, and every error
    page where ``ckan.cache_enabled`` is on.
    """
    if _is_ours() and (tk.current_user.is_authenticated or response.status_code >= 400):
        return private_answer(response)
    return response


def _is_ours() -> bool:
    called = (tk.request.view_args or {}).get("logic_function", "")
    return (tk.request.blueprint or "").startswith("smartcity") or called.startswith("smartcity_")
