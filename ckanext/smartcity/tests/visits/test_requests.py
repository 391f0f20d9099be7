"""What counts, on the real portal: every row of the table of docs/visits-requests.md, from request to Redis."""

from __future__ import annotations

import pytest
from ckan.tests import factories, helpers

from ckanext.smartcity.tests.visits.browsers import (
    CHROME,
    NAVIGATION,
    OTHER_FRAME,
    OTHER_SCRIPT,
    OUR_FRAME,
    OUR_SCRIPT,
    Browser,
)

VISIT = {"visits": 1, "views": 1}


def download_of(city) -> str:
    return f"/dataset/halte/resource/{city.resource}/download/tabel.csv"


def view_of(city) -> str:
    return f"/dataset/halte/resource/{city.resource}"


def member(city, capacity: str) -> tuple[str, dict[str, str]]:
    """The name of a new user with this role in the organization, and the headers of a request."""
    user = factories.UserWithToken()
    helpers.call_action("organization_member_create", id=city.organization, username=user["name"], role=capacity)
    return user["name"], {"Authorization": user["token"]}


@pytest.mark.parametrize(
    ("path", "thing"),
    [
        ("/", "page|home"),
        ("/about", "page|about"),
        ("/dataset", "page|search"),
        ("/dataset/?q=halte", "page|search"),
        ("/service_contract/", "page|search"),
        ("/organization/", "page|organizations"),
        ("/group/", "page|groups"),
        ("/smartcity", "page|smartcity"),
        ("/smartcity/indicator/iso37122-2019/5.1", "page|indicator"),
        ("/smartcity/agency", "page|agencies"),
        ("/smartcity/visits", "page|visits"),
    ],
)
def test_a_page_opens_a_visit(browser, counters, path, thing):
    path = path if browser.ask(path, "HEAD").status == 200 else path + "/"
    assert browser.ask(path, **NAVIGATION).status == 200
    assert (counters.of(), counters.of(thing)) == (VISIT, VISIT)


def test_an_object_is_known_by_id_whatever_its_address(browser, city, counters):
    browser.ask("/dataset/halte")
    browser.ask(f"/dataset/{city.dataset}")
    browser.ask("/en/dataset/halte?page=2")
    browser.ask("/dataset/groups/halte")
    assert counters.of() == counters.of(f"dataset|{city.dataset}") == VISIT
    assert counters.of(f"organization|{city.organization}") == VISIT


def test_a_resource_counts_for_dataset_and_organization(browser, city, counters):
    assert browser.ask(view_of(city)).status == 200
    for thing in (f"resource|{city.resource}", f"dataset|{city.dataset}", f"organization|{city.organization}"):
        assert counters.of(thing) == VISIT
    assert counters.of() == VISIT


@pytest.mark.parametrize(("path", "kind"), [("/organization/dishub", "organization"), ("/group/transportasi", "group")])
def test_organizations_and_groups(browser, city, counters, path, kind):
    for tab in (path, path.replace(f"/{kind}/", f"/{kind}/about/")):
        assert browser.ask(tab).status == 200
    assert counters.of(f"{kind}|{getattr(city, kind)}") == VISIT


def test_a_dataset_of_another_type(browser, city, counters):
    resource = city.contract_resource
    assert browser.ask("/service_contract/kontrak").status == 200
    assert browser.ask(f"/service_contract/kontrak/resource/{resource}").status == 200
    assert browser.ask(f"/service_contract/kontrak/resource/{resource}/download/naskah.pdf").status == 302
    assert counters.of(f"dataset|{city.contract}") == {"visits": 1, "views": 2, "downloads": 1}
    assert counters.of(f"resource|{resource}") == {"visits": 1, "views": 1, "downloads": 1}


def test_the_same_object_again_is_no_view(browser, counters):
    for _ in range(3):
        browser.ask("/about")
    browser.ask("/")
    assert counters.of() == {"visits": 1, "views": 2}


@pytest.mark.parametrize("name", ["private", "draft"])
def test_a_hidden_dataset_counts_for_the_portal_only(browser, city, counters, name):
    user, headers = member(city, "member")
    if name == "draft":
        helpers.call_action("package_collaborator_create", id=name, user_id=user, capacity="editor")
    assert browser.ask(f"/dataset/{name}", **headers).status == 200
    assert browser.ask(f"/dataset/{name}/resource/{city.hidden[name]}", **headers).status == 200
    assert browser.ask(f"/dataset/{name}/resource/{city.hidden[name]}/download", **headers).status == 302
    assert counters.all == {"portal||visits": 1, "portal||views": 2, "portal||downloads": 1}


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/dataset/halte", "HEAD", 200),
        ("/dataset/halte", "OPTIONS", 200),
        ("/dataset/groups/halte", "POST", None),
        ("/base/images/ckan-logo-footer.png", "GET", 200),
        ("/zh_TW/", "GET", 308),
        ("/nowhere", "GET", 404),
        ("/user/login", "GET", 200),
        ("/smartcity.csv", "GET", 200),
        ("/smartcity.json", "GET", 200),
    ],
)
def test_what_is_nothing(browser, counters, path, method, status):
    answer = browser.ask(path, method)
    assert status in (None, answer.status)
    assert counters.all == {}


def test_a_redirected_page_is_nothing(browser, counters, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckan.auth.reveal_private_datasets", True)
    assert browser.ask("/dataset/private").status == 302
    assert counters.all == {}


@pytest.mark.parametrize("agent", [CHROME, "Googlebot/2.1", "curl/8.5.0"])
def test_errors_of_pages(app, counters, agent):
    reader = Browser(app.flask_app, agent)
    for path in ("/dataset/tidak-ada", "/dataset/private", "/organization/tidak-ada"):
        assert reader.ask(path).status >= 400
    assert counters.all == {"portal||errors": 3}


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"])
@pytest.mark.parametrize("value", ["prefetch", "prefetch;prerender", "preview"])
def test_prefetch_and_its_later_showing(browser, counters, header, value):
    page = browser.ask("/about", **{header: value})
    browser.show(page)
    assert page.token and counters.all == {}


def test_a_shown_page_confirms_the_visit(browser, city, counters):
    page = browser.ask("/dataset/halte")
    assert browser.show(page).status == 204
    assert counters.of() == {"visits": 1, "visits_confirmed": 1, "views": 1}
    assert counters.of(f"dataset|{city.dataset}") == {"visits": 1, "visits_confirmed": 1, "views": 1}
    browser.show(page)
    assert counters.of() == {"visits": 1, "visits_confirmed": 1, "views": 1}


def test_an_image_confirms_the_visit(browser, counters):
    page = browser.ask("/about")
    assert f'/_sc/s.gif?t={page.token}"' in page.text
    assert browser.ask(f"/_sc/s.gif?t={page.token}", Referer="http://test.ckan.net/about").body[:3] == b"GIF"
    assert counters.of() == {"visits": 1, "visits_confirmed": 1, "views": 1}


def test_a_beacon_of_another_browser_is_nothing(app, browser, counters):
    page = browser.ask("/about")
    Browser(app.flask_app).show(page)
    assert counters.of() == VISIT


def test_a_file_elsewhere_is_a_download(browser, city, counters):
    browser.ask(view_of(city))
    assert browser.ask(download_of(city)).status == 302
    browser.ask(download_of(city))
    assert counters.of(f"resource|{city.resource}") == {"visits": 1, "views": 1, "downloads": 1}


def test_a_download_without_a_visit_opens_none(browser, city, counters):
    assert browser.ask(download_of(city)).status == 302
    assert counters.of() == counters.of(f"dataset|{city.dataset}") == {"downloads": 1}


def test_a_refused_file_is_nothing(browser, city, counters):
    assert browser.ask(f"/dataset/halte/resource/{city.dataset}/download").status == 404
    assert counters.all == {}


def test_frames(browser, city, counters):
    browser.ask("/about", **OTHER_FRAME)
    browser.ask("/about", **OUR_FRAME)
    assert browser.ask(download_of(city), **OUR_FRAME).status == 302
    assert counters.all == {}
    browser.ask(download_of(city), **OTHER_FRAME)
    assert counters.all == {"portal||machine": 1}


def test_background_calls(browser, city, counters):
    for path in ("/api/3/action/package_show?id=halte", download_of(city), "/dataset/"):
        assert browser.ask(path, **OUR_SCRIPT).status < 400
        assert browser.ask(path, HX_Request="true").status < 400
        assert browser.ask(path, X_Requested_With="XMLHttpRequest").status < 400
    browser.ask("/dataset/", **OTHER_SCRIPT)
    assert counters.all == {}
    browser.ask(download_of(city), **OTHER_SCRIPT)
    browser.ask("/api/3/action/package_show?id=halte", **OTHER_SCRIPT)
    assert counters.all == {"portal||machine": 2}


def test_program_interfaces(browser, counters):
    browser.ask("/api/3/action/package_show?id=halte", **NAVIGATION)
    browser.ask("/api/3/action/package_show", "POST", data={"id": "halte"})
    browser.ask("/api/3/action/package_show?id=tidak-ada")
    assert browser.ask("/feeds/dataset.atom").status == 200
    assert counters.all == {"portal||machine": 4}


@pytest.mark.parametrize("agent", ["curl/8.5.0", "python-requests/2.32.3"])
def test_tools(app, city, counters, agent):
    tool = Browser(app.flask_app, agent)
    assert (tool.ask("/dataset/halte").status, tool.ask(download_of(city)).status) == (200, 302)
    assert counters.all == {"portal||machine": 2}


@pytest.mark.parametrize("agent", ["", "-", "Googlebot/2.1", "Mozilla/5.0"])
def test_robots(app, city, counters, agent):
    robot = Browser(app.flask_app, agent)
    assert (robot.ask("/dataset/halte").status, robot.ask(download_of(city)).status) == (200, 302)
    assert counters.all == {"portal||robots": 2}


def test_robots_txt_marks_and_voids(browser, counters):
    browser.ask("/")
    assert browser.ask("/robots.txt").status == 200
    assert counters.of() == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1}
    browser.ask("/about")
    assert counters.of()["robots"] == 1


@pytest.mark.parametrize("capacity", ["editor", "admin"])
def test_staff_by_role(browser, city, counters, capacity):
    browser.ask("/")
    _, headers = member(city, capacity)
    page = browser.ask("/about", **headers)
    assert page.token == ""
    browser.ask("/dataset/edit/halte", **headers)
    browser.ask(download_of(city), **headers)
    assert counters.of() == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1, "internal": 3}


def test_signing_in_is_noticed_on_any_html_page(browser, counters):
    browser.ask("/")
    sysadmin = factories.SysadminWithToken()
    assert browser.ask("/dataset/new", Authorization=sysadmin["token"]).status == 200
    assert counters.of() == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1, "internal": 1}


def test_other_signed_in_users_are_the_public(browser, city, counters):
    """Also members, admins of a group, and collaborators of a dataset."""
    user, headers = member(city, "member")
    helpers.call_action("group_member_create", id="transportasi", username=user, role="admin")
    helpers.call_action("package_collaborator_create", id="halte", user_id=user, capacity="editor")
    page = browser.ask("/", **headers)
    assert page.token
    assert counters.of() == VISIT


def test_the_cookie_that_opts_out(browser, city, counters):
    browser.ask("/", Cookie="sc_optout=1")
    browser.ask(download_of(city), Cookie="a=b; sc_optout=1")
    assert counters.all == {"portal||opted_out": 2}


def test_opting_out_voids_the_open_visit(browser, counters):
    browser.ask("/")
    answer = browser.ask("/smartcity/visits/opt-out", "POST")
    assert (answer.status, answer.header("Location")) == (302, "/smartcity/visits")
    assert answer.header("Set-Cookie").startswith("sc_optout=1;")
    assert {"Max-Age=31536000", "Path=/", "HttpOnly", "SameSite=Lax"} <= set(answer.header("Set-Cookie").split("; "))
    assert counters.of() == {"visits": 1, "views": 1, "void_visits": 1, "void_views": 1}


def test_coming_back_removes_the_cookie_and_counts_nothing(browser, counters):
    browser.ask("/")
    answer = browser.ask("/smartcity/visits/opt-in", "POST", Cookie="sc_optout=1")
    assert "sc_optout=;" in answer.header("Set-Cookie") and "Max-Age=0" in answer.header("Set-Cookie")
    assert counters.of() == VISIT


def test_an_address_in_a_language_and_one_reader(browser, counters):
    browser.ask("/en/about")
    browser.ask("/about")
    assert counters.of() == counters.of("page|about") == VISIT


def test_error_pages_carry_no_token(browser, city):
    for path in ("/dataset/tidak-ada", "/nowhere", "/dataset/private", "/user/tidak-ada", "/smartcity?theme=99"):
        answer = browser.ask(path)
        assert answer.status >= 400
        assert "/_sc/" not in answer.text and "page.js" not in answer.text


@pytest.mark.parametrize("path", ["/user/login", "/dataset/new", "/smartcity/tagging", "/smartcity/visits/series.csv"])
def test_other_pages_carry_no_token(browser, city, path):
    assert "/_sc/" not in browser.ask(path).text


def test_script_and_image_stand_behind_everything_a_reader_reads(browser, city):
    page = browser.ask("/en/dataset/halte").text
    assert '<script defer src="/smartcity/page.js" data-to="/_sc/s" data-token="' in page
    assert page.index("site-footer") < page.index("data-token") < page.index("<noscript><img") < page.index("</body>")
    script = browser.ask("/smartcity/page.js")
    assert (script.status, len(script.body) <= 1024) == (200, True)
