"""Fixtures of the tests that count: real pages, the real Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ckanext.smartcity.tests.visits.browsers import Browser, Counters
from ckanext.smartcity.tests.visits.own_valkey import OwnValkey

if TYPE_CHECKING:
    from ckanext.smartcity.tests.visits.counting import Site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnValkey]:
    """A Redis of its own for the tests of a module; each empties it or leaves it as it is."""
    found = OwnValkey(tmp_path_factory.mktemp("valkey")).start()
    yield found
    found.kill()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    """A Redis of its own for one test, that may be broken."""
    found = OwnValkey(tmp_path / "valkey").start()
    yield found
    found.kill()


@pytest.fixture
def site(valkey: OwnValkey, with_plugins: None) -> Site:
    """A count on that Redis whose limits nobody reaches."""
    from ckanext.smartcity.tests.visits.counting import Site

    return Site(valkey.url, limit_minute=10_000, limit_visit=10_000)


BUILT: dict[str, SimpleNamespace] = {}


@pytest.fixture
def city(request: pytest.FixtureRequest, with_plugins: None) -> SimpleNamespace:
    """One city a module, as ids: an organization with an open, a private and a draft dataset, and a group.

    Tests add to it under names of their own and change nothing that is there.
    """
    module = request.module.__name__
    if module not in BUILT:
        BUILT.clear()
        BUILT[module] = build(request)
    return BUILT[module]


def build(request: pytest.FixtureRequest) -> SimpleNamespace:
    """The city, in an empty portal."""
    request.getfixturevalue("clean")
    from ckan.tests import factories, helpers

    owner = factories.Organization(name="dishub")["id"]
    files = [{"name": "Tabel", "url": "https://data.example/tabel.csv", "format": "CSV"}]
    common = {"title": "Halte", "owner_org": owner, "license_id": "CC-BY-4.0", "resources": files}
    dataset = helpers.call_action("package_create", name="halte", **common)
    private = helpers.call_action("package_create", name="private", private=True, **common)
    draft = helpers.call_action("package_create", name="draft", state="draft", **common)
    contract = helpers.call_action("package_create", type="service_contract", name="kontrak", **common)
    return SimpleNamespace(
        organization=owner,
        group=factories.Group(name="transportasi")["id"],
        dataset=dataset["id"],
        resource=dataset["resources"][0]["id"],
        hidden={hidden["name"]: hidden["resources"][0]["id"] for hidden in (private, draft)},
        contract=contract["id"],
        contract_resource=contract["resources"][0]["id"],
    )


@pytest.fixture
def browser(app: Any) -> Browser:
    """A reader whom the portal has never seen."""
    return Browser(app.flask_app)


@pytest.fixture
def counters(city) -> Counters:
    """What a test makes grow."""
    return Counters()
