"""The version of the method and the city's clock."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.tests.visits.made import some_settings
from ckanext.smartcity.visits.method import Clock, parameters, version

ZONES = ["Asia/Jakarta", "Asia/Makassar", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]


def at(text: str, zone: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)), st.sampled_from(ZONES))
def test_hours_are_those_of_the_clock_on_the_wall(moment, zone):
    moment = moment.replace(tzinfo=timezone.utc)
    local = moment.astimezone(ZoneInfo(zone))
    clock, milliseconds = Clock(ZoneInfo(zone)), int(moment.timestamp() * 1000)
    assert clock.hour(milliseconds) == local.strftime("%Y-%m-%dT%H")
    span = clock.span(milliseconds)
    assert span.first <= milliseconds < span.end <= span.salt_end
    assert span.offset == local.utcoffset().total_seconds()


@pytest.mark.parametrize(
    ("time", "day"), [("03:59:59.999", "2026-06-09"), ("04:00:00", "2026-06-10"), ("23:59:59", "2026-06-10")]
)
def test_a_salt_day_begins_at_four(time, day):
    assert Clock(ZoneInfo("Asia/Jakarta")).salt_day(at(f"2026-06-10T{time}", "Asia/Jakarta")) == day


def test_a_change_of_offset_cuts_the_salt_day():
    clock = Clock(ZoneInfo("Europe/Berlin"))
    before, after = (
        clock.span(at("2026-10-25T02:30", "Europe/Berlin")),
        clock.span(at("2026-10-25T02:30", "Europe/Berlin", 1)),
    )
    assert (before.offset, after.offset) == (7200, 3600)
    assert before.end == after.first
    assert before.salt_end == after.salt_end == after.end == at("2026-10-25T04:00", "Europe/Berlin")


def test_a_clock_that_goes_back_and_forth_answers_the_same():
    clock = Clock(ZoneInfo("Europe/Berlin"))
    moments = [at("2026-03-29T03:30", "Europe/Berlin"), at("2026-01-01T00:00", "Europe/Berlin")] * 2
    assert [clock.hour(m) for m in moments] == ["2026-03-29T03", "2026-01-01T00"] * 2


def test_the_version_names_definitions_and_parameters():
    found = version(parameters(some_settings()))
    assert found.startswith("1-") and len(found) == 8
    assert found == version(parameters(dataclasses.replace(some_settings(), grade="all", public_minimum=9)))


@pytest.mark.parametrize(
    "change",
    [
        {"beacon": False},
        {"internal_roles": ("admin",)},
        {"limit_minute": 61},
        {"limit_visit": 501},
        {"zone": ZoneInfo("Asia/Makassar")},
    ],
    ids=str,
)
def test_what_changes_the_count_changes_the_version(change):
    changed = dataclasses.replace(some_settings(), **change)
    assert version(parameters(changed)) != version(parameters(some_settings()))
