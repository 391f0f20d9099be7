"""Reads and writes of the register's tables, and of the datasets it is made of. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.contracts import decisions
from ckanext.smartcity.contracts.decisions import InForce
from ckanext.smartcity.contracts.models import (
    ContractDecision,
    ContractDocument,
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


def suggestion(package_id: str) -> ContractSuggestion | None:
    """The newest suggestion for a contract."""
    query = (
        sa.select(ContractSuggestion)
        .where(ContractSuggestion.package_id == package_id)
        .order_by(ContractSuggestion.number.desc())
        .limit(1)
    )
    return model.Session.scalars(query).first()


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
