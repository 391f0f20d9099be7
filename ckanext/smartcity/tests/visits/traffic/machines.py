"""Robots, tools, programs and errors. Pure."""

from __future__ import annotations

from ckanext.smartcity.tests.visits.traffic.label import HOUR, MINUTE, SECOND
from ckanext.smartcity.tests.visits.traffic.script import (
    FOREIGN_FRAME,
    LIMIT_MINUTE,
    LIMIT_VISIT,
    OUT,
    OWN_CALL,
    OWN_FRAME,
    Browser,
    Script,
    actor,
)

DECLARED = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
)
NAMELESS = (None, "", "-", "x", "Mozilla/5.0")
TOOLS = (
    "curl/8.5.0",
    "Wget/1.21.4",
    "python-requests/2.32.3",
    "Python-urllib/3.12",
    "libcurl/8.5.0 r-curl/5.2.1 httr/1.4.7",
    "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
    "Go-http-client/2.0",
    "Java/17.0.2",
)


@actor("robots")
def declared_robot(s: Script) -> None:
    robot = Browser(s.addresses.ipv4(), s.rng.choice(DECLARED))
    for n, place in enumerate((s.page(), s.page(), s.places.file)):
        s.get(n * SECOND, robot, place)
        s.adds.portal(s.start + n * SECOND, robots=1)
    s.get(4 * SECOND, robot, s.page(), method="HEAD")


@actor("robots")
def declared_robot_that_runs_scripts(s: Script) -> None:
    robot = Browser(s.addresses.ipv4(), DECLARED[0])
    s.beacon(SECOND, s.get(0, robot, s.page()))
    s.adds.portal(s.start, robots=1)


@actor("robots")
def declared_robot_on_the_programs_side(s: Script) -> None:
    robot = Browser(s.addresses.ipv4(), s.rng.choice(DECLARED))
    for at, path in ((0, "/api/3/action/status_show"), (1, "/feeds/dataset.atom")):
        s.get(at, robot, path)
        s.adds.portal(s.start + at, machine=1)


@actor("robots")
def robot_without_a_name(s: Script) -> None:
    address = s.addresses.ipv4()
    for n, agent in enumerate(NAMELESS):
        s.get(n, Browser(address, agent), s.page())
        s.adds.portal(s.start + n, robots=1)


@actor("robots")
def robot_that_reads_robots_txt_first(s: Script) -> None:
    robot, place = s.browser(), s.page()
    s.get(0, robot, "/robots.txt")
    s.beacon(2 * SECOND, s.get(SECOND, robot, place))
    s.adds.portal(s.start + SECOND, robots=1)


@actor("robots")
def robot_that_reads_robots_txt_later(s: Script) -> None:
    robot, (first, second) = s.browser(), s.two_pages()
    s.beacon(2 * SECOND, s.get(0, robot, first))
    s.get(40 * SECOND, robot, second)
    s.get(MINUTE, robot, "/robots.txt")
    s.adds.visit([s.seen(0, first), s.seen(40 * SECOND, second)], confirmed=True, void=True)
    for at, place in ((2 * MINUTE, first), (3 * MINUTE, s.places.file), (2 * HOUR, second)):
        s.get(at, robot, place)
        s.adds.portal(s.start + at, robots=1)
    s.get(2 * HOUR + MINUTE, robot, s.places.file, headers={"Range": "bytes=10-19"}, status=(206,))
    s.get(2 * HOUR + 2 * MINUTE, robot, "/user/edit", account="editor")  # a mark does not hide staff
    s.adds.portal(s.start + 2 * HOUR + 2 * MINUTE, internal=1)


@actor("robots")
def robot_whose_visit_was_over(s: Script) -> None:
    robot, place = s.browser(), s.page()
    s.get(0, robot, place)
    s.get(30 * MINUTE, robot, "/robots.txt")
    s.adds.visit([s.seen(0, place)])


@actor("robots", moment="2026-01-01 03:58:00.000")
def robot_that_is_forgotten_at_four(s: Script) -> None:
    robot, place = s.browser(), s.page()
    s.get(0, robot, "/robots.txt")
    s.get(MINUTE, robot, place)
    s.adds.portal(s.start + MINUTE, robots=1)
    s.get(2 * MINUTE, robot, place)  # 04:00:00.000
    s.adds.visit([s.seen(2 * MINUTE, place)])


@actor("robots")
def robot_that_is_too_fast(s: Script) -> None:
    robot, place = s.browser(), s.places.pages[0]
    step = MINUTE // LIMIT_MINUTE
    for n in range(LIMIT_MINUTE + 1):  # the last asks exactly a minute after the first
        s.get(n * step, robot, place)
    s.adds.visit([s.seen(0, place)], void=True)
    s.adds.portal(s.start + MINUTE, robots=1)
    s.get(MINUTE + SECOND, robot, place)
    s.adds.portal(s.start + MINUTE + SECOND, robots=1)


@actor()
def person_who_is_just_slow_enough(s: Script) -> None:
    person, place = s.browser(), s.places.pages[0]
    times = [n * (MINUTE // LIMIT_MINUTE) for n in range(LIMIT_MINUTE)] + [MINUTE + 1]
    for at in times:
        s.get(at, person, place)
    s.adds.visit([s.seen(0, place)])


@actor("robots")
def robot_that_asks_for_too_many_pages(s: Script) -> None:
    robot, place = s.browser(), s.places.pages[0]
    times = [n * 31 * SECOND for n in range(LIMIT_VISIT)]
    last = LIMIT_VISIT * 31 * SECOND
    for at in (*times, last):
        s.get(at, robot, place)
    s.adds.visit([s.seen(at, place) for at in times], void=True)
    s.adds.portal(s.start + last, robots=1)


@actor()
def person_who_reads_as_much_as_one_may(s: Script) -> None:
    person, place = s.browser(), s.places.pages[0]
    times = [n * 31 * SECOND for n in range(LIMIT_VISIT)]
    for at in times:
        s.get(at, person, place)
    s.adds.visit([s.seen(at, place) for at in times])


@actor("robots")
def robot_that_downloads_too_much(s: Script) -> None:
    robot, page, file = s.browser(), s.page(), s.places.file
    s.get(0, robot, page)
    times = [n * 31 * SECOND for n in range(1, LIMIT_VISIT + 1)]
    last = times[-1] + 31 * SECOND
    for at in (*times, times[-1] + SECOND, times[-1] + 31 * SECOND + SECOND):
        s.get(at, robot, file)  # the one before the last is a repeat: it neither counts nor tests the limit
    s.adds.visit([s.seen(0, page)], [s.seen(at, file) for at in times], void=True)
    s.adds.portal(s.start + last + SECOND, robots=1)


@actor()
def many_downloads_without_a_visit(s: Script) -> None:
    person, file = s.browser(), s.places.file
    times = [n * 31 * SECOND for n in range(LIMIT_VISIT + 2)]
    for at in times:
        s.get(at, person, file)
    s.adds.downloads([s.seen(at, file) for at in times])


@actor("programs")
def tool(s: Script) -> None:
    program = Browser(s.addresses.ipv4(), s.rng.choice(TOOLS))
    for at, place in ((0, s.page()), (SECOND, s.places.file), (2 * SECOND, "/api/3/action/status_show")):
        s.get(at, program, place)
        s.adds.portal(s.start + at, machine=1)


@actor("programs")
def api_and_feeds(s: Script) -> None:
    person = s.browser()
    calls = (
        ("/api/3/action/status_show", "GET", (200,)),
        ("/api/3/action/status_show", "POST", (200, 400)),
        ("/api/3/action/there_is_no_such_action", "GET", (400, 404)),
        ("/feeds/dataset.atom", "GET", (200,)),
    )
    for n, (path, method, status) in enumerate(calls):
        s.get(n * SECOND, person, path, method=method, status=status)
        s.adds.portal(s.start + n * SECOND, machine=1)
    s.get(5 * SECOND, person, "/api/3/action/status_show", method="HEAD", status=(200, 400, 405))


@actor("programs")
def errors_of_people(s: Script) -> None:
    person, page = s.browser(), s.page()
    s.get(0, person, page)
    for at, path in ((20 * MINUTE, "/dataset/tidak-ada"), (21 * MINUTE, "/organization/tidak-ada")):
        s.get(at, person, path, status=(404,))
        s.adds.portal(s.start + at, errors=1)
    s.get(45 * MINUTE, person, page)  # an error keeps no visit open
    s.adds.visit([s.seen(0, page)])
    s.adds.visit([s.seen(45 * MINUTE, page)])


@actor("programs")
def errors_of_everybody_else(s: Script) -> None:
    clients = (Browser(s.addresses.ipv4(), DECLARED[0]), Browser(s.addresses.ipv4(), TOOLS[0]), s.browser())
    for n, (client, account) in enumerate(zip(clients, ("", "", "editor"), strict=True)):
        s.get(n, client, "/dataset/tidak-ada", account=account, status=(404,))
        s.adds.portal(s.start + n, errors=1)
    s.get(4, s.browser(), "/dataset/tidak-ada", headers=OUT, status=(404,))
    s.adds.portal(s.start + 4, errors=1)


@actor("programs")
def requests_that_several_filters_would_take(s: Script) -> None:
    """The filters have an order, and the first that matches decides."""
    ahead, page, file, api = {"Sec-Purpose": "prefetch"}, s.page(), s.places.file, "/api/3/action/status_show"
    robot, curl = Browser(s.addresses.ipv4(), DECLARED[0]), Browser(s.addresses.ipv4(), TOOLS[0])
    person, office = s.browser(), s.browser(f"203.0.113.{s.rng.randint(1, 254)}")
    missing = "/dataset/tidak-ada"
    taken = (
        (robot, page, {**ahead}, "", ""),
        (robot, page, {**OWN_CALL}, "", ""),
        (robot, page, {}, "editor", "robots"),
        (robot, page, OUT, "", "robots"),
        (curl, file, OUT, "", "machine"),
        (person, missing, ahead, "", "errors"),
        (office, missing, {}, "", "errors"),
        (person, api, ahead, "", ""),
        (person, api, OUT, "", "machine"),
        (office, api, {}, "", "machine"),
        (person, page, {**OWN_FRAME, **OUT}, "", "opted_out"),
        (person, page, {**FOREIGN_FRAME, **OUT}, "", "opted_out"),
        (office, page, OWN_FRAME, "", "internal"),
        (person, page, FOREIGN_FRAME, "sysadmin", "internal"),
        (person, page, ahead, "sysadmin", ""),
        (person, page, OWN_CALL, "sysadmin", ""),
    )
    for n, (client, place, headers, account, counter) in enumerate(taken):
        status = (404,) if place == missing else (200,)
        s.get(n * SECOND, client, place, headers=headers, account=account, status=status)
        if counter:
            s.adds.portal(s.start + n * SECOND, **{counter: 1})


@actor("programs")
def asks_only_for_the_head_of_robots_txt(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.get(0, person, "/robots.txt", method="HEAD")
    s.get(SECOND, person, place)
    s.adds.visit([s.seen(SECOND, place)])


@actor("robots")
def robot_whose_fetch_of_robots_txt_is_called_something_else(s: Script) -> None:
    robot, place = s.browser(), s.page()
    s.get(0, robot, place)
    s.get(SECOND, robot, "/robots.txt", headers={**OWN_CALL, "Sec-Purpose": "prefetch"})
    s.get(2 * SECOND, robot, place)
    s.adds.visit([s.seen(0, place)], void=True)
    s.adds.portal(s.start + 2 * SECOND, robots=1)
