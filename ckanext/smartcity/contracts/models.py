"""The tables of the register: decisions, documents for reading, suggestions, imports.

Ids of datasets are those of core, without foreign keys: decisions outlive a purged dataset.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column


def _id() -> Mapped[str]:
    return mapped_column(sa.Text, primary_key=True, default=lambda: str(uuid4()))


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _moment(**options: Any) -> Mapped[datetime]:
    return mapped_column(sa.DateTime(timezone=True), default=_now, **options)


def _text(default: str | None = None) -> Mapped[str]:
    return mapped_column(sa.Text, nullable=False, default=default)


class ContractDecision(tk.BaseModel):
    """What a person decided about one question of one contract. Rows are added and never changed (a trigger refuses).

    ``question`` is ``city_service`` or ``open_data``; ``value`` ``yes``, ``no`` or ``reopened``; ``number`` counts the
    rows of all contracts in the order they were added, so the newest of a question has the highest. ``evidence`` is a
    list of ``document_id``, ``sha256``, ``page`` or ``place``, ``quote``, ``quote_verified``; ``facts`` what the
    dataset said when it was decided.
    """

    __tablename__ = "smartcity_contract_decision"
    __table_args__ = (
        sa.Index("smartcity_contract_decision_question", "package_id", "question", "number"),
        sa.UniqueConstraint("previous_id", name="smartcity_contract_decision_previous_id"),
    )

    id: Mapped[str] = _id()
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), unique=True)
    package_id: Mapped[str] = _text()
    contract_id: Mapped[str] = _text()
    question: Mapped[str] = _text()
    value: Mapped[str] = _text()
    scope: Mapped[str | None] = mapped_column(sa.Text)  # full, partial
    reason: Mapped[str | None] = mapped_column(sa.Text)
    areas: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    scope_note: Mapped[str] = _text("")
    clause_from: Mapped[date | None] = mapped_column(sa.Date)
    clause_until: Mapped[date | None] = mapped_column(sa.Date)  # the first day without the clause
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    note: Mapped[str] = _text("")  # for reviewers only
    reviewer_id: Mapped[str] = _text()
    reviewer_name: Mapped[str] = _text()
    organization_id: Mapped[str] = _text()
    organization_title: Mapped[str] = _text()
    by_owner: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    decided_at: Mapped[datetime] = _moment(nullable=False)
    rule_version: Mapped[str] = _text()
    detector_version: Mapped[str | None] = mapped_column(sa.Text)
    suggestion_id: Mapped[str | None] = mapped_column(sa.Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    previous_id: Mapped[str | None] = mapped_column(sa.Text)


class ContractDocument(tk.BaseModel):
    """A file that reviewers read. Row and hash stay when the file is deleted.

    ``kind`` is ``signed``, ``annex``, ``amendment`` or ``summary``; ``state`` ``uploaded``, ``reading``, ``read``,
    ``no_text``, ``refused`` or ``failed``; ``refusal`` the code of the reason for the last three.
    """

    __tablename__ = "smartcity_contract_document"
    __table_args__ = (sa.Index("smartcity_contract_document_package", "package_id"),)

    id: Mapped[str] = _id()
    package_id: Mapped[str] = _text()
    kind: Mapped[str] = _text()
    name: Mapped[str] = _text()
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    type: Mapped[str] = _text()
    sha256: Mapped[str] = _text()
    location: Mapped[str] = _text()
    pages: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    pages_with_text: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    truncated: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    state: Mapped[str] = _text("uploaded")
    refusal: Mapped[str] = _text("")
    uploaded_by: Mapped[str] = _text()
    uploaded_at: Mapped[datetime] = _moment(nullable=False)
    deleted_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class ContractPage(tk.BaseModel):
    """The text of one page of a document. For reviewers only; deleted with the document, in no index.

    ``places`` is a list of [offset in ``text``, place] of a file without pages; empty for one with pages.
    """

    __tablename__ = "smartcity_contract_page"

    document_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    page: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = _text()
    places: Mapped[list[Any]] = mapped_column(JSONB, nullable=False, default=list)


class ContractSuggestion(tk.BaseModel):
    """What the detector found in the documents of a contract. The newest is shown, to reviewers only.

    ``documents`` maps the id of each document that was read to its SHA-256; ``findings`` is a list of ``document_id``,
    ``page``, ``start``, ``end``, ``quote``, ``kind``, ``cues``, ``score``.
    """

    __tablename__ = "smartcity_contract_suggestion"
    __table_args__ = (sa.Index("smartcity_contract_suggestion_package", "package_id", "number"),)

    id: Mapped[str] = _id()
    number: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), unique=True)
    package_id: Mapped[str] = _text()
    documents: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    version: Mapped[str] = _text()
    result: Mapped[str] = _text()
    scope: Mapped[str | None] = mapped_column(sa.Text)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    warnings: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    created_at: Mapped[datetime] = _moment(nullable=False)


class ContractImport(tk.BaseModel):
    """A batch of files from a procurement system.

    ``state`` is ``reading``, ``checking``, ``staged``, ``applying``, ``applied``, ``refused`` or ``failed``. ``files``
    is a list of name, kind, SHA-256, number of rows and columns that were dropped; ``options`` what whoever started it
    chose; ``problem`` the code and facts of what refused the whole batch; ``counts`` the outcomes.
    """

    __tablename__ = "smartcity_contract_import"

    id: Mapped[str] = _id()
    source: Mapped[str] = _text()
    state: Mapped[str] = _text("reading")
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    problem: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    started_by: Mapped[str] = _text()
    created_at: Mapped[datetime] = _moment(nullable=False)
    applied_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class ContractImportRow(tk.BaseModel):
    """One row of a file of a batch: what was kept of it and what became of it.

    ``number`` counts the rows of the batch. ``fields`` has the kept columns, parsed; ``reasons`` is a list of ``row``,
    ``column``, ``rule`` and what the rule's sentence names.
    """

    __tablename__ = "smartcity_contract_import_row"
    __table_args__ = (
        sa.Index("smartcity_contract_import_row_outcome", "import_id", "outcome"),
        sa.Index("smartcity_contract_import_row_contract", "contract_id"),
    )

    import_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    file: Mapped[int] = mapped_column(sa.Integer, nullable=False)  # position in the batch's files
    row: Mapped[int] = mapped_column(sa.Integer, nullable=False)  # as the file numbers them, its header being row 1
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    outcome: Mapped[str] = _text("")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    contract_id: Mapped[str | None] = mapped_column(sa.Text)
    package_id: Mapped[str | None] = mapped_column(sa.Text)
    applied: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
