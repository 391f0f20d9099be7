"""What is remembered from run to run: the worker's notes by name, and which method was in force since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.smartcity.visits.method import parameters, version
from ckanext.smartcity.visits.models import VisitMethod, VisitState
from ckanext.smartcity.visits.settings import Settings


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


def put_method(connection: sa.Connection, settings: Settings, lists: Mapping[str, str], since: datetime) -> None:
    """Remember the method of the settings, with these lists of agents, where another was in force at ``since``.

    Does not commit.
    """
    chosen = parameters(settings)
    row = {"version": version(chosen), "lists": dict(lists)}
    before = sa.select(VisitMethod.version, VisitMethod.lists).where(VisitMethod.valid_from <= since)
    found = connection.execute(before.order_by(VisitMethod.valid_from.desc()).limit(1)).first()
    if found is None or found._asdict() != row:
        new = insert(VisitMethod).values(parameters=chosen, valid_from=since, **row)
        connection.execute(new.on_conflict_do_nothing())
