"""Which resources answer for a table: what any visitor may read, in the years it declares."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.smartcity.indicators.supply import answering, public_offers, years_of

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


@pytest.fixture
def offered():
    organization = factories.Organization(name="bapenda")

    def make(table="payments", years="2025", private=False, **fields):
        made = tk.get_action("package_create")(
            {"ignore_auth": True},
            {
                "name": f"data-{factories.Dataset.stub().name}", "title": "Data", "owner_org": organization["id"],
                "private": private,
                "resources": [
                    {"url": "https://kota.example/a.csv", "name": "a", "smartcity_table": table,
                     "smartcity_years": years, **fields},
                ],
            },
        )  # fmt: skip
        return made["resources"][0]["id"], made["id"]

    return make


def found(*roles):
    return {one.resource for one in public_offers(roles)}


def test_a_public_resource_of_the_role_is_found_with_its_years(offered):
    resource, package = offered(years="2023-2025")
    (offer,) = public_offers(["payments", "revenue"])
    assert (offer.role, offer.resource, offer.package, list(offer.years)) == (
        "payments", resource, package, [2023, 2024, 2025],
    )  # fmt: skip
    assert not found("revenue")


def test_hidden_data_answer_for_nothing(offered):
    private, _ = offered(private=True)
    deleted, package = offered()
    gone, _ = offered()
    assert found("payments") == {deleted, gone}
    tk.get_action("package_delete")({"ignore_auth": True}, {"id": package})
    tk.get_action("resource_delete")({"ignore_auth": True}, {"id": gone})
    assert not found("payments")
    assert private


def test_unpublishing_acts_at_once(offered):
    resource, package = offered()
    tk.get_action("package_patch")({"ignore_auth": True}, {"id": package, "private": True})
    assert not found("payments")
    tk.get_action("package_patch")({"ignore_auth": True}, {"id": package, "private": False})
    assert found("payments") == {resource}


def test_a_population_answers_for_the_year_after_too(offered):
    offered("population", "2024")
    offered("payments", "2024")
    offers = public_offers(["population", "payments"])
    assert [one.role for one in answering(offers, 2024)] != []
    assert [one.role for one in answering(offers, 2025)] == ["population"]
    assert answering(offers, 2026) == []


@pytest.mark.parametrize(
    ("text", "years"), [("2025", [2025]), ("2023-2025", [2023, 2024, 2025]), ("", []), ("lama", []), ("2025-x", [])]
)
def test_years_are_read_as_they_are_stored(text, years):
    assert list(years_of(text)) == years
