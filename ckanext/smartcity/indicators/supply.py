"""Which resources of the portal answer for a table and a year: those that any visitor may read at this moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

ROLE, YEARS, MAP = "smartcity_table", "smartcity_years", "smartcity_map"
PACKAGE, RESOURCE = model.package_table, model.resource_table


class Offer(NamedTuple):
    """A resource that says which table it fills: its id, its dataset and the organization that owns it (ids), the years
    it answers for, and how it is read (``smartcity_map``)."""

    role: str
    resource: str
    package: str
    organization: str | None
    years: range
    map: str

    def answers(self, year: int) -> bool:
        """Whether it answers for a year."""
        return year in self.years


def public_offers(roles: Collection[str]) -> list[Offer]:
    """What anonymous visitors may read, in order of resource ids: active resources of public, active datasets."""
    extras = sa.cast(RESOURCE.c.extras, JSONB)
    filled = extras[ROLE].astext
    rows = model.Session.execute(
        sa.select(
            filled,
            RESOURCE.c.id,
            PACKAGE.c.id,
            PACKAGE.c.owner_org,
            extras[YEARS].astext,
            extras[MAP].astext,
        )
        .join(PACKAGE, PACKAGE.c.id == RESOURCE.c.package_id)
        .where(
            RESOURCE.c.extras.contains(f'"{ROLE}"'),  # spares reading the JSON of every other resource
            RESOURCE.c.state == "active",
            PACKAGE.c.state == "active",
            PACKAGE.c.private.is_not(True),
            filled.in_(sorted(roles)),
        )
        .order_by(RESOURCE.c.id)
    )
    return [
        Offer(role, resource, package, organization, years_of(years or ""), written or "")
        for role, resource, package, organization, years, written in rows
    ]


def years_of(text: str) -> range:
    """The years of ``2025`` or ``2023-2025``; none for anything else."""
    first, _, last = text.partition("-")
    try:
        return range(int(first), int(last or first) + 1)
    except ValueError:
        return range(0)


def answering(offers: Iterable[Offer], year: int) -> list[Offer]:
    """Those that answer for a year; a population also for the year after, since rule G8 may take it."""
    return [one for one in offers if one.answers(year) or (one.role == "population" and one.answers(year - 1))]
