"""10.3: mean time from an inquiry to its first answer of substance, in days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

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

NOT_COUNTED = ("spam", "duplicate", "withdrawn")
KINDS = ("information", "service_request", "report", "suggestion", "complaint", "other")
"""Any other kind counts as ``other``: complaint systems have hundreds. Flags decide what is counted, never the kind."""

HOUR, DAY = 3_600, 86_400
"""In seconds."""


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Inquiries by reason and whether they were answered; the two middle times; the used ones by kind and agency."""
    inquiries, window = sources["inquiries"].c, asked.window
    complaint = sa.and_(inquiries.is_complaint, sa.not_(inquiries.is_accessibility))
    reasons = {
        "outside_period": sa.or_(inquiries.submitted_at < window.begin, inquiries.submitted_at >= window.end),
        "not_counted_state": inquiries.state.in_(NOT_COUNTED),
        "emergency": inquiries.is_emergency,
        "complaint": complaint,
        "invalid_interval": sa.func.coalesce(inquiries.responded_at < inquiries.submitted_at, False),
    }
    used = sa.and_(*(condition.is_not(True) for condition in reasons.values()))
    answered = sa.func.coalesce(inquiries.responded_at <= window.cutoff, False)
    waited = inquiries.responded_at - inquiries.submitted_at
    half = sa.func.percentile_disc(0.5)
    middle = sa.select(
        sa.extract("epoch", half.within_group(waited)).label("lower"),
        sa.extract("epoch", half.within_group(waited.desc())).label("upper"),
    ).where(used, answered)
    kind = sa.case((inquiries.kind.in_(KINDS), inquiries.kind), else_="other").label("kind")
    agency = sa.func.coalesce(inquiries.agency, UNKNOWN).label("agency")
    groups = sa.select(kind, agency, sa.func.count().label("rows")).where(used).group_by("kind", "agency")
    return {
        TALLY: tally(sources["inquiries"], reasons, answered, {"seconds": sa.extract("epoch", waited)}),
        "middle": middle,
        "groups": groups,
    }


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Mean over the answered inquiries, by the clock, nights and weekends included; the open ones stand beside it."""
    counts, middle = Counts(answers[TALLY]), answers["middle"][0]
    answered, seconds = counts.hits, counts.total("seconds", hits_only=True)
    unanswered = counts.used - answered
    return counts.outcome(
        numerator=seconds,
        denominator=Fraction(DAY * answered),
        flags={"unanswered"} if unanswered else set(),
        companions={
            "answered": answered,
            "unanswered": unanswered,
            "unanswered_share": Fraction(unanswered, counts.used) if counts.used else None,
            "median_days": (exact(middle["lower"]) + exact(middle["upper"])) / (2 * DAY) if answered else None,
            "total_hours": seconds / HOUR,
            "by_kind": rows_by("kind", answers["groups"]),
            "by_agency": rows_by("agency", answers["groups"]),
        },
    )


def rows_by(name: str, groups: Rows) -> dict[str, int]:
    """Rows by one column of the groups."""
    found: Counter[str] = Counter()
    for group in groups:
        found[group[name]] += group["rows"]
    return dict(sorted(found.items()))


RECIPE = Recipe(
    name="response_time",
    version=1,
    inputs=("inquiries",),
    reasons=("outside_period", "not_counted_state", "emergency", "complaint", "invalid_interval"),
    statements=statements,
    finish=finish,
)
