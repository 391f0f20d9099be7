"""The list of agencies and the page of one."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Response

from ckanext.smartcity.views import files
from ckanext.smartcity.views.indicators import PAGE_ROWS, add_page, by_slug, with_names

AGENCIES_COLUMNS = (
    "slug",
    "name_id",
    "name_en",
    "short",
    "on_portal",
    "answers",
    "answers_with_data",
    "supplies",
    "dataset_count",
    "overdue_count",
    "newest",
)
AGENCY_COLUMNS = (
    "uid",
    "code",
    "approach",
    "theme",
    "name_id",
    "name_en",
    "programme",
    "answers",
    "supplies",
    "dataset_count",
    "own_dataset_count",
    "overdue_count",
    "newest",
)


def agency_list() -> str:
    """All agencies that have to do with an indicator."""
    answer = tk.get_action("smartcity_agency_list")({}, {})
    return tk.render("smartcity/agencies.html", {"answer": answer, "names": by_slug(answer["agencies"])})


def agency_list_file(form: str) -> Response:
    """The table of agencies as CSV, or the whole answer as JSON."""
    answer = tk.get_action("smartcity_agency_list")({}, {})
    if form == "json":
        return files.json_answer(answer)
    return files.csv_answer(AGENCIES_COLUMNS, [with_names(row, "name") for row in answer["agencies"]])


def agency(org: str) -> Response | str:
    """What one agency answers for and supplies."""
    try:
        answer = tk.get_action("smartcity_agency_show")({}, {"id": org, "limit": PAGE_ROWS})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Agency not found"))
    return tk.render("smartcity/agency.html", {"answer": answer, "names": by_slug(answer["agency_names"])})


def agency_file(org: str, form: str) -> Response:
    """The indicators of one agency as CSV, or the whole answer as JSON."""
    try:
        answer = tk.get_action("smartcity_agency_show")({}, {"id": org})
    except tk.ObjectNotFound:
        return files.refused(404, tk._("Agency not found"))
    if form == "json":
        return files.json_answer(answer)
    return files.csv_answer(AGENCY_COLUMNS, [with_names(row, "name") for row in answer["indicators"]])


add_page("/smartcity/agency", agency_list, agency_list_file)
add_page("/smartcity/agency/<org>", agency, agency_file)
