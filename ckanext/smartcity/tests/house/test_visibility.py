"""Who may do what: each kind of user at each action and each page of ours (the tables of ``audience.py``)."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from ckanext.smartcity.tests.house.audience import ACTIONS, PAGES
from ckanext.smartcity.tests.house.city import ANONYMOUS, KINDS, our_actions, our_endpoints

PUBLIC_ACTIONS = [name for name, case in ACTIONS.items() if case.public]
PUBLIC_PAGES = [name for name, case in PAGES.items() if case.public and not case.writes]
INSIDERS = ("admin", "collaborator", "sysadmin", "walidata_admin")


def test_each_action_is_in_the_table(city):
    assert set(our_actions()) == set(ACTIONS)


def test_each_page_is_in_the_table(city, app):
    assert set(our_endpoints(app)) == set(PAGES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_answers_its_audience_only(ask, action, kind):
    answer = ask(kind, f"/api/3/action/{action}", method="POST", json=dict(ACTIONS[action].data))
    assert answer.status_code == (ACTIONS[action].status if kind in ACTIONS[action].audience else 403), answer.json


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_its_audience_only(ask, app, page, kind):
    (method,) = our_endpoints(app)[page]
    answer = ask(kind, PAGES[page].address, method=method, data=PAGES[page].data)
    assert answer.status_code == (PAGES[page].status if kind in PAGES[page].audience else PAGES[page].refusal)


@pytest.mark.parametrize("action", PUBLIC_ACTIONS)
def test_a_public_action_says_the_same_to_everybody(ask, city, action):
    said = {kind: ask(kind, f"/api/3/action/{action}", query_string=ACTIONS[action].data).json for kind in KINDS}
    assert {kind for kind, answer in said.items() if answer["result"] != said[ANONYMOUS]["result"]} == set()
    assert not [name for name in city.hidden if name in str(said[ANONYMOUS])]


@pytest.mark.parametrize("kind", INSIDERS)
@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_a_public_page_shows_the_same_to_insiders(ask, page, kind):
    address = PAGES[page].address
    assert content(ask(kind, address)) == content(ask(ANONYMOUS, address))


def content(answer) -> str:
    """A file as it is, of a page our part: the header greets who is signed in, and each session has its token."""
    ours = BeautifulSoup(answer.text, "html.parser").select_one("main.smartcity")
    for token in ours.select("input[name=_csrf_token]") if ours else ():
        token["value"] = ""
    assert ours or "html" not in answer.content_type
    return str(ours) if ours else answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_contract_is_shown_as_core_shows_a_private_dataset(ask, city, kind):
    expected = 200 if kind in {"member", "editor", "admin", "sysadmin"} else 404
    assert ask(kind, f"/service_contract/{city.private_contract}").status_code == expected
