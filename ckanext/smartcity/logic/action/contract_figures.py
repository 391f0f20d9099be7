"""What the register of contracts adds up to, indicator 5.1; the decisions about one contract; the register as rows.

Public figures are computed from public contracts only and are the same for everybody; docs/contracts.md has the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity import config, portal
from ckanext.smartcity.contracts import counting, figures, projecting, store
from ckanext.smartcity.contracts.counting import Register
from ckanext.smartcity.contracts.figures import Figures, Period, Tally
from ckanext.smartcity.logic import contract_schemas
from ckanext.smartcity.logic.action import contract_dicts
from ckanext.smartcity.logic.action.validation import validated

__all__ = ["smartcity_contract_decision_list", "smartcity_contract_export", "smartcity_contract_figure_show"]

YEARS = 10  # of the split by year


@tk.side_effect_free
def smartcity_contract_figure_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How many of a year's contracts contain an open data policy: indicator 5.1, reckoned now from public contracts.

    Shares are decimal numbers as text, not rounded.

    :param year: a year that has begun (optional, default: the running one)
    :type year: integer
    :param by: ``organization``, ``area``, ``year`` (the last ten) or ``contract``, or a list of these
    :param scope: ``public``, or ``register`` for private contracts too (reviewers only)
    :param limit: at most so many rows of ``contract``, 1 to 1000 (default 100)
    :param offset: leave out so many of them at the beginning (default 0)

    :returns: ``year``, ``scope``, ``first``, ``last`` (the day that counts: the end of the year, or today); ``value``
        (per cent; null where no contract is counted), ``value_among_decided`` and ``coverage`` (0 to 1), which belong
        beside it; ``counted``, ``yes``, ``decided``, ``undecided``, ``outcomes`` (``full``, ``partial``, ``no``,
        ``undecided``), ``no_reasons``, ``undecided_city_service``, ``without_end``, ``dates_assumed``; ``read`` and
        ``excluded`` by reason, ``excluded_individuals``; ``by``: for each split a list of rows with the same counts,
        of ``contract`` with ``counts_as`` and ``reason``. Rows by area do not add up, since a contract can have
        several
    :rtype: dictionary

    :raises ckan.logic.ValidationError: a year that has not begun, an unknown split
    """
    tk.check_access("smartcity_contract_figure_show", context, data_dict)
    today = config.today()
    data = validated(data_dict, contract_schemas.figure_show(today.year), context)
    register = counting.register(whole=data["scope"] == "register")
    days = figures.period(data["year"], today)
    splits = {
        "organization": lambda: _by_office(register, days),
        "area": lambda: [{"area": area, **_tally(t)} for area, t in figures.by_area(register.contracts, days).items()],
        "year": lambda: _by_year(register, today),
        "contract": lambda: _by_contract(register, days)[data["offset"] : data["offset"] + data["limit"]],
    }
    return {
        "scope": data["scope"],
        **_figures(figures.figures(register.contracts, days)),
        "by": {name: splits[name]() for name in data["by"]},
    }


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "year": found.period.year,
        "first": found.period.first.isoformat(),
        "last": found.period.last.isoformat(),
        **_tally(found.tally),
        "read": found.read,
        "excluded": dict(found.excluded),
        "excluded_individuals": found.individuals,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "value": _text(tally.value),
        "value_among_decided": _text(tally.value_among_decided),
        "coverage": _text(tally.coverage),
        "counted": tally.counted,
        "yes": tally.yes,
        "decided": tally.decided,
        "undecided": tally.undecided,
        "outcomes": dict(tally.outcomes),
        "no_reasons": dict(tally.no_reasons),
        "undecided_city_service": tally.undecided_city_service,
        "without_end": tally.without_end,
        "dates_assumed": tally.dates_assumed,
    }


def _text(share: Decimal | None) -> str | None:
    return None if share is None else format(share, "f")


def _by_office(register: Register, days: Period) -> list[dict[str, Any]]:
    found = figures.by_organization(register.contracts, days)
    return [{"organization": name, "title": register.offices[name], **_tally(tally)} for name, tally in found.items()]


def _by_year(register: Register, today: date) -> list[dict[str, Any]]:
    years = figures.years(register.contracts, today, YEARS)
    return [_figures(figures.figures(register.contracts, figures.period(year, today))) for year in years]


def _by_contract(register: Register, days: Period) -> list[dict[str, Any]]:
    """What each contract counts as: an outcome, or why it is not counted."""
    rows = []
    for contract in register.contracts:
        left_out = figures.exclusion(contract, days)
        counts_as, reason = ("excluded", left_out) if left_out else figures.outcome(contract, days)
        rows.append(
            {"contract_id": contract.contract_id, "name": contract.name, "counts_as": counts_as, "reason": reason}
        )
    return rows


@tk.side_effect_free
def smartcity_contract_decision_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All decisions about a contract that the caller may see, the newest first.

    :param id: the contract, id or name
    :param limit: at most so many, 1 to 1000 (default 1000)
    :param offset: leave out so many at the beginning (default 0)

    :returns: rows of ``id``, ``question`` (``city_service`` or ``open_data``), ``value`` (``yes``, ``no``,
        ``reopened``), ``scope`` (``full``, ``partial``), ``reason``, ``areas``, ``scope_note``, ``clause_from``,
        ``clause_until`` (the first day without the clause), ``evidence`` (``document_id``, ``document_kind``,
        ``sha256``, ``page`` or ``place``, ``quote``, ``quote_verified``), ``organization`` that decided, ``by_owner``
        (that of the contract itself), ``decided_at``, ``decided_on`` (its day in the city), ``rule_version``,
        ``previous_id``; for members of the owning organization ``reviewer_name`` too, for reviewers also ``note``,
        ``detector_version``, ``suggestion_id``
    :rtype: list of dictionaries

    :raises ckan.logic.NotFound: no such contract, or none that the caller may see
    """
    tk.check_access("smartcity_contract_decision_list", context, data_dict)
    data = validated(data_dict, contract_schemas.decision_list(), context)
    package, user = store.contract(data["id"]), context.get("user")
    reviewer = portal.is_walidata(user)
    if package is None or not (reviewer or _may_see(package.id, context)):
        raise tk.ObjectNotFound(tk._("There is no such contract."))
    rows = store.decision_rows(package.id, store.contract_id(package))[::-1]
    names = reviewer or _is_member(package.owner_org, user)
    return _decision_dicts(rows[data["offset"] :][: data["limit"]], names=names, reviewer=reviewer)


def _may_see(package_id: str, context: Context) -> bool:
    try:
        return tk.check_access("package_show", {"user": context.get("user", "")}, {"id": package_id})
    except tk.NotAuthorized:
        return False


def _is_member(organization_id: str | None, user: str | None) -> bool:
    """Whether a person is a member, editor or admin of an organization."""
    if not user or not organization_id:
        return False
    organizations = tk.get_action("organization_list_for_user")({"user": user}, {"permission": "read"})
    return any(organization["id"] == organization_id for organization in organizations)


def _decision_dicts(rows: Sequence[Any], *, names: bool, reviewer: bool) -> list[dict[str, Any]]:
    kinds = counting.evidence_documents(rows)
    return [
        {
            **contract_dicts.decision(row, reviewer=reviewer),
            "decided_on": projecting.local_day(row.decided_at).isoformat(),
            "evidence": [_quote_dict(quote, kinds) for quote in row.evidence],
            **({"reviewer_name": row.reviewer_name} if names else {}),
        }
        for row in rows
    ]


def _quote_dict(quote: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    return {**quote, "document_kind": kinds.get(quote["document_id"])}


@tk.side_effect_free
def smartcity_contract_export(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The public contracts with what was decided about them and the sentence that decided it, by ``contract_id``.

    :param limit: at most so many, 1 to 1000 (default 1000)
    :param offset: leave out so many at the beginning (default 0)
    :param after: only contracts after this ``contract_id``: the way to read all of them while the register changes

    :returns: rows of ``contract_id``, ``organization``, the fields of the type ``service_contract``, ``clause_from``,
        ``clause_until``, ``quote``, ``page``, ``document_sha256``, ``url``; null for what is not known
    :rtype: list of dictionaries
    """
    tk.check_access("smartcity_contract_export", context, data_dict)
    data = validated(data_dict, contract_schemas.export(), context)
    address = config.page_address("/service_contract/")
    rows = counting.export_rows(data["limit"], data["offset"], data["after"])
    return [{**row, "url": address + row["name"]} for row in rows]
