"""People who read: how long a visit lasts, to which hour and day it belongs, whose it is. Pure."""

from __future__ import annotations

from ckanext.smartcity.tests.visits.traffic.label import HOUR, MINUTE, SECOND
from ckanext.smartcity.tests.visits.traffic.script import Browser, Script, actor

HALF_HOUR = 30 * MINUTE


@actor()
def reads_some_pages(s: Script) -> None:
    person, at, views = s.browser(), 0, []
    for _ in range(s.rng.randint(1, 4)):
        place = s.page()
        s.get(at, person, place)
        views.append(s.seen(at, place))
        at += s.rng.randint(31 * SECOND, 29 * MINUTE)
    s.adds.visit(views)


@actor()
def goes_from_search_to_dataset_and_resource_in_seconds(s: Script) -> None:
    person, views = s.browser(), []
    for n, place in enumerate((s.places.search, s.places.datasets[0], s.places.resource, s.places.organization)):
        s.get(n * 4 * SECOND, person, place)
        views.append(s.seen(n * 4 * SECOND, place))
    s.adds.visit(views)


@actor()
def reads_a_dataset_of_another_organisation_and_a_group(s: Script) -> None:
    person, views = s.browser(), []
    for n, place in enumerate((s.places.datasets[1], s.places.group)):
        s.get(n * MINUTE, person, place)
        views.append(s.seen(n * MINUTE, place))
    s.adds.visit(views)


@actor()
def asks_for_one_dataset_by_all_its_addresses(s: Script) -> None:
    person, dataset = s.browser(), s.places.datasets[0]
    s.get(0, person, dataset)
    for n, path in enumerate(s.places.same_dataset, 1):
        s.get(n * 10 * SECOND, person, path)
    last = len(s.places.same_dataset) * 10 * SECOND
    s.get(last + 31 * SECOND, person, dataset)
    s.adds.visit([s.seen(0, dataset), s.seen(last + 31 * SECOND, dataset)])


@actor()
def asks_for_one_organisation_in_two_languages(s: Script) -> None:
    person, organization = s.browser(), s.places.organization
    s.get(0, person, organization)
    s.get(SECOND, person, s.places.same_organization)
    s.adds.visit([s.seen(0, organization)])


@actor()
def searches_twice_within_seconds(s: Script) -> None:
    person = s.browser()
    s.get(0, person, s.places.search)
    s.get(12 * SECOND, person, f"{s.places.search.path}?q=taman")
    s.adds.visit([s.seen(0, s.places.search)])


@actor()
def reloads_after_30_seconds_sharp_and_a_thousandth_more(s: Script) -> None:
    person, place = s.browser(), s.page()
    for at in (0, 30_000, 60_000, 90_001):  # compared with the request before, counted or not
        s.get(at, person, place)
    s.adds.visit([s.seen(0, place), s.seen(90_001, place)])


@actor()
def reloads_with_another_page_in_between(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(10_000, person, second)
    s.get(30_000, person, first)
    s.adds.visit([s.seen(0, first), s.seen(10_000, second)])


@actor()
def returns_after_29_59_999(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(HALF_HOUR - 1, person, second)
    s.adds.visit([s.seen(0, first), s.seen(HALF_HOUR - 1, second)])


@actor()
def returns_after_30_00_000(s: Script) -> None:
    person, place = s.browser(), s.page()
    for at in (0, HALF_HOUR):
        s.get(at, person, place)
        s.adds.visit([s.seen(at, place)])


@actor()
def returns_after_31_minutes_twice(s: Script) -> None:
    person, place = s.browser(), s.page()
    for at in (0, 31 * MINUTE, 62 * MINUTE):
        s.get(at, person, place)
        s.adds.visit([s.seen(at, place)])


@actor()
def stays_open_by_a_reload(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(29 * SECOND, person, first)  # no view, but the half hour starts again
    s.get(29 * SECOND + HALF_HOUR - 1, person, second)
    s.adds.visit([s.seen(0, first), s.seen(29 * SECOND + HALF_HOUR - 1, second)])


@actor()
def reads_a_page_every_25_minutes_for_hours(s: Script) -> None:
    person, place = s.browser(), s.page()
    times = [n * 25 * MINUTE for n in range(7)]
    for at in times:
        s.get(at, person, place)
    s.adds.visit([s.seen(at, place) for at in times])


@actor(moment="2025-12-30 14:59:50.000")
def crosses_the_hour(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(20 * SECOND, person, second)
    s.adds.visit([s.seen(0, first), s.seen(20 * SECOND, second)])


@actor(moment="2025-12-31 23:59:59.999")
def opens_in_the_last_thousandth_of_the_year(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(1, person, second)
    s.adds.visit([s.seen(0, first), s.seen(1, second)])


@actor(moment="2026-01-01 00:00:00.000")
def opens_in_the_first_thousandth_of_the_year(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.get(0, person, place)
    s.adds.visit([s.seen(0, place)])


@actor(moment="2025-12-31 23:50:00.000")
def downloads_and_is_confirmed_after_midnight(s: Script) -> None:
    person, file = s.browser(), s.places.file
    page = s.get(0, person, s.places.datasets[0])
    s.get(15 * MINUTE, person, file)
    s.beacon(16 * MINUTE, page)
    s.adds.visit([s.seen(0, s.places.datasets[0])], [s.seen(15 * MINUTE, file)], confirmed=True)


@actor(moment="2025-12-31 23:59:45.000")
def reloads_across_midnight(s: Script) -> None:
    person, place = s.browser(), s.page()
    s.get(0, person, place)
    s.get(30 * SECOND, person, place)
    s.adds.visit([s.seen(0, place)])


@actor(moment="2026-01-01 03:50:00.000")
def is_split_at_four(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    for at, place in ((0, first), (11 * MINUTE, second)):
        s.get(at, person, place)
        s.adds.visit([s.seen(at, place)])


@actor(moment="2026-01-01 03:59:59.999")
def reloads_at_four_sharp(s: Script) -> None:
    person, place = s.browser(), s.page()
    for at in (0, 1):
        s.get(at, person, place)
        s.adds.visit([s.seen(at, place)])


@actor()
def two_with_one_address_and_two_agents(s: Script) -> None:
    address, place = s.addresses.ipv4(), s.page()
    for n in (1, 2):
        s.get(
            n, s.browser(address, f"Mozilla/5.0 (X11; Linux x86_64; rv:14{n}.0) Gecko/20100101 Firefox/14{n}.0"), place
        )
        s.adds.visit([s.seen(n, place)])


@actor()
def two_with_one_address_and_one_agent(s: Script) -> None:
    one, (first, second) = s.browser(), s.two_pages()
    s.get(0, one, first)
    s.get(MINUTE, Browser(one.address, one.agent, {"Accept-Language": "en"}), second)
    s.adds.visit([s.seen(0, first), s.seen(MINUTE, second)])


@actor()
def one_household_of_ipv6(s: Script) -> None:
    net, place = s.addresses.network(), s.page()
    one = s.browser(s.addresses.ipv6(net, 1))
    s.get(0, one, place)
    s.get(MINUTE, Browser(s.addresses.ipv6(net, 0xFFFF), one.agent), place)
    s.adds.visit([s.seen(0, place), s.seen(MINUTE, place)])


@actor()
def neighbours_of_ipv6(s: Script) -> None:
    one, place = s.browser(s.addresses.ipv6()), s.page()
    s.get(0, one, place)
    s.get(SECOND, Browser(s.addresses.ipv6(), one.agent), place)
    s.adds.visit([s.seen(0, place)])
    s.adds.visit([s.seen(SECOND, place)])


@actor()
def one_ipv4_in_both_notations(s: Script) -> None:
    one, (first, second) = s.browser(), s.two_pages()
    s.get(0, one, first)
    s.get(SECOND, Browser(f"::ffff:{one.address}", one.agent), second)
    s.adds.visit([s.seen(0, first), s.seen(SECOND, second)])


@actor()
def two_behind_a_trusted_proxy(s: Script) -> None:
    proxy, agent, place = s.addresses.proxy(), s.browser().agent, s.page()
    for n in (1, 2):
        forwarded = f"198.51.100.7, {s.addresses.ipv4()}"  # the left part is what the client claims
        s.get(n, s.browser(proxy, agent, **{"X-Forwarded-For": forwarded}), place)
        s.adds.visit([s.seen(n, place)])


@actor()
def one_with_claims_behind_a_trusted_proxy(s: Script) -> None:
    proxy, agent, client, (first, second) = s.addresses.proxy(), s.browser().agent, s.addresses.ipv4(), s.two_pages()
    claims = (f"198.51.100.8, {client}:4711, {s.addresses.proxy()}", f"nobody, {client}")
    for n, (forwarded, place) in enumerate(zip(claims, (first, second), strict=True)):
        s.get(n, s.browser(proxy, agent, **{"X-Forwarded-For": forwarded}), place)
    s.adds.visit([s.seen(0, first), s.seen(1, second)])


@actor()
def one_who_forges_the_header(s: Script) -> None:
    one, (first, second) = s.browser(), s.two_pages()
    s.get(0, one, first)
    for n, claim in enumerate((s.addresses.ipv4(), "203.0.113.9"), 1):  # the second is an address of the office
        s.get(n, one, second, headers={"X-Forwarded-For": claim})
    s.adds.visit([s.seen(0, first), s.seen(1, second)])


@actor()
def a_proxy_that_sends_no_address(s: Script) -> None:
    proxy, agent, (first, second) = s.addresses.proxy(), s.browser().agent, s.two_pages()
    s.get(0, s.browser(proxy, agent), first)
    s.get(1, s.browser(proxy, agent, **{"X-Forwarded-For": f"{s.addresses.ipv4()}, unknown"}), second)
    s.adds.visit([s.seen(0, first), s.seen(1, second)])


@actor()
def a_member_sees_a_private_dataset(s: Script) -> None:
    person, page = s.browser(), s.page()
    s.get(0, person, s.places.private, account="member")
    s.get(20 * SECOND, person, s.places.private, account="member")
    s.get(MINUTE, person, page, account="member")
    s.adds.visit([s.seen(0, s.places.private), s.seen(MINUTE, page)])


@actor()
def a_collaborator_sees_a_draft(s: Script) -> None:
    person = s.browser()
    s.get(0, person, s.places.draft, account="collaborator")
    s.adds.visit([s.seen(0, s.places.draft)])


@actor()
def a_user_without_a_role_signs_in(s: Script) -> None:
    person, (first, second) = s.browser(), s.two_pages()
    s.get(0, person, first)
    s.get(MINUTE, person, "/user/edit", account="user")
    s.get(2 * MINUTE, person, second, account="user")
    s.adds.visit([s.seen(0, first), s.seen(2 * MINUTE, second)])


@actor()
def reads_nothing_for_an_hour_but_forms(s: Script) -> None:
    person, place = s.browser(), s.page()
    for at in (0, HOUR):
        s.get(at, person, place)
        s.adds.visit([s.seen(at, place)])
    s.get(20 * MINUTE, person, "/user/login")  # no page that counts: it does not keep the visit open
    s.get(40 * MINUTE, person, "/user/login")
