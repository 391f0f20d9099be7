"""One city a module: its tests only read it, or put back what they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ckanext.smartcity.tests.house.city import City, build

BUILT: dict[str, City] = {}


@pytest.fixture
def city(request: pytest.FixtureRequest, with_plugins: None) -> City:
    """The city of ``city.py``, built at the first test of a module that asks for it."""
    module = request.module.__name__
    if module not in BUILT:
        BUILT.clear()
        request.getfixturevalue("clean_db")
        BUILT[module] = build()
    return BUILT[module]


@pytest.fixture
def ask(city: City, app: Any) -> Callable[..., Any]:
    """A request as a kind of user: ``ask("editor", "/smartcity")``; redirects are not followed."""

    def request(kind: str, address: str, method: str = "GET", **more: Any) -> Any:
        headers = {**city.headers(kind), **more.pop("headers", {})}
        return app.client.open(address, method=method, headers=headers, follow_redirects=False, **more)

    return request
