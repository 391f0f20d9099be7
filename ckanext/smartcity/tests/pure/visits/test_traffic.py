"""The labelled traffic agrees with itself before anything is measured by it."""

from __future__ import annotations

import pytest

from ckanext.smartcity.tests.visits.traffic.crowd import LARGE, LONGEST, SMALL, crowd, total
from ckanext.smartcity.tests.visits.traffic.label import HOUR, PORTAL, Figure, Label, Place, Seen, day, hour, local
from ckanext.smartcity.tests.visits.traffic.script import ACTORS, Places, in_order

PAGES = tuple(Place(f"/{name}", f"page|{name}") for name in ("about", "groups", "organizations"))
DLH = ("organization|o1",)
DATASET = Place("/dataset/taman", "dataset|d1", DLH)
PLACES = Places(
    pages=PAGES,
    search=Place("/dataset/", "page|search"),
    datasets=(DATASET, Place("/dataset/jalan", "dataset|d2", ("organization|o2",))),
    resource=Place("/dataset/taman/resource/r1", "resource|r1", ("dataset|d1", *DLH)),
    file=Place("/dataset/taman/resource/r1/download/t.csv", "resource|r1", ("dataset|d1", *DLH)),
    link=Place("/dataset/taman/resource/r2/download/t.csv", "resource|r2", ("dataset|d1", *DLH)),
    organization=Place("/organization/dlh", "organization|o1"),
    group=Place("/group/hijau", "group|g1"),
    private=Place("/dataset/rahasia", "dataset|d3", DLH, listed=False),
    draft=Place("/dataset/rancangan", "dataset|d4", DLH, listed=False),
    same_dataset=("/dataset/taman?a=b", "/en/dataset/taman"),
    same_organization="/organization/o1",
    moved="/dataset/d1",
)


@pytest.fixture(scope="module")
def scripts():
    return crowd(PLACES, 1, SMALL)


def test_hours_and_days_are_those_of_the_city():
    assert hour(local("2025-12-31 23:59:59.999")) == "2025-12-31T23"
    assert day(local("2025-12-31 23:59:59.999") + 1) == "2026-01-01"


def test_a_visit_is_added_to_everything_above_what_was_seen():
    label = Label()
    opened, later = local("2025-12-31 23:50"), local("2026-01-01 00:10")
    label.visit(
        [Seen(opened, DATASET), Seen(later, PLACES.resource)], [Seen(later, PLACES.file)], confirmed=True, void=True
    )
    assert label == {
        Figure(PORTAL, "2025-12-31T23", "visits"): 1,
        Figure(PORTAL, "2025-12-31T23", "visits_confirmed"): 1,
        Figure(PORTAL, "2025-12-31T23", "views"): 1,
        Figure(PORTAL, "2026-01-01T00", "views"): 1,
        Figure(PORTAL, "2026-01-01T00", "downloads"): 1,
        Figure(PORTAL, "2025-12-31T23", "void_visits"): 1,
        Figure(PORTAL, "2025-12-31T23", "void_visits_confirmed"): 1,
        Figure(PORTAL, "2025-12-31T23", "void_views"): 1,
        Figure(PORTAL, "2026-01-01T00", "void_views"): 1,
        Figure(PORTAL, "2026-01-01T00", "void_downloads"): 1,
        Figure("dataset|d1", "2025-12-31", "views"): 1,
        Figure("organization|o1", "2025-12-31", "views"): 1,
        **{Figure(row, "2026-01-01", "views"): 1 for row in ("resource|r1", "dataset|d1", "organization|o1")},
        **{Figure(row, "2026-01-01", "downloads"): 1 for row in ("resource|r1", "dataset|d1", "organization|o1")},
        **{
            Figure(row, "2025-12-31", metric): 1
            for row in ("resource|r1", "dataset|d1", "organization|o1")
            for metric in ("visits", "visits_confirmed")
        },
    }


def test_what_only_few_may_see_is_added_to_the_portal_alone():
    label = Label()
    label.visit([Seen(local("2025-12-31 12:00"), PLACES.private)])
    assert {figure.row for figure in label} == {PORTAL}


def test_one_seed_gives_one_crowd(scripts):
    again = crowd(PLACES, 1, SMALL)
    assert [(s.kind, s.start, s.adds) for s in scripts] == [(s.kind, s.start, s.adds) for s in again]
    assert [(t.at, t.path, t.all_headers()) for t in in_order(scripts)] == [
        (t.at, t.path, t.all_headers()) for t in in_order(again)
    ]


def test_every_kind_takes_part(scripts):
    assert {s.kind for s in scripts} == {kind.kind for kind in ACTORS}


def test_no_two_scripts_share_a_client(scripts):
    """Else one actor could change what another adds."""
    clients = [{(b.address, b.headers.get("X-Forwarded-For")) for b in (t.browser for t in s.steps)} for s in scripts]
    in_office = [client for own in clients for client in own if client[0].startswith("203.0.113.")]
    assert sum(map(len, clients)) - len(in_office) == len(set().union(*clients) - set(in_office))


def test_actors_without_a_moment_of_their_own_end_before_four(scripts):
    fixed = {kind.kind for kind in ACTORS if kind.moment}
    for script in scripts:
        times = [step.at for step in script.steps]
        assert max(times) - min(times) <= LONGEST
        if script.kind not in fixed:
            assert day(min(times) - 4 * HOUR) == day(max(times) - 4 * HOUR)


def test_no_published_figure_of_a_label_is_negative(scripts):
    label = total(scripts)
    assert min(label.values()) > 0
    for row, bucket, metric in label:
        if metric.startswith("void_"):
            assert label[Figure(row, bucket, metric)] <= label[Figure(row, bucket, metric.removeprefix("void_"))]


def test_the_large_crowd_has_the_size_of_the_benchmark():
    scripts = crowd(PLACES, 2, LARGE)
    groups = {kind.kind: kind.group for kind in ACTORS}
    sizes = {group: sum(groups[s.kind] == group for s in scripts) for group in LARGE}
    assert sizes == LARGE
