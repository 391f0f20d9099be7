"""Rows of files to contracts: equal rows, suppliers and versions of a procurement, companion files. Pure.

A contract is a procurement code and a supplier. Addenda change its number and date, and suppliers are spelled in
several ways; the code stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ckanext.smartcity.contracts.importers import spse
from ckanext.smartcity.contracts.importers.rows import (
    CONFLICT,
    JOINED,
    NOT_NAMED,
    NOT_SELECTED,
    REFUSED,
    WITHOUT_CONTRACT,
    FileRefused,
    Row,
)

ALWAYS_SELECTED = ("consulting", "other_services", None)
SELECTABLE = ("works", "goods")

OF_FIRST_VERSION = ("contract_number", "signed_date")
NOT_OF_DATASET = ("offices", "office_name")
SUPPLIER = ("counterparty", "supplier_name")


@dataclass(frozen=True)
class Choice:
    """What whoever imports chose: categories beside services, and the category of contracts that have none."""

    categories: Collection[str] = ()
    category_missing: str = ""


@dataclass(eq=False)
class Group:
    """The rows of one contract, by version, without equal ones."""

    code: str
    rows: list[Row]
    equal: list[Row] = field(default_factory=list)

    @property
    def lead(self) -> Row:
        return self.rows[-1]


def build(rows: Sequence[Row], choice: Choice) -> list[Group]:
    """The contracts that the rows of all files make; every row learns its lead, and its outcome where it is settled.

    Raises ``FileRefused`` where no file holds contracts.
    """
    if not any(row.kind == spse.CONTRACTS for row in rows):
        raise FileRefused("no_contracts")
    companions = _companions(rows)
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.kind == spse.CONTRACTS and row.code:
            by_code[row.code].append(row)
    groups = [group for code, found in by_code.items() for group in _groups(code, found, companions[code])]
    for group in groups:
        joined = _of_group(group, groups_of=by_code[group.code], companions=companions[group.code])
        for row in joined:
            row.outcome = JOINED
        _complete(group, joined, choice)
    for row in rows:
        if row.kind != spse.CONTRACTS and not row.outcome:
            row.outcome = WITHOUT_CONTRACT
    return groups


def _companions(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.kind != spse.CONTRACTS and row.code and row.outcome != REFUSED:
            found[row.code].append(row)
    return found


# Grouping


def _groups(code: str, rows: list[Row], companions: list[Row]) -> list[Group]:
    """The contracts of one procurement code."""
    unique, equal = _unique(rows)
    by_supplier: dict[str, list[Row]] = defaultdict(list)
    for row, supplier in zip(unique, _suppliers(unique, companions), strict=True):
        by_supplier[supplier].append(row)
    _join_unnamed(by_supplier)
    _join_addendum(by_supplier)
    groups = []
    for found in by_supplier.values():
        found.sort(key=lambda row: row.version)
        group = Group(code, found, [copy for row in found for copy in equal[row.cells]])
        for row in (*group.rows, *group.equal):
            row.lead = group.lead
        groups.append(group)
    return groups


def _unique(rows: list[Row]) -> tuple[list[Row], dict[Any, list[Row]]]:
    """Rows that differ in a kept column, and the further ones that equal them."""
    first: dict[Any, Row] = {}
    equal: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        row.equal_to = first.setdefault(row.cells, row)
        if row.equal_to is row:
            row.equal_to = None
        else:
            equal[row.cells].append(row)
    return list(first.values()), equal


def _suppliers(rows: list[Row], companions: list[Row]) -> list[str]:
    """What tells the suppliers of the rows apart: their code if it is known for every row, else their folded name."""
    listed = {row.supplier: row.supplier_code for row in companions if row.supplier_code}
    only = next(iter(listed.values())) if len(set(listed.values())) == 1 else ""
    by_code = [row.supplier_code or listed.get(row.supplier) or only for row in rows]
    return by_code if all(by_code) else [row.supplier for row in rows]


def _join_unnamed(by_supplier: dict[str, list[Row]]) -> None:
    """Rows without a supplier are of the only other one."""
    if "" in by_supplier and len(by_supplier) == 2:
        unnamed = by_supplier.pop("")
        next(iter(by_supplier.values())).extend(unnamed)


def _join_addendum(by_supplier: dict[str, list[Row]]) -> None:
    """Rows that are addenda only belong to the one contract that is there, under other spellings."""
    begun = [name for name, rows in by_supplier.items() if any(row.version == 0 for row in rows)]
    others = [name for name in by_supplier if name not in begun]
    if len(begun) == 1:
        for name in others:
            by_supplier[begun[0]].extend(by_supplier.pop(name))


def _of_group(group: Group, groups_of: list[Row], companions: list[Row]) -> list[Row]:
    """The companion rows of a contract: of a code with several suppliers, start orders that name this one."""
    leads = {id(row.lead) for row in groups_of}
    if len(leads) == 1:
        return companions
    codes = {row.supplier_code for row in group.rows} - {""}
    names = {row.supplier for row in group.rows} - {""}
    return [
        row
        for row in companions
        if row.kind == spse.FINISHED or row.supplier in names or (row.supplier_code and row.supplier_code in codes)
    ]


# Fields


def _complete(group: Group, companions: list[Row], choice: Choice) -> None:
    """Fill the fields of the contract's dataset, or say why there is none."""
    _conflicts(group)
    lead = group.lead
    lead.wanted = {**_fields(group), "companions": sorted({row.kind for row in companions})}
    _add_procurement(lead.wanted, companions)
    _add_term(lead.wanted, companions)
    for name, column in (("contract_number", "no_kontrak"), ("start_date", "tgl_kontrak")):
        if not lead.wanted[name] and not any(reason.column == column for row in group.rows for reason in row.reasons):
            lead.refuse(column, "missing")
    lead.wanted.setdefault("procurement_category", None)
    lead.wanted["procurement_category"] = lead.wanted["procurement_category"] or choice.category_missing or None
    if group.rows[-1].version:
        lead.note("versi_addendum", "addendum_check_end")
    _settle(group, choice)


def _conflicts(group: Group) -> None:
    by_version: dict[int, list[Row]] = defaultdict(list)
    for row in group.rows:
        by_version[row.version].append(row)
    for same in by_version.values():
        for row in same if len(same) > 1 else ():
            row.outcome = CONFLICT
            others = ", ".join(str(other.row) for other in same if other is not row)
            row.note("versi_addendum", "versions_differ", rows=others, columns=", ".join(_differing(same)))


def _differing(rows: list[Row]) -> list[str]:
    cells = [dict(row.cells) for row in rows]
    names = sorted({name for found in cells for name in found})
    return [name for name in names if len({found.get(name) for found in cells}) > 1]


def _fields(group: Group) -> dict[str, Any]:
    """Number and day of signing of the first version, all else of the highest; its supplier of the highest that names
    one."""
    fields = {name: value for name, value in group.lead.fields.items() if name not in NOT_OF_DATASET}
    for name in OF_FIRST_VERSION:
        fields[name] = next((row.fields[name] for row in group.rows if row.fields.get(name)), None)
    named = next((row for row in reversed(group.rows) if row.fields.get("supplier_name") != NOT_NAMED), group.lead)
    fields.update({name: named.fields.get(name) for name in SUPPLIER})
    fields["amendments"] = [_amendment(row, fields["contract_number"]) for row in group.rows if row.version]
    fields["tender_code"] = group.code.rpartition(":")[2]
    fields["import_source"] = "spse"
    return fields


def _amendment(row: Row, number: str | None) -> dict[str, Any]:
    own = row.fields.get("contract_number")
    return {
        "version": str(row.version),
        "signed_date": row.fields.get("signed_date"),
        "note": own if own and own != number else f"Addendum {row.version}",
    }


def _add_procurement(fields: dict[str, Any], companions: list[Row]) -> None:
    for row in companions:
        if row.kind == spse.FINISHED:
            for name in ("procurement_category", "procurement_method", "rup_code"):
                fields[name] = fields.get(name) or row.fields.get(name)


def _add_term(fields: dict[str, Any], companions: list[Row]) -> None:
    """First and last day: of the start orders, else of the contract, else assumed."""
    orders = [row for row in companions if row.kind == spse.START_ORDERS]
    starts = [row.fields["start_date"] for row in orders if row.fields["start_date"]]
    ends = [(row.version, row.fields["end_date"]) for row in orders if row.fields["end_date"]]
    if starts:
        end = max(ends)[1] if ends else fields.get("end_date")
        fields.update(start_date=min(starts), end_date=end, dates_assumed=False)
    elif fields.get("start_date"):
        fields["dates_assumed"] = False
    else:
        fields.update(start_date=fields["signed_date"], end_date=_assumed_end(fields), dates_assumed=True)


def _assumed_end(fields: dict[str, Any]) -> str | None:
    """A contract of a budget year ends with it."""
    year = fields.get("budget_year")
    return date(int(year), 12, 31).isoformat() if year and fields.get("contract_status") == "completed" else None


# Outcomes that no stored contract changes


def _settle(group: Group, choice: Choice) -> None:
    """A contract is imported whole or not at all: what stops one of its rows stops the others."""
    outcomes = {row.outcome for row in group.rows}
    if REFUSED in outcomes:
        _stop(group, REFUSED, "other_row_refused")
    elif CONFLICT in outcomes:
        _stop(group, CONFLICT, "other_row_in_conflict")
    elif group.lead.wanted["procurement_category"] not in (*ALWAYS_SELECTED, *choice.categories):
        _stop(group, NOT_SELECTED, "")


def _stop(group: Group, outcome: str, rule: str) -> None:
    rows = ", ".join(str(row.row) for row in group.rows if row.outcome == outcome)
    for row in group.rows:
        if row.outcome != outcome and rule:
            row.note("", rule, rows=rows)
        row.outcome = outcome
    for row in group.equal:
        row.outcome = outcome
