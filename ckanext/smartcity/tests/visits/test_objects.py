"""Which object an address means, from the tables of CKAN, and which routes of the whole portal are pages."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartcity.visits import objects, staff
from ckanext.smartcity.visits.objects import Found
from ckanext.smartcity.visits.routes import route

PAGES = {
    *(f"{kind}.{tab}" for kind in ("dataset", "service_contract") for tab in ("search", "read", "groups")),
    *(f"{kind}.{tab}" for kind in ("organization", "group") for tab in ("index", "read", "about", "members")),
    *(
        f"{blueprint}.{page}"
        for blueprint in ("resource", "dataset_resource", "service_contract_resource")
        for page in ("read", "view")
    ),
    "home.index",
    "home.about",
    "smartcity.summary",
    "smartcity.indicator",
    "smartcity.agency_list",
    "smartcity.agency",
    "smartcity_visits.index",
}


def roles(app) -> dict[str, str]:
    """The role of every route of the portal, by endpoint."""
    return {
        rule.endpoint: route(rule.endpoint, {**dict.fromkeys(rule.arguments, "x"), **(rule.defaults or {})}).role
        for rule in app.flask_app.url_map.iter_rules()
    }


@pytest.mark.usefixtures("with_plugins")
def test_the_pages_of_the_portal(app):
    found = roles(app)
    assert {endpoint for endpoint, role in found.items() if role == "page"} == PAGES
    assert {endpoint for endpoint, role in found.items() if role == "file"} == {
        "resource.download",
        "dataset_resource.download",
        "service_contract_resource.download",
    }
    assert {endpoint.split(".")[0] for endpoint, role in found.items() if role == "api"} == {"api"}


def test_names_and_ids_lead_to_the_same(city):
    dataset = Found(f"dataset|{city.dataset}", (f"organization|{city.organization}",))
    resource = Found(f"resource|{city.resource}", (dataset.object, *dataset.parents))
    expected = {
        ("dataset", "halte"): dataset,
        ("dataset", city.dataset): dataset,
        ("resource", city.resource): resource,
        ("organization", "dishub"): Found(f"organization|{city.organization}"),
        ("group", city.group): Found(f"group|{city.group}"),
        ("page", "home"): Found("page|home"),
    }
    assert {key: objects.find(*key) for key in expected} == expected
    every = objects.every(model.Session)
    assert {key: every[key] for key in expected if key[0] != "page"} == {
        key: found for key, found in expected.items() if key[0] != "page"
    }


@pytest.mark.parametrize("name", ["private", "draft"])
def test_hidden_datasets_are_in_no_list(city, name):
    dataset, resource = objects.find("dataset", name), objects.find("resource", city.hidden[name])
    assert (dataset.parents, dataset.listed, resource.parents, resource.listed) == ((), False, (), False)
    assert objects.every(model.Session)[("dataset", name)] == dataset


@pytest.mark.parametrize("kind", ["dataset", "resource", "organization", "group"])
def test_what_is_not_there_is_in_no_list(city, kind):
    assert objects.find(kind, "tidak|ada") == Found(f"{kind}|tidak|ada", (), False)


def test_a_deleted_resource_and_a_deleted_group_are_in_no_list(city):
    dataset = factories.Dataset(owner_org=city.organization, resources=[{"url": "https://data.example/x.csv"}])
    resource = dataset["resources"][0]["id"]
    group = factories.Group()["id"]
    assert objects.find("resource", resource).listed and objects.find("group", group).listed
    helpers.call_action("resource_delete", id=resource)
    helpers.call_action("group_delete", id=group)
    assert not objects.find("resource", resource).listed and not objects.find("group", group).listed


def test_an_organization_is_no_group(city):
    assert not objects.find("group", "dishub").listed and not objects.find("organization", "transportasi").listed


def test_roles_of_staff(city):
    user = factories.User()["id"]
    assert not staff.has_role(user, ("admin", "editor"))
    helpers.call_action("organization_member_create", id="dishub", username=user, role="editor")
    assert staff.has_role(user, ("admin", "editor")) and not staff.has_role(user, ("admin",))
    assert not staff.has_role(user, ())
    context = {"user": factories.Sysadmin()["name"]}
    helpers.call_action("organization_member_delete", context, id="dishub", username=user)
    assert not staff.has_role(user, ("admin", "editor"))


def test_roles_in_groups_and_in_deleted_organizations_do_not_count(city):
    user, closed = factories.User()["id"], factories.Organization()["id"]
    helpers.call_action("group_member_create", id="transportasi", username=user, role="admin")
    helpers.call_action("organization_member_create", id=closed, username=user, role="admin")
    assert staff.has_role(user, ("admin",))
    helpers.call_action("organization_delete", id=closed)
    assert not staff.has_role(user, ("admin",))
