"""The visits that ``ckan smartcity demo`` invents."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timezone
from typing import Any

import click
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import helpers
from click.testing import CliRunner, Result

from ckanext.smartcity import config, nightly
from ckanext.smartcity.cli import demo_visits, smartcity
from ckanext.smartcity.tests.cli.demo_folder import DemoFolder
from ckanext.smartcity.visits.models import METRICS, VisitCount, VisitDay, VisitImport

FIRST = date(2026, 2, 6)
pytestmark = pytest.mark.usefixtures("clean", "two_agencies")


class Demo:
    """The command, on a day of our choice, with a log that begins some days before."""

    def __init__(self, app: Any, folder: DemoFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        self._app, self._folder, self._monkeypatch = app, folder, monkeypatch
        monkeypatch.setattr(demo_visits, "first_day", lambda last: FIRST)

    def run(self, *words: str, now: datetime) -> Result:
        self._monkeypatch.setattr(nightly, "city_now", lambda: now.replace(tzinfo=config.timezone()))
        ckan = click.Context(click.Command("ckan"))
        ckan.meta["flask_app"] = self._app.flask_app
        command = ["demo", str(self._folder.write()), *words]
        return CliRunner().invoke(smartcity, command, parent=ckan, catch_exceptions=False)


@pytest.fixture
def demo(app, tmp_path, monkeypatch) -> Demo:
    return Demo(app, DemoFolder(tmp_path), monkeypatch)


def said(result: Result) -> str:
    assert result.exit_code == 0
    return next((line for line in result.output.splitlines() if line.startswith("Visits:")), "")


def counted(*columns: str) -> dict[tuple, Counter[str]]:
    """Sums of what is counted, by the values of some columns."""
    sums: dict[tuple, Counter[str]] = {}
    for row in model.Session.scalars(sa.select(VisitCount)):
        figures = {metric: getattr(row, metric) for metric in METRICS}
        sums.setdefault(tuple(getattr(row, name) for name in columns), Counter()).update(figures)
    return sums


def minutes() -> dict[date, int]:
    model.Session.expire_all()
    return {row.day: row.measured_minutes for row in model.Session.scalars(sa.select(VisitDay))}


def test_brings_days_to_yesterday_marked_as_invented(demo):
    sentence = said(demo.run(now=datetime(2026, 2, 14, 9)))

    assert sentence.endswith(" invented from 2026-02-06 to 2026-02-13.")
    assert set(model.Session.scalars(sa.select(VisitImport.format))) == {"invented"}
    portal = counted("kind")[("portal",)]
    for metric in ("visits", "views", "downloads", "robots", "machine", "internal"):
        assert portal[metric] > 0, metric


def test_shows_days_that_are_lost_in_part_and_as_a_whole(demo):
    demo.run(now=datetime(2026, 2, 14, 9))

    measured = minutes()
    assert measured[date(2026, 2, 8)] > 1370
    assert 770 < measured[date(2026, 2, 9)] <= 800
    assert date(2026, 2, 10) not in measured
    assert 840 < measured[date(2026, 2, 11)] <= 915


def test_counts_what_everybody_may_see(demo):
    demo.run(now=datetime(2026, 2, 14, 9))

    objects = counted("kind", "object_id")
    wifi, hidden = (helpers.call_action("package_show", id=name) for name in ("titik-wifi", "rahasia"))
    assert objects["dataset", wifi["id"]]["views"] > 0
    assert all(objects["resource", resource["id"]]["downloads"] > 0 for resource in wifi["resources"])
    assert objects["organization", wifi["organization"]["id"]]["visits"] > 0
    assert ("dataset", hidden["id"]) not in objects


def test_again_on_the_same_day_changes_nothing(demo):
    demo.run(now=datetime(2026, 2, 9, 9))
    before = counted("day", "kind", "object_id")

    assert said(demo.run(now=datetime(2026, 2, 9, 17))) == "Visits: unchanged."
    assert counted("day", "kind", "object_id") == before


def test_on_a_later_day_adds_the_days_between_as_if_made_at_once(demo):
    columns = ("day", "hour", "kind", "object_id")
    demo.run(now=datetime(2026, 2, 9, 9))
    sentence = said(demo.run(now=datetime(2026, 2, 14, 9)))
    in_two, measured_in_two = counted(*columns), minutes()

    for table in (VisitCount, VisitDay, VisitImport):
        model.Session.execute(sa.delete(table))
    model.Session.commit()
    demo.run(now=datetime(2026, 2, 14, 9))

    assert sentence.endswith(" invented from 2026-02-09 to 2026-02-13.")
    assert counted(*columns) == in_two
    assert minutes() == measured_in_two


def test_before_four_the_day_before_is_not_over(demo):
    assert said(demo.run(now=datetime(2026, 2, 9, 3, 59))).endswith(" to 2026-02-07.")


def test_none_beside_real_datasets(demo):
    assert said(demo.run("--force", now=datetime(2026, 2, 9, 9))) == ""
    assert not counted("kind")


def test_none_beside_a_real_log(demo):
    at = datetime(2025, 3, 1, tzinfo=timezone.utc)
    row = {"id": "a" * 12, "sha256": "", "format": "combined", "first_on": at.date(), "last_on": at.date()}
    row |= {"first_at": at, "last_at": at, "lines_read": 1, "lines_used": 1, "excluded": {}, "imported_at": at}
    model.Session.add(VisitImport(**row))
    model.Session.commit()

    assert said(demo.run(now=datetime(2026, 2, 9, 9))) == "Visits: none, since a real log was imported here."
