"""Fixtures of every test that needs CKAN. CKAN is imported inside them: pure tests run without it in no time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ckanext.smartcity.tests.logs import hear_our_log

# Plugins and web application of the plain test.ini, kept from test to test: loading them costs a second each time.
KEPT = SimpleNamespace(loaded=False, wsgi_app=None, migrated=False)
CHANGING_MARKS = ("ckan_config", "with_plugins", "provide_plugin")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse any database that is not a test database: the first ``clean_db`` drops every table it finds."""
    if not session.config.pluginmanager.hasplugin("ckan"):
        return
    from sqlalchemy.engine import make_url

    for name in ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL"):
        url = os.environ.get(name)
        if not url or not (make_url(url).database or "").endswith("_test"):
            pytest.exit(
                f"{name} must name a database that ends in _test: the tests empty it. "
                "Run them by `python3 dev/portal.py test`.",
                returncode=4,
            )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is fast first and what drives a browser last; skip the latter where there is no browser."""
    items.sort(key=_position)
    if not os.environ.get("SMARTCITY_CHROMIUM"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="SMARTCITY_CHROMIUM names no browser"))


def _position(item: pytest.Item) -> int:
    if item.get_closest_marker("browser"):
        return 2
    return 0 if "pure" in item.path.parts else 1


def _changes_configuration(request: pytest.FixtureRequest) -> bool:
    return any(request.node.get_closest_marker(mark) for mark in CHANGING_MARKS)


@pytest.fixture(autouse=True)
def hearing_our_log() -> None:
    """Commands and migrations of earlier tests have silenced our loggers."""
    hear_our_log()


@pytest.fixture
def with_plugins(
    request: pytest.FixtureRequest, ckan_config: Any, provide_plugin: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """CKAN's fixture of this name, but plugins stay loaded while tests run on the plain configuration."""
    from ckan import plugins
    from ckan.plugins import toolkit as tk

    if not _changes_configuration(request):
        if not KEPT.loaded:
            plugins.load_all()
            KEPT.loaded = True
        yield
        return
    names: list[str] = []
    for mark in request.node.iter_markers("with_plugins"):
        for argument in mark.args:
            for name, plugin in argument.items() if isinstance(argument, dict) else [(argument, None)]:
                if plugin is not None:
                    provide_plugin(name, plugin)
                names.append(name)
    monkeypatch.setitem(ckan_config, "ckan.plugins", [*tk.aslist(ckan_config["ckan.plugins"]), *names])
    plugins.load_all()
    yield
    plugins.unload_all()
    KEPT.loaded, KEPT.wsgi_app = False, None


@pytest.fixture
def make_app(request: pytest.FixtureRequest, ckan_config: Any) -> Callable[[], Any]:
    """CKAN's fixture of this name, but the application is kept while tests run on the plain configuration."""
    from ckan.config.middleware import make_app as make_wsgi_app
    from ckan.lib.app_globals import _CONFIG_CACHE
    from ckan.tests import helpers

    _CONFIG_CACHE.clear()
    if _changes_configuration(request) or not KEPT.loaded:
        return helpers._get_test_app
    if KEPT.wsgi_app is None:
        KEPT.wsgi_app = make_wsgi_app(ckan_config)
    return lambda: helpers.CKANTestApp(KEPT.wsgi_app)


@pytest.fixture
def as_user() -> Callable[..., Any]:
    """Call an action as a user by name, with authorisation: ``as_user("ani", "package_create", title=...)``."""

    from ckan.plugins import toolkit as tk

    def call(user: str, action: str, **data: Any) -> Any:
        return tk.get_action(action)({"user": user, "ignore_auth": False}, data)

    return call


@pytest.fixture
def clean_db(reset_db: Any, migrate_db_for: Any, with_plugins: None) -> None:
    """CKAN's fixture of this name, with our tables: the first one of a session drops them with all others."""
    reset_db()
    _make_our_tables(migrate_db_for)


@pytest.fixture
def non_clean_db(reset_db_once: Any, migrate_db_for: Any, with_plugins: None) -> None:
    """CKAN's fixture of this name, with our tables."""
    from ckan import model

    model.repo.init_db()
    _make_our_tables(migrate_db_for)


def _make_our_tables(migrate_db_for: Any) -> None:
    """Run the migrations once a session: afterwards ``clean_db`` only deletes rows, of tables whose models it knows."""
    from ckanext.smartcity.indicators import models as indicators_models  # noqa: F401
    from ckanext.smartcity.visits import models  # noqa: F401

    if not KEPT.migrated:
        migrate_db_for("smartcity")
        hear_our_log()
        KEPT.migrated = True


@pytest.fixture
def clean(clean_db, clean_index, with_plugins):
    """An empty portal with our plugins: database and index without datasets."""
    from ckan import plugins
    from ckan.tests import helpers

    assert plugins.plugin_loaded("smartcity")
    return helpers
