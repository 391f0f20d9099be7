"""Answers that depend on who asks."""

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
