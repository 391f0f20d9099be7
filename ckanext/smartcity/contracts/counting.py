"""The register as rows to count and to export: one query each, however many contracts there are.

What is public is judged here and nowhere else, at the moment of the question.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.contracts import codes, decisions, figures
from ckanext.smartcity.contracts.export import FIELDS
from ckanext.smartcity.contracts.figures import Contract, Period
from ckanext.smartcity.contracts.models import ContractDecision, ContractDocument
from ckanext.smartcity.contracts.projecting import local_day
from ckanext.smartcity.contracts.store import CONTRACT

Title = dict[str, str]
"""A text in both languages: ``id``, ``en``."""

PACKAGE, GROUP = model.package_table, model.group_table
KEY = sa.func.coalesce(PACKAGE.c.extras["contract_id"].astext, PACKAGE.c.id).collate("C")
"""The key of a contract; one registered before this extension has the id of its dataset. Sorted by code points."""

COUNTED = (
    "counterparty",
    "procurement_category",
    "contract_status",
    "start_date",
    "end_date",
    "terminated_date",
    "dates_assumed",
    "amendments",
)


class Decided(NamedTuple):
    """What a decision in force says; the columns of ``ContractDecision`` of the same names."""

    value: str
    scope: str | None
    reason: str | None
    areas: list[str]
    scope_note: str
    clause_from: date | None
    clause_until: date | None
    evidence: list[dict[str, Any]]
    decided_at: Any
    rule_version: str


def is_public() -> Any:
    """The condition for a contract that every visitor may see: core's rule for anonymous visitors."""
    return sa.and_(PACKAGE.c.type == CONTRACT, PACKAGE.c.state == "active", PACKAGE.c.private.is_not(True))


def is_registered() -> Any:
    """The condition for a contract of the whole register, private ones too. For reviewers only."""
    return sa.and_(PACKAGE.c.type == CONTRACT, PACKAGE.c.state == "active")


def _newest(question: str) -> Any:
    """The newest decision of a question, beside each contract."""
    row = ContractDecision.__table__.c
    return (
        sa.select(*(row[name] for name in Decided._fields))
        .where(row.package_id == PACKAGE.c.id, row.contract_id == KEY, row.question == question)
        .order_by(row.number.desc())
        .limit(1)
        .lateral(question)
    )


SERVICE, CLAUSE = _newest(codes.CITY_SERVICE), _newest(codes.OPEN_DATA)


def _contracts(condition: Any, *columns: Any) -> Any:
    """A query of contracts by key: what is decided about them first, as ``_decided`` reads it, then the rest."""
    joined = (
        sa.join(PACKAGE, GROUP, GROUP.c.id == PACKAGE.c.owner_org, isouter=True)
        .join(SERVICE, sa.true(), isouter=True)
        .join(CLAUSE, sa.true(), isouter=True)
    )
    decided = [
        table.c[name].label(f"decided_{table.name}_{name}") for table in (SERVICE, CLAUSE) for name in Decided._fields
    ]
    about = (KEY.label("contract_id"), PACKAGE.c.name, GROUP.c.name.label("organization"))
    return sa.select(*decided, *about, *columns).select_from(joined).where(condition).order_by(KEY, PACKAGE.c.id)


def _decided(row: Any) -> decisions.InForce:
    """The decisions in force of a row of ``_contracts``."""
    size = len(Decided._fields)
    return decisions.InForce(_in_force(row[:size]), _in_force(row[size : 2 * size]))


def _in_force(cells: Sequence[Any]) -> Decided | None:
    found = Decided._make(cells)
    return None if found.value in (None, codes.REOPENED) else found


class Register(NamedTuple):
    """Contracts to count, and the titles of their offices by name."""

    contracts: list[Contract]
    offices: Mapping[str, Title]


def register(*, whole: bool = False) -> Register:
    """The public contracts, or, for reviewers, the whole register."""
    extras = [PACKAGE.c.extras[name].astext.label(name) for name in COUNTED]
    titles = [GROUP.c.title.label("office"), GROUP.c.extras["title_en"].astext.label("office_en")]
    query = _contracts(is_registered() if whole else is_public(), *extras, *titles)
    rows = model.Session.execute(query).all()
    offices = {row.organization or "": _title(row) for row in rows}
    return Register([_contract(row) for row in rows], offices)


def _title(row: Any) -> Title:
    title = row.office or row.organization or ""
    return {"id": title, "en": row.office_en or title}


def _contract(row: Any) -> Contract:
    decided = _decided(row)
    said = decisions.projection(decided, local_day)
    clause = decided.open_data
    return Contract(
        contract_id=row.contract_id,
        name=row.name,
        organization=row.organization or "",
        counterparty=row.counterparty or "business",
        category=row.procurement_category or "",
        status=row.contract_status or "",
        start=_day(row.start_date),
        end=_day(row.end_date),
        terminated=_day(row.terminated_date),
        dates_assumed=row.dates_assumed == "true",
        city_service=said["provides_city_service"],
        areas=tuple(said["city_service_areas"]),
        clause=said["open_data_clause"],
        reason=said["clause_reason"] or "",
        clause_from=clause.clause_from if clause else None,
        clause_until=clause.clause_until if clause else None,
        version=_highest_version(row.amendments),
    )


def _day(text: str | None) -> date | None:
    """A stored day; None for nothing, and for a text that an older portal left there."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _highest_version(amendments: str | None) -> int:
    """The highest numbered amendment of the stored JSON, else 0."""
    rows = json.loads(amendments) if amendments else []
    versions = [str(row.get("version", "")) for row in rows if isinstance(row, dict)]
    return max((int(version) for version in versions if version.isdecimal()), default=0)


def snapshot_rows(year: int) -> list[dict[str, Any]]:
    """Rows of the input table ``contracts`` for a year: public contracts whose term touches it."""
    return figures.snapshot_rows(register().contracts, Period(date(year, 1, 1), date(year, 12, 31)))


# The export


def export_rows(limit: int, offset: int = 0, after: str = "") -> list[dict[str, Any]]:
    """Public contracts by key, those after the key ``after`` only: the columns of the export but ``url``."""
    extras = [PACKAGE.c.extras[name].astext.label(name) for name in FIELDS if name not in PACKAGE.c]
    columns = [PACKAGE.c.title, PACKAGE.c.license_id, *extras]
    query = _contracts(sa.and_(is_public(), after < KEY), *columns).limit(limit).offset(offset)
    return [_export_row(row) for row in model.Session.execute(query)]


def _export_row(row: Any) -> dict[str, Any]:
    decided = _decided(row)
    said = decisions.projection(decided, local_day)
    clause = decided.open_data if said["open_data_clause"] != codes.UNDECIDED else None
    quote = next(iter(clause.evidence), {}) if clause else {}
    return {
        "contract_id": row.contract_id,
        "organization": row.organization,
        **{name: row._mapping[name] for name in FIELDS},
        **said,
        "dates_assumed": row.dates_assumed == "true",
        "clause_from": _iso(clause.clause_from) if clause else None,
        "clause_until": _iso(clause.clause_until) if clause else None,
        "quote": quote.get("quote"),
        "page": quote.get("page") or quote.get("place"),
        "document_sha256": quote.get("sha256"),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# The history of one contract


def document_kinds(ids: Collection[str]) -> dict[str, str]:
    """Kinds of documents for reading by id, of deleted ones too: the row stays."""
    query = sa.select(ContractDocument.id, ContractDocument.kind).where(ContractDocument.id.in_(ids))
    return {row.id: row.kind for row in model.Session.execute(query)} if ids else {}


def evidence_documents(rows: Sequence[ContractDecision]) -> dict[str, str]:
    """Kinds of the documents that decisions quote, by id."""
    return document_kinds({quote["document_id"] for row in rows for quote in row.evidence})
