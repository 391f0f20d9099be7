"""What the detector makes of all documents of a contract, kept beside it for reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ckanext.smartcity.contracts import clauses, store
from ckanext.smartcity.contracts.clauses import Assessment
from ckanext.smartcity.contracts.clauses.document import Document, Page
from ckanext.smartcity.contracts.models import ContractDocument, ContractSuggestion

FINDINGS = 5  # that are shown


def suggest(package_id: str) -> None:
    """Assess the documents of a contract that could be read; without one nothing is suggested. Does not commit."""
    rows = store.documents(package_id)
    readable = [row for row in rows if row.state == "read"]
    if not readable:
        return
    assessed = {row.id: clauses.assess(_document(row)) for row in readable}
    result, scope = combined(assessed, unread=len(readable) < len(rows))
    store.add(
        ContractSuggestion(
            package_id=package_id,
            documents={row.id: row.sha256 for row in readable},
            version=clauses.VERSION,
            result=result,
            scope=scope,
            findings=findings(assessed),
            warnings=sorted({warning for one in assessed.values() for warning in one.warnings}),
        )
    )


def stale() -> list[str]:
    """Ids of contracts whose newest suggestion was made by other rules than today's."""
    return [row.package_id for row in store.newest_suggestions() if row.version != clauses.VERSION]


def combined(assessed: Mapping[str, Assessment], unread: bool) -> tuple[str, str | None]:
    """One result of several documents: a clause in any is one; "probably no" needs all of them read."""
    yes = [one for one in assessed.values() if one.result == "likely_yes"]
    if yes:
        return "likely_yes", "full" if any(one.scope == "full" for one in yes) else "partial"
    if unread or any(one.result == "needs_reading" for one in assessed.values()):
        return "needs_reading", None
    return "likely_no", None


def findings(assessed: Mapping[str, Assessment]) -> list[dict[str, Any]]:
    """The best findings of all documents, best first, each with the id of its document."""
    found = [
        {"document_id": document_id, **asdict(finding)}
        for document_id, one in assessed.items()
        for finding in one.findings
    ]
    return sorted(found, key=lambda finding: -finding["score"])[:FINDINGS]


def _document(row: ContractDocument) -> Document:
    pages = tuple(Page(page.page, page.text) for page in store.pages(row.id))
    return Document(pages, row.sha256, row.truncated)
