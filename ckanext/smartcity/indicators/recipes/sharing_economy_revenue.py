"""9.1: share of the city's own-source revenue that comes from the sharing economy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from ckanext.smartcity.indicators.recipes.shape import (
    TALLY,
    UNKNOWN,
    Asked,
    Counts,
    Recipe,
    Rows,
    Sources,
    exact,
    tally,
)
from ckanext.smartcity.indicators.results import Outcome

SHARED = ("tax", "levy", "permit", "licence", "user_fee")
"""Kinds of revenue that the sharing economy can bring: the numerator is of these."""

NOT_OWN = ("transfer", "grant", "loan")
"""What is not own-source. All other kinds together are the four heads of Pendapatan Asli Daerah."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Receipts by reason and hit, with their amounts; the used ones by what is known of the sharing economy."""
    revenue, window = sources["revenue"].c, asked.window
    amount = sa.case((revenue.refund, -sa.func.abs(revenue.amount)), else_=revenue.amount)
    shared = revenue.kind.in_(SHARED)
    reasons = {
        "outside_period": sa.not_(revenue.received_on.between(window.first_day, window.last_day)),
        "not_own_source": revenue.kind.in_(NOT_OWN),
    }
    receipts = (
        sa.select(
            shared.label("shared_kind"),
            revenue.sharing,
            sa.func.coalesce(revenue.sharing_field, UNKNOWN).label("field"),
            sa.func.count().label("rows"),
            sa.func.sum(amount).label("amount"),
        )
        .where(sa.and_(*(sa.not_(condition) for condition in reasons.values())))
        .group_by("shared_kind", revenue.sharing, "field")
        .order_by("field")
    )
    return {
        TALLY: tally(sources["revenue"], reasons, sa.and_(revenue.sharing, shared), {"amount": amount}),
        "receipts": receipts,
    }


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Cash received, refunds taken off both sides. Nothing known of any row that could count: no numerator."""
    counts, receipts = Counts(answers[TALLY]), answers["receipts"]
    candidates = [line for line in receipts if line["shared_kind"]]
    unknown = [line for line in candidates if line["sharing"] is None]
    hits = [line for line in candidates if line["sharing"]]
    others = [line for line in receipts if line["sharing"] and not line["shared_kind"]]
    total = counts.total("amount")
    outcome = counts.outcome(
        numerator=counts.total("amount", hits_only=True),
        denominator=total,
        null_reason="zero_denominator" if total <= 0 else None,
        companions={
            "unknown_amount": sum((exact(line["amount"]) for line in unknown), exact(0)),
            "sharing_other_kinds": sum((exact(line["amount"]) for line in others), exact(0)),
            "by_sharing_field": {line["field"]: exact(line["amount"]) for line in hits},
        },
    )
    if unknown and len(unknown) == len(candidates):
        return replace(outcome, numerator=None, null_reason="missing_input", unknown=0)
    return outcome


RECIPE = Recipe(
    name="sharing_economy_revenue",
    version=1,
    inputs=("revenue",),
    reasons=("outside_period", "not_own_source"),
    statements=statements,
    finish=finish,
)
