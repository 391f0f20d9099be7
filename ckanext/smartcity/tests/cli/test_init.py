"""``ckan smartcity init``."""

from __future__ import annotations

from ckan.tests import factories, helpers

from ckanext.smartcity import catalogue


def test_creates_the_default_agencies_and_no_other(run):
    result = run("init")

    agencies = catalogue.load().agencies
    assert result.exit_code == 0
    assert set(helpers.call_action("organization_list")) == {agency.slug for agency in agencies if agency.default}
    assert "31 created, 0 skipped" in result.output


def test_takes_names_and_role_from_the_agencies_file(run):
    run("init")

    diskominfo = helpers.call_action("organization_show", id="diskominfo")
    assert diskominfo["title"] == "Dinas Komunikasi dan Informatika"
    assert diskominfo["title_en"] == "Communication and Informatics Office"
    assert (diskominfo["abbreviation"], diskominfo["kind"], diskominfo["sdi_role"]) == (
        "Diskominfo",
        "city",
        "walidata",
    )


def test_leaves_the_members_to_the_city(two_agencies, run):
    run("init")

    assert helpers.call_action("member_list", id="diskominfo", object_type="user") == []


def test_leaves_what_has_the_name_alone(run):
    factories.Organization(name="dlh", title="Dinas Lingkungan Hidup dan Kebersihan")
    helpers.call_action("organization_delete", id=factories.Organization(name="dishub")["id"])
    factories.Group(name="damkar")

    result = run("init")

    assert "28 created, 3 skipped" in result.output
    assert helpers.call_action("organization_show", id="dlh")["title"] == "Dinas Lingkungan Hidup dan Kebersihan"
    assert helpers.call_action("organization_show", id="dishub")["state"] == "deleted"


def test_a_second_run_changes_nothing(run):
    run("init")
    before = helpers.call_action("organization_list", all_fields=True, include_extras=True)

    result = run("init")

    assert "0 created, 31 skipped" in result.output
    assert helpers.call_action("organization_list", all_fields=True, include_extras=True) == before


def test_creates_the_agencies_of_the_citys_own_file(two_agencies, run):
    run("init")

    assert helpers.call_action("organization_list") == ["diskominfo", "dlh"]
