"""10.2: share of the city's services that can be reached and requested online, through its one internet interface."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ckanext.smartcity.indicators.recipes.shape import TALLY, Asked, Counts, Recipe, Rows, Sources, exact, tally
from ckanext.smartcity.indicators.results import Outcome


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Services by reason and hit; the used ones by area, with each condition alone."""
    services = sources["city_services"].c
    day = asked.window.last_day
    reasons = {
        "other_level": services.provider == "other_level",
        "internal": services.audience == "internal",
        "invalid_interval": sa.func.coalesce(services.active_to < services.active_from, False),
        "inactive": sa.or_(services.active_from > day, sa.func.coalesce(services.active_to < day, False)),
    }
    hit = sa.and_(services.accessible, services.requestable, services.central)
    by_area = (
        sa.select(
            services.area,
            sa.func.count().label("services"),
            *(
                sa.func.count().filter(services[condition]).label(condition)
                for condition in ("accessible", "requestable", "central")
            ),
        )
        .where(sa.and_(*(sa.not_(condition) for condition in reasons.values())))
        .group_by(services.area)
        .order_by(services.area)
    )
    return {TALLY: tally(sources["city_services"], reasons, hit), "by_area": by_area}


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Services that meet all three conditions, of those the city owes to people or businesses."""
    counts, areas = Counts(answers[TALLY]), answers["by_area"]
    return counts.outcome(
        numerator=exact(counts.hits),
        denominator=exact(counts.used),
        companions={
            **{name: sum(area[name] for area in areas) for name in ("accessible", "requestable", "central")},
            "by_area": {area["area"]: area["services"] for area in areas},
        },
    )


RECIPE = Recipe(
    name="services_online",
    version=1,
    inputs=("city_services",),
    reasons=("other_level", "internal", "invalid_interval", "inactive"),
    statements=statements,
    finish=finish,
)
