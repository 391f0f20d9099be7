"""Accuracy and privacy: labelled traffic through the whole stack, held against what its labels say.

The portal's WSGI application, Redis, flush and PostgreSQL are the real ones; only the clock is the test's.
``SMARTCITY_TRAFFIC=large`` sends the crowd of the benchmark (10 000 people) in some ten minutes; three pages are then
stand-ins that render nothing but the token.
"""

from __future__ import annotations

import logging
import os
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import pytest

from ckanext.smartcity.tests.visits.traffic.crowd import LARGE, SMALL, crowd, total
from ckanext.smartcity.tests.visits.traffic.drive import Clock, Driver, build
from ckanext.smartcity.tests.visits.traffic.label import PORTAL, Figure, Label
from ckanext.smartcity.tests.visits.traffic.script import (
    LIMIT_MINUTE,
    LIMIT_VISIT,
    OFFICE_NETWORK,
    TRUSTED_NETWORK,
    Script,
    in_order,
)

OPTION = "ckanext.smartcity.visits."
SEED = 20260101
DAY = 24 * 3600
pytestmark = [
    pytest.mark.solr,
    pytest.mark.ckan_config(f"{OPTION}trusted_proxies", TRUSTED_NETWORK),
    pytest.mark.ckan_config(f"{OPTION}internal_networks", OFFICE_NETWORK),
    pytest.mark.ckan_config(f"{OPTION}limit_minute", LIMIT_MINUTE),
    pytest.mark.ckan_config(f"{OPTION}limit_visit", LIMIT_VISIT),
    pytest.mark.ckan_config(f"{OPTION}public_minimum", 0),
]
FIGURES = ("visits", "visits_confirmed", "views", "downloads")
FILTERS = ("robots", "machine", "internal", "opted_out", "errors")
SPAN = {"first": "2025-12-30", "last": "2026-01-02"}


class Held(NamedTuple):
    """A key in Redis: seconds it has to live (-1: for ever), and all that is in it."""

    name: str
    life: int
    content: bytes


@dataclass
class Run:
    """What the traffic left behind."""

    scripts: list[Script]
    unexpected: list[str]
    counted: Label
    counted_again: Label  # after a full pass
    before_flush: list[Held]
    after_full_pass: list[Held]
    log: str


RUNS: list[Run] = []


@pytest.fixture
def run(non_clean_db: None, ckan_config: Any, make_app: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The traffic, sent once: the tests only look at what it left."""
    if not RUNS:
        RUNS.append(send_traffic(make_app, monkeypatch))
    return RUNS[0]


def send_traffic(make_app: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    import redis

    from ckanext.smartcity import config, nightly
    from ckanext.smartcity.visits import beacon, middleware
    from ckanext.smartcity.visits.flush import Flush

    clock, settings = Clock(), config.visits_settings()
    monkeypatch.setattr(middleware, "Recorder", partial(patient_recorder, middleware.Recorder, clock))
    for module in (middleware, beacon):
        monkeypatch.setattr(module, "Tokens", partial(beacon.Tokens, clock=clock.seconds))
    connection = redis.Redis.from_url(settings.redis_url)
    keys = f"sc:{settings.site_id}:*"
    forget(connection, keys)
    with log_of_ours() as lines:
        portal = build()
        is_large = os.environ.get("SMARTCITY_TRAFFIC") == "large"
        scripts = crowd(portal.places, SEED, LARGE if is_large else SMALL)
        app = make_app().flask_app
        if is_large:
            stand_in(app)
        driver = Driver(app, portal.tokens, clock)
        driver.take(in_order(scripts))
        before_flush = list(held(connection, keys))
        flush = Flush(settings, nightly.own_engine())
        flush.changed()
        figures = counted()
        flush.full_pass()
        after_full_pass = list(held(connection, keys))
    forget(connection, keys)
    return Run(scripts, driver.unexpected, figures, counted(), before_flush, after_full_pass, "\n".join(lines))


def patient_recorder(kind: Any, clock: Clock, settings: Any) -> Any:
    """A recorder by the test's clock that waits for Redis: a busy machine must not look like a wrong count."""
    return kind(replace(settings, redis_timeout_ms=30_000), now=clock.milliseconds)


def stand_in(app: Any) -> None:
    """Answer the pages asked for most without CKAN's templates, which take nearly all of the time."""
    from ckan.plugins import toolkit as tk

    def page(**_: Any) -> str:
        token = tk.h.smartcity_page_token()
        return f'<img src="/_sc/s.gif?t={token}">' if token else ""

    app.view_functions.update(dict.fromkeys(("home.about", "organization.index", "group.index"), page))


def forget(connection: Any, keys: str) -> None:
    for key in connection.scan_iter(keys, count=1000):
        connection.delete(key)


def held(connection: Any, keys: str) -> Iterator[Held]:
    read = {
        b"string": connection.get,
        b"hash": connection.hgetall,
        b"set": connection.smembers,
        b"list": lambda key: connection.lrange(key, 0, -1),
    }
    for key in connection.scan_iter(keys, count=1000):
        kind = connection.type(key)
        if kind not in read:  # its life ended just now
            continue
        content = read[kind](key)
        parts = content.items() if isinstance(content, dict) else [content] if isinstance(content, bytes) else content
        joined = b"\n".join(b"\n".join(part) if isinstance(part, tuple) else part for part in parts)
        yield Held(key.decode(), connection.ttl(key), joined)


@contextmanager
def log_of_ours() -> Iterator[list[str]]:
    """Everything that our loggers say, at any level."""
    lines: list[str] = []
    handler, logger = logging.Handler(), logging.getLogger("ckanext.smartcity")
    handler.emit = lambda record: lines.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def counted() -> Label:
    """What PostgreSQL has, with the twins that are taken off when publishing."""
    from ckan import model

    from ckanext.smartcity.visits.models import METRICS, OBJECT_HOUR, VisitCount

    found = Label()
    for row in model.Session.query(VisitCount):
        of_portal = row.kind == PORTAL
        bucket = f"{row.day}T{row.hour:02}" if of_portal else str(row.day)
        assert of_portal or row.hour == OBJECT_HOUR
        name = PORTAL if of_portal else f"{row.kind}|{row.object_id}"
        found.update({Figure(name, bucket, metric): getattr(row, metric) for metric in METRICS})
    model.Session.rollback()
    return Label({figure: n for figure, n in found.items() if n})


def by_class(label: Label) -> Counter[tuple[str, str]]:
    """Sums by kind of row and figure, to be read by people."""
    sums: Counter[tuple[str, str]] = Counter()
    for figure, n in label.items():
        sums[figure.row.partition("|")[0], figure.metric] += n
    return sums


def test_every_request_is_answered_as_the_traffic_expects(run: Run):
    assert run.unexpected == []


def test_every_figure_is_what_the_labels_say(run: Run):
    expected = total(run.scripts)
    labelled, found = by_class(expected), by_class(run.counted)
    print(f"\n{len(run.scripts)} actors, {sum(len(s.steps) for s in run.scripts)} requests, {len(expected)} figures")
    for kind, metric in sorted(labelled | found):
        print(f"{kind:13} {metric:22} label {labelled[kind, metric]:6} counted {found[kind, metric]:6}")
    differing = {
        figure: (expected[figure], run.counted[figure])
        for figure in expected.keys() | run.counted.keys()
        if expected[figure] != run.counted[figure]
    }
    assert differing == {}, "figure: (label, counted)"


def test_a_full_pass_changes_nothing_and_empties_redis_of_old_days(run: Run):
    assert run.counted_again == run.counted
    assert [held.name for held in run.after_full_pass if held.name.split(":")[2] in "cm"] == []


def published(label: Label, rows: str, bucket: str) -> dict[str, int]:
    """The four figures of rows and buckets that begin with these words: counters less their twins."""
    sums = Counter[str]()
    for figure, n in label.items():
        if figure.row.startswith(rows) and figure.bucket.startswith(bucket):
            sums[figure.metric] += n
    return {name: sums[name] - sums[f"void_{name}"] for name in FIGURES}


def published_by_objects(label: Label, kind: str) -> dict[str, dict[str, int]]:
    ids = {figure.row.partition("|")[2] for figure in label if figure.row.startswith(f"{kind}|")}
    return {object_id: published(label, f"{kind}|{object_id}", "") for object_id in ids}


def figures_of(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[name] or 0 for name in FIGURES}


def ask(name: str, **data: Any) -> dict[str, Any]:
    from ckan.tests import helpers

    return helpers.call_action(f"smartcity_visit_{name}", context={"user": "", "ignore_auth": False}, **data)


@pytest.mark.parametrize(("interval", "begin"), [("day", "first"), ("hour", "hour")])
def test_the_published_series_is_what_the_labels_say(run: Run, interval: str, begin: str):
    expected = total(run.scripts)
    rows = ask("series_list", interval=interval, **SPAN)["rows"]
    assert {row[begin]: figures_of(row) for row in rows} == {
        row[begin]: published(expected, PORTAL, row[begin]) for row in rows
    }
    sums = Counter[str]()
    for row in rows:
        sums.update(figures_of(row))
    assert sums == published(expected, PORTAL, "")


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_published_year_is_what_the_labels_say(run: Run, year: int):
    answer = ask("year_show", year=year)
    shown = {**figures_of(answer), "visits": answer["visits_all"]}
    assert shown == published(total(run.scripts), PORTAL, str(year))
    assert answer["visits"] == answer["visits_confirmed"]
    assert answer["grade"] == "confirmed"


@pytest.mark.parametrize("kind", ["dataset", "resource", "organization", "group", "page"])
def test_the_published_lists_of_objects_are_what_the_labels_say(run: Run, kind: str):
    rows = ask("top_list", kind=kind, limit=1000, **SPAN)["rows"]
    shown = {row["id"]: figures_of(row) for row in rows}
    expected = published_by_objects(total(run.scripts), kind)
    assert {key: shown.get(key) for key in expected} == expected
    assert not any(any(figures.values()) for key, figures in shown.items() if key not in expected)


def test_the_published_filters_are_what_the_labels_say(run: Run):
    answer, expected = ask("filter_list", **SPAN), by_class(total(run.scripts))
    assert {row["filter"]: row["requests"] for row in answer["filters"]} == {n: expected[PORTAL, n] for n in FILTERS}
    assert answer["voided"] == {name: expected[PORTAL, f"void_{name}"] for name in FIGURES}


def marks(run: Run) -> set[str]:
    """What nobody may find again: each address and agent of the traffic, as texts."""
    steps = [step for script in run.scripts for step in script.steps]
    headers = [step.all_headers() for step in steps]
    addresses = {step.browser.address for step in steps}
    forwarded = {part.strip() for sent in headers for part in sent.get("X-Forwarded-For", "").split(",")}
    agents = {sent.get("User-Agent", "") for sent in headers}
    return {mark for mark in addresses | forwarded | agents if len(mark) > len("unknown")}


def secrets_of(run: Run) -> set[str]:
    """The salts and the keys of browsers, in the notations a careless line might have."""
    salts = [held.content for held in run.before_flush if ":salt:" in held.name]
    keys = {held.name.rsplit(":", 1)[1] for held in run.before_flush if held.name.split(":")[2] in "vopx"}
    assert salts
    assert keys
    return keys | {
        form for salt in salts for form in (salt.hex(), urlsafe_b64encode(salt).decode().rstrip("="), str(salt))
    }


def found_in(text: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word in text]


def test_redis_holds_no_address_and_no_agent(run: Run):
    text = "\n".join(f"{held.name}\n{held.content.decode('latin-1')}" for held in run.before_flush)
    assert found_in(text, marks(run)) == []


def test_redis_forgets_all_but_counters(run: Run):
    """State of browsers ends after half an hour at most, salts and robot marks at the next 04:00."""
    most = {"v": 1800, "o": 1800, "p": 60, "x": DAY, "salt": DAY}
    lives = {held.name: (held.name.split(":")[2], held.life) for held in run.before_flush}
    assert {kind for kind, _ in lives.values()} <= {*most, "c", "m", "d", "dc", "dm", "gen", "g", "k"}
    assert {n: life for n, (kind, life) in lives.items() if kind in most and not 0 <= life <= most[kind]} == {}
    lasting = "\n".join(
        f"{held.name}\n{held.content!r}" for held in run.before_flush if lives[held.name][0] not in most
    )
    assert found_in(lasting, secrets_of(run)) == []


def test_the_database_holds_no_address_no_agent_and_no_key(run: Run):
    import sqlalchemy as sa
    from ckan import model

    tables = sa.inspect(model.meta.engine).get_table_names()
    assert any(name.startswith("smartcity_visit") for name in tables)
    with model.meta.engine.connect() as connection:
        rows = [
            str(row[0])
            for name in tables
            for row in connection.execute(
                sa.select(sa.cast(sa.literal_column(f'"{name}"'), sa.Text)).select_from(sa.table(name))
            )
        ]
    assert found_in("\n".join(rows), marks(run) | secrets_of(run)) == []


def test_public_pages_name_nobody(run: Run, app: Any):
    days = "&".join(f"{name}={day}" for name, day in SPAN.items())
    files = [f"/{name}.{form}" for name in ("series", "top", "filter", "gap") for form in ("csv", "json")]
    for path in ("", *files):
        answer = app.get(f"/smartcity/visits{path}?{days}", headers={"User-Agent": "a reader of the test"})
        assert answer.status_code == 200
        assert found_in(answer.text, marks(run) | secrets_of(run)) == []


def test_our_log_names_nobody(run: Run):
    assert found_in(run.log, marks(run) | secrets_of(run)) == []


def test_an_outage_of_redis_names_nobody_in_the_log(run: Run, caplog: pytest.LogCaptureFixture):
    from ckanext.smartcity import config
    from ckanext.smartcity.visits.recorder import Recorder

    recorder = Recorder(replace(config.visits_settings(), redis_url="redis://127.0.0.1:1/0"))
    with caplog.at_level(logging.DEBUG, "ckanext.smartcity"):
        recorder.record("page", address="36.64.1.1", agent=b"Mozilla/5.0 marked", object="page|about", nonce="bm9uY2U")
    assert caplog.records
    assert found_in(caplog.text, ("36.64.1.1", "marked")) == []
