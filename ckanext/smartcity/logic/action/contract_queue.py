"""The queue of contracts that reviewers go through, and what one of them is shown of a contract."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity.contracts import codes, decisions, queue, store
from ckanext.smartcity.contracts.models import ContractSuggestion
from ckanext.smartcity.contracts.queue_words import Filters
from ckanext.smartcity.logic import contract_schemas
from ckanext.smartcity.logic.action import contract_dicts as dicts
from ckanext.smartcity.logic.action.validation import validated

__all__ = ["smartcity_contract_queue_list", "smartcity_contract_suggestion_show"]


@tk.side_effect_free
def smartcity_contract_queue_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Contracts of the whole register, private ones too, as reviewers go through them.

    :param state: ``undecided``, ``recheck`` (a fact or document is newer than the decision), ``decided`` or
        ``not_counted`` (the supplier is no business); empty for all
    :param question: only contracts that wait for ``city_service`` or ``open_data``
    :param suggestion: ``likely_yes``, ``likely_no``, ``needs_reading`` or ``none``
    :param opd: name of the organization
    :param batch: id of an import
    :param has_document: ``true`` or ``false``
    :param q: words in title, contract number or supplier
    :param order: ``oldest`` (default), ``value`` (largest first) or ``end`` (first to end)
    :param limit: at most so many, 1 to 1000 (default 25)
    :param offset: leave out so many at the beginning (default 0)

    :returns: ``count`` of all that pass; ``results``: ``id``, ``name``, ``title``, ``private``, ``opd``, ``opd_title``,
        ``opd_title_en``, ``contract_number``, ``supplier_name``, ``value_amount``, ``end_date``, ``city_service``,
        ``open_data``, ``suggestion``, ``documents``, ``state``; ``counts`` of the whole register by state, and
        ``no_document`` of those that wait
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_queue_list", context, data_dict)
    data = validated(data_dict, contract_schemas.queue_list(), context)
    limit, offset = data.pop("limit"), data.pop("offset")
    count, rows = queue.rows(Filters(**data), limit, offset)
    return {"count": count, "results": [dicts.queued(row) for row in rows], "counts": queue.counts()}


@tk.side_effect_free
def smartcity_contract_suggestion_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What a reviewer looks at to decide about one contract; the detector's part is a suggestion, no decision.

    :param id: the contract, id or name
    :param state: and the other filters of ``smartcity_contract_queue_list``: in which queue its place is looked up

    :returns: ``contract``, the data of the dataset; ``documents``; ``suggestion`` (``result``, ``scope``, ``findings``
        with ``document``, ``page``, ``before``, ``quote``, ``after``; null where nothing was read); ``decisions``, the
        newest first; ``recheck``, the facts that changed since, with ``name``, ``old`` and ``new``, and each newer
        ``document`` with its name as ``new``; ``reasons`` that go with an answer; ``place`` and ``count`` in the queue,
        ``next`` in it
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_suggestion_show", context, data_dict)
    data = validated(data_dict, contract_schemas.suggestion_show(), context)
    package = store.contract(data.pop("id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such contract."))
    documents = store.documents(package.id)
    rows = store.decision_rows(package.id, store.contract_id(package))
    place, count, following = queue.after(Filters(**data), package.id)
    return {
        "contract": _contract_dict(package),
        "documents": [dicts.document(row) for row in documents],
        "suggestion": _suggestion_dict(store.suggestion(package.id)),
        "decisions": [dicts.decision(row, reviewer=True) for row in reversed(rows)],
        "recheck": _recheck(package, decisions.in_force(rows), documents),
        "reasons": {answer: list(codes.reasons(answer)) for answer in (codes.YES, codes.NO)},
        "place": place,
        "count": count,
        "next": following,
    }


def _contract_dict(package: model.Package) -> dict[str, Any]:
    """The stored fields, of private contracts too: a reviewer may read what is needed to decide."""
    owner = model.Group.get(package.owner_org)
    return {
        **store.fields(package),
        "id": package.id,
        "name": package.name,
        "private": package.private,
        "notes": package.notes,
        "opd": owner.name if owner else None,
        "opd_title": owner.title if owner else None,
    }


def _recheck(package: model.Package, decided: decisions.InForce, documents: Any) -> list[dict[str, Any]]:
    fields, uploaded = store.fields(package), store.uploaded_at(documents)
    changed = [decisions.must_be_looked_at_again(row, fields, uploaded) for row in decided if row]
    names = {row.id: row.name for row in documents}
    return [
        {**change._asdict(), "new": names.get(change.new, change.new)}
        for change in dict.fromkeys(change for changes in changed for change in changes)
    ]


def _suggestion_dict(row: ContractSuggestion | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row.id,
        "result": row.result,
        "scope": row.scope,
        "version": row.version,
        "warnings": row.warnings,
        "created_at": row.created_at.isoformat(timespec="seconds"),
        "findings": [found for finding in row.findings if (found := _finding_dict(finding))],
    }


def _finding_dict(finding: dict[str, Any]) -> dict[str, Any] | None:
    """A finding inside the text of its page; nothing once its document is deleted."""
    document, page = store.document(finding["document_id"]), store.page(finding["document_id"], finding["page"])
    if document is None or document.deleted_at or page is None:
        return None
    start, end = finding["start"], finding["end"]
    place = next((place for offset, place in reversed(page.places) if offset <= start), "")
    return {
        "document_id": document.id,
        "document": document.name,
        "page": page.page,
        "place": place,
        "kind": finding["kind"],
        "before": page.text[:start],
        "quote": page.text[start:end],
        "after": page.text[end:],
    }
