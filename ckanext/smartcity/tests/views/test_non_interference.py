"""What a visitor may not see changes no byte of what a visitor gets, and what changes for a visitor changes at once."""

from __future__ import annotations

import uuid

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.smartcity.tests.published import CONTRACTS, VISITS, dataset, organization
from ckanext.smartcity.tests.tokens import without_token
from ckanext.smartcity.tests.views.test_pages import FILES, INDICATOR, PAGES

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins")

HIDDEN = st.fixed_dictionaries(
    {
        "columns": st.sampled_from(
            [{"private": True}, {"state": "draft"}, {"state": "deleted"}, {"type": "service_contract"}, {"type": "x"}]
        ),
        "owner": st.sampled_from(["diskominfo", "dlh", None]),
        "indicators": st.lists(st.sampled_from([CONTRACTS, VISITS, "iso37122:2019/16.1"]), max_size=3),
        "age": st.one_of(st.none(), st.integers(0, 2000)),
        "frequency": st.sampled_from(["DAILY", "ANNUAL", "x"]),
        "opd": st.sampled_from(['["pasar"]', '["dlh"]', "["]),
    }
)


def everything(app) -> dict[str, tuple[str, str | None]]:
    answers = {address: app.get(address) for address in [*PAGES, *FILES, "/en/smartcity?state=overdue"]}
    return {address: (without_token(a.body), a.headers.get("ETag")) for address, a in answers.items()}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hidden=st.lists(HIDDEN, min_size=1, max_size=4))
def test_hidden_datasets_change_no_byte(app, hidden: list[dict]) -> None:
    if not model.Group.get("diskominfo"):
        for name in ("diskominfo", "dlh"):
            organization(name)
        dataset("kontrak", "diskominfo", frequency="MONTHLY", age=90)
    before = everything(app)
    for planted in hidden:
        dataset(f"rahasia-{uuid.uuid4()}", **planted)
    assert everything(app) == before


def test_the_look_of_a_sysadmin_is_that_of_a_visitor_and_leaves_no_trace(app) -> None:
    organization("diskominfo")
    dataset("kontrak", "diskominfo")
    dataset("rahasia", "diskominfo", columns={"private": True})
    cold = {address: app.get(address).body for address in FILES}
    token = factories.SysadminWithToken()["token"]
    assert {address: app.get(address, headers={"Authorization": token}).body for address in FILES} == cold
    assert {address: app.get(address).body for address in FILES} == cold
    assert "Data rahasia" not in app.get(INDICATOR, headers={"Authorization": token}).body


@pytest.mark.usefixtures("clean_index")
def test_private_delete_unpublish_and_purge_act_on_the_next_request(app) -> None:
    owner = factories.Organization(name="diskominfo")
    for name in ("satu", "dua"):
        made = call_action(
            "package_create", name=name, title=f"Data {name}", owner_org=owner["id"], indicators=[CONTRACTS]
        )
        assert made["indicators"] == [CONTRACTS]
    assert "Data satu" in app.get(INDICATOR).body
    call_action("package_patch", id="satu", private=True)
    assert "Data satu" not in app.get(INDICATOR).body
    assert "Data dua" in app.get(INDICATOR).body
    call_action("package_delete", id="dua")
    assert "Data dua" not in app.get(INDICATOR).body
    call_action("package_patch", id="satu", private=False)
    assert "Data satu" in app.get(INDICATOR).body
    call_action("package_patch", id="satu", state="draft")
    assert "Data satu" not in app.get(INDICATOR).body
    call_action("package_patch", id="satu", state="active")
    assert "Data satu" in app.get(INDICATOR).body
    call_action("dataset_purge", id="satu")
    assert "Data satu" not in app.get(INDICATOR).body
