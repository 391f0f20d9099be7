"""The contracts a reviewer goes through: what is undecided, what must be looked at again. One query a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.contracts import codes, decisions
from ckanext.smartcity.contracts.models import (
    ContractDecision,
    ContractDocument,
    ContractImportRow,
    ContractSuggestion,
)
from ckanext.smartcity.contracts.queue_words import STATES, Filters
from ckanext.smartcity.contracts.store import CONTRACT


def _extra(name: str) -> Any:
    return model.Package.extras[name].astext


def _amount() -> Any:
    """The value in rupiah; nothing where an older portal left another text."""
    text = _extra("value_amount")
    return sa.case((text.regexp_match(r"^[0-9]{1,20}(\.[0-9]+)?$"), sa.cast(text, sa.Numeric)))


def _newest(question: str) -> Any:
    """The newest decision of a question, beside each contract."""
    row = ContractDecision
    return (
        sa.select(row.value, row.facts, row.decided_at)
        .where(
            row.package_id == model.Package.id,
            row.contract_id == sa.func.coalesce(_extra("contract_id"), model.Package.id),
            row.question == question,
        )
        .order_by(row.number.desc())
        .limit(1)
        .lateral(question)
    )


SERVICE, CLAUSE = _newest(codes.CITY_SERVICE), _newest(codes.OPEN_DATA)
SUGGESTED = (
    sa.select(ContractSuggestion.result)
    .where(ContractSuggestion.package_id == model.Package.id)
    .order_by(ContractSuggestion.number.desc())
    .limit(1)
    .lateral("suggested")
)
DOCUMENTS = (
    sa.select(sa.func.count().label("count"), sa.func.max(ContractDocument.uploaded_at).label("newest"))
    .where(ContractDocument.package_id == model.Package.id, ContractDocument.deleted_at.is_(None))
    .lateral("documents")
)


def _undecided(value: Any) -> Any:
    return sa.or_(value.is_(None), value == codes.REOPENED)


def _changed(row: Any) -> Any:
    """Whether what a decision rests on is not as it was, as ``decisions.must_be_looked_at_again`` says."""
    facts = [sa.func.nullif(_extra(name), "").is_distinct_from(row.c.facts[name].astext) for name in decisions.FACTS]
    return sa.or_(*facts, sa.func.coalesce(DOCUMENTS.c.newest > row.c.decided_at, False))


def _state() -> Any:
    asks_clause = sa.and_(SERVICE.c.value == codes.YES, _undecided(CLAUSE.c.value))
    recheck = sa.or_(_changed(SERVICE), sa.and_(SERVICE.c.value == codes.YES, _changed(CLAUSE)))
    return sa.case(
        (sa.func.coalesce(_extra("counterparty"), "business") != "business", "not_counted"),
        (sa.or_(_undecided(SERVICE.c.value), asks_clause), "undecided"),
        (recheck, "recheck"),
        else_="decided",
    ).label("state")


def _register() -> Any:
    """All contracts that are not deleted, each with what is decided, suggested and uploaded."""
    package, group = model.Package, model.Group
    joined = (
        sa.join(package, group, group.id == package.owner_org, isouter=True)
        .join(SERVICE, sa.true(), isouter=True)
        .join(CLAUSE, sa.true(), isouter=True)
        .join(SUGGESTED, sa.true(), isouter=True)
        .join(DOCUMENTS, sa.true(), isouter=True)
    )
    return (
        sa.select(
            package.id,
            package.name,
            package.title,
            package.private,
            group.name.label("opd"),
            group.title.label("opd_title"),
            model.group_table.c.extras["title_en"].astext.label("opd_title_en"),
            _extra("contract_number").label("contract_number"),
            _extra("supplier_name").label("supplier_name"),
            _amount().label("value_amount"),
            _extra("end_date").label("end_date"),
            SERVICE.c.value.label("city_service"),
            CLAUSE.c.value.label("open_data"),
            sa.func.coalesce(SUGGESTED.c.result, "none").label("suggestion"),
            DOCUMENTS.c.count.label("documents"),
            package.metadata_created,
            _state(),
        )
        .select_from(joined)
        .where(package.type == CONTRACT, package.state == "active")
        .subquery("register")
    )


def _matching(register: Any, filters: Filters) -> list[Any]:
    column = register.c
    conditions = []
    if filters.state:
        conditions.append(column.state == filters.state)
    if filters.question == codes.CITY_SERVICE:
        conditions.append(_undecided(column.city_service))
    if filters.question == codes.OPEN_DATA:
        conditions += [column.city_service == codes.YES, _undecided(column.open_data)]
    if filters.suggestion:
        conditions.append(column.suggestion == filters.suggestion)
    if filters.opd:
        conditions.append(column.opd == filters.opd)
    if filters.batch:
        rows = sa.select(ContractImportRow.package_id).where(ContractImportRow.import_id == filters.batch)
        conditions.append(column.id.in_(rows))
    if filters.has_document is not None:
        conditions.append((column.documents > 0) == filters.has_document)
    text = sa.func.concat_ws(" ", column.title, column.contract_number, column.supplier_name)
    conditions += [text.icontains(word, autoescape=True) for word in filters.q.split()]
    return conditions


def _ordered(register: Any, order: str) -> list[Any]:
    column = register.c
    chosen = {
        "oldest": column.metadata_created.asc(),
        "value": column.value_amount.desc().nulls_last(),
        "end": sa.func.nullif(column.end_date, "").asc().nulls_last(),
    }
    return [chosen[order], column.id]


def rows(filters: Filters, limit: int, offset: int) -> tuple[int, Sequence[Any]]:
    """How many contracts pass, and a page of them."""
    register = _register()
    query = sa.select(register, sa.func.count().over().label("total")).where(*_matching(register, filters))
    found = model.Session.execute(query.order_by(*_ordered(register, filters.order)).limit(limit).offset(offset)).all()
    if not found and offset:
        return rows(filters, 1, 0)[0], []
    return (found[0].total if found else 0), found


def after(filters: Filters, package_id: str) -> tuple[int, int, str | None]:
    """Where a contract stands among those that pass (from 1; 0 when it does not), how many pass, who comes next."""
    register = _register()
    query = sa.select(register.c.id, register.c.name).where(*_matching(register, filters))
    found = model.Session.execute(query.order_by(*_ordered(register, filters.order))).all()
    ids = [row.id for row in found]
    place = ids.index(package_id) + 1 if package_id in ids else 0
    following = found[place] if place < len(found) and found[place].id != package_id else None
    return place, len(found), following.name if following else None


def counts() -> dict[str, int]:
    """Contracts of the whole register by state, and ``no_document`` among those that wait or must be looked at."""
    register = _register()
    query = sa.select(
        register.c.state,
        sa.func.count().label("contracts"),
        sa.func.count().filter(register.c.documents == 0).label("without"),
    ).group_by(register.c.state)
    found = {row.state: row for row in model.Session.execute(query)}
    waiting = [found[state].without for state in ("undecided", "recheck") if state in found]
    return {**{state: found[state].contracts if state in found else 0 for state in STATES}, "no_document": sum(waiting)}
