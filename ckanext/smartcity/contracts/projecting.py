"""What the decided fields of a contract's dataset hold: what persons decided, never what a caller sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ckan import model

from ckanext.smartcity import config
from ckanext.smartcity.contracts import decisions, store


def decided_fields(package: model.Package | None) -> dict[str, Any]:
    """The decided fields of a stored contract; of one that is not stored yet, those of a contract nobody looked at."""
    found = store.in_force(package) if package else decisions.InForce()
    return decisions.projection(found, local_day)


def local_day(moment: datetime) -> date:
    """The day of a moment in the city."""
    return moment.astimezone(config.timezone()).date()
