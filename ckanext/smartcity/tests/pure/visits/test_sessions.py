"""The specification of a visit: both sides of every boundary, every event."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.method import Clock
from ckanext.smartcity.visits.sessions import Event, Params, State, step

CITY = ZoneInfo("Asia/Jakarta")
RULES = Params()
SECOND, MINUTE = 1000, 60_000
NOON = int(datetime(2026, 6, 10, 12, tzinfo=CITY).timestamp() * 1000)
HOUR, DAY = "2026-06-10T12", "2026-06-10"
AIR = {"object": "dataset|air", "parents": ("organization|dlh",)}
FILE = {"object": "resource|air-csv", "parents": ("dataset|air", "organization|dlh")}


class Browser:
    """One browser: what it does, and what the counters hold by bucket and field."""

    def __init__(self, rules: Params = RULES) -> None:
        self.state, self.rules, self.totals = State(), rules, Counter[tuple[str, str]]()

    def does(self, name: str, at: int = NOON, **event) -> Browser:
        self.totals.update(step(self.state, Event(name, at, **event), self.rules, Clock(CITY).hour))
        return self

    def portal(self, metric: str) -> int:
        return sum(n for (_, field), n in self.totals.items() if field == f"portal||{metric}")

    def of(self, thing: str, metric: str) -> int:
        return sum(n for (_, field), n in self.totals.items() if field == f"{thing}|{metric}")

    def grows_by(self, name: str, at: int = NOON, **event) -> dict[tuple[str, str], int]:
        return step(self.state, Event(name, at, **event), self.rules, Clock(CITY).hour)


def test_a_page_opens_a_visit_of_portal_object_and_parents():
    assert Browser().grows_by("page", **AIR) == {
        (HOUR, "portal||visits"): 1,
        (HOUR, "portal||views"): 1,
        (DAY, "dataset|air|views"): 1,
        (DAY, "dataset|air|visits"): 1,
        (DAY, "organization|dlh|views"): 1,
        (DAY, "organization|dlh|visits"): 1,
    }


@pytest.mark.parametrize(
    ("gap", "visits"), [(30 * MINUTE - 1, 1), (30 * MINUTE, 2), (31 * MINUTE, 2)], ids=["29:59.999", "30:00", "31:00"]
)
def test_a_visit_closes_when_the_gap_is_30_minutes(gap, visits):
    browser = Browser().does("page", object="page|home").does("page", NOON + gap, object="page|search")
    assert browser.portal("visits") == visits
    assert browser.portal("views") == 2


def test_the_30_minutes_slide():
    browser = Browser()
    for n in range(6):
        browser.does("page", NOON + n * 29 * MINUTE, object=f"dataset|{n}")
    assert browser.portal("visits") == 1


@pytest.mark.parametrize("event", ["part", "frame", "download", "show"])
def test_what_extends_a_visit(event):
    more = {"download": FILE, "show": {"nonce": "n"}}.get(event, {})
    browser = Browser().does("page", object="page|home", nonce="n").does(event, NOON + 29 * MINUTE, **more)
    assert browser.does("page", NOON + 58 * MINUTE, object="page|about").portal("visits") == 1


@pytest.mark.parametrize("event", ["part", "frame", "download", "show"])
def test_what_never_opens_a_visit(event):
    browser = Browser().does(event, **({"download": FILE, "show": {"nonce": "n"}}.get(event, {})))
    assert browser.portal("visits") == 0
    assert browser.state.visit is None


@pytest.mark.parametrize(("gap", "views"), [(30 * SECOND, 1), (30 * SECOND + 1, 2)], ids=["30.000", "30.001"])
def test_the_same_object_within_30_seconds_is_no_new_view(gap, views):
    assert Browser().does("page", **AIR).does("page", NOON + gap, **AIR).portal("views") == views


def test_chains_of_repeats_collapse_into_one_view():
    browser = Browser()
    for n in range(5):
        browser.does("page", NOON + n * 20 * SECOND, **AIR)
    assert browser.portal("views") == 1


def test_other_objects_between_do_not_matter():
    browser = Browser().does("page", **AIR).does("page", NOON + 10 * SECOND, object="page|home")
    assert browser.does("page", NOON + 20 * SECOND, **AIR).portal("views") == 2


def test_the_first_page_of_a_visit_is_a_view_also_right_after_a_voided_one():
    browser = Browser().does("page", **AIR).does("internal", NOON + 1).does("page", NOON + 2, **AIR)
    assert (browser.portal("views"), browser.portal("void_views")) == (2, 1)


def test_a_visit_belongs_to_the_hour_that_opened_it_and_views_to_theirs():
    late = NOON + 59 * MINUTE
    browser = Browser().does("page", late, object="page|home", nonce="n").does("page", late + 2 * MINUTE, **AIR)
    browser.does("show", late + 3 * MINUTE, nonce="n")
    assert browser.totals[HOUR, "portal||visits"] == 1
    assert browser.totals[HOUR, "portal||visits_confirmed"] == 1
    assert browser.totals["2026-06-10T13", "portal||views"] == 1


def test_a_visit_across_midnight_is_one_and_its_object_visits_belong_to_the_first_day():
    late = NOON + 12 * 60 * MINUTE - SECOND
    browser = Browser().does("page", late, object="page|home").does("page", late + MINUTE, **AIR)
    assert browser.portal("visits") == 1
    assert browser.totals[DAY, "dataset|air|visits"] == 1
    assert browser.totals["2026-06-11", "dataset|air|views"] == 1


def test_a_hidden_dataset_counts_in_the_portals_row_only_and_repeats_like_any_other():
    browser = Browser().does("page", listed=False, **AIR).does("page", NOON + SECOND, listed=False, **AIR)
    assert dict(browser.totals) == {(HOUR, "portal||visits"): 1, (HOUR, "portal||views"): 1}


def test_an_object_visit_is_one_per_visit_and_object():
    browser = Browser().does("page", **AIR).does("page", NOON + MINUTE, **AIR).does("download", NOON + MINUTE, **FILE)
    assert [browser.of(thing, "visits") for thing in ("dataset|air", "resource|air-csv", "organization|dlh")] == [1] * 3
    assert browser.of("dataset|air", "downloads") == browser.of("organization|dlh", "downloads") == 1


# Showing


def test_a_shown_page_confirms_the_visit_once():
    browser = Browser().does("page", nonce="a", **AIR).does("page", NOON + SECOND, object="page|home", nonce="b")
    browser.does("show", NOON + 2 * SECOND, nonce="a").does("show", NOON + 3 * SECOND, nonce="b")
    assert browser.portal("visits_confirmed") == 1
    assert browser.of("dataset|air", "visits_confirmed") == 1


def test_a_late_showing_confirms_all_objects_of_the_visit_and_later_ones_at_once():
    browser = Browser().does("page", nonce="a", **AIR).does("show", NOON + SECOND, nonce="a")
    browser.does("page", NOON + MINUTE, object="dataset|udara")
    assert browser.of("dataset|air", "visits_confirmed") == browser.of("dataset|udara", "visits_confirmed") == 1


@pytest.mark.parametrize("nonce", ["a", "other"])
def test_a_nonce_that_is_used_or_foreign_does_nothing_not_even_extend(nonce):
    browser = Browser().does("page", object="page|home", nonce="a").does("show", NOON + 1, nonce="a")
    assert browser.grows_by("show", NOON + 20 * MINUTE, nonce=nonce) == {}
    assert browser.does("page", NOON + 31 * MINUTE, object="page|home").portal("visits") == 2


def test_the_nonce_of_a_closed_visit_is_dead():
    browser = Browser().does("page", object="page|home", nonce="a")
    assert browser.grows_by("show", NOON + 30 * MINUTE, nonce="a") == {}


# Downloads


@pytest.mark.parametrize(("gap", "downloads"), [(30 * SECOND, 1), (30 * SECOND + 1, 2)])
@pytest.mark.parametrize("in_visit", [True, False])
def test_downloads_repeat_by_the_30_seconds_too(gap, downloads, in_visit):
    browser = Browser()
    if in_visit:
        browser.does("page", object="page|home")
    assert browser.does("download", **FILE).does("download", NOON + gap, **FILE).portal("downloads") == downloads


def test_a_download_without_a_visit_counts_but_is_no_object_visit():
    browser = Browser().does("download", **FILE)
    assert (browser.portal("downloads"), browser.of("dataset|air", "visits")) == (1, 0)


def test_opening_a_visit_does_not_forget_downloads():
    browser = Browser().does("download", **FILE).does("page", NOON + SECOND, object="page|home")
    assert browser.does("download", NOON + 2 * SECOND, **FILE).portal("downloads") == 1


# Robots


def test_the_61st_page_in_a_minute_makes_a_robot():
    browser = Browser()
    for n in range(60):
        browser.does("page", NOON + n * SECOND, object=f"dataset|{n}")
    assert browser.portal("robots") == 0
    browser.does("page", NOON + 60 * SECOND, object="page|home")
    assert (browser.portal("robots"), browser.portal("views"), browser.portal("void_views")) == (1, 60, 60)


def test_the_minute_is_closed_at_both_ends():
    browser = Browser()
    for n in range(60):
        browser.does("page", NOON + n, object=f"dataset|{n}")
    assert browser.does("page", NOON + MINUTE + 1, object="page|home").portal("robots") == 0


def test_the_501st_page_of_a_visit_makes_a_robot():
    browser = Browser()
    for n in range(500):
        browser.does("page", NOON + n * 2 * SECOND, object=f"dataset|{n % 40}")
    assert browser.portal("robots") == 0
    assert browser.does("page", NOON + 1001 * SECOND, object="page|home").portal("robots") == 1
    assert browser.portal("visits") == browser.portal("void_visits") == 1


def test_the_501st_download_of_a_visit_makes_a_robot_and_is_none():
    browser = Browser().does("page", object="page|home")
    for n in range(500):
        browser.does("download", NOON + n, object=f"resource|{n}")
    assert (browser.portal("downloads"), browser.portal("robots")) == (500, 0)
    browser.does("download", NOON + 500, object="resource|0")  # a repeat tests no limit
    assert browser.portal("robots") == 0
    browser.does("download", NOON + 501, object="resource|500")
    assert (browser.portal("downloads"), browser.portal("void_downloads"), browser.portal("robots")) == (500, 500, 1)


def test_downloads_without_a_visit_have_no_limit():
    browser = Browser()
    for n in range(600):
        browser.does("download", NOON + n, object=f"resource|{n}")
    assert (browser.portal("downloads"), browser.portal("robots")) == (600, 0)


def test_a_marked_browser_only_adds_to_robots():
    browser = Browser().does("mark")
    for event in ("page", "download", "show", "part", "frame", "mark"):
        browser.does(event, NOON + SECOND, object="dataset|air", nonce="a")
    assert dict(browser.totals) == {(HOUR, "portal||robots"): 2}


def test_staff_and_counters_go_on_for_a_marked_browser():
    browser = Browser().does("mark").does("internal").does("opt_out").does("count", counter="machine")
    assert dict(browser.totals) == {(HOUR, "portal||internal"): 1, (HOUR, "portal||machine"): 1}


def test_reading_robots_txt_voids_the_open_visit_and_adds_no_robot():
    browser = Browser().does("page", object="page|home").does("mark", NOON + 1)
    assert (browser.portal("void_visits"), browser.portal("robots")) == (1, 0)


# Voids


def test_a_void_lands_in_the_hours_where_the_figures_were():
    late = NOON + 59 * MINUTE
    browser = Browser().does("page", late, nonce="a", **AIR).does("show", late + 1, nonce="a")
    browser.does("download", late + 2 * MINUTE, **FILE).does("page", late + 3 * MINUTE, object="page|home")
    assert browser.grows_by("internal", late + 4 * MINUTE) == {
        ("2026-06-10T13", "portal||internal"): 1,
        (HOUR, "portal||void_visits"): 1,
        (HOUR, "portal||void_visits_confirmed"): 1,
        (HOUR, "portal||void_views"): 1,
        ("2026-06-10T13", "portal||void_views"): 1,
        ("2026-06-10T13", "portal||void_downloads"): 1,
    }


@pytest.mark.parametrize("event", ["internal", "opt_out", "mark"])
def test_closed_visits_stay(event):
    browser = Browser().does("page", object="page|home").does(event, NOON + 30 * MINUTE)
    assert browser.portal("void_visits") == 0


def test_staff_can_be_the_public_again_after_signing_out():
    browser = Browser().does("page", object="page|home").does("internal", NOON + 1)
    browser.does("page", NOON + 2, object="page|home")
    assert browser.portal("visits") - browser.portal("void_visits") == 1


# The clock


def test_a_step_back_is_a_gap_of_nothing_and_keeps_the_later_time():
    browser = Browser().does("page", **AIR).does("page", NOON - 56 * SECOND, **AIR)
    assert browser.portal("views") == 1
    browser.does("page", NOON + 30 * SECOND, **AIR)
    assert browser.portal("views") == 1
    assert browser.state.visit and browser.state.visit.last == NOON + 30 * SECOND


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["page", "page", "show", "download", "internal", "mark", "opt_out", "part", "frame"]),
            st.sampled_from([0, 30 * SECOND, 31 * SECOND, 29 * MINUTE, 30 * MINUTE, -MINUTE]),
            st.sampled_from(["dataset|a", "dataset|b"]),
        ),
        max_size=40,
    )
)
def test_no_published_figure_of_the_portal_is_negative_whatever_happens(events):
    browser, at = Browser(RULES._replace(limit_minute=5)), NOON
    for name, gap, thing in events:
        at += gap
        browser.does(name, at, object=thing, nonce="n")
    for (bucket, field), n in browser.totals.items():
        if field.startswith("portal||void_"):
            assert n <= browser.totals[bucket, field.replace("void_", "")]
