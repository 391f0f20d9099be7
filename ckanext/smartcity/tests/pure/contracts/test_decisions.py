"""What may be decided about a contract, what is missing, and what the dataset then says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.contracts import codes, decisions
from ckanext.smartcity.contracts.decisions import Draft, Quote, Register

DOCUMENTS = {"d1": "ab" * 32}
REGISTER = Register(DOCUMENTS, provides_city_service=True)
QUOTE = Quote("d1", "Data layanan diterbitkan.", page=3, verified=True)
YES = Draft("open_data", "yes", scope="full", reason="provision", evidence=(QUOTE,))
NO = Draft("open_data", "no", reason="ownership_only", evidence=(QUOTE,))
SERVICE = Draft("city_service", "yes", areas=("water",))


def refused(draft: Draft, register: Register = REGISTER) -> list[tuple[str, str]]:
    return [(refusal.field, refusal.code) for refusal in decisions.refusals(draft, register)]


@pytest.mark.parametrize(
    "draft",
    [
        YES,
        NO,
        SERVICE,
        replace(YES, scope="partial", scope_note="Jadwal saja"),
        replace(NO, reason="no_mention", evidence=()),
        replace(YES, clause_from=date(2026, 1, 1), clause_until=date(2026, 1, 2)),
        Draft("city_service", "no", reason="internal_only"),
        Draft("city_service", "no", reason="other", note="Pekerjaan sosial"),
        Draft("open_data", "reopened", note="Addendum baru"),
    ],
)
def test_what_is_complete_is_taken(draft):
    assert refused(draft) == []


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (replace(SERVICE, areas=()), ("areas", "areas_missing")),
        (Draft("city_service", "no"), ("city_service_reason", "service_reason_missing")),
        (Draft("city_service", "no", reason="other", note=" "), ("note", "other_without_note")),
        (Draft("city_service", "reopened"), ("note", "reopened_without_note")),
        (replace(YES, reason=None), ("reason", "reason_missing")),
        (replace(YES, reason="no_mention"), ("reason", "reason_of_other_answer")),
        (replace(NO, reason="annex"), ("reason", "reason_of_other_answer")),
        (replace(YES, evidence=()), ("quote", "quote_missing")),
        (replace(NO, evidence=()), ("quote", "quote_missing")),
        (replace(YES, evidence=(replace(QUOTE, quote=" "),)), ("quote", "quote_missing")),
        (replace(YES, evidence=(replace(QUOTE, document_id="d2"),)), ("document_id", "document_unknown")),
        (replace(YES, scope="partial"), ("scope_note", "scope_note_missing")),
        (replace(YES, clause_from=date(2026, 1, 2), clause_until=date(2026, 1, 2)), ("clause_until", "clause_days")),
    ],
)
def test_what_is_missing_is_named(draft, refusal):
    assert refused(draft) == [refusal]


def test_a_policy_needs_a_city_service_and_a_document():
    assert refused(YES, Register(DOCUMENTS)) == [("open_data", "not_a_city_service")]
    assert ("open_data", "document_missing") in refused(YES, Register({}, provides_city_service=True))


def test_everything_that_is_missing_is_said_at_once():
    draft = Draft("open_data", "yes", scope="partial")
    assert {code for _, code in refused(draft, Register())} == {
        "not_a_city_service",
        "document_missing",
        "reason_missing",
        "scope_note_missing",
        "quote_missing",
    }


@pytest.mark.parametrize(
    ("quote", "page", "found"),
    [
        ("wajib  menerbitkan\ndata", "Penyedia WAJIB\n menerbitkan data layanan", True),
        ("wajib menerbitkan data", "Penyedia wajib menerbitkan  informasi", False),
        ("wajib", "", False),
    ],
)
def test_a_quote_is_looked_up_without_regard_to_white_space_and_case(quote, page, found):
    assert decisions.is_on_page(quote, page) is found


# Chains


def row(number: int, question: str, value: str, **more: Any) -> Any:
    at = datetime(2026, 3, 31, 20, number % 60, tzinfo=timezone.utc)
    given = {"scope": None, "reason": None, "scope_note": "", "areas": [], "rule_version": "odp-1", "facts": {}}
    return SimpleNamespace(number=number, question=question, value=value, decided_at=at, **{**given, **more})


chains = st.lists(st.tuples(st.sampled_from(codes.QUESTIONS), st.sampled_from(("yes", "no", "reopened"))), max_size=8)


@given(chains, st.randoms())
def test_the_newest_answer_of_a_question_is_in_force_in_whatever_order_rows_come(chain, random):
    rows = [row(number, *answer) for number, answer in enumerate(chain)]
    shuffled = random.sample(rows, len(rows))
    found = decisions.in_force(shuffled)
    for question in codes.QUESTIONS:
        newest = next((r for r in reversed(rows) if r.question == question), None)
        expected = None if newest is None or newest.value == "reopened" else newest
        assert getattr(found, question) is expected


def day(moment: datetime) -> date:
    return moment.date()


def test_a_contract_nobody_looked_at_is_undecided():
    assert decisions.projection(decisions.InForce(), day) == {
        "provides_city_service": "undecided",
        "city_service_areas": [],
        "open_data_clause": "undecided",
        "clause_reason": None,
        "clause_scope_note": None,
        "clause_decided_date": None,
        "clause_rule_version": None,
    }


def test_a_decided_contract_says_so():
    service = row(1, "city_service", "yes", areas=["water", "fire"])
    clause = row(2, "open_data", "yes", scope="partial", reason="annex", scope_note="Jadwal")
    assert decisions.projection(decisions.InForce(service, clause), day) == {
        "provides_city_service": "yes",
        "city_service_areas": ["water", "fire"],
        "open_data_clause": "partial",
        "clause_reason": "annex",
        "clause_scope_note": "Jadwal",
        "clause_decided_date": "2026-03-31",
        "clause_rule_version": "odp-1",
    }


@pytest.mark.parametrize("service", [None, row(3, "city_service", "no", reason="internal_only")])
def test_of_what_is_no_city_service_nothing_is_said_about_open_data(service):
    clause = row(2, "open_data", "yes", scope="full", reason="annex")
    said = decisions.projection(decisions.InForce(service, clause), day)
    assert said["open_data_clause"] == "undecided" and said["clause_reason"] is None


@pytest.mark.parametrize("name", decisions.FACTS)
def test_a_fact_that_changes_lets_the_contract_be_looked_at_again(name):
    before = dict.fromkeys(decisions.FACTS, "2026-01-01")
    decided = row(1, "open_data", "no", facts=decisions.facts(before))
    assert decisions.must_be_looked_at_again(decided, before, {}) == []
    assert decisions.must_be_looked_at_again(decided, {**before, name: "2026-01-02"}, {}) == [
        (name, "2026-01-01", "2026-01-02")
    ]


def test_a_later_document_does_too_and_an_earlier_one_does_not():
    decided = row(1, "open_data", "no")
    earlier, later = decided.decided_at.replace(hour=19), decided.decided_at.replace(hour=21)
    assert decisions.must_be_looked_at_again(decided, {}, {"d1": earlier}) == []
    assert decisions.must_be_looked_at_again(decided, {}, {"d1": earlier, "d2": later}) == [("document", None, "d2")]


def test_what_becomes_public_is_looked_at_once_more():
    reached = replace(QUOTE, quote="Hubungi budi@dinas.example.id atau 0812-3456-7890")
    draft = replace(YES, evidence=(QUOTE, reached, reached), scope_note="NIP 199001012015011001")
    assert decisions.to_confirm(YES) == []
    assert decisions.to_confirm(draft) == [
        ("confirm_public", "personal_data_quote", {"kind": "email"}),
        ("confirm_public", "personal_data_quote", {"kind": "phone"}),
        ("confirm_public", "personal_data_scope_note", {"kind": "nip"}),
    ]
    elsewhere = replace(YES, evidence=(replace(QUOTE, verified=False),))
    assert decisions.to_confirm(elsewhere) == [("confirm_quotes", "quote_not_found", {})]


def test_codes_come_from_the_vocabularies():
    assert "no_mention" in codes.reasons("no") and "provision" in codes.reasons("yes")
    assert len(codes.service_areas()) == 15 and "other" in codes.service_reasons()
