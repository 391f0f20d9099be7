"""Beside other plug-ins: no name twice, pages answer, and a wrong order is said at the start."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from ckan import plugins
from ckan.tests import factories, helpers

from ckanext.smartcity.tests.logs import hear_our_log

NEIGHBOURS = ("activity", "tracking", "stats", "text_view", "image_view", "datatables_view", "resource_proxy")
OURS = ("smartcity", "scheming_datasets", "scheming_organizations", "datastore")
ADDRESSES = (
    "/",
    "/dataset/",
    "/dataset/taman",
    "/dataset/activity/taman",
    "/organization/dlh",
    "/service_contract/",
    "/stats",
    "/smartcity",
    "/smartcity/indicator/iso37122-2019/5.1",
    "/smartcity/agency/dlh",
)
KINDS = {
    "action": (plugins.IActions, "get_actions"),
    "auth function": (plugins.IAuthFunctions, "get_auth_functions"),
    "helper": (plugins.ITemplateHelpers, "get_helpers"),
    "validator": (plugins.IValidators, "get_validators"),
}


@pytest.fixture
def neighbourhood(clean_db, clean_index, with_plugins, migrate_db_for) -> None:
    for name in ("activity", "tracking"):
        migrate_db_for(name)
    hear_our_log()  # their migrations configure logging anew


def names(kind: str, plugin: str) -> Iterator[str]:
    interface, method = KINDS[kind]
    loaded = plugins.get_plugin(plugin)
    return getattr(loaded, method)() if interface.provided_by(loaded) else iter(())


@pytest.mark.ckan_config("ckan.plugins", [*OURS, *NEIGHBOURS])
def test_beside_others_no_name_is_given_twice_and_pages_answer(neighbourhood, app):
    for kind in KINDS:
        ours = set(names(kind, "smartcity"))
        assert ours
        for plugin in (*OURS[1:], *NEIGHBOURS):
            assert not ours & set(names(kind, plugin)), f"{kind} of {plugin}"
    factories.Organization(name="dlh")
    helpers.call_action(
        "package_create",
        {"user": factories.Sysadmin()["name"]},
        name="taman",
        title="Taman",
        owner_org="dlh",
        data_kind="geospatial",
        license_id="CC-BY-4.0",
        indicators=["5.1"],
        resources=[{"name": "Tabel", "url": "https://data.example/a.txt", "format": "TXT"}],
    )
    answers = {address: app.client.get(address).status_code for address in ADDRESSES}
    assert {address: status for address, status in answers.items() if status != 200} == {}


@pytest.mark.ckan_config("ckan.plugins", [*reversed(OURS)])
def test_the_reversed_order_is_said_at_the_start(clean_db, caplog, with_plugins):
    hear_our_log()
    with caplog.at_level(logging.WARNING):
        plugins.load_all()
    warned = [record.getMessage() for record in caplog.records if "ckan.plugins" in record.getMessage()]
    assert any("smartcity must stand before scheming_datasets" in text for text in warned)
    assert all("Write: ckan.plugins = " in text for text in warned)
