"""Contracts, decisions, documents as the API gives them."""

from __future__ import annotations

from typing import Any

from ckanext.smartcity.contracts.models import ContractDecision, ContractDocument


def decision(row: ContractDecision, *, reviewer: bool) -> dict[str, Any]:
    """A decision as the API gives it; who decided and the note to reviewers only."""
    shown: dict[str, Any] = {
        "id": row.id,
        "question": row.question,
        "value": row.value,
        "scope": row.scope,
        "reason": row.reason,
        "areas": row.areas,
        "scope_note": row.scope_note,
        "clause_from": row.clause_from and row.clause_from.isoformat(),
        "clause_until": row.clause_until and row.clause_until.isoformat(),
        "evidence": row.evidence,
        "organization": row.organization_title,
        "by_owner": row.by_owner,
        "decided_at": row.decided_at.isoformat(timespec="seconds"),
        "rule_version": row.rule_version,
        "previous_id": row.previous_id,
    }
    if reviewer:
        shown |= {
            "note": row.note,
            "reviewer_name": row.reviewer_name,
            "detector_version": row.detector_version,
            "suggestion_id": row.suggestion_id,
        }
    return shown


def document(row: ContractDocument) -> dict[str, Any]:
    """A document for reading. Where it is stored is nobody's business."""
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "size": row.size,
        "type": row.type,
        "sha256": row.sha256,
        "pages": row.pages,
        "pages_with_text": row.pages_with_text,
        "truncated": row.truncated,
        "state": row.state,
        "refusal": row.refusal,
        "uploaded_at": row.uploaded_at.isoformat(timespec="seconds"),
    }


QUEUED = (
    "id",
    "name",
    "title",
    "private",
    "opd",
    "opd_title",
    "opd_title_en",
    "contract_number",
    "supplier_name",
    "value_amount",
    "end_date",
    "city_service",
    "open_data",
    "suggestion",
    "documents",
    "state",
)


def queued(row: Any) -> dict[str, Any]:
    """A contract in the queue of reviewers."""
    amount = row.value_amount
    return {**{name: getattr(row, name) for name in QUEUED}, "value_amount": None if amount is None else float(amount)}
