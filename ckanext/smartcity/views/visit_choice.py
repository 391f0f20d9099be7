"""The reader's choice not to be counted: two forms of the page of visits, kept in one cookie that holds the digit 1."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, redirect

from ckanext.smartcity.views.csrf import csrf_checked
from ckanext.smartcity.visits.caller import OPT_OUT_COOKIE

YEAR = 365 * 24 * 3600  # seconds

smartcity_visit_choice = Blueprint("smartcity_visit_choice", __name__, url_prefix="/smartcity/visits")


@smartcity_visit_choice.post("/opt-out")
@csrf_checked
def leave() -> Response:
    """Do not count this browser from now on; its open visit is void."""
    answer = _back()
    answer.set_cookie(OPT_OUT_COOKIE, "1", max_age=YEAR, samesite="Lax", httponly=True, secure=_by_https())
    return answer


@smartcity_visit_choice.post("/opt-in")
@csrf_checked
def come_back() -> Response:
    """Count this browser again."""
    answer = _back()
    answer.delete_cookie(OPT_OUT_COOKIE, samesite="Lax", httponly=True, secure=_by_https())
    return answer


def _back() -> Response:
    return redirect(tk.url_for("smartcity_visits.index"))  # type: ignore[return-value]


def _by_https() -> bool:
    return tk.config["ckan.site_url"].startswith("https:")
