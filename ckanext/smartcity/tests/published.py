"""Organisations and datasets for tests of what is published; written straight into the tables, so without Solr."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from ckan import model

CONTRACTS = "iso37122:2019/5.1"
VISITS = "iso37122:2019/10.1"


def organization(name: str, title: str | None = None, state: str = "active", **extras: str) -> str:
    """Plant an organisation; gives its name."""
    group = model.Group(name=name, title=title or name.upper(), type="organization", is_organization=True)
    group.state = state
    group.extras = extras
    model.Session.add(group)
    model.Session.commit()
    return name


def dataset(
    name: str,
    owner: str | None = None,
    indicators: Any = (CONTRACTS,),
    age: int | None = 5,
    columns: dict[str, Any] | None = None,
    **extras: str,
) -> str:
    """Plant a dataset, by default public; ``age`` in days of its one resource, ``None`` for none. Gives its name."""
    tags = indicators if isinstance(indicators, str) else json.dumps(list(indicators))
    group = model.Group.get(owner) if owner else None
    values = {"title": f"Data {name}", "type": "dataset", "state": "active", "private": False, **(columns or {})}
    package = model.Package(name=name, owner_org=group.id if group else None, **values)
    package.extras = {"indicators": tags, **extras}
    model.Session.add(package)
    model.Session.flush()
    if age is not None:
        moment = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=age)
        model.Session.add(model.Resource(package_id=package.id, url="https://example.org/a.csv", created=moment))
    model.Session.commit()
    return name
