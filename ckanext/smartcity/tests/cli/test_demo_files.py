"""The reader of a demo city's folder, and what is planted in the one we ship."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.cli.demo_files import City, DemoFilesError, read_city
from ckanext.smartcity.portal import freshness
from ckanext.smartcity.tests.cli.demo_folder import DemoFolder

SHIPPED = Path(__file__).parents[4] / "dev" / "demo"
GRACE = (3, 10, 20, 30, 60)


@pytest.fixture
def folder(tmp_path: Path) -> DemoFolder:
    return DemoFolder(tmp_path)


def problems(folder: DemoFolder) -> str:
    folder.write()
    with pytest.raises(DemoFilesError) as refused:
        read_city(folder.path)
    return str(refused.value)


def planned(city: City, name: str):
    return next(item for item in city.planned if item.name == name)


def test_puts_marker_defaults_owner_and_contact_on_a_dataset(folder):
    fields = planned(read_city(folder.write()), "titik-wifi").fields

    assert fields["notes"] == "Lokasi wifi.\n\nData rekaan."
    assert fields["notes_en"] == "Places of wifi.\n\nInvented data."
    assert fields["tags"] == ["contoh", "internet"]
    assert (fields["license_id"], fields["owner_org"], fields["private"]) == ("CC-BY-4.0", "diskominfo", False)
    assert fields["contact"] == [{"name": "Pengelola data", "email": "data@example.org"}]


def test_an_entrys_own_values_win_over_defaults(folder):
    folder.datasets[0] |= {"license_id": "CC0-1.0", "owner": "dlh"}

    fields = planned(read_city(folder.write()), "titik-wifi").fields

    assert (fields["license_id"], fields["owner_org"]) == ("CC0-1.0", "dlh")


def test_a_file_has_a_fixed_date_or_an_age(folder):
    fixed, aged = planned(read_city(folder.write()), "titik-wifi").files

    assert (fixed.published, fixed.fields["format"]) == (date(2025, 8, 11), "CSV")
    assert (aged.published, aged.days_ago) == (None, 12)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda f: f.datasets[0].pop("title"), "datasets/diskominfo.yaml: titik-wifi: title: is missing"),
        (lambda f: f.datasets[1].pop("name"), "datasets/diskominfo.yaml: entry 2: name: is missing"),
        (lambda f: f.datasets[0].update(owner="dinas-lain"), "titik-wifi: owner: dinas-lain has no profile"),
        (lambda f: f.datasets[0].update(unit=7.1), "titik-wifi: unit: is read as float 7.1"),
        (lambda f: f.datasets[0].update(frequency=date(2025, 1, 1)), "titik-wifi: frequency: is read as date"),
        (lambda f: f.datasets[0].update(indicators=[5.1]), "titik-wifi: indicators[1]: is read as float 5.1"),
        (lambda f: f.datasets[0]["resources"][0].pop("published"), "resources[1].published: give either published"),
        (lambda f: f.datasets[0]["resources"][1].update(published="2026-01-01"), "published: give either published"),
        (lambda f: f.datasets[0]["resources"][0].update(published="2025-02-31"), "'2025-02-31' is not a day"),
        (lambda f: f.datasets[0]["resources"][0].update(file="lain.csv"), "file: there is no file files/lain.csv"),
        (lambda f: f.datasets[0]["resources"][0].update(year="2025"), "resources[1].year: is not a key known here"),
        (lambda f: f.datasets[0]["resources"][0].update(name="Wifi 2026"), "resources: Wifi 2026 stands here twice"),
        (lambda f: f.datasets[1].update(name="kontrak-satu"), "datasets: name: kontrak-satu stands here twice"),
        (lambda f: f.city["accounts"][0]["member_of"][0].update(role="boss"), "walidata: member_of[1].role: 'boss'"),
        (lambda f: f.city["accounts"][1].update(password="x"), "city.yaml: warga: password: is not a key known here"),
        (lambda f: f.city["marker"].pop("tag"), "city.yaml: marker.tag: is missing"),
        (lambda f: setattr(f, "contracts", "none"), "contracts.yaml: contracts: must be a list"),
    ],
)
def test_says_file_entry_and_field_of_what_is_wrong(folder, change, problem):
    change(folder)

    assert problem in problems(folder)


def test_tells_all_problems_at_once(folder):
    folder.datasets[0].pop("title")
    folder.city["accounts"][0].pop("email")

    assert len(problems(folder).splitlines()) == 2


def test_a_folder_without_files_is_told_by_name(tmp_path):
    with pytest.raises(DemoFilesError) as refused:
        read_city(tmp_path)

    assert {problem.file for problem in refused.value.problems} >= {"city.yaml", "agencies.yaml", "datasets"}


class TestKotaContoh:
    """What docs/demo.md says is planted where."""

    city = read_city(SHIPPED)
    datasets = tuple(item for item in city.planned if item.type == "dataset")
    public = tuple(item for item in datasets if not item.fields["private"] and item.fields["state"] == "active")

    def served(self) -> set[str]:
        return {uid for item in self.public for uid in item.fields.get("indicators", [])}

    def test_counts(self):
        assert (len(self.datasets), len(self.public), len(self.city.planned) - len(self.datasets)) == (67, 61, 10)
        assert sum(item.fields["private"] for item in self.datasets) == 3
        assert sum(item.fields["state"] == "draft" for item in self.datasets) == 3

    def test_all_of_the_programme_is_served_and_gaps_stay(self):
        indicators = catalogue.load().indicators

        assert {i.uid for i in indicators if i.programme} <= self.served()
        assert {i.theme for i in indicators} - {i.theme for i in indicators if i.uid in self.served()} == {12, 14, 22}
        assert len(self.served()) == 51

    def test_some_datasets_wait_for_their_tag(self):
        assert sum(not item.fields.get("indicators") for item in self.public) == 15

    def test_closed_data_are_listed_without_a_file(self):
        closed = [item for item in self.public if item.fields["access_rights"] == "NON_PUBLIC"]

        assert {item.name for item in closed} == {"data-terpadu-kesejahteraan-sosial", "jaringan-pipa-air-minum"}
        assert not any(item.files for item in closed)

    def test_the_planted_ones_are_overdue_on_the_day_of_loading_and_no_other(self):
        today = date(2026, 11, 25)

        assert {item.name for item in self.public if _overdue(item, today)} == OVERDUE

    def test_every_file_is_used_and_can_be_read(self):
        used = {file.path for item in self.city.planned for file in item.files}

        assert used == set((SHIPPED / "files").iterdir())
        for path in used:
            if path.suffix == ".geojson":
                assert json.loads(path.read_text(encoding="utf-8"))["features"]
            else:
                rows = list(csv.reader(path.open(encoding="utf-8")))
                assert len(rows) > 2
                assert {len(row) for row in rows} == {len(rows[0])}, path.name

    def test_no_password_stands_in_a_file(self):
        assert not [path for path in SHIPPED.rglob("*.yaml") if "password:" in path.read_text(encoding="utf-8")]


OVERDUE = {
    "area-tanpa-sinyal",
    "bank-sampah-plastik",
    "insiden-infrastruktur-ti",
    "kecelakaan-lalu-lintas",
    "kepemilikan-dokumen-kependudukan",
    "ketersediaan-tempat-tidur-rsud",
    "konsultasi-kesehatan-jarak-jauh",
    "kunjungan-wisatawan",
    "pajak-platform-ekonomi-berbagi",
    "panggilan-darurat-112",
    "parkir-tepi-jalan",
    "pencari-kerja-terdaftar",
    "sarana-olahraga",
    "sepeda-berbagi",
}


def _overdue(item, today: date) -> bool:
    frequency = catalogue.load().vocabularies["frequencies"].get(item.fields.get("frequency", ""))
    period = frequency.extra["days"] if frequency else None
    newest = max((file.published or today - timedelta(days=file.days_ago) for file in item.files), default=None)
    announced = item.fields.get("next_release_date")
    release = date.fromisoformat(announced) if announced else None
    last = freshness.last_day_in_time(period, newest, release, item.fields["access_rights"], GRACE)
    return freshness.is_overdue(last, today)
