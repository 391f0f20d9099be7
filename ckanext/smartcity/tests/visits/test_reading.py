"""What is read of planted figures: sources, grades, coverage, public objects only."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.smartcity import config, visits
from ckanext.smartcity.tests.published import dataset, organization
from ckanext.smartcity.tests.visits import planted
from ckanext.smartcity.visits import object_store, reading, store
from ckanext.smartcity.visits.figures import Figures
from ckanext.smartcity.visits.models import VisitState
from ckanext.smartcity.visits.spans import Span

pytestmark = pytest.mark.usefixtures("clean_db", "with_plugins")

FIRST = date(2025, 5, 1)
MAY = Span(FIRST, date(2025, 5, 31))


def days(span: Span = MAY, kind: str = "portal", object_id: str = "") -> list:
    return store.days(span, config.timezone(), kind, object_id)


def package_id(name: str) -> str:
    return model.Package.get(name).id


def test_live_goes_before_a_log_and_a_log_before_nothing():
    planted.in_force()
    for n, sources in enumerate([("live", "log"), ("log",), ()]):
        day = FIRST + timedelta(days=n)
        for source in ("live", "log"):
            planted.portal(day, source=source, visits=5 if source == "live" else 7)
        for source in sources:
            planted.measured(day, source)
    found = days()
    assert [(day.source, day.total.visits, day.confirmable) for day in found] == [("live", 5, True), ("log", 7, False)]


def test_a_live_day_without_a_measured_minute_leaves_its_place_to_the_log():
    planted.in_force()
    planted.measured(FIRST, "live", "0" * 1440)
    planted.measured(FIRST, "log")
    planted.portal(FIRST, source="log", visits=7)
    assert [(day.source, day.total.visits) for day in days()] == [("log", 7)]


def test_a_measured_day_of_zero_visits_is_there():
    planted.in_force()
    planted.measured(FIRST)
    assert [(day.total, day.confirmable, day.measured_minutes) for day in days()] == [(Figures(), True, 1440)]


def test_figures_are_summed_over_runs_and_hours_less_what_was_voided():
    planted.measured(FIRST)
    planted.portal(FIRST, 9, visits=10, visits_confirmed=8, views=30, downloads=2, void_visits=1, void_views=3)
    planted.portal(FIRST, 9, run="b" * 12, visits=5, views=5, void_downloads=0)
    planted.portal(FIRST, 23, visits=1, visits_confirmed=1, views=1)
    assert days()[0].total == Figures(15, 9, 33, 2)
    assert store.hours(MAY)[FIRST, 9] == Figures(14, 8, 32, 2)


def test_two_methods_of_a_day_stand_apart():
    planted.in_force("1-a")
    planted.in_force("1-b", FIRST, beacon=False)
    planted.measured(FIRST)
    planted.portal(FIRST, method="1-a", visits=2)
    planted.portal(FIRST, method="1-b", visits=3)
    (day,) = days()
    assert {version: figures.visits for version, figures in day.figures.items()} == {"1-a": 2, "1-b": 3}
    assert not day.confirmable


def test_days_of_an_invented_log_say_so():
    planted.imported(FIRST, FIRST, "invented")
    for n in range(2):
        planted.measured(FIRST + timedelta(days=n), "log")
    assert [day.invented for day in days()] == [True, False]


def test_removals_are_of_the_chosen_source():
    planted.measured(FIRST)
    planted.portal(FIRST, robots=4, machine=3, void_visits=2)
    planted.portal(FIRST, source="log", robots=100)
    removed = store.removals(MAY)
    assert (removed["robots"], removed["machine"], removed["void_visits"], removed["errors"]) == (4, 3, 2, 0)


def test_a_year_is_complete_when_its_last_days_are_final():
    planted.year(date(2025, 12, 30), date(2025, 12, 31), {"visits": 3, "visits_confirmed": 2})
    annual = visits.annual(2025)
    assert (annual.summary.visits, annual.summary.grade, annual.complete) == (4, "confirmed", False)
    planted.remembered("full_pass", datetime(2025, 12, 31, 21, 4, tzinfo=timezone.utc))
    assert not visits.annual(2025).complete
    model.Session.execute(sa.update(VisitState).values(at=datetime(2025, 12, 31, 21, 5, tzinfo=timezone.utc)))
    assert visits.annual(2025).complete


def test_the_snapshot_holds_final_measured_days():
    planted.year(date(2025, 5, 1), date(2025, 5, 2), {"visits": 3, "visits_confirmed": 2})
    planted.measured(date(2025, 5, 4), "log")
    planted.portal(date(2025, 5, 4), source="log", visits=9)
    planted.remembered("full_pass", datetime(2025, 5, 2, 0, 0, tzinfo=timezone.utc))
    rows = list(visits.snapshot_rows(FIRST, date(2025, 5, 31)))
    assert rows == [
        {
            "date": date(2025, 5, 1),
            "visits": 3,
            "visits_confirmed": 2,
            "method": f"portal:{planted.METHOD}",
            "measured_minutes": 1440,
        },
        {
            "date": date(2025, 5, 4),
            "visits": 9,
            "visits_confirmed": None,
            "method": f"log:{planted.METHOD}",
            "measured_minutes": 1440,
        },
    ]


def test_the_snapshot_names_the_later_of_two_methods_and_the_one_in_force_of_none():
    planted.in_force("1-b", date(2025, 1, 1))
    planted.in_force("1-a", date(2025, 5, 2))
    for n in range(2):
        planted.measured(FIRST + timedelta(days=n))
    planted.portal(FIRST + timedelta(days=1), method="1-b", visits=1)
    planted.portal(FIRST + timedelta(days=1), method="1-a", visits=1)
    planted.remembered("full_pass", datetime(2025, 6, 2, tzinfo=timezone.utc))
    assert [row["method"] for row in visits.snapshot_rows(FIRST, MAY.last)] == ["portal:1-b", "portal:1-a"]


def test_the_latest_are_today_and_the_last_final_day():
    today = config.today()
    planted.year(today - timedelta(days=3), today, {"visits": 1})
    planted.remembered("full_pass", datetime.now(timezone.utc) - timedelta(days=1))
    latest = visits.latest()
    assert latest.today.day == today
    assert latest.final.day in (today - timedelta(days=2), today - timedelta(days=3))


@pytest.fixture
def crowd(clean_db, with_plugins) -> dict[str, str]:
    """Objects of every kind and visibility, all with ten visits on one day; their ids by name."""
    planted.in_force()
    planted.measured(FIRST)
    organization("dishub", title_en="Transport Office")
    organization("lama", state="deleted")
    dataset("terbuka", "dishub", title_en="Open")
    dataset("kontrak", "dishub", columns={"type": "service_contract"})
    dataset("rahasia", "dishub", columns={"private": True})
    dataset("rancangan", "dishub", columns={"state": "draft"})
    dataset("hapus", "dishub", columns={"state": "deleted"})
    ids = {name: package_id(name) for name in ("terbuka", "kontrak", "rahasia", "rancangan", "hapus")}
    for object_id in ids.values():
        planted.thing(FIRST, "dataset", object_id, visits=10, visits_confirmed=8, views=12, downloads=1)
        for (resource,) in model.Session.execute(sa.select(model.Resource.id).filter_by(package_id=object_id)):
            planted.thing(FIRST, "resource", resource, visits=10)
    for name in ("dishub", "lama"):
        planted.thing(FIRST, "organization", model.Group.get(name).id, visits=10)
    planted.thing(FIRST, "page", "home", visits=10)
    return ids


@pytest.mark.parametrize(
    ("kind", "names"),
    [("dataset", ["kontrak", "terbuka"]), ("organization", ["dishub"]), ("group", []), ("page", ["home"])],
)
def test_only_what_anybody_may_read_is_ranked(crowd, kind, names):
    assert [row.name for row in object_store.top(kind, MAY, "all", 10)] == names


def test_resources_are_ranked_where_their_dataset_is_public(crowd):
    assert {row.dataset for row in object_store.top("resource", MAY, "all", 10)} == {"terbuka", "kontrak"}
    without = object_store.top("resource", MAY, "all", 10, ["service_contract"])
    assert {row.dataset for row in without} == {"terbuka"}


def test_the_grade_decides_the_order_and_names_break_ties(crowd):
    planted.thing(FIRST, "dataset", package_id(dataset("zebra", "dishub")), visits=9, visits_confirmed=9, views=1)
    assert [row.name for row in object_store.top("dataset", MAY, "confirmed", 2)] == ["zebra", "kontrak"]
    assert [row.name for row in object_store.top("dataset", MAY, "all", 2)] == ["kontrak", "terbuka"]


@pytest.mark.parametrize("name", ["terbuka", "rahasia", "rancangan", "hapus", "tidak-ada"])
def test_only_what_anybody_may_read_is_found(crowd, name):
    assert bool(object_store.find("dataset", name)) is (name == "terbuka")
    assert bool(object_store.find("dataset", crowd.get(name, name))) is (name == "terbuka")


def test_counts_of_many_datasets_leave_out_hidden_ones(crowd):
    assert visits.dataset_counts([*crowd.values(), "nowhere"]) == {
        crowd[name]: {"visits": 8, "visits_30d": 0, "views": 12, "downloads": 1} for name in ("terbuka", "kontrak")
    }
    assert visits.dataset_counts([]) == {}


def test_counts_of_a_dataset_with_a_part_from_a_log_are_of_all_visits(crowd):
    later = config.today()
    planted.measured(later, "log")
    planted.thing(later, "dataset", crowd["terbuka"], source="log", visits=5, views=6)
    planted.thing(later, "dataset", crowd["terbuka"], source="live", visits=50, views=60)
    found = visits.dataset_counts([crowd["terbuka"]])[crowd["terbuka"]]
    assert found == {"visits": 15, "visits_30d": 5, "views": 18, "downloads": 1}


def test_a_public_dataset_without_visits_has_zeros_once_something_was_measured():
    dataset("sepi")
    assert visits.dataset_counts([package_id("sepi")]) == {}
    planted.measured(FIRST)
    assert visits.dataset_counts([package_id("sepi")]) == {
        package_id("sepi"): {"visits": 0, "visits_30d": 0, "views": 0, "downloads": 0}
    }


def test_hiding_a_dataset_acts_at_once(crowd):
    model.Package.get("terbuka").private = True
    model.Session.commit()
    assert visits.dataset_counts([crowd["terbuka"]]) == {}
    assert object_store.find("dataset", "terbuka") is None
    assert [row.name for row in object_store.top("dataset", MAY, "all", 9)] == ["kontrak"]


def test_gaps_touch_a_span_by_a_second():
    begin = datetime(2025, 4, 30, 16, 59, 50, tzinfo=timezone.utc)
    planted.gap(begin, 9)
    planted.gap(begin + timedelta(seconds=1), 9)
    assert [gap.begin for gap in reading.recorded_gaps(MAY)] == [begin + timedelta(seconds=1)]


def test_silence_is_judged_from_the_first_measured_minute_to_the_last_flush():
    silent = "0" * 100 + "1" * 500 + "0" * 60 + "1" * 140 + "0" * 640
    planted.measured(FIRST, minutes=silent)
    planted.remembered("flush", datetime(2025, 5, 1, 7, 1, tzinfo=timezone.utc))
    assert [(run.begin.strftime("%H:%M"), run.minutes) for run in reading.silences(MAY)] == [
        ("10:00", 60),
        ("13:20", 40),
    ]
    assert reading.silences(Span(date(2025, 4, 1), date(2025, 4, 30))) == []
