"""``ckan smartcity visits import-log`` on the real database: rows, report, days; again; and what is refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from click.testing import CliRunner, Result

from ckanext.smartcity.cli import smartcity
from ckanext.smartcity.cli.visits_import import matcher
from ckanext.smartcity.tests.pure.visits.made_log import PERSON, ROBOT, TOOL, line
from ckanext.smartcity.visits.models import VisitCount, VisitDay, VisitImport, VisitMethod

DAY = "2026-03-10"
REAL = Path(__file__).parents[5] / "shared/data/real"


@pytest.fixture
def run(clean, app) -> Callable[..., Result]:
    """Run the command as ``ckan`` does, which hands over the application."""
    context = click.Context(smartcity)
    context.meta["flask_app"] = app.flask_app

    def invoke(*arguments: object) -> Result:
        words = ["visits", "import-log", *map(str, arguments)]
        return CliRunner().invoke(smartcity, words, parent=context, catch_exceptions=False)

    return invoke


@pytest.fixture
def log(tmp_path) -> Callable[..., Path]:
    def put(lines: list[bytes], name: str = "access.log") -> Path:
        path = tmp_path / name
        content = b"".join(lines)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return put


def rows() -> list[tuple[Any, ...]]:
    """Everything that an import writes."""
    tables = (VisitCount, VisitDay, VisitImport, VisitMethod)
    model.Session.rollback()
    return [
        (table.__tablename__, *row) for table in tables for row in model.Session.execute(sa.select(table.__table__))
    ]


def figures(kind: str, object_id: str = "") -> dict[str, int]:
    model.Session.rollback()
    names = ("visits", "views", "downloads", "robots", "machine", "errors")
    sums = sa.select(*(sa.func.sum(getattr(VisitCount, name)).label(name) for name in names))
    row = model.Session.execute(sums.where(VisitCount.kind == kind, VisitCount.object_id == object_id)).one()
    return {name: n for name, n in row._mapping.items() if n}


def test_a_log_becomes_rows_days_and_a_report(run, log):
    agency = factories.Organization(name="dlh")
    dataset = factories.Dataset(name="air", owner_org=agency["id"])
    resource = factories.Resource(package_id=dataset["id"], url="http://a.example/a.csv")
    file = f"/dataset/air/resource/{resource['id']}/download/a.csv"
    path = log(
        [
            line(f"{DAY} 10:00:00"),
            line(f"{DAY} 10:01:00", "/en/dataset/air"),
            line(f"{DAY} 10:02:00", file),
            line(f"{DAY} 10:03:00", "/dataset/air", who="36.68.1.3"),
            line(f"{DAY} 10:04:00", f"/dataset/{dataset['id']}", agent=ROBOT),
            line(f"{DAY} 10:05:00", file, agent=TOOL),
            line(f"{DAY} 10:06:00", "/organization/dlh", who="36.68.1.4"),
            line(f"{DAY} 10:07:00", "/dataset/gone", status=404),
            line(f"{DAY} 10:08:00", "/webassets/smartcity/main.css"),
            line(f"{DAY} 10:09:00", "/robots.txt", who="36.68.1.9"),
        ]
    )

    report = json.loads(run(path, "--json").stdout)

    assert figures("portal") == {"visits": 3, "views": 4, "downloads": 1, "robots": 1, "machine": 1, "errors": 1}
    assert figures("dataset", dataset["id"]) == {"visits": 2, "views": 2, "downloads": 1}
    assert figures("resource", resource["id"]) == {"visits": 1, "downloads": 1}
    assert figures("organization", agency["id"]) == {"visits": 3, "views": 3, "downloads": 1}
    assert (report["lines_read"], report["lines_used"]) == (10, 5)
    assert report["excluded"] == {"robot": 1, "tool": 1, "status": 1, "static": 1, "robots_txt": 1}
    assert report["minutes"] == {DAY: 10}
    stored = model.Session.scalars(sa.select(VisitImport)).one()
    assert (stored.id, stored.format, stored.first_on, stored.last_on) == (
        report["id"],
        "combined",
        *2 * [date(2026, 3, 10)],
    )
    day = model.Session.scalars(sa.select(VisitDay)).one()
    assert (day.source, day.measured_minutes, day.minutes) == ("log", 10, None)
    method = model.Session.scalars(sa.select(VisitMethod)).one()
    assert (method.version, method.parameters["beacon"]) == (report["method"], True)
    assert {row.run for row in model.Session.scalars(sa.select(VisitCount))} == {report["id"]}


def test_importing_again_changes_nothing_wherever_the_parts_were_cut(run, log):
    lines = [line(f"{DAY} {hour:02}:00:00", who=f"36.68.1.{hour}") for hour in range(24)]
    run(log(lines))
    before = rows()

    parts = [log(lines[10:]), log(lines[:10], "access.log.1.gz")]
    again = run(*parts)

    assert "nothing was changed" in again.output
    assert rows() == before


def test_a_day_that_another_import_counted_is_refused(run, log):
    run(log([line(f"{DAY} 10:00:00")]))
    before = rows()

    refused = run(log([line(f"{DAY} 11:00:00"), line("2026-03-11 09:00:00")]))

    assert refused.exit_code == 1
    assert f"has counted {DAY} to {DAY} already" in refused.output
    assert "--from" in refused.output
    assert rows() == before
    assert run(log([line(f"{DAY} 11:00:00"), line("2026-03-11 09:00:00")]), "--from", "2026-03-11").exit_code == 0


def test_nothing_to_count_writes_nothing(run, log):
    for content in ([], [b"one\ntwo\n"], [line(f"{DAY} 10:00:00")]):
        result = run(log(content), "--to", "2026-03-01")
        assert result.exit_code == 1
        assert "Nothing was imported" in result.output
    assert rows() == []


def test_days_the_wrong_way_round(run, log):
    result = run(log([line(f"{DAY} 10:00:00")]), "--from", "2026-03-11", "--to", DAY)
    assert result.exit_code == 2
    assert "is later than" in result.output


@pytest.mark.parametrize("option", ["--from=0001-01-01", "--to=9999-12-31"])
def test_days_of_no_log(run, log, option):
    result = run(log([line(f"{DAY} 10:00:00")]), option)
    assert result.exit_code == 2
    assert "is no day of a log" in result.output


def test_a_damaged_part_leaves_nothing_behind(run, log, tmp_path):
    packed = log([line(f"{DAY} 11:00:00", f"/dataset/d{n}") for n in range(5000)], "access.log.1.gz")
    packed.write_bytes(packed.read_bytes()[:-200])

    result = run(log([line(f"{DAY} 10:00:00")]), packed)

    assert result.exit_code == 1
    assert "access.log.1.gz: the compressed file is damaged or cut" in result.output
    assert rows() == []


def test_the_report_for_people_has_every_reason_and_no_address(run, log):
    result = run(log([line(f"{DAY} 10:00:00"), b"junk\n", line(f"{DAY} 10:00:00", agent=ROBOT)]))
    assert "Lines read 3, used 1, excluded 2:" in result.output
    assert "unparsable: not a line of the format combined" in result.output
    assert "Warning: The log covers 1 of 1440 minutes" in result.output
    assert "36.68" not in result.output
    assert PERSON not in result.output


def test_quiet_prints_warnings_only(run, log):
    result = run(log([line(f"{DAY} 00:00:00"), line(f"{DAY} 23:59:59")]), "--quiet")
    assert result.output == ""


def test_a_private_dataset_leaves_no_trace(run, log):
    agency = factories.Organization()
    hidden = factories.Dataset(name="hidden", owner_org=agency["id"], private=True)
    run(log([line(f"{DAY} 10:00:00", "/dataset/hidden"), line(f"{DAY} 10:00:30", f"/dataset/{hidden['id']}")]))
    assert figures("portal") == {"visits": 1, "views": 1}
    assert {row[3] for row in rows() if row[0] == VisitCount.__tablename__} == {"portal"}


@pytest.mark.parametrize(
    ("root_path", "path", "endpoint"),
    [
        ("", "/dataset/air", "dataset.read"),
        ("", "/en/dataset/air", "dataset.read"),
        ("", "/en", "home.index"),
        ("", "/en/", "home.index"),
        ("", "/fr/dataset/air", "static"),
        ("", "/data/dataset/air", "static"),
        ("/data", "/data/dataset/air", "dataset.read"),
        ("/data", "/data/en/dataset/air", "dataset.read"),
        ("/data", "/data", "home.index"),
        ("/data", "/dataset/air", None),
        ("/data", "/database/air", None),
        ("/data/{{LANG}}", "/data/en/dataset/air", "dataset.read"),
        ("/data/{{LANG}}", "/data/dataset/air", "dataset.read"),
        ("/{{LANG}}/data", "/en/data/dataset/air", "dataset.read"),
        ("/{{LANG}}/data", "/data/dataset/air", "dataset.read"),
        ("/{{LANG}}/data", "/en/dataset/air", None),
    ],
)
def test_language_and_root_path_are_taken_off(with_plugins, app, root_path, path, endpoint):
    found = matcher(app.flask_app.url_map, root_path, {"id", "en"})("GET", path)
    assert (found and found[0]) == endpoint


@pytest.mark.parametrize(
    "path", ["", "*", "//", "/../..", "/\x00", "/dataset/\ud7ff\n", "http:", "/dataset/" + "a" * 9000, "/%"]
)
def test_odd_paths_are_no_error(with_plugins, app, path):
    for root_path in ("", "/data/{{LANG}}"):
        match = matcher(app.flask_app.url_map, root_path, {"id", "en"})
        for method in ("GET", "POST", "PROPFIND"):
            match(method, path)


def test_a_method_that_the_route_does_not_have(with_plugins, app):
    match = matcher(app.flask_app.url_map, "", {"id", "en"})
    assert match("POST", "/smartcity/visits/opt-out")
    assert match("POST", "/dataset/air/resource/r1/download/a.csv") is None


@pytest.mark.skipif(not REAL.is_dir(), reason="the collection of real logs is not here")
@pytest.mark.parametrize(
    "names",
    [
        ["access_apache_combined.log"],
        ["access_nginx_odd_lines.log"],
        ["access_nginx_odd_lines.log", "access_caddy.jsonl", "access_apache_combined.log"],
    ],
)
def test_real_logs(run, names):
    paths = [REAL / name for name in names]
    report = json.loads(run(*paths, "--json").stdout)
    lines = sum(path.read_bytes().count(b"\n") for path in paths)
    assert report["lines_read"] == lines == report["lines_used"] + sum(report["excluded"].values())
    before = rows()
    assert json.loads(run(*paths, "--json").stdout)["known"]
    assert rows() == before
