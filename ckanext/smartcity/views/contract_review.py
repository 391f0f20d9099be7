"""``/smartcity/contracts/review``: reviewers go through the contracts one by one and decide. No script is needed.

The filters stay in the address, so that "save and next" goes on in the same queue.
"""

from __future__ import annotations

from typing import Any

from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckan.types import Context
from flask import Blueprint, Response

from ckanext.smartcity.contracts import codes
from ckanext.smartcity.views.answers import private_answer
from ckanext.smartcity.views.csrf import csrf_checked
from ckanext.smartcity.views.indicators import sentences

smartcity_contract_review = Blueprint("smartcity_contract_review", __name__, url_prefix="/smartcity/contracts/review")

PAGE_ROWS = 25
LONGEST = 200  # characters of a filter that the action takes
UNDECIDED, EVERY = "undecided", "all"  # values of the filter ``state``; the second lets all pass
FILTERS = ("state", "question", "suggestion", "opd", "batch", "has_document", "q", "order")
TEXTS = (
    "city_service",
    "city_service_reason",
    "open_data",
    "reason",
    "scope_note",
    "clause_from",
    "clause_until",
    "note",
    "seen_city_service",
    "seen_open_data",
    "suggestion_id",
)
INDEX_AWAY = (search.SearchError, search.SearchIndexError)
"""A dataset cannot be saved without the search index; the actions have taken everything back."""
CONFIRMATIONS = ("confirm_quotes", "confirm_public")
OWN_QUOTE = ("document_id", "page", "quote")


def queue() -> str | tuple[str, int]:
    """The contracts that pass the filters; at first those that are undecided."""
    filters = _filters()
    page = _page()
    try:
        answer = _listed(filters, page)
    except tk.ValidationError as error:
        return tk.render("smartcity/refused.html", {"sentences": sentences(error)}), 400
    pages = max(1, -(-answer["count"] // PAGE_ROWS))
    return tk.render(
        "smartcity/contracts/queue.html",
        {
            "answer": answer,
            "whole": _figures("register"),
            "public": _figures("public"),
            "filters": filters,
            "page": page,
            "pages": pages,
            "first": (page - 1) * PAGE_ROWS + 1,
        },
    )


def _figures(scope: str) -> dict[str, Any]:
    return tk.get_action("smartcity_contract_figure_show")(_context(), {"scope": scope})


def contract(id: str) -> str | tuple[str, int]:
    """One contract: its data, what the detector suggests, and the two questions."""
    return _contract_page(id, {})


@csrf_checked
def decide(id: str) -> Any:
    """Write the answers, then go on to the next contract of the queue; or the form again, with what is missing."""
    form = tk.request.form
    try:
        tk.get_action("smartcity_contract_decision_create")(_context(), {"id": id, **_answers(form)})
    except tk.ValidationError as error:
        return _contract_page(id, form, error.error_dict)
    except INDEX_AWAY:
        return _contract_page(id, form, index_away=True)
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error.message))
    tk.h.flash_success(tk._("The decision is saved."))
    following, filters = form.get("next", ""), _filters()
    if not following:
        return tk.redirect_to("smartcity_contract_review.queue", **filters)
    return tk.redirect_to("smartcity_contract_review.contract", id=following, **filters)


@csrf_checked
def hide_supplier(id: str) -> Any:
    """Take the name of a supplier who is a person out of the register, then show the contract again."""
    try:
        tk.get_action("smartcity_contract_supplier_hide")(_context(), {"id": id})
    except tk.ValidationError as error:
        return tk.render("smartcity/refused.html", {"sentences": sentences(error)}), 400
    except INDEX_AWAY:
        return _contract_page(id, {}, index_away=True)
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error.message))
    tk.h.flash_success(tk._("The supplier's name is replaced."))
    return tk.redirect_to("smartcity_contract_review.contract", id=id, **_filters())


def _contract_page(
    id: str, form: Any, errors: dict[str, Any] | None = None, *, index_away: bool = False
) -> str | tuple[str, int]:
    filters = _filters()
    try:
        shown = tk.get_action("smartcity_contract_suggestion_show")(_context(), {"id": id, **_asked(filters)})
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error.message))
    except tk.ValidationError as error:
        return tk.render("smartcity/refused.html", {"sentences": sentences(error)}), 400
    page = tk.render(
        "smartcity/contracts/review.html",
        {
            **shown,
            "filters": filters,
            "typed": form,
            "ticked": form.getlist("finding") if form else [],
            "chosen_areas": form.getlist("areas") if form else [],
            "errors": errors or {},
            "index_away": index_away,
            "no_name": codes.NO_NAME,
        },
    )
    if index_away:
        return page, 503
    return (page, 400) if errors else page


def _answers(form: Any) -> dict[str, Any]:
    """What the action takes: texts as they were typed, quotes of the findings ticked and the own one."""
    evidence = [_finding(value) for value in form.getlist("finding")]
    own = {name: form.get(name, "").strip() for name in OWN_QUOTE}
    if own["quote"]:
        evidence.append(own)
    answers = {name: form.get(name, "").strip() for name in TEXTS}
    days = {name: answers.pop(name) for name in ("clause_from", "clause_until")}
    return {
        **answers,
        **{name: day for name, day in days.items() if day},
        "areas": form.getlist("areas"),
        "evidence": evidence,
        **{name: name in form for name in CONFIRMATIONS},
    }


def _finding(value: str) -> dict[str, str]:
    """The quote of a ticked finding: document, page, quote, as the form had them in one value."""
    document, _, rest = value.partition("|")
    page, _, quote = rest.partition("|")
    return {"document_id": document, "page": page, "quote": quote}


def _listed(filters: dict[str, str], page: int) -> dict[str, Any]:
    data = {**_asked(filters), "limit": PAGE_ROWS, "offset": (page - 1) * PAGE_ROWS}
    try:
        return tk.get_action("smartcity_contract_queue_list")(_context(), data)
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")


def _context() -> Context:
    return {"user": tk.current_user.name}


def _filters() -> dict[str, str]:
    """The filters of the address that hold something; without a state, that of contracts nobody decided about."""
    arguments = tk.request.args
    given = {name: value for name in FILTERS if (value := arguments.get(name, "").strip()[:LONGEST])}
    return {"state": UNDECIDED, **given}


def _asked(filters: dict[str, str]) -> dict[str, str]:
    """The filters as the action takes them."""
    return {**filters, "state": "" if filters["state"] == EVERY else filters["state"]}


def _page() -> int:
    number = tk.request.args.get("page", "")
    return min(max(int(number), 1), 20_000) if number.isdecimal() and len(number) < 7 else 1


@smartcity_contract_review.after_request
def keep_private(response: Response) -> Response:
    """Refusals too: no cache keeps what depends on who asks."""
    return private_answer(response)


smartcity_contract_review.add_url_rule("", view_func=queue)
smartcity_contract_review.add_url_rule("/<id>", view_func=contract)
smartcity_contract_review.add_url_rule("/<id>", view_func=decide, methods=["POST"])
smartcity_contract_review.add_url_rule("/<id>/supplier", view_func=hide_supplier, methods=["POST"])
