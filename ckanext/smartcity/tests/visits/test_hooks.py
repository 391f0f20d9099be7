"""Figures beside datasets: shown to readers, never stored, never indexed."""

from __future__ import annotations

import json

import pytest
from ckan.lib.search import common
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.smartcity import config
from ckanext.smartcity.tests.visits import planted

FIGURES = {"visits": 8, "visits_30d": 8, "views": 12, "downloads": 1}
pytestmark = pytest.mark.solr


@pytest.fixture
def city(clean):
    """A public and a private dataset with visits of today."""
    factories.Organization(name="dishub")
    required = {"data_kind": "geospatial", "license_id": "CC-BY-4.0", "owner_org": "dishub"}
    planted.in_force()
    planted.measured(config.today())
    for name in ("halte", "rahasia"):
        made = clean.call_action("package_create", name=name, title=name, private=name == "rahasia", **required)
        planted.thing(config.today(), "dataset", made["id"], visits=10, visits_confirmed=8, views=12, downloads=1)
    return clean


def show(name: str) -> dict:
    return tk.get_action("package_show")({"ignore_auth": True, "user": ""}, {"id": name})


def test_a_dataset_carries_its_figures_where_anybody_may_read_it(city):
    assert show("halte")["smartcity_visits"] == FIGURES
    assert "smartcity_visits" not in show("rahasia")


def test_a_search_carries_them_too(city):
    found = city.call_action("package_search", include_private=True)["results"]
    assert {d["name"]: d.get("smartcity_visits") for d in found} == {"halte": FIGURES, "rahasia": None}


def test_the_index_never_learns_them(city):
    city.call_action("package_patch", id="halte", title="Halte bus")
    document = common.make_connection().search("name:halte", fl="*").docs[0]
    assert not [key for key in document if "smartcity_visits" in key]
    assert "smartcity_visits" not in json.loads(document["validated_data_dict"])
    assert "smartcity_visits" not in json.loads(document["data_dict"])


def test_they_do_not_survive_being_sent_back(city):
    sent = show("halte")
    sent["smartcity_visits"]["visits"] = 999
    city.call_action("package_update", **{**sent, "title": "Halte bus"})
    stored = show("halte")
    assert stored["title"] == "Halte bus"
    assert stored["smartcity_visits"] == FIGURES
    assert "smartcity_visits" not in str(stored.get("extras"))
    assert not [field for resource in stored.get("resources", []) for field in resource if "visits" in field]


@pytest.mark.ckan_config("ckanext.smartcity.visits.show_in_dataset", False)
def test_they_can_be_switched_off(city):
    assert "smartcity_visits" not in show("halte")


@pytest.mark.ckan_config("ckanext.smartcity.visits.legacy_tracking_summary", True)
def test_the_old_field_is_filled_for_themes_that_show_it(city):
    assert show("halte")["tracking_summary"] == {"total": 12, "recent": 12}


def test_pages_of_dataset_and_organization_show_them(city, app):
    page = app.get("/en/dataset/halte").body
    assert "8 visits" in page and "12 page views" in page and "1 download" in page
    owner = city.call_action("organization_show", id="dishub")["id"]
    planted.thing(config.today(), "organization", owner, visits=41, visits_confirmed=40)
    assert "<dd>40</dd>" in app.get("/en/organization/dishub").body.replace("\n", "")
