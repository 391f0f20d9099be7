"""What counts, row by row: the outcome of a request, both sides of each condition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.classify import FRAMES, PREFETCH, REDIRECTS, Facts, classify

PAGE = Facts("page")
FILE = Facts("file", html=False)
API = Facts("api", html=False)
FEED = Facts("feed", html=False)
FORM = Facts("html")
NAVIGATION = {"dest": "document", "mode": "navigate", "site": "none"}
OUR_SCRIPT = {"dest": "empty", "mode": "cors", "site": "same-origin"}
OTHER_SCRIPT = {"dest": "empty", "mode": "cors", "site": "cross-site"}
OUR_FRAME = {"dest": "iframe", "mode": "navigate", "site": "same-origin"}
OTHER_FRAME = {"dest": "iframe", "mode": "navigate", "site": "cross-site"}

NOTHING = ("", "")
EVENTS = {name: (name, "") for name in ("page", "download", "part", "frame", "internal", "opt_out", "mark")}
COUNTED = {name: ("count", name) for name in ("errors", "robots", "machine", "opted_out")}


def outcome(facts: Facts, **changes) -> tuple[str, str]:
    return classify(facts._replace(**changes))[:2]


@pytest.mark.parametrize("headers", [{}, NAVIGATION, {"dest": "empty", "mode": "navigate"}])
def test_page_by_a_person(headers):
    assert outcome(PAGE, **headers) == EVENTS["page"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": 200, "html": True}, EVENTS["page"]),
        ({"status": 200, "html": False}, NOTHING),
        ({"status": 304, "html": False}, EVENTS["page"]),
        ({"status": 206}, NOTHING),
        ({"status": 204}, NOTHING),
    ],
)
def test_page_must_be_html_or_not_modified(changes, expected):
    assert outcome(PAGE, **changes) == expected


@pytest.mark.parametrize("status", REDIRECTS)
def test_page_redirected(status):
    assert outcome(PAGE, status=status) == NOTHING


@pytest.mark.parametrize("facts", [PAGE, FILE, API, FEED, FORM, Facts("robots"), Facts("opt_out")])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options(facts, method):
    assert outcome(facts, method=method) == NOTHING


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_post_of_a_form(method):
    assert outcome(PAGE, method=method) == NOTHING
    assert outcome(PAGE, method=method, status=500) == NOTHING
    assert outcome(FILE, method=method) == NOTHING


def test_static_files_and_addresses_without_a_route():
    assert outcome(Facts("static")) == outcome(Facts("none"), status=404) == NOTHING


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500, 503])
@pytest.mark.parametrize("agent", ["person", "tool", "robot"])
def test_page_error_any_client(status, agent):
    assert outcome(PAGE, status=status, agent=agent) == COUNTED["errors"]
    assert outcome(PAGE, status=status, agent=agent, internal=True, opted_out=True) == COUNTED["errors"]
    assert outcome(PAGE, status=399, agent=agent) == NOTHING


@pytest.mark.parametrize("word", PREFETCH)
@pytest.mark.parametrize("facts", [PAGE, FILE, API])
def test_prefetch(word, facts):
    assert outcome(facts, purpose=word) == outcome(facts, purpose=f"{word};anonymous-client-ip") == NOTHING
    assert outcome(facts, purpose="other") != NOTHING


def test_prefetch_does_not_hide_an_error():
    assert outcome(PAGE, purpose="prefetch", status=404) == COUNTED["errors"]


@pytest.mark.parametrize("status", [200, 206, 304, *REDIRECTS])
def test_file_fetched_by_a_person(status):
    assert outcome(FILE, status=status) == EVENTS["download"]
    assert outcome(FILE, status=status, **NAVIGATION) == EVENTS["download"]


def test_file_later_byte_range():
    assert outcome(FILE, status=206, later_range=False) == EVENTS["download"]
    assert outcome(FILE, status=206, later_range=True) == EVENTS["part"]


@pytest.mark.parametrize("status", [400, 403, 404, 416, 500, 204])
def test_file_refused(status):
    assert outcome(FILE, status=status) == NOTHING


@pytest.mark.parametrize("dest", FRAMES)
def test_page_in_a_frame(dest):
    assert outcome(PAGE, dest=dest, site="same-origin") == EVENTS["frame"]
    for site in ("cross-site", "same-site", "none", ""):
        assert outcome(PAGE, dest=dest, site=site) == NOTHING


@pytest.mark.parametrize("dest", FRAMES)
def test_file_in_a_frame(dest):
    assert outcome(FILE, dest=dest, site="same-origin") == NOTHING
    for site in ("cross-site", "same-site", "none"):
        assert outcome(FILE, dest=dest, site=site) == COUNTED["machine"]


@pytest.mark.parametrize(("referer", "expected"), [("own", EVENTS["frame"]), ("other", NOTHING), ("", EVENTS["page"])])
def test_view_of_a_resource_from_an_old_browser(referer, expected):
    assert outcome(PAGE, framed=True, referer=referer) == expected
    assert outcome(PAGE, framed=True, referer=referer, **NAVIGATION) == EVENTS["page"]
    assert outcome(PAGE, framed=False, referer=referer) == EVENTS["page"]


@pytest.mark.parametrize("facts", [PAGE, FILE, API, FEED, FORM])
def test_background_call_of_our_own_page(facts):
    assert outcome(facts, **OUR_SCRIPT) == outcome(facts, by_script=True) == NOTHING
    assert outcome(facts, dest="image", site="same-origin") == NOTHING


def test_background_call_of_another_site():
    assert outcome(FILE, **OTHER_SCRIPT) == outcome(FILE, dest="image", site="cross-site") == COUNTED["machine"]
    assert outcome(API, **OTHER_SCRIPT) == outcome(FEED, **OTHER_SCRIPT) == COUNTED["machine"]
    assert outcome(PAGE, **OTHER_SCRIPT) == outcome(FORM, **OTHER_SCRIPT) == NOTHING
    assert outcome(FILE, **{**OTHER_SCRIPT, "site": "same-site"}) == COUNTED["machine"]


def test_headers_of_the_browser_stand_above_those_of_scripts():
    assert outcome(PAGE, by_script=True, **NAVIGATION) == EVENTS["page"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [200, 400, 404, 409, 500])
@pytest.mark.parametrize("facts", [API, FEED])
def test_program_interfaces_called_by_a_program_or_typed_in(method, status, facts):
    assert outcome(facts, method=method, status=status) == COUNTED["machine"]
    assert outcome(facts, method=method, status=status, agent="robot") == COUNTED["machine"]
    assert outcome(facts, method=method, status=status, internal=True, opted_out=True) == COUNTED["machine"]
    assert outcome(facts, method=method, status=status, **NAVIGATION) == COUNTED["machine"]


@pytest.mark.parametrize("facts", [PAGE, FILE])
def test_robot_tool_and_person(facts):
    assert outcome(facts, agent="robot") == COUNTED["robots"]
    assert outcome(facts, agent="tool") == COUNTED["machine"]
    assert outcome(facts, agent="robot", opted_out=True, internal=True) == COUNTED["robots"]
    assert outcome(facts, agent="tool", opted_out=True, internal=True) == COUNTED["machine"]
    assert outcome(facts, agent="robot", **OUR_FRAME) == COUNTED["robots"]


def test_robots_txt():
    for agent in ("person", "tool", "robot"):
        assert outcome(Facts("robots", html=False), agent=agent) == EVENTS["mark"]


@pytest.mark.parametrize("facts", [PAGE, FILE])
def test_opt_out_cookie(facts):
    assert outcome(facts, opted_out=True) == COUNTED["opted_out"]
    assert outcome(facts, opted_out=True, internal=True) == COUNTED["opted_out"]


def test_opting_out():
    assert outcome(Facts("opt_out", method="POST", status=303)) == EVENTS["opt_out"]
    assert outcome(Facts("opt_out", method="POST", status=399)) == EVENTS["opt_out"]
    assert outcome(Facts("opt_out", method="POST", status=400)) == NOTHING


@pytest.mark.parametrize("facts", [PAGE, FILE, FORM])
def test_staff(facts):
    assert outcome(facts, internal=True) == EVENTS["internal"]
    assert outcome(facts, internal=True, **OTHER_FRAME) == EVENTS["internal"]
    assert outcome(facts, internal=True, **OUR_SCRIPT) == NOTHING
    assert outcome(facts, internal=True, purpose="prefetch") == NOTHING


def test_staff_on_forms_is_noticed_when_html_is_answered():
    assert outcome(FORM, internal=True, status=304, html=False) == EVENTS["internal"]
    assert outcome(FORM, internal=True, html=False) == NOTHING
    assert outcome(FORM, internal=True, status=403) == NOTHING
    assert outcome(FORM, internal=True, status=302) == NOTHING
    assert outcome(FORM, internal=True, method="POST") == NOTHING
    assert outcome(FORM, internal=True, opted_out=True, agent="tool") == EVENTS["internal"]
    assert outcome(FORM) == outcome(FORM, opted_out=True) == outcome(FORM, agent="robot") == NOTHING


@given(
    st.builds(
        Facts,
        role=st.sampled_from(["page", "file", "api", "feed", "static", "robots", "opt_out", "html", "none"]),
        method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "BREW"]),
        status=st.integers(100, 599),
        agent=st.sampled_from(["person", "tool", "robot"]),
        purpose=st.sampled_from(["", *PREFETCH]),
        dest=st.sampled_from(["", "document", "empty", "image", *FRAMES]),
        mode=st.sampled_from(["", "navigate", "cors", "no-cors"]),
        site=st.sampled_from(["", "same-origin", "same-site", "cross-site", "none"]),
        referer=st.sampled_from(["", "own", "other"]),
    )
)
def test_an_outcome_is_one_thing_only(facts):
    event, counter, reason = classify(facts)
    assert reason
    assert (event == "count") == bool(counter)
    assert (event, counter) in {NOTHING, *EVENTS.values(), *COUNTED.values()}
    if event == "page":
        assert (facts.role, facts.method, facts.agent) == ("page", "GET", "person")
