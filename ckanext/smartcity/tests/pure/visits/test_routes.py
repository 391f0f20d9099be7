"""Which route is a page, a file or nothing to the count, and its object."""

from __future__ import annotations

import pytest

from ckanext.smartcity.visits.routes import Route, route

DATASET = {"package_type": "dataset", "id": "jalan"}
CONTRACT = {"package_type": "service_contract", "id": "kontrak"}
RESOURCE = {**DATASET, "resource_id": "r1"}
ORGANIZATION = {"group_type": "organization", "is_organization": True, "id": "dishub"}
GROUP = {"group_type": "group", "is_organization": False, "id": "transportasi"}


@pytest.mark.parametrize(
    ("endpoint", "arguments", "kind", "ref"),
    [
        ("home.index", {}, "page", "home"),
        ("home.about", {}, "page", "about"),
        ("dataset.search", {"package_type": "dataset"}, "page", "search"),
        ("service_contract.search", {"package_type": "service_contract"}, "page", "search"),
        ("dataset.read", DATASET, "dataset", "jalan"),
        ("dataset.groups", DATASET, "dataset", "jalan"),
        ("service_contract.read", CONTRACT, "dataset", "kontrak"),
        ("activity.package_activity", {"id": "jalan"}, "dataset", "jalan"),
        ("activity.resource_history", {"id": "jalan", "resource_id": "r1", "activity_id": "a"}, "resource", "r1"),
        ("resource.read", RESOURCE, "resource", "r1"),
        ("dataset_resource.read", RESOURCE, "resource", "r1"),
        ("service_contract_resource.read", {**CONTRACT, "resource_id": "r2"}, "resource", "r2"),
        ("organization.index", {"is_organization": True}, "page", "organizations"),
        ("organization.read", ORGANIZATION, "organization", "dishub"),
        ("organization.about", ORGANIZATION, "organization", "dishub"),
        ("group.index", {"is_organization": False}, "page", "groups"),
        ("group.read", GROUP, "group", "transportasi"),
        ("theme.read", {**GROUP, "group_type": "theme"}, "group", "transportasi"),
        ("smartcity.summary", {}, "page", "smartcity"),
        ("smartcity.indicator", {"standard": "iso37122:2019", "code": "10.1"}, "page", "indicator"),
        ("smartcity.agency_list", {}, "page", "agencies"),
        ("smartcity.agency", {"org": "dishub"}, "page", "agency"),
        ("smartcity_visits.index", {}, "page", "visits"),
        ("pages.show", {"page": "tentang-data"}, "page", "content"),
        ("pages.blog_show", {"page": "kabar"}, "page", "content"),
        ("pages.pages_index", {}, "page", "content"),
        ("dcat.read_dataset", {"_id": "jalan"}, "dataset", "jalan"),
        ("dcat.read_catalog", {}, "page", "home"),
    ],
)
def test_pages(endpoint, arguments, kind, ref):
    assert route(endpoint, arguments) == Route("page", kind, ref)


@pytest.mark.parametrize("blueprint", ["resource", "dataset_resource", "service_contract_resource"])
def test_downloads_and_views_of_every_type(blueprint):
    assert route(f"{blueprint}.download", {**RESOURCE, "filename": "a.csv"}) == Route("file", "resource", "r1")
    assert route(f"{blueprint}.view", RESOURCE) == Route("page", "resource", "r1", framed=True)


@pytest.mark.parametrize(
    ("endpoint", "arguments", "role"),
    [
        ("api.action", {"logic_function": "package_show", "ver": 3}, "api"),
        ("api.i18n_js_translations", {"lang": "id"}, "api"),
        ("feeds.general", {}, "feed"),
        ("feeds.organization", {"id": "dishub"}, "feed"),
        ("dcat.read_catalog", {"_format": "ttl"}, "feed"),
        ("dcat.read_dataset", {"_id": "jalan", "_format": "rdf"}, "feed"),
        ("dcat_json_interface.dcat_json", {}, "feed"),
        ("sitemap.sitemap", {}, "feed"),
        ("static", {"filename": "base/css/main.css"}, "static"),
        ("webassets.index", {"path": "x.css"}, "static"),
        ("file.public_download", {"storage_name": "group", "location": "logo.png"}, "static"),
        ("home.robots_txt", {}, "robots"),
        ("smartcity_visit_choice.leave", {}, "opt_out"),
        ("smartcity_visit_choice.come_back", {}, "html"),
        (None, {}, "none"),
        ("user.login", {}, "html"),
        ("user.read", {"id": "ani"}, "html"),
        ("dashboard.datasets", {}, "html"),
        ("admin.index", {}, "html"),
        ("dataset.new", {"package_type": "dataset"}, "html"),
        ("dataset.edit", DATASET, "html"),
        ("dataset.resources", DATASET, "html"),
        ("dataset_resource.edit", RESOURCE, "html"),
        ("dataset_resource.views", RESOURCE, "html"),
        ("dataset_resource.new", DATASET, "html"),
        ("organization.new", {"is_organization": True}, "html"),
        ("organization.edit", ORGANIZATION, "html"),
        ("organization.manage_members", ORGANIZATION, "html"),
        ("smartcity.summary_file", {"form": "csv"}, "html"),
        ("smartcity.indicator_file", {"form": "json"}, "html"),
        ("smartcity_visits.series_file", {}, "html"),
        ("smartcity_tagging.choose", {}, "html"),
        ("pages.edit", {"page": "x"}, "html"),
        ("datastore.dump", {"resource_id": "r1"}, "html"),
        ("home.redirect_locale", {"target_locale": "nb_NO"}, "html"),
    ],
)
def test_other_routes(endpoint, arguments, role):
    assert route(endpoint, arguments) == Route(role)
