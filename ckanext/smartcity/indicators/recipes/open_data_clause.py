"""5.1: share of the contracts for city services that contain an open data policy."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ckanext.smartcity.indicators.periods import Window
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

NOT_BUSINESS = "not_business"


def statements(sources: Sources, asked: Asked) -> dict[str, sa.Select]:
    """Contracts by reason and hit; and the used ones by area of service."""
    window = asked.window
    latest = contracts(sources["contracts"], window)
    contract = latest.c
    ends = sa.func.coalesce(contract.terminated_on, contract.end_date)
    reasons = {
        NOT_BUSINESS: contract.counterparty != "business",
        "not_city_service": contract.city_service.is_(False),
        "invalid_interval": sa.or_(
            sa.func.coalesce(contract.end_date < contract.start_date, False),
            sa.func.coalesce(contract.terminated_on < contract.start_date, False),
        ),
        "not_in_force": sa.or_(
            contract.cancelled,
            contract.start_date > window.last_day,
            sa.func.coalesce(ends < window.first_day, False),
        ),
    }
    hit = sa.case((contract.agreed, sa.true()), (contract.unexamined, sa.null()), else_=sa.false())
    sums = {
        "versions": contract.versions,
        "undecided": sa.cast(contract.city_service.is_(None), sa.Integer),
        "individuals": sa.cast(contract.counterparty == "individual", sa.Integer),
    }
    areas = (
        sa.select(contract.contract_no, sa.func.unnest(sa.func.string_to_array(contract.areas, ";")).label("area"))
        .where(sa.and_(*(sa.not_(condition) for condition in reasons.values())))
        .subquery("areas")
    )
    by_area = (
        sa.select(areas.c.area, sa.func.count(areas.c.contract_no.distinct()).label("contracts"))
        .group_by(areas.c.area)
        .order_by(areas.c.area)
    )
    return {TALLY: tally(latest, reasons, hit, sums), "by_area": by_area}


def contracts(rows: sa.FromClause, window: Window) -> sa.Subquery:
    """One row a contract, of its highest version, with what all its versions say.

    ``agreed``: one of them has a clause in force on the last day. ``unexamined``: the clause of all is unknown.
    ``versions``: how many there are.
    """
    version = rows.c
    agreed = sa.and_(
        version.clause,
        version.clause_from <= window.last_day,
        sa.or_(version.clause_until.is_(None), version.clause_until > window.last_day),
    )
    one = version.contract_no
    told = sa.select(
        *(
            version[name]
            for name in (
                "contract_no",
                "counterparty",
                "city_service",
                "areas",
                "start_date",
                "end_date",
                "terminated_on",
                "cancelled",
            )
        ),
        sa.func.row_number().over(partition_by=one, order_by=version.version.desc()).label("place"),
        sa.func.coalesce(sa.func.bool_or(agreed).over(partition_by=one), False).label("agreed"),
        sa.func.bool_and(version.clause.is_(None)).over(partition_by=one).label("unexamined"),
        sa.func.count().over(partition_by=one).label("versions"),
    ).subquery("told_versions")
    return sa.select(told).where(told.c.place == 1).subquery("latest")


def finish(answers: Mapping[str, Rows], asked: Asked) -> Outcome:
    """Contracts with the clause, of those in force; a contract not examined stays among them."""
    counts = Counts(answers[TALLY])
    return counts.outcome(
        numerator=exact(counts.hits),
        denominator=exact(counts.used),
        companions={
            "undecided_clause": counts.unknown,
            "undecided_city_service": int(counts.total("undecided")),
            "share_among_decided": percent(counts.hits, counts.used - counts.unknown),
            "by_area": {line["area"]: line["contracts"] for line in answers["by_area"]},
            "excluded_individuals": int(counts.excluded_total("individuals").get(NOT_BUSINESS, 0)),
            "rows_used": int(counts.total("versions")),
            "excluded_rows": {reason: int(rows) for reason, rows in counts.excluded_total("versions").items()},
        },
    )


RECIPE = Recipe(
    name="open_data_clause",
    version=1,
    inputs=("contracts",),
    reasons=(NOT_BUSINESS, "not_city_service", "invalid_interval", "not_in_force"),
    statements=statements,
    finish=finish,
)
