"""Fixtures of every test that needs CKAN."""

from __future__ import annotations

import os

import pytest
from ckan import plugins
from ckan.plugins import toolkit as tk
from ckan.tests import helpers
from sqlalchemy.engine import make_url


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse any database that is not a test database: the first ``clean_db`` drops every table it finds."""
    for name in ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL"):
        url = os.environ.get(name)
        if not url or not (make_url(url).database or "").endswith("_test"):
            pytest.exit(
                f"{name} must name a database that ends in _test: the tests empty it. "
                "Run them by `python3 dev/portal.py test`.",
                returncode=4,
            )


@pytest.fixture
def as_user():
    """Call an action as a user by name, with authorisation: ``as_user("ani", "package_create", title=...)``."""

    def call(user: str, action: str, **data):
        return tk.get_action(action)({"user": user, "ignore_auth": False}, data)

    return call


@pytest.fixture
def clean(clean_db, clean_index, with_plugins):
    """An empty portal with our plugins: database and index without datasets."""
    assert plugins.plugin_loaded("smartcity")
    return helpers
