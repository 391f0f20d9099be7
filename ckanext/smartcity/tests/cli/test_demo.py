"""``ckan smartcity demo FOLDER``."""

from __future__ import annotations

import stat
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from ckan.tests import factories, helpers

from ckanext.smartcity import config
from ckanext.smartcity.tests.cli.demo_folder import DemoFolder

SHIPPED = Path(__file__).parents[4] / "dev" / "demo"


@pytest.fixture(autouse=True)
def no_visits(ckan_config, monkeypatch) -> None:
    """They have tests of their own (test_demo_visits.py)."""
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.visits.enabled", False)


@pytest.fixture
def folder(tmp_path: Path) -> DemoFolder:
    return DemoFolder(tmp_path)


def dataset(name: str) -> dict:
    return helpers.call_action("package_show", id=name)


def seen_by(as_user, user: str) -> set[str]:
    found = as_user(user, "package_search", fq="dataset_type:(dataset OR service_contract)", include_private=True)
    return {item["name"] for item in found["results"]}


@pytest.mark.usefixtures("two_agencies")
class TestLoading:
    def test_loads_datasets_with_files_tags_and_agencies(self, run, folder):
        result = run("demo", folder.write())

        wifi = dataset("titik-wifi")
        assert result.exit_code == 0
        assert "Datasets and contracts: 4 created, 0 updated, 0 unchanged." in result.output
        assert wifi["organization"]["name"] == "diskominfo"
        assert (wifi["indicators"], wifi["opd"]) == (["iso37122:2019/18.3"], ["dlh"])
        assert [(r["name"], r["format"], r["size"]) for r in wifi["resources"]] == [
            ("Wifi 2025", "CSV", 8),
            ("Wifi 2026", "CSV", 8),
        ]

    def test_loads_a_contract_with_its_amendments(self, run, folder):
        run("demo", folder.write())

        contract = dataset("kontrak-satu")
        assert (contract["type"], contract["value_amount"]) == ("service_contract", 1250000.5)
        assert [row["version"] for row in contract["amendments"]] == ["1"]
        assert contract["open_data_clause"] == "undecided"

    def test_marks_everything_as_invented(self, run, folder):
        run("demo", folder.write())

        for name in ("titik-wifi", "rahasia", "rancangan", "kontrak-satu"):
            assert "Data rekaan." in dataset(name)["notes"]
            assert "contoh" in {tag["name"] for tag in dataset(name)["tags"]}

    def test_the_public_sees_neither_private_ones_nor_drafts(self, run, folder, as_user):
        run("demo", folder.write())

        assert seen_by(as_user, "") == {"titik-wifi", "kontrak-satu"}
        assert seen_by(as_user, "walidata") == {"titik-wifi", "kontrak-satu", "rahasia"}
        assert dataset("rancangan")["state"] == "draft"

    def test_files_carry_their_date_or_their_age(self, run, folder):
        run("demo", folder.write())

        fixed, aged = dataset("titik-wifi")["resources"]
        today = datetime.now(config.timezone()).date()
        assert fixed["last_modified"].startswith("2025-08-11")
        assert date.fromisoformat(aged["last_modified"][:10]) == today - timedelta(days=12)

    def test_completes_the_profiles_of_the_agencies(self, run, folder):
        run("init")

        result = run("demo", folder.write())

        diskominfo = helpers.call_action("organization_show", id="diskominfo")
        assert (diskominfo["contact_email"], diskominfo["themes"]) == ("data@example.org", ["10"])
        assert diskominfo["sdi_role"] == "walidata"
        assert "Agencies: 0 created, 2 updated, 0 unchanged." in result.output

    def test_gives_each_account_its_role(self, run, folder):
        run("demo", folder.write())

        members = helpers.call_action("organization_show", id="diskominfo", include_users=True)["users"]
        assert ("walidata", "admin") in {(user["name"], user["capacity"]) for user in members}
        assert helpers.call_action("user_show", id="warga")["email"] == "warga@example.org"


@pytest.mark.usefixtures("two_agencies")
class TestLoadingAgain:
    def test_changes_nothing(self, run, folder):
        run("demo", folder.write())
        before = [dataset(item["name"]) for item in [*folder.datasets, *folder.contracts]]

        result = run("demo", folder.path)

        assert "Agencies: 0 created, 0 updated, 2 unchanged." in result.output
        assert "Accounts: 0 created, 0 updated, 2 unchanged." in result.output
        assert "Datasets and contracts: 0 created, 0 updated, 4 unchanged." in result.output
        assert [dataset(item["name"]) for item in [*folder.datasets, *folder.contracts]] == before

    def test_takes_up_what_changed_in_the_files(self, run, folder):
        run("demo", folder.write())
        folder.datasets[0]["title"] = "Titik Wifi Publik"
        folder.files["wifi-2026.csv"] = "titik\n2\n3\n"

        result = run("demo", folder.write())

        wifi = dataset("titik-wifi")
        assert "0 created, 1 updated, 3 unchanged." in result.output
        assert (wifi["title"], [r["size"] for r in wifi["resources"]]) == ("Titik Wifi Publik", [8, 10])

    def test_goes_on_where_a_run_was_broken_off(self, run, folder):
        """One file missing, one uploaded but not finished: its date is still the day of the upload."""
        run("demo", folder.write())
        first, second = dataset("titik-wifi")["resources"]
        helpers.call_action("resource_patch", id=first["id"], demo_sha256="", last_modified="2026-11-25T10:00:00")
        helpers.call_action("resource_delete", id=second["id"])
        helpers.call_action("dataset_purge", id="rahasia")

        result = run("demo", folder.path)

        resources = dataset("titik-wifi")["resources"]
        assert "1 created, 1 updated, 2 unchanged." in result.output
        assert [r["name"] for r in resources] == ["Wifi 2025", "Wifi 2026"]
        assert resources[0]["last_modified"].startswith("2025-08-11")

    def test_leaves_an_account_that_exists_as_it_is(self, run, folder):
        factories.User(name="walidata", fullname="Ibu Walidata", email="ibu@example.org")

        result = run("demo", folder.write())

        user = helpers.call_action("user_show", id="walidata")
        assert (user["fullname"], user["email"]) == ("Ibu Walidata", "ibu@example.org")
        assert "account walidata" not in result.output
        assert "Accounts: 1 created, 1 updated, 0 unchanged." in result.output


@pytest.mark.usefixtures("two_agencies")
class TestPasswords:
    def test_are_random_and_printed_once(self, run, folder):
        first = run("demo", folder.write()).output
        second = run("demo", folder.path).output

        shown = [line.split()[-1] for line in first.splitlines() if line.startswith("  account ")]
        assert len(set(shown)) == 2
        assert all(len(password) >= 16 for password in shown)
        assert "account" not in second

    def test_are_written_to_a_file_that_only_the_owner_reads(self, run, folder, tmp_path):
        file = tmp_path / "passwords.yaml"
        file.write_text("walidata: pilihan-sendiri-1\n", encoding="utf-8")

        result = run("demo", folder.write(), "--passwords", file)

        passwords = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert passwords["walidata"] == "pilihan-sendiri-1"
        assert len(passwords["warga"]) >= 16
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert passwords["warga"] not in result.output

    def test_log_the_accounts_in(self, run, folder, tmp_path, app):
        file = tmp_path / "passwords.yaml"
        run("demo", folder.write(), "--passwords", file)
        password = yaml.safe_load(file.read_text(encoding="utf-8"))["walidata"]

        page = app.post("/user/login", data={"login": "walidata", "password": password})

        assert "/user/logout" in page.body or "_logout" in page.body


@pytest.mark.usefixtures("two_agencies")
class TestRefusals:
    @pytest.mark.parametrize("state", [{}, {"private": True}, {"state": "draft"}, {"type": "service_contract"}])
    def test_a_portal_with_datasets_of_its_own(self, run, folder, state):
        organization = factories.Organization()
        own = {"title": "Data Kota", "owner_org": organization["id"], "license_id": "CC-BY-4.0"}
        if state.get("type"):
            own |= {"contract_number": "7", "supplier_name": "PT A", "counterparty": "business"}
            own |= {"start_date": "2025-01-01", "contract_status": "active"}
        else:
            own |= {"data_kind": "other"}
        helpers.call_action("package_create", name="data-kota", **own, **state)

        result = run("demo", folder.write())

        assert result.exit_code == 1
        assert "This portal holds 1 datasets that are not of the demo city (such as data-kota)" in result.output
        assert helpers.call_action("user_list", all_fields=False).count("walidata") == 0

    def test_not_where_it_is_meant(self, run, folder):
        factories.Dataset(name="data-kota", owner_org=factories.Organization()["id"])

        result = run("demo", folder.write(), "--force")

        assert result.exit_code == 0
        assert dataset("titik-wifi")["state"] == "active"

    def test_of_bad_files_come_before_anything_is_written(self, run, folder):
        folder.datasets[0].pop("title")

        result = run("demo", folder.write())

        assert result.exit_code == 1
        assert "datasets/diskominfo.yaml: titik-wifi: title: is missing" in result.output
        assert helpers.call_action("organization_list") == []

    def test_of_a_field_that_the_schema_does_not_have(self, run, folder):
        folder.datasets[0]["judul"] = "Salah ketik"

        result = run("demo", folder.write())

        assert "titik-wifi: judul: the type dataset has no such field" in result.output
        assert helpers.call_action("organization_list") == []

    def test_by_the_portal_name_the_entry_and_let_the_others_in(self, run, folder):
        folder.datasets[1]["indicators"] = ["99.9"]

        result = run("demo", folder.write())

        assert result.exit_code == 1
        assert "datasets/diskominfo.yaml: rahasia: " in result.output
        assert "99.9" in result.output
        assert dataset("titik-wifi")["state"] == "active"


def test_the_shipped_city_loads_and_loads_again(run):
    first, second = run("demo", SHIPPED), run("demo", SHIPPED)

    assert "Agencies: 31 created, 0 updated, 0 unchanged." in first.output
    assert "Accounts: 7 created, 0 updated, 0 unchanged." in first.output
    assert "Datasets and contracts: 77 created, 0 updated, 0 unchanged." in first.output
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Datasets and contracts: 0 created, 0 updated, 77 unchanged." in second.output
    found = helpers.call_action("package_search", fq="smartcity_due_date:[* TO NOW]")
    assert found["count"] == 14
