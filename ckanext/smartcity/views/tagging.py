"""``/smartcity/tagging``: the walidata ticks datasets without an indicator and gives them one. No script is needed.

Three steps: choose, look at what would happen, done. Each POST has a view of its own (docs/decisions, CSRF).
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, Response

from ckanext.smartcity.views.answers import private_answer
from ckanext.smartcity.views.csrf import csrf_checked

smartcity_tagging = Blueprint("smartcity_tagging", __name__)

PAGE_ROWS = 50
LONGEST = 200  # characters of a filter that the action takes


def choose() -> str:
    """The list by OPD, with its filters; the first form."""
    return _list_page(tk.request.args)


@csrf_checked
def review() -> str | tuple[str, int]:
    """What would happen to what was ticked, to confirm; or the list again, with what is missing."""
    form = tk.request.form
    chosen, indicator = _chosen(form)
    if "back" in form:
        return _list_page(form, chosen, indicator)
    problems = _missing(chosen, indicator)
    if problems:
        return _list_page(form, chosen, indicator, problems), 400
    return _step("smartcity/tagging_review.html", chosen, indicator, dry_run=True)


@csrf_checked
def apply() -> str | tuple[str, int]:
    """Write it, and say what was done."""
    form = tk.request.form
    chosen, indicator = _chosen(form)
    problems = _missing(chosen, indicator)
    if problems:
        return _list_page(form, chosen, indicator, problems), 400
    return _step("smartcity/tagging_done.html", chosen, indicator, dry_run=False)


def _step(template: str, chosen: list[str], indicator: str, dry_run: bool) -> str | tuple[str, int]:
    """Ask the action; the template of the step, or the list with the sentences of the rows that are refused."""
    form = tk.request.form
    rows = [{"dataset": name, "indicators": [indicator]} for name in chosen]
    try:
        result = _call("smartcity_tag_update", rows=rows, dry_run=dry_run)
    except tk.ValidationError as error:
        errors: dict[str, Any] = error.error_dict
        sentences = [sentence for messages in errors.values() for sentence in messages]
        return _list_page(form, chosen, indicator, [("datasets", sentence) for sentence in sentences]), 400
    refused = [problem for row in result["rows"] for problem in row["problems"]]
    if refused and not result["written"]:
        fields = {"dataset": "datasets", "indicators": "indicator"}
        problems = [(fields[problem["column"]], problem["message"]) for problem in refused]
        return _list_page(form, chosen, indicator, list(dict.fromkeys(problems))), 400
    return tk.render(template, {"result": result, "indicator": indicator, "filters": _filters(form)})


def _chosen(form: Any) -> tuple[list[str], str]:
    """The datasets ticked, each once, and the indicator chosen."""
    return list(dict.fromkeys(form.getlist("dataset"))), form.get("indicator", "")


def _missing(chosen: list[str], indicator: str) -> list[tuple[str, str]]:
    """What a person has to choose still: pairs of the field's id and a sentence."""
    problems = []
    if not indicator:
        problems.append(("indicator", tk._("Choose the indicator that the datasets serve.")))
    if not chosen:
        problems.append(("datasets", tk._("Tick at least one dataset.")))
    return problems


def _list_page(
    arguments: Any, chosen: list[str] | None = None, indicator: str = "", problems: list[tuple[str, str]] | None = None
) -> str:
    """The list with what is ticked and chosen. ``arguments`` (of the address or of a form) hold the filters."""
    filters = _filters(arguments)
    page = _page(arguments)
    answer = _listed(filters, page)
    pages = max(1, -(-answer["count"] // PAGE_ROWS))
    if page > pages:
        page, answer = pages, _listed(filters, pages)
    return tk.render(
        "smartcity/tagging.html",
        {
            "answer": answer,
            "by_agency": [(key, list(rows)) for key, rows in groupby(answer["results"], itemgetter("organization"))],
            "filters": filters,
            "page": page,
            "pages": pages,
            "first": (page - 1) * PAGE_ROWS + 1,
            "chosen": chosen or [],
            "indicator": indicator,
            "problems": problems or [],
        },
    )


def _listed(filters: dict[str, str], page: int) -> dict[str, Any]:
    return _call("smartcity_tag_list", **filters, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)


def _filters(arguments: Any) -> dict[str, str]:
    """The filters that hold something, cut to what the action takes."""
    return {name: value for name in ("opd", "q") if (value := arguments.get(name, "").strip()[:LONGEST])}


def _page(arguments: Any) -> int:
    number = arguments.get("page", "")
    return min(max(int(number), 1), 20_000) if number.isdecimal() and len(number) < 7 else 1


def _call(action: str, **data: Any) -> Any:
    try:
        return tk.get_action(action)({}, data)
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")


@smartcity_tagging.after_request
def keep_private(response: Response) -> Response:
    """Refusals too: no cache keeps what depends on who asks."""
    return private_answer(response)


smartcity_tagging.add_url_rule("/smartcity/tagging", view_func=choose)
smartcity_tagging.add_url_rule("/smartcity/tagging/review", view_func=review, methods=["POST"])
smartcity_tagging.add_url_rule("/smartcity/tagging/apply", view_func=apply, methods=["POST"])
