"""What confirms a visit, and what takes it out of the count: beacon, image, signing in, opting out. Pure."""

from __future__ import annotations

from ckanext.smartcity.tests.visits.traffic.label import HOUR, MINUTE, SECOND
from ckanext.smartcity.tests.visits.traffic.script import OUT, SITE, Script, actor

HALF_HOUR = 30 * MINUTE
STAFF = ("sysadmin", "admin", "editor")
OPT_OUT, OPT_IN = "/smartcity/visits/opt-out", "/smartcity/visits/opt-in"


@actor()
def runs_scripts(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.beacon(SECOND, s.get(0, person, first))
    s.beacon(MINUTE + SECOND, s.get(MINUTE, person, second))
    s.adds.visit([s.seen(0, first), s.seen(MINUTE, second)], confirmed=True)


@actor()
def runs_scripts_in_an_old_browser(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.beacon(SECOND, s.get(0, person, place), **{"Sec-Fetch-Site": "", "Origin": SITE})
    s.adds.visit([s.seen(0, place)], confirmed=True)


@actor()
def shows_the_image(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.beacon(SECOND, s.get(0, person, place), "image")
    s.adds.visit([s.seen(0, place)], confirmed=True)


@actor()
def shows_the_image_of_an_old_browser(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.beacon(SECOND, s.get(0, person, place), "image", **{"Sec-Fetch-Site": "", "Referer": f"{SITE}{place.path}"})
    s.adds.visit([s.seen(0, place)], confirmed=True)


@actor()
def confirms_what_was_seen_before_and_after(s: Script) -> None:
    person, dataset, resource = s.browser(), s.places.datasets[0], s.places.resource
    s.get(0, person, s.places.search)
    s.beacon(41 * SECOND, s.get(40 * SECOND, person, dataset))
    s.get(50 * SECOND, person, resource)
    s.get(60 * SECOND, person, s.places.file)
    s.adds.visit(
        [s.seen(0, s.places.search), s.seen(40 * SECOND, dataset), s.seen(50 * SECOND, resource)],
        [s.seen(60 * SECOND, s.places.file)],
        confirmed=True,
    )


@actor()
def confirms_late_and_so_stays(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.beacon(20 * MINUTE, s.get(0, person, first))
    s.get(45 * MINUTE, person, second)
    s.adds.visit([s.seen(0, first), s.seen(45 * MINUTE, second)], confirmed=True)


@actor()
def confirms_when_the_visit_is_over(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.beacon(HALF_HOUR, s.get(0, person, place))
    s.adds.visit([s.seen(0, place)])


@actor()
def confirms_a_visit_with_the_page_of_the_one_before(s: Script) -> None:
    person, place = s.browser(), s.page()
    page = s.get(0, person, place)
    s.get(31 * MINUTE, person, place)
    s.beacon(31 * MINUTE + SECOND, page)
    s.adds.visit([s.seen(0, place)])
    s.adds.visit([s.seen(31 * MINUTE, place)])


@actor()
def sends_one_token_twice(s: Script) -> None:
    person, place = s.browser(), s.page()
    page = s.get(0, person, place)
    s.beacon(SECOND, page)
    s.beacon(20 * MINUTE, page)  # nothing, and the visit ends half an hour after the first
    s.get(31 * MINUTE, person, place)
    s.adds.visit([s.seen(0, place)], confirmed=True)
    s.adds.visit([s.seen(31 * MINUTE, place)])


@actor()
def shows_a_second_page_late_and_so_stays(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.beacon(SECOND, s.get(0, person, first))
    s.beacon(20 * MINUTE, s.get(MINUTE, person, second))
    s.get(45 * MINUTE, person, first)
    s.adds.visit([s.seen(0, first), s.seen(MINUTE, second), s.seen(45 * MINUTE, first)], confirmed=True)


@actor()
def shows_only_the_reload(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.get(0, person, place)
    s.beacon(11 * SECOND, s.get(10 * SECOND, person, place))
    s.adds.visit([s.seen(0, place)], confirmed=True)


@actor()
def sends_the_token_of_somebody_else(s: Script) -> None:
    place = s.page()
    one, other = s.browser(), s.browser()
    page = s.get(0, one, place)
    s.get(1, other, place)
    s.beacon(SECOND, page, browser=other)
    s.adds.visit([s.seen(0, place)])
    s.adds.visit([s.seen(1, place)])


@actor()
def sends_a_token_of_two_hours(s: Script) -> None:
    for last, confirmed in ((2 * HOUR - MINUTE, True), (2 * HOUR + MINUTE, False)):
        person, place = s.browser(), s.page()
        page = s.get(0, person, place)
        times = [0, *(n * 25 * MINUTE for n in range(1, 5))]
        for at in times[1:]:
            s.get(at, person, place)
        s.beacon(last, page)
        s.adds.visit([s.seen(at, place) for at in times], confirmed=confirmed)


@actor()
def beacons_that_are_dropped(s: Script) -> None:
    wrong = (
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": ""},
        OUT,
    )
    for headers in wrong:
        person, place = s.browser(), s.page()
        s.beacon(SECOND, s.get(0, person, place), **headers)
        s.adds.visit([s.seen(0, place)])
    person, place = s.browser(), s.page()
    s.beacon(SECOND, s.get(0, person, place), "image", **{"Sec-Fetch-Site": "cross-site"})
    s.adds.visit([s.seen(0, place)])


@actor("staff")
def signs_in_as_staff_in_the_middle(s: Script) -> None:
    person, (first, second), staff = s.browser(), s.two_pages(), s.rng.choice(STAFF)
    s.beacon(SECOND, s.get(0, person, first))
    s.get(MINUTE, person, second)
    s.get(90 * SECOND, person, s.places.file)
    s.adds.visit(
        [s.seen(0, first), s.seen(MINUTE, second)], [s.seen(90 * SECOND, s.places.file)], confirmed=True, void=True
    )
    for at, place in ((2 * MINUTE, "/user/edit"), (3 * MINUTE, second), (4 * MINUTE, s.places.file)):
        s.get(at, person, place, account=staff)
        s.adds.portal(s.start + at, internal=1)


@actor("staff", moment="2025-12-31 23:59:30.000")
def signs_in_as_staff_in_the_new_year(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(MINUTE, person, second)
    s.get(2 * MINUTE, person, first, account="editor")
    s.adds.visit([s.seen(0, first), s.seen(MINUTE, second)], void=True)
    s.adds.portal(s.start + 2 * MINUTE, internal=1)


@actor("staff")
def signs_out_and_reads_on(s: Script) -> None:
    person, place, file = s.browser(), s.page(), s.places.file
    s.get(0, person, place)
    s.get(SECOND, person, file)
    s.get(5 * SECOND, person, place, account="sysadmin")
    s.get(10 * SECOND, person, place)  # another visit: page times are forgotten, those of downloads are not
    s.get(20 * SECOND, person, file)
    s.adds.visit([s.seen(0, place)], [s.seen(SECOND, file)], void=True)
    s.adds.portal(s.start + 5 * SECOND, internal=1)
    s.adds.visit([s.seen(10 * SECOND, place)])


@actor("staff")
def signs_in_as_staff_at_the_half_hour(s: Script) -> None:
    for gap, void in ((HALF_HOUR - 1, True), (HALF_HOUR, False)):
        person, place = s.browser(), s.page()
        s.get(0, person, place)
        s.get(gap, person, place, account="admin")
        s.adds.visit([s.seen(0, place)], void=void)
        s.adds.portal(s.start + gap, internal=1)


@actor("staff")
def staff_at_work(s: Script) -> None:
    person, staff = s.browser(), s.rng.choice(STAFF)
    for n, place in enumerate(("/user/edit", "/dashboard/datasets", s.page(), s.places.file)):
        s.get(n * MINUTE, person, place, account=staff)
        s.adds.portal(s.start + n * MINUTE, internal=1)


@actor("staff")
def somebody_in_the_office(s: Script) -> None:
    place = s.page()
    person = s.browser(f"203.0.113.{s.rng.randint(1, 254)}")
    s.get(0, person, place)
    s.get(MINUTE, person, s.places.file)
    s.get(2 * MINUTE, person, "/user/login")
    for at in (0, MINUTE, 2 * MINUTE):
        s.adds.portal(s.start + at, internal=1)


@actor()
def opts_out_in_the_middle(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.beacon(SECOND, s.get(0, person, first))
    s.get(MINUTE, person, OPT_OUT, method="POST", status=(302, 303))
    s.adds.visit([s.seen(0, first)], confirmed=True, void=True)
    for at, place in ((2 * MINUTE, second), (3 * MINUTE, s.places.file)):
        s.get(at, person, place, headers=OUT)
        s.adds.portal(s.start + at, opted_out=1)


@actor()
def opted_out_before_and_comes_back(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.get(0, person, place, headers=OUT)
    s.adds.portal(s.start, opted_out=1)
    s.get(MINUTE, person, OPT_IN, method="POST", headers=OUT, status=(302, 303))
    s.get(2 * MINUTE, person, place)
    s.adds.visit([s.seen(2 * MINUTE, place)])


@actor()
def opts_out_before_reading(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.get(0, person, OPT_OUT, method="POST", status=(302, 303))
    s.get(MINUTE, person, place, headers=OUT)
    s.adds.portal(s.start + MINUTE, opted_out=1)


@actor("staff")
def staff_who_opted_out(s: Script) -> None:
    """The cookie is looked at before the account, but only on pages that count."""
    person = s.browser()
    s.get(0, person, s.page(), account="editor", headers=OUT)
    s.adds.portal(s.start, opted_out=1)
    s.get(MINUTE, person, "/user/edit", account="editor", headers=OUT)
    s.adds.portal(s.start + MINUTE, internal=1)
