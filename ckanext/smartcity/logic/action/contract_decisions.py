"""What a person decides about a service contract, indicator 5.1: whether it provides a city service, and whether it
contains an open data policy. A program can suggest, it cannot decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity.contracts import codes, decisions, projecting, store
from ckanext.smartcity.contracts.decisions import Draft, Quote, Refusal
from ckanext.smartcity.contracts.models import ContractDecision
from ckanext.smartcity.logic import contract_schemas, contract_sentences
from ckanext.smartcity.logic.action import contract_dicts
from ckanext.smartcity.logic.action.validation import validated
from ckanext.smartcity.portal import fields

__all__ = ["smartcity_contract_decision_create"]


def smartcity_contract_decision_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer one or both questions about a contract, or reopen them. For contract reviewers, as persons.

    An answer is a new row; earlier ones stay. The fields of the dataset follow at once.

    :param id: the contract, id or name
    :param city_service: ``yes``, ``no``, ``reopened``, or empty to leave the question as it is
    :param areas: areas of city services, for ``yes``
    :param city_service_reason: for ``no``: ``not_a_service``, ``internal_only`` or ``other`` (needs a ``note``)
    :param open_data: ``yes``, ``partial``, ``no``, ``reopened``, or empty
    :param reason: for an open data policy or for none, see the vocabulary ``clause_reasons``
    :param evidence: list of ``document_id``, ``quote``, and ``page`` or ``place``; none is needed for the reason
        ``no_mention``. Quotes are public
    :param scope_note: what a partial policy covers; public, 500 characters
    :param clause_from: first day of the policy (optional, default: the contract's signing, else its start)
    :param clause_until: the first day without it (optional)
    :param note: for reviewers only; needed to reopen
    :param seen_city_service: id of the newest decision that was looked at, empty for none
    :param seen_open_data: likewise
    :param confirm_quotes: keep quotes that were not found on their page
    :param confirm_public: keep quotes or a scope note in which a pattern finds personal data
    :param suggestion_id: the suggestion of the detector that was shown (optional)

    :returns: ``decisions`` that were added, as ``smartcity_contract_decision_list`` gives them; ``package``, the
        decided fields of the dataset
    :rtype: dictionary

    :raises ckan.logic.ValidationError: something is missing; ``seen`` names the newest decision when somebody else
        decided meanwhile
    """
    tk.check_access("smartcity_contract_decision_create", context, data_dict)
    reviewer = _person(context)
    data = validated(data_dict, contract_schemas.decision_create(), context)
    package = store.contract(data["id"], lock=True)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such contract."))
    try:
        return _decide(package, reviewer, data)
    except Exception:
        model.Session.rollback()
        raise


def _person(context: Context) -> model.User:
    """The active person who calls; a job, a script with rights of its own, or the site's user is none."""
    user = model.User.get(context.get("user"))
    if context.get("ignore_auth") or user is None or user.state != "active" or user.name == tk.config["ckan.site_id"]:
        raise tk.NotAuthorized(tk._("Only a person who is signed in may decide about a contract."))
    return user


def _decide(package: model.Package, reviewer: model.User, data: dict[str, Any]) -> dict[str, Any]:
    before = store.in_force(package)
    newest = {row.question: row for row in store.decision_rows(package.id, store.contract_id(package))}
    _refuse_unseen(newest, data)
    drafts = _drafts(package, data)
    documents = store.documents(package.id)
    service = next((draft.value for draft in drafts if draft.question == codes.CITY_SERVICE), None)
    provides = (service or (before.city_service and before.city_service.value)) == codes.YES
    register = decisions.Register(store.shas(documents), provides)
    refused = [refusal for draft in drafts for refusal in decisions.refusals(draft, register)]
    refused += [refusal for draft in drafts for refusal in decisions.to_confirm(draft) if not data[refusal.field]]
    if not drafts:
        refused.append(Refusal("open_data", "nothing_decided"))
    _refuse(refused)
    rows = [_row(package, reviewer, draft, newest.get(draft.question), data) for draft in drafts]
    for row in rows:
        store.add(row)
    decided = _project(package)
    return {"decisions": [contract_dicts.decision(row, reviewer=True) for row in rows], "package": decided}


def _refuse_unseen(newest: Mapping[str, Any], data: dict[str, Any]) -> None:
    """Somebody else decided since the caller looked: nothing is written, both are shown."""
    for question in codes.QUESTIONS:
        row = newest.get(question)
        if data[question] and (row.id if row else "") != data[f"seen_{question}"]:
            sentence = contract_sentences.sentence("decided_meanwhile", {"name": row.reviewer_name if row else ""})
            errors: dict[str, Any] = {"seen": [sentence]}
            raise tk.ValidationError(errors)


def _drafts(package: model.Package, data: dict[str, Any]) -> list[Draft]:
    """The answers of the form, quotes looked up on their pages."""
    drafts = []
    if data[codes.CITY_SERVICE]:
        drafts.append(
            Draft(
                codes.CITY_SERVICE,
                data[codes.CITY_SERVICE],
                reason=data["city_service_reason"] or None,
                areas=data["areas"] if data[codes.CITY_SERVICE] == codes.YES else (),
                note=data["note"],
            )
        )
    if data[codes.OPEN_DATA]:
        drafts.append(_clause_draft(package, data))
    return drafts


def _clause_draft(package: model.Package, data: dict[str, Any]) -> Draft:
    answer = data[codes.OPEN_DATA]
    if answer == codes.REOPENED:
        return Draft(codes.OPEN_DATA, answer, note=data["note"])
    yes = answer in (codes.YES, codes.PARTIAL)
    quotes = tuple(_looked_up(row) for row in data["evidence"])
    return Draft(
        codes.OPEN_DATA,
        codes.YES if yes else codes.NO,
        scope={codes.YES: codes.FULL, codes.PARTIAL: codes.PARTIAL}.get(answer),
        reason=data["reason"] or None,
        scope_note=data["scope_note"] if answer == codes.PARTIAL else "",
        clause_from=(data.get("clause_from") or _first_day(package)) if yes else None,
        clause_until=data.get("clause_until") if yes else None,
        evidence=quotes,
        note=data["note"],
    )


def _first_day(package: model.Package) -> Any:
    """When a policy begins to hold unless said otherwise: when the contract was signed, else when it starts."""
    stored = store.fields(package)
    return fields.day_or_none(stored.get("signed_date")) or fields.day_or_none(stored.get("start_date"))


def _looked_up(row: dict[str, Any]) -> Quote:
    """A quote, looked up on its page; a file without pages says in which paragraph or row it stands."""
    document = store.document(row["document_id"])
    pages = [page for page in store.pages(row["document_id"]) if row["page"] in (None, page.page)]
    on = next((page for page in pages if decisions.is_on_page(row["quote"], page.text)), None)
    return Quote(
        row["document_id"],
        row["quote"],
        page=row["page"],
        place=row["place"] or (decisions.place_of(row["quote"], on.text, on.places) if on else ""),
        sha256=document.sha256 if document else "",
        verified=(on is not None) if pages else None,
    )


def _refuse(refused: Sequence[Refusal]) -> None:
    """Raise ``ValidationError`` with a sentence for each refusal, by field."""
    if not refused:
        return
    errors: dict[str, Any] = {}
    for refusal in refused:
        errors.setdefault(refusal.field, []).append(contract_sentences.sentence(refusal.code, refusal.found))
    raise tk.ValidationError(errors)


def _row(
    package: model.Package, reviewer: model.User, draft: Draft, previous: ContractDecision | None, data: dict[str, Any]
) -> ContractDecision:
    office = store.walidata_of(reviewer.id)
    suggestion = store.suggestion(package.id) if data["suggestion_id"] else None
    shown = suggestion if suggestion and suggestion.id == data["suggestion_id"] else None
    return ContractDecision(
        package_id=package.id,
        contract_id=store.contract_id(package),
        question=draft.question,
        value=draft.value,
        scope=draft.scope,
        reason=draft.reason,
        areas=list(draft.areas),
        scope_note=draft.scope_note,
        clause_from=draft.clause_from,
        clause_until=draft.clause_until,
        evidence=[_evidence_dict(quote) for quote in draft.evidence],
        note=draft.note,
        reviewer_id=reviewer.id,
        reviewer_name=reviewer.fullname or reviewer.name,
        organization_id=office.id if office else "",
        organization_title=office.title or office.name if office else "",
        by_owner=bool(office and office.id == package.owner_org),
        rule_version=codes.RULE_VERSION,
        detector_version=shown.version if shown else None,
        suggestion_id=shown.id if shown else None,
        facts=decisions.facts(store.fields(package)),
        previous_id=previous.id if previous else None,
    )


def _evidence_dict(quote: Quote) -> dict[str, Any]:
    return {
        "document_id": quote.document_id,
        "sha256": quote.sha256,
        "page": quote.page,
        "place": quote.place,
        "quote": quote.quote,
        "quote_verified": quote.verified,
    }


def _project(package: model.Package) -> dict[str, Any]:
    """Let the dataset say what was decided, and commit; an error takes the decision back too.

    As the site's user: reviewers may lack rights there, and the public activity stream must not name them.
    """
    decided = projecting.decided_fields(package)
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    patch: Context = {"user": site_user["name"], "ignore_auth": True}
    tk.get_action("package_patch")(patch, {"id": package.id, **decided})
    model.repo.commit()  # where the dataset said so already, CKAN has not
    return decided
