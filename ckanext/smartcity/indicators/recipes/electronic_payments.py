"""9.2: share of payments to the city that are made electronically on an electronic invoice."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ckanext.smartcity.indicators.recipes.shape import (
    TALLY,
    Asked,
    Counts,
    Recipe,
    Rows,
    Sources,
    exact,
    percent,
    tally,
)
from ckanext.smartcity.indicators.results import Outcome

ELECTRONIC = (
    "qris",
    "virtual_account",
    "transfer",
    "card",
    "e_wallet",
    "direct_debit",
    "mobile_banking",
    "internet_banking",
    "atm",
)
"""Methods without cash, cheque or giro. The national figure of non-cash payments (ETPD) counts cheque and giro too."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Payments by reason and hit; and the used ones by how far each half of the condition holds."""
    payments = sources["payments"].c
    window = asked.window
    electronic, invoiced = payments.method.in_(ELECTRONIC), payments.invoice_form == "electronic"
    reasons = {
        "outside_period": sa.not_(payments.paid_on.between(window.first_day, window.last_day)),
        "not_settled": payments.state != "settled",
    }
    used = sa.and_(*(sa.not_(condition) for condition in reasons.values()))
    halves = sa.select(
        sa.func.count().filter(sa.and_(electronic, payments.invoice_form != "none")).label("electronic_any_invoice"),
        sa.func.count().filter(sa.and_(invoiced, sa.not_(electronic))).label("e_invoices_paid_otherwise"),
    ).where(used)
    return {
        TALLY: tally(sources["payments"], reasons, sa.and_(electronic, invoiced), {"amount": payments.amount}),
        "halves": halves,
    }


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Share of the settled payments, by number; the share by value stands beside it."""
    counts = Counts(answers[TALLY])
    return counts.outcome(
        numerator=exact(counts.hits),
        denominator=exact(counts.used),
        companions={
            "share_by_value": percent(counts.total("amount", hits_only=True), counts.total("amount")),
            **answers["halves"][0],
        },
    )


RECIPE = Recipe(
    name="electronic_payments",
    version=1,
    inputs=("payments",),
    reasons=("outside_period", "not_settled"),
    statements=statements,
    finish=finish,
)
