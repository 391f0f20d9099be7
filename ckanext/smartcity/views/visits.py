"""The page of visits, its tables as files, and the page of administrators on the state of the count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, current_app

from ckanext.smartcity import config
from ckanext.smartcity.views import files
from ckanext.smartcity.views.answers import private_answer
from ckanext.smartcity.views.indicators import sentences, with_names
from ckanext.smartcity.visits.figures import Figures
from ckanext.smartcity.visits.spans import Span, fitting

smartcity_visits = Blueprint("smartcity_visits", __name__, url_prefix="/smartcity/visits")
smartcity_visits_admin = Blueprint("smartcity_visits_admin", __name__, url_prefix="/ckan-admin/smartcity/visits")
smartcity_visits_admin.after_request(private_answer)

MONTHS = 12  # shown without a range
TOP_DAYS = 30  # of the lists of the most visited without a range
PAGE_ROWS = 10
FILE_ROWS = 1_000

FIGURES = Figures._fields
PIECE_COLUMNS = (
    "first",
    "last",
    *FIGURES,
    "days",
    "days_measured",
    "days_low",
    "minutes_measured",
    "live_days",
    "log_days",
    "invented",
)
HOUR_COLUMNS = ("hour", *FIGURES, "minutes_measured")
TOP_COLUMNS = ("rank", "id", "name", "title_id", "title_en", "dataset", *FIGURES)
FILTER_COLUMNS = ("filter", "requests")
GAP_COLUMNS = ("from", "to", "seconds", "reason", "unplaced_views")


def index() -> str | tuple[str, int]:
    """Everything about visits on one page; ``first`` and ``last`` choose the days of the lower part."""
    given = _given("first", "last")
    try:
        shown = _read(given)
    except tk.ValidationError as error:
        return tk.render("smartcity/refused.html", {"sentences": sentences(error)}), 400
    return tk.render("smartcity/visits/index.html", {"given": given, **shown})


def _read(given: dict[str, str]) -> dict[str, Any]:
    """The answers that the page is made of."""
    today = config.today()
    chosen = given or {"first": _months_back(today, MONTHS - 1).isoformat()}
    recent = given or {"first": (today - timedelta(days=TOP_DAYS - 1)).isoformat()}
    lists = {"filters": _call("filter_list", chosen), "gaps": _call("gap_list", {**chosen, "limit": PAGE_ROWS})}
    span = Span(*(date.fromisoformat(lists["filters"][name]) for name in ("first", "last")))
    return {
        **lists,
        "today": _call("series_list", {"interval": "day", "first": today.isoformat()})["rows"][0],
        "hours": _call("series_list", {"interval": "hour", "first": today.isoformat()})["rows"],
        "years": [_call("year_show", {"year": year}) for year in (today.year, today.year - 1)],
        "months": _call("series_list", {"first": f"{today.year - 1}-01-01"})["rows"],
        "series": _call("series_list", {**chosen, "interval": fitting(span) if given else "month"}),
        "datasets": _call("top_list", {**recent, "kind": "dataset", "limit": PAGE_ROWS}),
        "organizations": _call("top_list", {**recent, "kind": "organization", "limit": PAGE_ROWS}),
        "method": _call("method_show", {}),
    }


def _call(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return tk.get_action(f"smartcity_visit_{name}")({}, data)


def _months_back(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _given(*names: str) -> dict[str, str]:
    """The parameters of the address that hold something."""
    return {name: value for name in names if (value := tk.request.args.get(name, "").strip())}


def series_file(form: str) -> Response:
    """Visits over time: of the portal, or of the object of ``kind`` and ``id``."""
    return _file("series_list", _given("first", "last", "interval", "kind", "id"), form, _series_table)


def top_file(form: str) -> Response:
    """The most visited objects of a kind."""
    return _file("top_list", {"limit": FILE_ROWS, **_given("first", "last", "kind", "limit")}, form, _top_table)


def filter_file(form: str) -> Response:
    """What was kept out of the count."""
    return _file("filter_list", _given("first", "last"), form, _filter_table)


def gap_file(form: str) -> Response:
    """Times for which the count is missing or too low."""
    return _file("gap_list", {"limit": FILE_ROWS, **_given("first", "last", "limit")}, form, _gap_table)


def _file(action: str, given: dict[str, Any], form: str, table: Any) -> Response:
    """An answer as CSV or JSON; a refusal is one line of text."""
    try:
        answer = _call(action, given)
    except tk.ValidationError as error:
        return files.refused(400, " ".join(sentences(error)))
    except tk.ObjectNotFound as error:
        return files.refused(404, str(error.message))
    return files.json_answer(answer) if form == "json" else files.csv_answer(*table(answer))


Table = tuple[tuple[str, ...], Iterable[dict[str, Any]]]


def _series_table(answer: dict[str, Any]) -> Table:
    if answer["interval"] == "hour":
        return HOUR_COLUMNS, answer["rows"]
    least = config.visits_settings().public_minimum
    return PIECE_COLUMNS, [
        {**_with_marks(row, least), "live_days": row["sources"]["live"], "log_days": row["sources"]["log"]}
        for row in answer["rows"]
    ]


def _top_table(answer: dict[str, Any]) -> Table:
    least = config.visits_settings().public_minimum
    return TOP_COLUMNS, [_with_marks(with_names(row, "title"), least) for row in answer["rows"]]


def _with_marks(row: dict[str, Any], least: int) -> dict[str, Any]:
    """A row with ``<3`` where a small figure was taken out."""
    return {**row, **dict.fromkeys(row["suppressed_figures"], f"<{least}")}


def _filter_table(answer: dict[str, Any]) -> Table:
    voided = [{"filter": f"voided_{name}", "requests": answer["voided"][name]} for name in FIGURES]
    return FILTER_COLUMNS, [*answer["filters"], *voided]


def _gap_table(answer: dict[str, Any]) -> Table:
    return GAP_COLUMNS, answer["rows"]


def admin() -> str:
    """The state of the count, for sysadmins."""
    try:
        status = _call_as_reader("status_show")
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only sysadmins may see the state of the count."))
    return tk.render("smartcity/visits/admin.html", {"status": status, "process": _process()})


def _process() -> dict[str, Any] | None:
    """What the web process that answers met, with the moment of its last error as ISO text; None: it does not count."""
    recorder = current_app.extensions.get("smartcity_visits")
    if recorder is None:
        return None
    state = recorder.status()
    if state["last_error_at"] is None:
        return state
    at = datetime.fromtimestamp(state["last_error_at"] / 1000, config.timezone())
    return {**state, "last_error_at": at.isoformat(timespec="seconds")}


def _call_as_reader(name: str) -> dict[str, Any]:
    return tk.get_action(f"smartcity_visit_{name}")({"user": tk.current_user.name}, {})


smartcity_visits.add_url_rule("", view_func=index)
smartcity_visits_admin.add_url_rule("", view_func=admin)
for _name, _view in (("series", series_file), ("top", top_file), ("filter", filter_file), ("gap", gap_file)):
    for _form in ("csv", "json"):
        smartcity_visits.add_url_rule(f"/{_name}.{_form}", view_func=_view, defaults={"form": _form})
