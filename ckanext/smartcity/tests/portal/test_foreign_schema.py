"""A portal with a schema of its own: one line for ``indicators`` is enough, and no line at all breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

UID = "iso37122:2019/5.1"
PRESETS = "ckanext.scheming:presets.json ckanext.smartcity.schemas:presets.yaml"
ONE_FIELD = "ckanext.smartcity.tests.data:foreign_dataset.yaml"
NO_FIELD = "ckanext.scheming:ckan_dataset.yaml"
ADDRESSES = (
    "/",
    "/dataset/",
    "/dataset/taman",
    "/dataset/new",
    "/dataset/edit/taman",
    "/organization/dlh",
    "/organization/",
    "/organization/edit/dlh",
    "/smartcity",
    "/smartcity.csv",
    "/smartcity/indicator/iso37122-2019/5.1",
    "/smartcity/agency",
    "/smartcity/agency/dlh",
)
pytestmark = [
    pytest.mark.solr,
    pytest.mark.usefixtures("clean"),
    pytest.mark.ckan_config("scheming.presets", PRESETS),
    pytest.mark.ckan_config("scheming.organization_schemas", ""),
]


def create(**more: Any) -> dict[str, Any]:
    factories.Organization(name="dlh", title="Dinas Lingkungan Hidup")
    return helpers.call_action("package_create", name="taman", title="Taman", owner_org="dlh", **more)


def check_pages(app: Any) -> None:
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    answers = {address: app.client.get(address, headers=headers).status_code for address in ADDRESSES}
    assert {address: status for address, status in answers.items() if status != 200} == {}


@pytest.mark.ckan_config("scheming.dataset_schemas", ONE_FIELD)
def test_one_field_of_ours_is_enough(app):
    saved = create(indicators=["5.1"], budget_line="1.2.3")
    assert (saved["indicators"], saved["budget_line"]) == ([UID], "1.2.3")

    facet = helpers.call_action("package_search", **{"facet.field": '["vocab_smartcity_indicators"]'})
    assert facet["facets"] == {"vocab_smartcity_indicators": {UID: 1}}
    assert "Taman" in app.get("/dataset/", query_string={"vocab_smartcity_indicators": UID}).body

    assert "/smartcity/indicator/iso37122-2019/5.1" in app.get("/dataset/taman").body
    summary = tk.get_action("smartcity_indicator_list")({}, {})
    assert [row["uid"] for row in summary["indicators"] if row["dataset_count"]] == [UID]
    check_pages(app)


@pytest.mark.ckan_config("scheming.dataset_schemas", ONE_FIELD)
def test_a_refusal_is_the_same_as_in_our_own_schema():
    with pytest.raises(tk.ValidationError) as refused:
        create(indicators=["99.9"])
    assert "99.9" in str(refused.value.error_dict["indicators"])


@pytest.mark.ckan_config("scheming.dataset_schemas", NO_FIELD)
def test_without_a_field_of_ours_nothing_fails(app):
    create()
    summary = tk.get_action("smartcity_indicator_list")({}, {})
    assert summary["totals"]["datasets"] == 0
    assert tk.get_action("smartcity_tag_list")({"ignore_auth": True, "user": ""}, {})["count"] == 0
    check_pages(app)


@pytest.mark.ckan_config("scheming.dataset_schemas", NO_FIELD)
def test_without_our_field_a_tag_is_refused_in_a_sentence():
    create()
    row = {"dataset": "taman", "indicators": [UID]}
    context = {"ignore_auth": True, "user": factories.Sysadmin()["name"]}
    answer = tk.get_action("smartcity_tag_update")(context, {"rows": [row], "dry_run": True})
    assert answer["counts"] == {"new": 0, "unchanged": 0, "refused": 1}
    assert answer["rows"][0]["problems"][0]["rule"] == "no_such_field"
