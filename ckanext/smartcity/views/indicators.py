"""The summary of all indicators and the page of one: an action, a template, and the table as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response

from ckanext.smartcity.views import files

smartcity = Blueprint("smartcity", __name__)

FILTERS = ("approach", "theme", "agency", "programme", "state")
PAGE_ROWS = 10  # datasets on the page of an indicator or agency; the files have all

SUMMARY_COLUMNS = (
    "uid",
    "code",
    "approach",
    "theme",
    "name_id",
    "name_en",
    "programme",
    "lead",
    "producers",
    "dataset_count",
    "overdue_count",
    "agencies",
    "newest",
)
DATASET_COLUMNS = ("name", "title_id", "title_en", "url", "owner", "agencies", "newest", "due", "overdue")


def summary() -> Response | str | tuple[str, int]:
    """All indicators, or those that the filters leave."""
    given = _filters()
    try:
        answer = tk.get_action("smartcity_indicator_list")({}, given)
    except tk.ValidationError as error:
        return tk.render("smartcity/refused.html", {"sentences": sentences(error)}), 400
    return tk.render("smartcity/summary.html", {"answer": answer, "given": given, "names": by_slug(answer["agencies"])})


def summary_file(form: str) -> Response:
    """The table of the summary as CSV, or the whole answer as JSON; same filters."""
    try:
        answer = tk.get_action("smartcity_indicator_list")({}, _filters())
    except tk.ValidationError as error:
        return files.refused(400, " ".join(sentences(error)))
    if form == "json":
        return files.json_answer(answer)
    return files.csv_answer(SUMMARY_COLUMNS, [with_names(row, "name") for row in answer["indicators"]])


def indicator(standard: str, code: str) -> Response | str:
    """One indicator with the youngest datasets that serve it."""
    try:
        answer = tk.get_action("smartcity_indicator_show")({}, {"id": f"{standard}/{code}", "limit": PAGE_ROWS})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Indicator not found"))
    return tk.render("smartcity/indicator.html", {"answer": answer, "names": by_slug(answer["agency_names"])})


def indicator_file(standard: str, code: str, form: str) -> Response:
    """All datasets of an indicator as CSV, or the whole answer as JSON."""
    try:
        answer = tk.get_action("smartcity_indicator_show")({}, {"id": f"{standard}/{code}"})
    except tk.ObjectNotFound:
        return files.refused(404, tk._("Indicator not found"))
    if form == "json":
        return files.json_answer(answer)
    rows = [{**with_names(row, "title"), "url": dataset_address(row["name"])} for row in answer["datasets"]]
    return files.csv_answer(DATASET_COLUMNS, rows)


def by_slug(agencies: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Agencies for look-up by a template, each with the address of its page where the portal has it.

    A summary names the same few agencies hundreds of times; making an address is the dearest part of a row.
    """
    return {
        agency["slug"]: {
            **agency,
            "url": tk.h.url_for("smartcity.agency", org=agency["slug"]) if agency["on_portal"] else None,
        }
        for agency in agencies
    }


def with_names(row: dict[str, Any], key: str) -> dict[str, Any]:
    """A row with a text in two columns, ``<key>_id`` and ``<key>_en``."""
    return {**row, f"{key}_id": row[key]["id"], f"{key}_en": row[key]["en"]}


def dataset_address(name: str) -> str:
    """The full address of a dataset, without a language."""
    return tk.h.url_for("dataset.read", id=name, _external=True, locale="default")


def sentences(error: tk.ValidationError) -> list[str]:
    """What was refused, one sentence a field."""
    errors: dict[str, Any] = error.error_dict
    return [sentence for field in sorted(errors) for sentence in errors[field]]


def _filters() -> dict[str, str]:
    """The filters of the address that hold something, in a fixed order."""
    return {name: value for name in FILTERS if (value := tk.request.args.get(name, "").strip())}


def add_page(address: str, page: Callable[..., Any], file: Callable[..., Any]) -> None:
    """A page and, at the same address, its table as CSV and JSON; ``file`` takes ``form``."""
    smartcity.add_url_rule(address, view_func=page)
    for form in ("csv", "json"):
        smartcity.add_url_rule(f"{address}.{form}", view_func=file, defaults={"form": form})


add_page("/smartcity", summary, summary_file)
add_page("/smartcity/indicator/<standard>/<code>", indicator, indicator_file)
