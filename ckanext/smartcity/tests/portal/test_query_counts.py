"""How many statements a request sends to PostgreSQL: with us, without us, and however long a list is."""

from __future__ import annotations

import configparser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model, plugins
from ckan.lib.search import clear_all
from ckan.lib.search import index as search_index
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

COPIES = 999
pytestmark = pytest.mark.solr


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent while the block runs; no transaction is open before it."""
    sent: list[str] = []

    def listen(connection, cursor, statement, parameters, context, executemany):
        sent.append(statement)

    model.Session.rollback()
    sa.event.listen(model.meta.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", listen)


def dataset(**more: Any) -> str:
    resources = [{"name": "Tabel", "url": "https://data.example/tabel.csv", "format": "CSV"}]
    owner = factories.Organization(name="dlh")["id"]
    fields = {"name": "taman", "title": "Taman", "owner_org": owner, "license_id": "CC-BY-4.0", "resources": resources}
    return helpers.call_action("package_create", **fields, **more)["name"]


OURS = {
    "data_kind": "geospatial",
    "frequency": "MONTHLY",
    "indicators": ["iso37122:2019/5.1", "iso37122:2019/10.4"],
    "opd": ["dlh"],
}


@pytest.fixture
def crowd(clean, monkeypatch) -> None:
    """One dataset in the database and copies of its document in the index: a search reads nothing else."""
    connection = search_index.make_connection()
    documents = []

    class Recording:
        def add(self, docs: list[dict[str, Any]], **options: Any) -> None:
            documents.extend(docs)
            connection.add(docs=docs, **options)

    monkeypatch.setattr(search_index, "make_connection", Recording)
    dataset(**OURS)
    copies = [{**documents[-1], "index_id": f"copy-{n}", "id": f"copy-{n}"} for n in range(COPIES)]
    connection.add(docs=copies, commit=True)


def search(rows: int, **query: Any) -> list[str]:
    """The statements of one search, which finds that many."""
    with statements() as sent:
        found = tk.get_action("package_search")({"user": "", "ignore_auth": False}, {"rows": rows, **query})
    assert len(found["results"]) == rows
    return sent


def test_a_search_of_a_thousand_rows_sends_one_statement_of_ours(crowd, monkeypatch):
    facets = {"facet.field": '["vocab_smartcity_indicators", "vocab_smartcity_themes", "vocab_smartcity_opd"]'}
    search(1)  # once, for what CKAN reads of its own settings
    assert len(search(1000, **facets)) == len(search(1, **facets))
    with_us = search(1000)
    for hook in ("before_dataset_search", "after_dataset_search"):
        monkeypatch.setattr(plugins.get_plugin("smartcity"), hook, lambda *given: given[0])
    without_us = search(1000)
    (ours,) = added(with_us, without_us)
    assert len(with_us) == len(without_us) + 1
    assert "smartcity_visit_count" in ours


@pytest.mark.ckan_config("ckanext.smartcity.visits.show_in_dataset", False)
def test_a_search_sends_nothing_of_ours_where_visits_are_not_shown(crowd, monkeypatch):
    with_us = search(1000)
    for hook in ("before_dataset_search", "after_dataset_search"):
        monkeypatch.setattr(plugins.get_plugin("smartcity"), hook, lambda *given: given[0])
    assert with_us == search(1000)


def page(app: Any, address: str) -> list[str]:
    """The statements of a page for an anonymous visitor, all that can be warm being warm."""
    app.get(address)
    with statements() as sent:
        assert app.get(address).status_code == 200
    return sent


def test_our_pages_send_six_at_most(clean, app):
    dataset(**OURS)
    for address in (
        "/smartcity",
        "/smartcity.csv",
        "/smartcity/indicator/iso37122-2019/5.1",
        "/smartcity/agency",
        "/smartcity/agency/dlh",
    ):
        sent = page(app, address)
        assert len(sent) <= 6, "\n".join([address, *sent])


OPTIONS = ("ckan.plugins", "scheming.presets", "scheming.dataset_schemas", "scheming.organization_schemas")


@pytest.mark.ckan_config("ckan.plugins", "scheming_datasets scheming_organizations datastore")
@pytest.mark.ckan_config("scheming.presets", "ckanext.scheming:presets.json")
@pytest.mark.ckan_config("scheming.dataset_schemas", "ckanext.scheming:ckan_dataset.yaml")
@pytest.mark.ckan_config("scheming.organization_schemas", "")
def test_a_dataset_page_sends_two_more_than_without_us(clean_db, clean_index, with_plugins, ckan_config, monkeypatch):
    without_us = page(helpers._get_test_app(), f"/dataset/{dataset()}")
    for option, value in read_ini().items():
        monkeypatch.setitem(ckan_config, option, value)
    plugins.load_all()
    helpers.reset_db()
    clear_all()
    with_us = page(helpers._get_test_app(), f"/dataset/{dataset(**OURS)}")
    assert len(with_us) <= len(without_us) + 2, "\n".join(added(with_us, without_us))


def added(longer: list[str], shorter: list[str]) -> list[str]:
    """The statements that the longer list has more of."""
    return sorted((Counter(longer) - Counter(shorter)).elements())


def read_ini() -> dict[str, str]:
    ini = configparser.ConfigParser()
    ini.read(Path(__file__).parents[4] / "test.ini")
    return {option: ini["app:main"].get(option, "") for option in OPTIONS}
