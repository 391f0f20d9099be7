"""What the worker remembers from run to run: rows of ``smartcity_visit_state``, by name."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.smartcity.visits.models import VisitState


def put(connection: sa.Connection, name: str, value: Any, at: datetime | None = None) -> None:
    """Remember a JSON value, and since when it is so: now, unless ``at`` says otherwise. Does not commit."""
    row = {"name": name, "value": value, "at": at or datetime.now(timezone.utc)}
    statement = insert(VisitState).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": row["at"]}))


def since(connection: sa.Connection, name: str) -> datetime | None:
    """When it was remembered last; None where it never was."""
    return connection.execute(sa.select(VisitState.at).where(VisitState.name == name)).scalar()


def value(connection: sa.Connection, name: str) -> Any:
    """The value that was remembered last; None where there is none."""
    return connection.execute(sa.select(VisitState.value).where(VisitState.name == name)).scalar()
