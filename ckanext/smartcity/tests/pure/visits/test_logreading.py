"""What a log gives: each line judged by the rules of live requests, in the order of time, within the days asked for."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.tests.pure.visits.made_log import (
    HIDDEN,
    NOW,
    PERSON,
    ROBOT,
    TOOL,
    agent_kind,
    at,
    find,
    line,
    match,
    portal,
    read,
    settings,
)
from ckanext.smartcity.visits import loglines, logreport, method
from ckanext.smartcity.visits.address import networks
from ckanext.smartcity.visits.classify import Facts, classify
from ckanext.smartcity.visits.logreading import ALL_DAYS, Days, Kept, Portal, Reader
from ckanext.smartcity.visits.routes import route
from ckanext.smartcity.visits.sessions import Event, State, step

DAY = "2026-03-10"
FILE = "/dataset/air/resource/r1/download/a.csv"


def test_a_visit_with_views_and_a_download():
    tally = read([line(f"{DAY} 10:00:00"), line(f"{DAY} 10:05:00", "/dataset/air"), line(f"{DAY} 10:06:00", FILE)])
    assert portal(tally) == {"visits": 1, "views": 2, "downloads": 1}
    assert tally.counts[f"{DAY}T10", "portal||visits"] == 1
    assert tally.counts[DAY, "dataset|air|visits"] == 1
    assert tally.counts[DAY, "dataset|air|downloads"] == 1
    assert (tally.read, tally.used, tally.excluded) == (3, 3, {})


@pytest.mark.parametrize(
    ("one", "reason", "figures"),
    [
        (b"nothing of a log\n", "unparsable", {}),
        (line(f"{DAY} 10:00:00", who="localhost"), "unparsable", {}),
        (line(f"{DAY} 10:00:00").replace(b"10/Mar", b"30/Feb"), "unparsable", {}),
        (line(f"{DAY} 10:00:00").replace(b"GET / HTTP/1.1", b"\\x16\\x03\\x01"), "not_http", {}),
        (line("2027-01-01 00:06:00"), "in_future", {}),
        (line(f"{DAY} 10:00:00", "/base/main.css"), "static", {}),
        (line(f"{DAY} 10:00:00", "/wp-login.php", status=404), "no_route", {}),
        (line(f"{DAY} 10:00:00", "/_sc/s", method="POST", status=204), "beacon", {}),
        (line(f"{DAY} 10:00:00", "/dataset/air", method="HEAD"), "method", {}),
        (line(f"{DAY} 10:00:00", "/dataset/air", method="POST"), "method", {}),
        (line(f"{DAY} 10:00:00", "/user/login"), "not_a_page", {}),
        (line(f"{DAY} 10:00:00", "/dataset/air", status=302), "status", {}),
        (line(f"{DAY} 10:00:00", "/dataset/air", status=404), "status", {"errors": 1}),
        (line(f"{DAY} 10:00:00", FILE, status=404), "status", {}),
        (line(f"{DAY} 10:00:00", "/api/3/action/package_list"), "api", {"machine": 1}),
        (line(f"{DAY} 10:00:00", agent=ROBOT), "robot", {"robots": 1}),
        (line(f"{DAY} 10:00:00", agent="-"), "robot", {"robots": 1}),
        (line(f"{DAY} 10:00:00", FILE, agent=TOOL), "tool", {"machine": 1}),
        (line(f"{DAY} 10:00:00", "/robots.txt"), "robots_txt", {}),
        (line(f"{DAY} 10:00:00", who="10.1.2.3"), "internal", {"internal": 1}),
        (line(f"{DAY} 10:00:00", "/smartcity/visits/opt-out", method="POST", status=303), "opt_out", {}),
    ],
)
def test_a_line_that_is_excluded(one, reason, figures):
    tally = read([one], internal_networks=networks(["10.0.0.0/8"]))
    assert tally.excluded == {reason: 1}
    assert portal(tally) == figures
    assert reason in logreport.REASONS


def test_a_view_in_a_frame_is_judged_by_its_referer():
    view = "/dataset/air/resource/r1/view/v1"
    own = line(f"{DAY} 10:00:00", view, referer="https://portal.example/dataset/air")
    other = line(f"{DAY} 10:00:00", view, referer="https://else.example/")
    assert portal(read([line(f"{DAY} 10:00:00", view)])) == {"visits": 1, "views": 1}
    assert (read([own]).used, portal(read([own]))) == (1, {})
    assert read([other]).excluded == {"foreign_frame": 1}


def test_what_follows_robots_txt_is_a_robots():
    tally = read([line(f"{DAY} 10:00:00"), line(f"{DAY} 10:01:00", "/robots.txt"), line(f"{DAY} 10:02:00")])
    assert portal(tally) == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1, "robots": 1}
    assert tally.excluded == {"robots_txt": 1, "marked": 1}


def test_a_mark_lasts_until_four_and_outlives_the_browser():
    lines = [line(f"{DAY} 05:00:00", "/robots.txt"), line(f"{DAY} 09:00:00"), line("2026-03-11 03:59:59")]
    after = line("2026-03-11 04:00:00")
    assert portal(read(lines)) == {"robots": 2}
    assert portal(read([*lines, after])) == {"robots": 2, "visits": 1, "views": 1}


def test_a_visit_is_split_at_four():
    assert portal(read([line(f"{DAY} 03:59:00"), line(f"{DAY} 04:01:00", "/dataset/air")]))["visits"] == 2


def test_a_hidden_dataset_counts_for_the_portal_only():
    tally = read([line(f"{DAY} 10:00:00", f"/dataset/{HIDDEN}")])
    assert set(tally.counts) == {(f"{DAY}T10", "portal||visits"), (f"{DAY}T10", "portal||views")}


# Order


def test_lines_that_step_back_are_put_in_their_place():
    lines = [line(f"{DAY} 10:00:00"), line(f"{DAY} 10:40:00", "/a"), line(f"{DAY} 10:35:01"), line(f"{DAY} 10:10:00")]
    in_order = [lines[0], line(f"{DAY} 10:25:00", "/dataset/air"), line(f"{DAY} 10:29:00")]
    shuffled = [in_order[0], in_order[2], in_order[1]]
    assert read(in_order).counts == read(shuffled).counts
    assert read(lines).excluded["out_of_order"] == 1  # 10:10 is 30 minutes behind 10:40, and 10:35:01 is not late


@pytest.mark.parametrize(("behind", "used"), [(299, 2), (300, 2), (301, 1)])
def test_the_edge_of_the_buffer(behind, used):
    late = (at(f"{DAY} 10:10:00") - timedelta(seconds=behind)).strftime("%Y-%m-%d %H:%M:%S")
    assert read([line(f"{DAY} 10:10:00"), line(late)]).used == used


def test_ties_keep_the_order_of_the_file():
    page, robots = line(f"{DAY} 10:00:00"), line(f"{DAY} 10:00:00", "/robots.txt")
    assert portal(read([page, robots])) == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1}
    assert portal(read([robots, page])) == {"robots": 1}


# Parts of files


@pytest.mark.parametrize(("second", "downloads"), [("10:00:31", 1), ("10:29:59", 1), ("10:30:00", 2), ("11:00:00", 2)])
def test_a_later_part_of_a_file_is_no_download(second, downloads):
    lines = [line(f"{DAY} 10:00:00", FILE, status=206), line(f"{DAY} {second}", FILE, status=206)]
    assert portal(read(lines)) == {"downloads": downloads}


def test_parts_of_parts_go_on():
    times = ("10:00:00", "10:20:00", "10:40:00", "11:00:00")
    assert portal(read([line(f"{DAY} {time}", FILE, status=206) for time in times])) == {"downloads": 1}


def test_parts_behind_a_whole_file_and_of_another_file():
    other = FILE.replace("r1", "r2")
    lines = [line(f"{DAY} 10:00:00", FILE), line(f"{DAY} 10:01:00", FILE, status=206)]
    assert portal(read(lines)) == {"downloads": 1}
    assert portal(read([*lines, line(f"{DAY} 10:02:00", other, status=206)])) == {"downloads": 2}
    assert portal(read([*lines, line(f"{DAY} 10:02:00", FILE, status=206, who="36.68.1.3")])) == {"downloads": 2}
    assert portal(read([*lines, line(f"{DAY} 10:02:00", FILE)])) == {"downloads": 2}


# Days asked for

INSIDE = Days(date(2026, 3, 10), date(2026, 3, 10))


def test_a_view_counts_though_its_visit_began_before():
    tally = read([line("2026-03-09 23:50:00"), line(f"{DAY} 00:10:00", "/dataset/air")], INSIDE)
    assert portal(tally) == {"views": 1}
    assert dict(tally.counts)[DAY, "dataset|air|views"] == 1
    assert (tally.used, tally.excluded) == (1, {"outside_range": 1})


def test_a_visit_begun_inside_is_completed_behind_the_end():
    lines = [
        line(f"{DAY} 23:50:00"),
        line("2026-03-11 00:10:00", "/dataset/air"),
        line("2026-03-11 00:20:00", "/robots.txt"),
    ]
    assert portal(read(lines[:2], INSIDE)) == {"visits": 1, "views": 1}
    assert read(lines[:2], INSIDE).counts[DAY, "dataset|air|visits"] == 1
    assert portal(read(lines, INSIDE)) == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1}


@pytest.mark.parametrize(
    ("robots_txt", "figures"),
    [("2026-03-09 03:59:59", {"visits": 1, "views": 1}), ("2026-03-09 04:00:00", {"robots": 1})],
)
def test_lines_count_from_the_four_before(robots_txt, figures):
    assert portal(read([line(robots_txt, "/robots.txt"), line(f"{DAY} 03:00:00")], INSIDE)) == figures


def test_lines_behind_the_four_after_are_not_looked_at():
    tally = read([line("2026-03-11 04:00:00"), line(f"{DAY} 10:00:00")], INSIDE)
    assert (tally.used, tally.excluded) == (1, {"outside_range": 1})  # looked at, it would make the other line late


def test_counters_of_the_margin_are_left_out():
    assert portal(read([line("2026-03-09 23:50:00", agent=ROBOT), line(f"{DAY} 00:00:00", agent=ROBOT)], INSIDE)) == {
        "robots": 1
    }


def test_measured_minutes_go_from_the_first_line_of_a_day_to_its_last():
    lines = [
        line(f"{DAY} 10:00:59", "/base/main.css"),
        line(f"{DAY} 10:05:00", agent=ROBOT),
        line("2026-03-12 00:00:00"),
        line("2026-03-12 23:59:59"),
    ]
    assert logreport.measured(read(lines)) == {DAY: 6, "2026-03-12": 1440}


def test_a_day_is_measured_within_the_days_asked_for_only():
    lines = [line("2026-03-09 23:50:00"), line(f"{DAY} 00:10:00"), line("2026-03-11 01:00:00")]
    assert logreport.measured(read(lines, INSIDE)) == {DAY: 1}


# Who


def test_a_list_of_addresses_is_walked_like_a_header():
    proxied = '"10.9.9.9, 36.68.1.{}" 10.0.0.1'
    lines = [line(f"{DAY} 10:00:00", who=proxied.format(n)) for n in (1, 2, 3)]
    trusting = read(lines, trusted_proxies=networks(["10.0.0.1"]))
    assert (portal(trusting)["visits"], trusting.untrusted_headers) == (3, 0)
    wary = read(lines)
    assert (portal(wary)["visits"], wary.untrusted_headers) == (1, 3)


def test_suspect_days_are_told():
    lines = [line(f"{DAY} 10:00:00", who=f"10.0.{n // 250}.{n % 250}") for n in range(100)]
    assert any("100 of 100 visits" in text for text in logreport.warnings(read(lines), settings().zone))
    assert not any("visits have" in text for text in logreport.warnings(read(lines[:99]), settings().zone))
    some = [*lines[:90], *(line(f"{DAY} 10:00:00", who=f"36.0.0.{n}") for n in range(10))]
    assert not any("visits have" in text for text in logreport.warnings(read(some), settings().zone))


def test_kept_answers_stay_few():
    kept = Kept(lambda key: key * 2, entries=3, longest=4)
    assert [kept[key] for key in (b"a", b"b", b"c", b"d", b"12345")] == [b"aa", b"bb", b"cc", b"dd", b"1234512345"]
    assert dict(kept) == {b"d": b"dd"}


# Together


def busy(seed: int, days: int = 2, lines_a_day: int = 1500) -> list[bytes]:
    """Lines of some days in order of time: people, robots, tools, files."""
    chance = random.Random(seed)
    begin = at("2026-03-10 00:00:00")
    seconds = sorted(chance.randrange(days * 86_400) for _ in range(days * lines_a_day))
    paths = [
        "/",
        "/dataset/air",
        "/dataset/water",
        FILE,
        "/api/3",
        "/base/x.css",
        "/robots.txt",
        "/user/login",
        "/none",
    ]
    weights = [20, 20, 20, 10, 5, 20, 0.2, 2, 2]
    return [
        line(
            (begin + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S"),
            chance.choices(paths, weights)[0],
            who=f"36.68.{chance.randrange(4)}.{chance.randrange(30)}",
            agent=chance.choices([PERSON, PERSON + "1", ROBOT, TOOL], [10, 10, 3, 1])[0],
            status=chance.choices([200, 206, 304, 302, 404], [30, 4, 3, 1, 1])[0],
        )
        for second in seconds
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_requests_count_the_same_as_live(seed):
    """Each line as a live request: ``classify`` and ``step``, one state for each browser and salt day."""
    lines = [one for one in busy(seed) if b" 206 " not in one]  # live knows which part of a file it is
    rules, clock = method.params(settings()), method.Clock(settings().zone)
    states: dict[tuple, State] = {}
    live: dict[tuple[str, str], int] = {}
    for one in lines:
        address, _, rest = one.decode().partition(" - - [")
        when, request, status, _, agent = rest[:26], *(rest.split('"')[n] for n in (1, 2, 3, 5))
        verb, path, _ = request.split()
        moment = loglines.moment(when.encode())
        endpoint, arguments = match(verb, path) or (None, {})
        found = route(endpoint, arguments)
        outcome = classify(Facts(found.role, verb, int(status.split()[0]), agent=agent_kind(agent.encode())))
        if not outcome.event:
            continue
        event = Event(
            outcome.event, moment, *(find(found.kind, found.ref) if found.kind else ()), counter=outcome.counter
        )
        state = states.setdefault((clock.salt_day(moment), address, agent), State())
        for key, n in step(state, event, rules, clock.hour).items():
            live[key] = live.get(key, 0) + n
    assert dict(read(lines).counts) == live


def test_blocks_change_nothing():
    lines = busy(4)
    whole = Reader(settings(), Portal(match, find, agent_kind), ALL_DAYS, NOW)
    whole.read(b"".join(lines))
    assert whole.end() == read(lines)


def test_days_asked_for_add_up_to_the_whole():
    lines = busy(5)
    parts = [read(lines, Days(date(2026, 3, day), date(2026, 3, day))) for day in (10, 11)]
    summed: dict[tuple[str, str], int] = {}
    for part in parts:
        for key, n in part.counts.items():
            summed[key] = summed.get(key, 0) + n
    assert summed == dict(read(lines).counts)
    assert {**parts[0].days, **parts[1].days} == read(lines).days


ODD_TIMES = [
    "10/Mar/2026:10:00:00 +0700",
    "01/Jan/0001:00:00:00 +1400",
    "01/Jan/1970:00:00:00 +1400",
    "31/Dec/9999:23:59:59 -1200",
]


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80),
            st.builds(
                b'%b [%b] "%b %b HTTP/1.1" %b 0 "%b" "%b"'.__mod__,
                st.tuples(
                    st.sampled_from([b"36.68.1.2 - -", b"2001:db8::1 - -", b'"x, 1.2.3.4" 10.0.0.1 - -', b"h - -"]),
                    st.sampled_from([time.encode() for time in ODD_TIMES]),
                    st.sampled_from([b"GET", b"POST", b"HEAD", b"PROPFIND"]),
                    st.one_of(st.sampled_from([b"/", b"/robots.txt", FILE.encode()]), st.binary(max_size=20)),
                    st.sampled_from([b"000", b"200", b"206", b"304", b"404", b"999"]),
                    st.binary(max_size=20),
                    st.binary(max_size=20),
                ),
            ),
        ),
        max_size=20,
    )
)
def test_no_log_is_an_error_and_each_line_is_accounted_for(lines):
    read([one + b"\n" for one in lines])
    read([one + b"\n" for one in lines], INSIDE)
