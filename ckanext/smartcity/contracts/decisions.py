"""What a person may decide about a contract, what is missing in it, and what the dataset then says. Pure.

Two questions have a chain of decisions each: whether the contract provides a city service (``city_service``), and
whether it contains an open data policy (``open_data``), which is asked only where it does. The newest row of a chain is
in force; ``reopened`` takes a question back to undecided. docs/contracts.md says the same in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ckanext.smartcity.contracts import codes, personal_data

NOTE_LENGTH = 500
QUOTE_LENGTH = 2_000
FACTS = (
    "counterparty",
    "procurement_category",
    "start_date",
    "end_date",
    "terminated_date",
    "contract_status",
)
"""Fields of the dataset that a decision rests on: when one changes later, the contract is looked at again."""


@dataclass(frozen=True)
class Quote:
    """A sentence that shows what was decided. ``page`` or ``place`` where it stands in the document.

    ``verified`` is true where it was found on that page, false where not, None where that cannot be told.
    """

    document_id: str
    quote: str
    page: int | None = None
    place: str = ""
    sha256: str = ""
    verified: bool | None = None


@dataclass(frozen=True)
class Draft:
    """An answer to one question, as a person gave it."""

    question: str
    value: str
    scope: str | None = None
    reason: str | None = None
    areas: tuple[str, ...] = ()
    scope_note: str = ""
    clause_from: date | None = None
    clause_until: date | None = None
    evidence: tuple[Quote, ...] = ()
    note: str = ""


class Refusal(NamedTuple):
    """A field of a draft, the code of what is wrong with it, and what the sentence names."""

    field: str
    code: str
    found: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Register:
    """What must be known of a contract to judge a draft."""

    documents: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by id of the documents for reading that are there."""
    provides_city_service: bool = False
    """As decided before, or in the same form."""


def refusals(draft: Draft, register: Register) -> list[Refusal]:
    """Everything that keeps a draft from being a decision; empty where nothing does."""
    if draft.value == codes.REOPENED:
        return [] if draft.note.strip() else [Refusal("note", "reopened_without_note")]
    if draft.question == codes.CITY_SERVICE:
        return _service_refusals(draft)
    return [
        *_clause_refusals(draft, register),
        *_evidence_refusals(draft, register),
        *_days_refusals(draft),
    ]


def _service_refusals(draft: Draft) -> list[Refusal]:
    if draft.value == codes.YES:
        return [] if draft.areas else [Refusal("areas", "areas_missing")]
    if not draft.reason:
        return [Refusal("city_service_reason", "service_reason_missing")]
    if draft.reason == "other" and not draft.note.strip():
        return [Refusal("note", "other_without_note")]
    return []


def _clause_refusals(draft: Draft, register: Register) -> list[Refusal]:
    found = []
    if not register.provides_city_service:
        found.append(Refusal("open_data", "not_a_city_service"))
    if not register.documents:
        found.append(Refusal("open_data", "document_missing"))
    if draft.reason not in codes.reasons(draft.value):
        found.append(Refusal("reason", "reason_of_other_answer" if draft.reason else "reason_missing"))
    if draft.scope == codes.PARTIAL and not draft.scope_note.strip():
        found.append(Refusal("scope_note", "scope_note_missing"))
    return found


def _evidence_refusals(draft: Draft, register: Register) -> list[Refusal]:
    found = []
    if not draft.evidence and draft.reason != codes.NO_MENTION:
        found.append(Refusal("quote", "quote_missing"))
    for quote in draft.evidence:
        if quote.document_id not in register.documents:
            found.append(Refusal("document_id", "document_unknown"))
        if not quote.quote.strip():
            found.append(Refusal("quote", "quote_missing"))
    return found


def _days_refusals(draft: Draft) -> list[Refusal]:
    first, until = draft.clause_from, draft.clause_until
    if first and until and until <= first:
        return [Refusal("clause_until", "clause_days", {"first": first, "until": until})]
    return []


def to_confirm(draft: Draft) -> list[Refusal]:
    """What a person must look at once more: quotes that are not on their page, and what looks like personal data.

    The field of each is the name of the confirmation that lets it pass. Quotes and scope notes are public.
    """
    found = []
    if any(quote.verified is False for quote in draft.evidence):
        found.append(Refusal("confirm_quotes", "quote_not_found"))
    public = [("personal_data_quote", quote.quote) for quote in draft.evidence]
    public.append(("personal_data_scope_note", draft.scope_note))
    hits = dict.fromkeys((code, kind) for code, text in public for kind in personal_data.kinds(text))
    return found + [Refusal("confirm_public", code, {"kind": kind}) for code, kind in hits]


def is_on_page(quote: str, page_text: str) -> bool:
    """Whether a quote stands on a page. White space and the case of letters do not count."""
    return _folded(quote) in _folded(page_text)


def place_of(quote: str, page_text: str, places: Sequence[Sequence[Any]]) -> str:
    """The place, of those in a page without a number of its own, at which a quote begins; empty where pages count.

    ``places`` are (offset, place) in the order of the page.
    """
    start = max(page_text.find(quote), 0)
    return next((place for offset, place in reversed(places) if offset <= start), "")


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


# What the dataset says


class InForce(NamedTuple):
    """The newest decisions of a contract, by question; None where it was never decided, or was reopened."""

    city_service: Any = None
    open_data: Any = None


def in_force(rows: Sequence[Any]) -> InForce:
    """Decisions in force among those of one contract; ``rows`` have ``number``, ``question``, ``value``."""
    newest: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: row.number):
        newest[row.question] = row
    return InForce(**{question: _unless_reopened(newest.get(question)) for question in codes.QUESTIONS})


def _unless_reopened(row: Any) -> Any:
    return None if row is None or row.value == codes.REOPENED else row


def projection(decided: InForce, day: Any) -> dict[str, Any]:
    """What the decided fields of the dataset must hold; None for nothing. ``day`` turns a moment into a local day.

    Where a contract provides no city service, nothing is said about open data.
    """
    service, clause = decided
    if not service or service.value != codes.YES:
        clause = None
    partial = clause is not None and clause.scope == codes.PARTIAL
    return {
        "provides_city_service": service.value if service else codes.UNDECIDED,
        "city_service_areas": list(service.areas) if service else [],
        "open_data_clause": (codes.PARTIAL if partial else clause.value) if clause else codes.UNDECIDED,
        "clause_reason": clause.reason if clause else None,
        "clause_scope_note": clause.scope_note or None if clause else None,
        "clause_decided_date": day(clause.decided_at).isoformat() if clause else None,
        "clause_rule_version": clause.rule_version if clause else None,
    }


# Looking again


def facts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision rests on, from the fields of the dataset."""
    return {name: fields.get(name) or None for name in FACTS}


class Change(NamedTuple):
    """A fact, what it was when somebody decided, and what it is now. A newer ``document`` is named by its id."""

    name: str
    old: str | None
    new: str | None


def must_be_looked_at_again(row: Any, fields: Mapping[str, Any], documents: Mapping[str, Any]) -> list[Change]:
    """Why a decision in force should be looked at again: the facts that changed, and the newer documents.

    ``row`` is the decision; ``documents`` the time each document was uploaded, by id.
    """
    old, now = row.facts, facts(fields)
    changed = [Change(name, old.get(name), now[name]) for name in FACTS if old.get(name) != now[name]]
    newer = [Change("document", None, id) for id, uploaded_at in documents.items() if uploaded_at > row.decided_at]
    return changed + newer
