"""The invented access log of the demo city."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ckanext.smartcity.cli.demo_log import BROWSERS, CHROME, CRAWLERS, PROGRAMS, Dataset, InventedLog, Portal
from ckanext.smartcity.cli.demo_visits import LOST, first_day, missing
from ckanext.smartcity.visits import loglines
from ckanext.smartcity.visits.address import is_private
from ckanext.smartcity.visits.robots import Agents

JAKARTA = ZoneInfo("Asia/Jakarta")
FILE = "/dataset/7/resource/8/download/wifi.csv"
PORTAL = Portal([Dataset("/dataset/wifi", [FILE]), Dataset("/dataset/bus")], ["/organization/dlh"])
MONDAY = datetime(2026, 3, 2)


def log(visits: int = 30, **options) -> InventedLog:
    return InventedLog(PORTAL, JAKARTA, visits, **options)


def days(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


class TestLines:
    def test_can_all_be_read(self):
        for line in log().lines(MONDAY, days(2)):
            front, when, request, *_ = loglines.LINE.fullmatch(line.rstrip(b"\n")).groups()
            assert request
            assert loglines.moment(when)
            assert not is_private(loglines.origin(front).peer) or front.startswith(b"10.99.71.")

    def test_stand_in_the_order_of_time_inside_the_stretch(self):
        times = [loglines.moment(re.search(rb"\[(.*?)\]", line)[1]) for line in log().lines(MONDAY, days(3))]

        assert times == sorted(times)
        assert times[0] >= MONDAY.replace(tzinfo=JAKARTA).timestamp() * 1000
        assert times[-1] < days(3).replace(tzinfo=JAKARTA).timestamp() * 1000

    def test_of_a_day_are_the_same_whenever_they_are_made(self):
        """A log that goes on later begins one day early, for those who stayed over midnight."""
        whole = list(log().lines(MONDAY, days(4)))
        begun = list(log().lines(MONDAY, days(2)))
        continued = list(log().lines(days(1), days(4)))

        assert whole[: len(begun)] == begun
        assert whole[len(begun) :] == continued[-len(whole) + len(begun) :]

    def test_stand_below_the_root_path(self):
        assert all(b'"GET /data/' in line for line in log(root_path="/data").lines(MONDAY, days(1)))

    def test_show_a_working_week(self):
        sizes = [sum(1 for _ in log(200).lines(days(n), days(n + 1))) for n in range(7)]

        assert max(sizes[5:]) < 0.7 * min(sizes[:5])


@pytest.mark.parametrize(
    ("kind", "agents"),
    [
        ("person", [agent.format(CHROME[0]) for agent in BROWSERS]),
        ("robot", CRAWLERS),
        ("tool", PROGRAMS),
    ],
)
def test_agents_are_taken_for_what_they_are(kind, agents):
    assert {Agents().kind(agent) for agent in agents} == {kind}


class TestMissing:
    def test_is_cut_where_the_log_is_lost(self):
        first, second = missing(date(2026, 2, 8), date(2026, 2, 12))

        assert (first.begin, first.end) == (datetime(2026, 2, 7), datetime(2026, 2, 9, 13, 20))
        assert first.days == (date(2026, 2, 8), date(2026, 2, 9))
        assert (second.begin, second.end) == (datetime(2026, 2, 11, 8, 45), datetime(2026, 2, 13, 4))
        assert second.days == (date(2026, 2, 11), date(2026, 2, 12))

    def test_counts_each_day_once(self):
        counted = [
            stretch.days.first + timedelta(days=n)
            for stretch in missing(date(2025, 1, 1), date(2026, 12, 31))
            for n in range((stretch.days.last - stretch.days.first).days + 1)
        ]

        assert len(counted) == len(set(counted)) == 730 - 2 * 3  # 10 February, 15 and 16 September are lost

    @pytest.mark.parametrize("last", [date(2026, 2, 9), date(2026, 2, 10)])
    def test_ends_with_the_loss(self, last):
        (stretch,) = missing(date(2026, 2, 8), last)

        assert stretch.days.last == date(2026, 2, 9)

    def test_goes_on_behind_the_loss(self):
        (stretch,) = missing(date(2026, 2, 10), date(2026, 2, 11))

        assert stretch.days == (date(2026, 2, 11), date(2026, 2, 11))

    @pytest.mark.parametrize("last", [date(2026, 3, 1), date(2026, 2, 28)])
    def test_is_nothing_when_all_is_counted(self, last):
        assert not list(missing(last + timedelta(days=1), last))

    def test_losses_pass_midnight(self):
        """A day is counted by one import only."""
        assert all(begin[:2] < end[:2] for begin, end in LOST)

    def test_begins_with_last_year(self):
        assert first_day(date(2026, 11, 24)) == date(2025, 1, 1)
