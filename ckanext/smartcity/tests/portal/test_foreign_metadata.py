"""Metadata of other portals: loaded as a harvester does, or stored before our schema was switched on.

No page may break on them. The real files are not ours to ship; they are read from beside the checkout.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from ckan import model
from ckan.lib.search import rebuild
from ckan.plugins import toolkit as tk
from ckan.tests import factories

DATA = Path(__file__).parents[1] / "data"
REAL = Path(__file__).parents[4].parent / "shared" / "data" / "real"
REAL_PACKAGES = (
    "indonesia_kota_packages",
    "data_go_id_package_show",
    "package_search_birmingham",
    "package_search_zurich",
)
NOT_TAKEN = {"id", "organization", "owner_org", "groups", "creator_user_id"}

needs_real_files = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not there: {REAL}")


def packages_of(answer: Any) -> list[dict[str, Any]]:
    """The datasets of a saved answer, in whatever wrapper: ``package_show``, ``package_search`` or a bare list."""
    if isinstance(answer, list):
        return answer
    result = answer.get("result", answer)
    return result.get("results", [result])


def harvested(package: dict[str, Any], owner: str) -> dict[str, Any]:
    """What a harvester hands to ``package_create``: everything but the ids of the other portal."""
    taken = {key: value for key, value in package.items() if key not in NOT_TAKEN}
    taken["resources"] = [{**resource, "id": None, "package_id": None} for resource in package.get("resources", [])]
    taken["tags"] = [{"name": tag["name"]} for tag in package.get("tags", [])]
    return {**taken, "owner_org": owner}


def load(packages: list[dict[str, Any]], owner: str) -> list[str]:
    for package in packages:
        context = {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"], "ignore_auth": True}
        tk.get_action("package_create")(context, harvested(package, owner))
    return [package["name"] for package in packages]


@pytest.fixture
def owner(clean) -> str:
    return factories.Organization(name="kota-tetangga")["name"]


@pytest.fixture
def pages_stand(app, owner) -> Callable[[list[str]], None]:
    """Open every page that shows these datasets; each must answer as if they were ours."""

    def check(names: list[str]) -> None:
        for path in _pages(names, owner):
            assert app.get(path).status_code == 200, path

    return check


def _pages(names: list[str], owner: str) -> Iterator[str]:
    for language in ("", "/en"):
        yield from (f"{language}/dataset/{quote(name)}" for name in names)
        yield from (f"{language}{path}" for path in ("/", "/dataset/", "/dataset/?ext_smartcity_overdue=1"))
        yield from (f"{language}/organization/{owner}", f"{language}/organization/about/{owner}")
        yield from (f"{language}/smartcity", f"{language}/smartcity/agency/{owner}")
    yield from ("/api/3/action/package_search?rows=100", "/smartcity.csv", "/smartcity.json")


class TestOwnFilesOfTheSameKind:
    packages = json.loads((DATA / "foreign_packages.json").read_text(encoding="utf-8"))

    def test_load_as_a_harvester_does_and_break_no_page(self, owner, pages_stand):
        names = load(self.packages, owner)

        pages_stand([name for name, package in zip(names, self.packages, strict=True) if "state" not in package])

    def test_keep_their_extras_and_lists(self, owner, as_user):
        load(self.packages, owner)

        kept = as_user("", "package_show", id="laporan-tanpa-lisensi")
        assert {"key": "Laporan tanpa lisensi", "value": "LAPORAN"} in kept["extras"]
        assert (kept["indicators"], kept["opd"], kept.get("license_id")) == ([], [], None)

    def test_hostile_texts_come_out_as_text(self, owner, app):
        load(self.packages, owner)

        for path in ("/dataset/html-dalam-teks", "/dataset/", f"/organization/{owner}"):
            body = app.get(path).body
            for hostile in (
                "<script>document.title",
                "<img src=x",
                "<script>alert(3)",
                "<u>berkas</u>",
                "<b>dalam</b>",
            ):
                assert hostile not in body, (path, hostile)

    def test_a_deleted_one_is_found_nowhere(self, owner, as_user, app):
        load(self.packages, owner)

        deleted = self.packages[1]["name"]
        assert deleted not in {item["name"] for item in as_user("", "package_search")["results"]}
        assert app.get(f"/dataset/{deleted}", status=404)

    def test_are_counted_as_datasets_without_an_indicator(self, owner, as_user):
        load(self.packages, owner)

        tagged = as_user("", "package_search", fq="vocab_smartcity_indicators:[* TO *]")
        assert tagged["count"] == 0
        assert as_user("", "package_search")["count"] == len(self.packages) - 1


class TestExtrasFromBeforeOurSchema:
    """Extras of our names, written into the table as they were before: the API would refuse them today."""

    old = json.loads((DATA / "old_extras.json").read_text(encoding="utf-8"))

    @pytest.fixture
    def stored(self, owner) -> list[str]:
        for name, extras in self.old.items():
            factories.Dataset(name=name, owner_org=owner)
            package = model.Package.get(name)
            package.extras = dict(extras)
        model.Session.commit()
        rebuild()
        return list(self.old)

    def test_break_no_page(self, stored, pages_stand):
        pages_stand(stored)

    def test_a_contact_that_is_no_list_breaks_no_page_but_its_own(self, owner, app):
        """scheming cannot show such a dataset: `ckan smartcity schema check` names it beforehand."""
        factories.Dataset(name="kontak-lama", owner_org=owner)
        model.Package.get("kontak-lama").extras = {"contact": "Bagian Umum, lantai 2"}
        model.Session.commit()

        for path in ("/dataset/", f"/organization/{owner}", "/smartcity", f"/smartcity/agency/{owner}"):
            assert app.get(path).status_code == 200, path

    def test_are_indexed_and_found(self, stored, as_user):
        found = {item["name"] for item in as_user("", "package_search")["results"]}

        assert found == set(stored)

    def test_can_still_be_saved_and_stay_as_they_were(self, stored, as_user):
        admin = factories.Sysadmin()["name"]

        for name, extras in self.old.items():
            as_user(admin, "package_patch", id=name, notes="Diperbarui")

            after = model.Package.get(name).extras
            assert {key: _read(after.get(key)) for key in extras} == {key: _read(extras[key]) for key in extras}, name


def _read(text: Any) -> Any:
    """A stored value; lists and mappings are compared as such, since scheming writes their keys in order."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


@needs_real_files
@pytest.mark.parametrize("file", REAL_PACKAGES)
def test_real_datasets_load_and_break_no_page(file, owner, pages_stand):
    packages = packages_of(json.loads((REAL / f"ckan_{file}.json").read_text(encoding="utf-8")))

    names = load(packages, owner)

    pages_stand([name for name, package in zip(names, packages, strict=True) if package["state"] == "active"])


@needs_real_files
def test_real_organizations_load_and_break_no_page(clean, app):
    answer = json.loads((REAL / "ckan_indonesia_kota_organizations.json").read_text(encoding="utf-8"))
    for organization in answer["result"]:
        taken = {key: value for key, value in organization.items() if key not in {"id", "created", "approval_status"}}
        tk.get_action("organization_create")({"ignore_auth": True, "user": factories.Sysadmin()["name"]}, taken)

    for path in ("/organization/", "/smartcity", "/smartcity/agency"):
        assert app.get(path).status_code == 200, path
    for organization in (item for item in answer["result"] if item["state"] == "active"):
        for path in ("/organization/{name}", "/organization/about/{name}", "/smartcity/agency/{name}"):
            assert app.get(path.format(**organization)).status_code == 200, path
