"""Reads and writes of the register's tables, and of the datasets it is made of. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.smartcity.contracts import decisions
from ckanext.smartcity.contracts.decisions import InForce
from ckanext.smartcity.contracts.models import (
    ContractDecision,
    ContractDocument,
    ContractImportRow,
    ContractPage,
    ContractSuggestion,
)

CONTRACT = "service_contract"


def contract(reference: str, *, lock: bool = False) -> model.Package | None:
    """A contract that is not deleted, by id or name; with ``lock`` nobody else decides about it until we commit."""
    query = (
        sa.select(model.Package)
        .where(
            sa.or_(model.Package.id == reference, model.Package.name == reference),
            model.Package.type == CONTRACT,
            model.Package.state != "deleted",
        )
        .limit(1)
    )
    return model.Session.scalars(query.with_for_update() if lock else query).first()


def fields(package: model.Package) -> dict[str, Any]:
    """The stored fields of a contract as text or None, whatever its schema calls them."""
    return {**(package.extras or {}), "title": package.title, "owner_org": package.owner_org}


def contract_id(package: model.Package) -> str:
    """The key of a contract; one that was registered before this extension has the id of its dataset."""
    return (package.extras or {}).get("contract_id") or package.id


# Decisions


def decision_rows(package_id: str, key: str) -> Sequence[ContractDecision]:
    """All decisions about a contract, oldest first. ``key``: its contract id; a dataset id alone can be used again."""
    query = (
        sa.select(ContractDecision)
        .where(ContractDecision.package_id == package_id, ContractDecision.contract_id == key)
        .order_by(ContractDecision.number)
    )
    return model.Session.scalars(query).all()


def contracts() -> Sequence[model.Package]:
    """All contracts that are not deleted, by name."""
    query = sa.select(model.Package).where(model.Package.type == CONTRACT, model.Package.state != "deleted")
    return model.Session.scalars(query.order_by(model.Package.name)).all()


def all_decision_rows() -> Sequence[ContractDecision]:
    """The decisions about every contract, oldest first."""
    return model.Session.scalars(sa.select(ContractDecision).order_by(ContractDecision.number)).all()


def in_force(package: model.Package) -> InForce:
    """What is decided about a contract now."""
    return decisions.in_force(decision_rows(package.id, contract_id(package)))


def add(row: Any) -> None:
    """Add a row of one of our tables, and let what comes after see it."""
    model.Session.add(row)
    model.Session.flush()


# Documents for reading


def documents(package_id: str) -> Sequence[ContractDocument]:
    """The files of a contract that are there, oldest first."""
    query = (
        sa.select(ContractDocument)
        .where(ContractDocument.package_id == package_id, ContractDocument.deleted_at.is_(None))
        .order_by(ContractDocument.uploaded_at, ContractDocument.id)
    )
    return model.Session.scalars(query).all()


def document(document_id: str) -> ContractDocument | None:
    return model.Session.get(ContractDocument, document_id)


def uploaded_at(rows: Sequence[ContractDocument]) -> dict[str, datetime]:
    return {row.id: row.uploaded_at for row in rows}


def page(document_id: str, number: int) -> ContractPage | None:
    return model.Session.get(ContractPage, (document_id, number))


def pages(document_id: str) -> Sequence[ContractPage]:
    """The pages of a document whose text was read, in order."""
    query = sa.select(ContractPage).where(ContractPage.document_id == document_id).order_by(ContractPage.page)
    return model.Session.scalars(query).all()


def delete_pages(document_id: str) -> None:
    model.Session.execute(sa.delete(ContractPage).where(ContractPage.document_id == document_id))


def held_document(document_id: str) -> ContractDocument | None:
    """A document that is there, read afresh; nobody else reads or deletes it until we commit."""
    query = sa.select(ContractDocument).where(ContractDocument.id == document_id, ContractDocument.deleted_at.is_(None))
    held = query.with_for_update().execution_options(populate_existing=True)
    return model.Session.scalars(held).first()


def pending_documents() -> Sequence[str]:
    """Ids of documents that nobody has read yet, oldest first."""
    row = ContractDocument
    query = sa.select(row.id).where(row.state == "uploaded", row.deleted_at.is_(None)).order_by(row.uploaded_at)
    return model.Session.scalars(query).all()


def is_evidence(document_id: str) -> bool:
    """Whether a decision refers to a document."""
    query = sa.select(ContractDecision.id).where(ContractDecision.evidence.contains([{"document_id": document_id}]))
    return model.Session.scalars(query.limit(1)).first() is not None


def may_edit(user_name: str | None, organization_id: str | None) -> bool:
    """Whether an active person is an editor or admin of an organization."""
    user = model.User.get(user_name) if user_name else None
    if user is None or user.state != "active" or not organization_id:
        return False
    member = model.Member
    query = sa.select(member.id).where(
        member.table_name == "user",
        member.table_id == user.id,
        member.group_id == organization_id,
        member.state == "active",
        member.capacity.in_(("editor", "admin")),
    )
    return model.Session.scalars(query.limit(1)).first() is not None


def suggestion(package_id: str) -> ContractSuggestion | None:
    """The newest suggestion for a contract."""
    query = (
        sa.select(ContractSuggestion)
        .where(ContractSuggestion.package_id == package_id)
        .order_by(ContractSuggestion.number.desc())
        .limit(1)
    )
    return model.Session.scalars(query).first()


def newest_suggestions() -> Sequence[ContractSuggestion]:
    """The newest suggestion of each contract."""
    row = ContractSuggestion
    query = sa.select(row).distinct(row.package_id).order_by(row.package_id, row.number.desc())
    return model.Session.scalars(query).all()


def forget_suggestions(package_id: str) -> None:
    model.Session.execute(sa.delete(ContractSuggestion).where(ContractSuggestion.package_id == package_id))


# What was imported


def forget_imported(key: str) -> None:
    """Take the values of a contract out of the imported rows; which rows they were stays."""
    row = ContractImportRow
    emptied = sa.update(row).where(row.contract_id == key).values(fields={}, reasons=[], changes={})
    model.Session.execute(emptied)


def hide_supplier(key: str, name: str) -> None:
    """Replace the supplier's name in the imported rows of a contract."""
    row = ContractImportRow
    hidden = row.fields.op("||")(sa.cast({"supplier_name": name}, JSONB))
    model.Session.execute(sa.update(row).where(row.contract_id == key).values(fields=hidden, changes={}))


# Who decides


def walidata_of(user_id: str) -> model.Group | None:
    """The walidata organization that a person is an editor or admin of; the first by name. None for a sysadmin only."""
    group, member = model.Group, model.Member
    query = (
        sa.select(group)
        .join(member, member.group_id == group.id)
        .where(
            member.table_name == "user",
            member.table_id == user_id,
            member.state == "active",
            member.capacity.in_(("editor", "admin")),
            group.is_organization.is_(True),
            group.state == "active",
            model.group_table.c.extras["sdi_role"].astext == "walidata",
        )
        .order_by(group.name)
        .limit(1)
    )
    return model.Session.scalars(query).first()


def shas(rows: Collection[ContractDocument]) -> Mapping[str, str]:
    """SHA-256 by id of documents."""
    return {row.id: row.sha256 for row in rows}
