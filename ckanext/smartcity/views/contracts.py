"""``/smartcity/contracts``: what the public contracts add up to, the register as a file, clauses to adopt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, stream_with_context

from ckanext.smartcity.contracts import export
from ckanext.smartcity.views.indicators import sentences

smartcity_contracts = Blueprint("smartcity_contracts", __name__, url_prefix="/smartcity")

SPLITS = ("organization", "area", "year")
OWN_OFFICES = 10  # linked; who belongs to more (a sysadmin belongs to all) uses the list


def index() -> str | tuple[str, int]:
    """The figures of a year, by office, area and year; ``year`` chooses it."""
    year = tk.request.args.get("year", "").strip()
    try:
        figures = tk.get_action("smartcity_contract_figure_show")({}, {"by": list(SPLITS), **_given(year=year)})
    except tk.ValidationError as error:
        return tk.render("smartcity/refused.html", {"sentences": sentences(error)}), 400
    return tk.render(
        "smartcity/contracts/index.html", {"figures": figures, "given": _given(year=year), "offices": _own_offices()}
    )


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _own_offices() -> list[dict[str, Any]]:
    """The organizations whose contracts, private ones too, the reader may see."""
    user = tk.current_user
    if not user.is_authenticated:
        return []
    offices = tk.get_action("organization_list_for_user")({"user": user.name}, {"permission": "read"})
    return offices if len(offices) <= OWN_OFFICES else []


def register_file() -> Response:
    """The whole public register as CSV, sent while it is read."""
    response = Response(stream_with_context(export.lines(_rows())), content_type="text/csv; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _rows() -> Iterator[dict[str, Any]]:
    after = ""
    while page := tk.get_action("smartcity_contract_export")({}, {"after": after}):
        yield from page
        after = page[-1]["contract_id"]


def clauses() -> str:
    """Clauses for new contracts, in both languages."""
    return tk.render("smartcity/contracts/clauses.html")


smartcity_contracts.add_url_rule("/contracts", view_func=index)
smartcity_contracts.add_url_rule("/contracts.csv", view_func=register_file)
smartcity_contracts.add_url_rule("/contracts/clauses", view_func=clauses)
