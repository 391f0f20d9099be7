"""``/smartcity/contracts/import``: reviewers upload files of a procurement system, look at what would become of each
row, then apply. No script is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context
from flask import Blueprint, Response

from ckanext.smartcity.contracts import import_words
from ckanext.smartcity.views import files
from ckanext.smartcity.views.answers import private_answer
from ckanext.smartcity.views.csrf import csrf_checked
from ckanext.smartcity.views.indicators import sentences

smartcity_contract_imports = Blueprint("smartcity_contract_imports", __name__, url_prefix="/smartcity/contracts/import")

BATCHES = 25  # of the list
PAGE_ROWS = 100
FILE_ROWS = 1_000  # of one call
VERBS = ("step", "apply", "publish", "delete")
COLUMNS = (
    *("file", "row", "kind", "contract_number", "title", "outcome", "equal", "dates_assumed", "companions"),
    *("reasons", "changes", "contract_id"),
)


def listed() -> str | tuple[str, int]:
    """The form to upload files, and earlier imports."""
    return _list_page()


@csrf_checked
def upload() -> Any:
    """Read the files, then show the batch; or the form again, with what is missing."""
    form = tk.request.form
    data = {
        "upload": tk.request.files.getlist("upload"),
        "category": form.getlist("category"),
        **{name: value for name in ("visibility", "category_missing") if (value := form.get(name, ""))},
    }
    try:
        batch = _call("create", data)
    except tk.ValidationError as error:
        return _list_page(sentences(error))
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")
    return tk.redirect_to("smartcity_contract_imports.shown", batch=batch["id"])


def shown(batch: str) -> str | tuple[str, int]:
    """What would become, or became, of the rows of a batch."""
    return _batch_page(batch)


@csrf_checked
def act(batch: str, verb: str) -> Any:
    """Take a step by hand, apply, publish or delete a batch; then show it, or the list where it is gone."""
    if verb not in VERBS:
        return _unknown()
    try:
        answer = _call(verb, {"id": batch})
    except tk.ValidationError as error:
        return _batch_page(batch, sentences(error))
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return _unknown()
    if verb == "publish":
        tk.h.flash_success(tk._("{count} contracts are published.").format(count=answer["published"]))
    if verb == "delete":
        return tk.redirect_to("smartcity_contract_imports.listed")
    return tk.redirect_to("smartcity_contract_imports.shown", batch=batch)


def report(batch: str) -> Any:
    """The rows of a batch as CSV."""
    try:
        return files.csv_answer(COLUMNS, [_line(row) for row in _every_row(batch)])
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
        return _unknown()


def _every_row(batch: str) -> Iterator[dict[str, Any]]:
    offset = 0
    while rows := _call("show", {"id": batch, "limit": FILE_ROWS, "offset": offset})["rows"]:
        yield from rows
        offset += FILE_ROWS


def _line(row: dict[str, Any]) -> dict[str, Any]:
    reasons = [f"{reason['column']}: {reason['text']}" for reason in row["reasons"]]
    changes = [f"{field}: {old} -> {new}" for field, (old, new) in row["changes"].items()]
    yes = {name: "yes" if row[name] else "" for name in ("equal", "dates_assumed")}
    joined = {"companions": " ".join(row["companions"]), "reasons": " | ".join(reasons), "changes": " | ".join(changes)}
    return {**row, **yes, **joined}


def _list_page(problems: list[str] | None = None) -> str | tuple[str, int]:
    try:
        answer = _call("list", {"limit": BATCHES, "offset": (_page() - 1) * BATCHES})
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or "")
    page = tk.render(
        "smartcity/contracts/imports.html",
        {
            "answer": answer,
            "page": _page(),
            "pages": max(1, -(-answer["count"] // BATCHES)),
            "problems": problems or [],
            "typed": tk.request.form,
            "chosen": tk.request.form.getlist("category"),
        },
    )
    return (page, 400) if problems else page


def _batch_page(batch: str, problems: list[str] | None = None) -> Any:
    outcome = tk.request.args.get("outcome", "")
    asked = {"outcome": outcome if outcome in import_words.EVERY_OUTCOME else ""}
    data = {"id": batch, **asked, "limit": PAGE_ROWS, "offset": (_page() - 1) * PAGE_ROWS}
    try:
        answer = _call("show", data)
    except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
        return _unknown()
    counted = answer["counts"].get("rows", {})
    rows = counted.get(asked["outcome"], 0) if asked["outcome"] else sum(f.get("rows", 0) for f in answer["files"])
    page = tk.render(
        "smartcity/contracts/import.html",
        {
            "batch": answer,
            "asked": asked,
            "outcomes": import_words.EVERY_OUTCOME,
            "page": _page(),
            "pages": max(1, -(-rows // PAGE_ROWS)),
            "problems": problems or [],
        },
    )
    return (page, 400) if problems else page


def _unknown() -> Any:
    """Unknown and forbidden imports are answered alike."""
    return tk.abort(404, tk._("There is no such import, or it is not for you."))


def _call(verb: str, data: dict[str, Any]) -> Any:
    context: Context = {"user": tk.current_user.name if tk.current_user.is_authenticated else ""}
    return tk.get_action(f"smartcity_contract_import_{verb}")(context, data)


def _page() -> int:
    number = tk.request.args.get("page", "")
    return min(max(int(number), 1), 9_000) if number.isdecimal() and len(number) < 6 else 1


@smartcity_contract_imports.after_request
def keep_private(response: Response) -> Response:
    """Refusals too: no cache keeps what depends on who asks."""
    return private_answer(response)


smartcity_contract_imports.add_url_rule("", view_func=listed)
smartcity_contract_imports.add_url_rule("", view_func=upload, methods=["POST"])
smartcity_contract_imports.add_url_rule("/<batch>", view_func=shown)
smartcity_contract_imports.add_url_rule("/<batch>.csv", view_func=report)
smartcity_contract_imports.add_url_rule("/<batch>/<verb>", view_func=act, methods=["POST"])
