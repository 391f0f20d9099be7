"""Downloads, and requests that are no reading: frames, prefetch, background calls, HEAD, forms, redirects. Pure."""

from __future__ import annotations

from ckanext.smartcity.tests.visits.traffic.label import MINUTE, SECOND
from ckanext.smartcity.tests.visits.traffic.script import (
    FOREIGN_CALL,
    FOREIGN_FRAME,
    OWN_CALL,
    OWN_FRAME,
    Script,
    actor,
)

HALF_HOUR = 30 * MINUTE
LATER_PART = {"Range": "bytes=10-19"}


@actor()
def downloads_after_reading(s: Script) -> None:
    person, page, file = s.browser(), s.page(), s.places.file
    s.get(0, person, page)
    s.get(29 * MINUTE, person, file)
    s.get(58 * MINUTE, person, page)  # the download kept the visit open
    s.adds.visit([s.seen(0, page), s.seen(58 * MINUTE, page)], [s.seen(29 * MINUTE, file)])


@actor()
def downloads_by_a_link_from_elsewhere(s: Script) -> None:
    person, page, file = s.browser(), s.page(), s.places.file
    s.get(0, person, file)
    s.get(MINUTE, person, page)  # the visit begins here, and the download before it is not of it
    s.adds.downloads([s.seen(0, file)])
    s.adds.visit([s.seen(MINUTE, page)])


@actor()
def downloads_again_after_30_seconds_sharp_and_a_thousandth_more(s: Script) -> None:
    person, file = s.browser(), s.places.file
    for at in (0, 30_000, 60_001):  # compared with the request before, counted or not
        s.get(at, person, file)
    s.adds.downloads([s.seen(0, file), s.seen(60_001, file)])


@actor()
def clicks_a_download_twice_in_a_visit(s: Script) -> None:
    person, page, file = s.browser(), s.page(), s.places.file
    s.get(0, person, page)
    s.get(MINUTE, person, file)
    s.get(MINUTE + 2 * SECOND, person, file)
    s.adds.visit([s.seen(0, page)], [s.seen(MINUTE, file)])


@actor()
def has_the_file_already(s: Script) -> None:
    person, file = s.browser(), s.places.file
    s.get(0, person, file, headers={"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"}, status=(304,))
    s.adds.downloads([s.seen(0, file)])


@actor()
def downloads_in_parts(s: Script) -> None:
    person, page, file = s.browser(), s.page(), s.places.file
    s.get(0, person, page)
    s.get(MINUTE, person, file, headers={"Range": "bytes=0-9"}, status=(206,))
    s.get(20 * MINUTE, person, file, headers=LATER_PART, status=(206,))
    s.get(45 * MINUTE, person, page)  # the later part kept the visit open
    s.adds.visit([s.seen(0, page), s.seen(45 * MINUTE, page)], [s.seen(MINUTE, file)])


@actor()
def resumes_a_download(s: Script) -> None:
    person, file = s.browser(), s.places.file
    s.get(0, person, file, headers=LATER_PART, status=(206,))
    s.get(MINUTE, person, file, headers={"Range": "bytes=-5"}, status=(206,))
    s.get(MINUTE + SECOND, person, file)  # a part leaves no time behind: this is the first request
    s.adds.downloads([s.seen(MINUTE + SECOND, file)])


@actor()
def follows_a_download_to_another_server(s: Script) -> None:
    person, link = s.browser(), s.places.link
    s.get(0, person, link, status=(301, 302, 307))
    s.adds.downloads([s.seen(0, link)])


@actor()
def asks_for_a_file_that_is_not_there(s: Script) -> None:
    s.get(0, s.browser(), f"{s.places.resource.path}0/download/tabel.csv", status=(404,))


@actor()
def reads_in_a_frame_of_the_portal(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(20 * MINUTE, person, second, headers=OWN_FRAME)
    s.get(45 * MINUTE, person, first)  # the frame kept the visit open
    s.adds.visit([s.seen(0, first), s.seen(45 * MINUTE, first)])


@actor()
def reads_in_a_frame_of_another_site(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, second, headers=FOREIGN_FRAME)
    s.get(MINUTE, person, first)
    s.get(20 * MINUTE, person, second, headers=FOREIGN_FRAME)
    s.get(45 * MINUTE, person, first)
    s.adds.visit([s.seen(MINUTE, first)])
    s.adds.visit([s.seen(45 * MINUTE, first)])


@actor()
def shows_files_in_frames(s: Script) -> None:
    person, file = s.browser(), s.places.file
    s.get(0, person, file, headers=OWN_FRAME)
    s.get(MINUTE, person, file, headers=FOREIGN_FRAME)
    s.adds.portal(s.start + MINUTE, machine=1)


@actor()
def opens_a_page_that_was_fetched_ahead(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    for n, header in enumerate(("Sec-Purpose", "Purpose", "X-Purpose", "X-moz")):
        word = "prefetch;prerender" if header == "Sec-Purpose" else "preview" if header == "X-Purpose" else "prefetch"
        ahead = s.get(n, person, second, headers={header: word})
    s.beacon(10, ahead)  # shown now, but the count does not know the page
    s.get(MINUTE, person, first)
    s.adds.visit([s.seen(MINUTE, first)])


@actor()
def pages_that_call_the_portal_themselves(s: Script) -> None:
    person, (first, second), file = s.browser(), s.two_pages(), s.places.file
    s.get(0, person, first)
    for n, path in enumerate((second, file, "/api/3/action/status_show")):
        s.get(20 * MINUTE + n, person, path, headers=OWN_CALL)
    s.get(45 * MINUTE, person, first)  # none of them kept the visit open
    s.adds.visit([s.seen(0, first)])
    s.adds.visit([s.seen(45 * MINUTE, first)])


@actor()
def older_browsers_whose_pages_call_the_portal(s: Script) -> None:
    old = s.browser()
    old = type(old)(old.address, old.agent)
    s.get(0, old, s.page(), headers={"X-Requested-With": "XMLHttpRequest"})
    s.get(1, old, s.page(), headers={"HX-Request": "true"})
    s.get(2, old, s.places.file, headers={"X-Requested-With": "XMLHttpRequest"})


@actor()
def scripts_of_another_site(s: Script) -> None:
    person = s.browser()
    s.get(0, person, s.page(), headers=FOREIGN_CALL)
    for at, path in ((1, s.places.file), (2, "/api/3/action/status_show")):
        s.get(at, person, path, headers={**FOREIGN_CALL, "Origin": "https://elsewhere.example"})
        s.adds.portal(s.start + at, machine=1)


@actor()
def requests_that_are_no_reading(s: Script) -> None:
    person, page = s.browser(), s.page()
    s.get(0, person, page)
    s.get(20 * MINUTE, person, page, method="HEAD")
    s.get(20 * MINUTE, person, page, method="OPTIONS")
    s.get(20 * MINUTE, person, s.places.file, method="HEAD")
    s.get(20 * MINUTE, person, "/base/images/ckan-icon.png", status=(200, 304, 404))
    s.get(20 * MINUTE, person, s.places.moved, status=(302,))
    s.get(20 * MINUTE, person, "/there/is/nothing/here", status=(404,))
    s.get(20 * MINUTE, person, page, method="POST", status=(200, 405))
    s.get(45 * MINUTE, person, page)
    s.adds.visit([s.seen(0, page)])
    s.adds.visit([s.seen(45 * MINUTE, page)])


@actor()
def arrives_from_a_search_engine(s: Script) -> None:
    person, page = s.browser(), s.page()
    arrived = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}
    s.get(0, person, page, headers={**arrived, "Referer": "https://www.google.com/"})
    s.get(MINUTE, person, s.places.file, headers={"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"})
    s.adds.visit([s.seen(0, page)], [s.seen(MINUTE, s.places.file)])
