"""Person, tool or robot: our lists in their order, and the agents that were seen in the world."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.robots import READ, Agents, patterns

AGENTS = Agents()
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
# Lists from public projects, beside the checkout where there are some; licences do not let us ship them.
SEEN = Path(__file__).parents[5].parent / "shared/data/real"


@pytest.mark.parametrize("agent", ["", " ", "-", "x", "Mozilla/5.0", "mozilla/4.0 ", "Mozilla/12.34"])
def test_an_agent_that_says_nothing_is_a_robot(agent):
    assert AGENTS.kind(agent) == AGENTS.kind(agent.encode()) == "robot"


@pytest.mark.parametrize(
    "agent",
    [
        CHROME,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) AppleWebKit/537.36 Chrome/80 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; cubot x19) Chrome/80 Mobile Safari/537.36",
        "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
        CHROME + " Instagram 333.0.0.42.91 Android",
        CHROME + " [FB_IAB/FB4A;FBAV/441.0.0.32.109;]",
        CHROME + " musical_ly_2022803040 BytedanceWebview/d8a21c6",
        "Mozilla/5.0 (iPad; CPU OS 12_1_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/16C50 Flipboard/4.2.32",
    ],
)
def test_people(agent):
    assert AGENTS.kind(agent) == AGENTS.kind(agent.encode()) == "person"


@pytest.mark.parametrize(
    "agent",
    [
        "curl/8.5.0",
        "Wget/1.21.4",
        "python-requests/2.32.3",
        "Python-urllib/3.11",
        "PYTHON/3.12 AIOHTTP/3.9",
        "python-httpx/0.27",
        "ckanapi/1.0 (+https://example.org)",
        "libcurl/8.5.0 r-curl/5.2.1 httr/1.4.7",
        "R (4.3.2 x86_64-pc-linux-gnu x86_64 linux-gnu)",
        "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
        "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0) Excel/12.0",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 QGIS/33400/Windows 10",
        "Java/17.0.9",
        "Apache-HttpClient/4.5.14 (Java/17)",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "axios/1.7.2",
        "PostmanRuntime/7.39.0",
        "Mozilla/5.0 (Windows NT; Windows NT 10.0; id-ID) WindowsPowerShell/5.1.19041.1",
        "Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com)",
    ],
)
def test_tools(agent):
    assert AGENTS.kind(agent) == "tool"


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "GOOGLEBOT/2.1",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)",
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 Mobile Safari/537.36 (compatible; Bytespider)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
        "WhatsApp/2.23.20.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "kube-probe/1.29",
    ],
)
def test_robots(agent):
    assert AGENTS.kind(agent) == "robot"


def test_lists_of_the_city_are_added(tmp_path):
    allow, deny = tmp_path / "allow", tmp_path / "deny"
    allow.write_text("# the terminals in the library\n^kioskbot/\n", encoding="utf-8")
    deny.write_text("Firefox/133\\b\n", encoding="utf-8")
    agents = Agents(str(allow), str(deny))
    assert (AGENTS.kind("KioskBot/1.0"), agents.kind("KioskBot/1.0")) == ("robot", "person")
    assert agents.kind("Mozilla/5.0 (X11; rv:133.0) Gecko/20100101 Firefox/133.0") == "robot"
    assert agents.kind(CHROME) == "person"
    changed = {name for name in agents.versions if agents.versions[name] != AGENTS.versions[name]}
    assert changed == {"allow", "deny"}


def test_a_bad_pattern_is_named():
    with pytest.raises(ValueError, match=r"own\.txt, line 3: '\(' is not a regular expression"):
        patterns("# remark\n\n(\n", "own.txt")


@given(st.one_of(st.text(), st.binary()))
def test_any_agent_is_something(agent):
    assert AGENTS.kind(agent) in ("person", "tool", "robot")


def test_a_very_long_agent_costs_no_memory():
    assert AGENTS.kind("x" * READ + " curl/1") == AGENTS.kind("x" * READ + " Googlebot")


@pytest.mark.parametrize(("file", "expected"), [("browsers", {"person"}), ("bots", {"robot", "tool"})])
def test_agents_seen_in_the_world(file, expected):
    path = SEEN / f"user_agents_{file}.txt"
    if not path.is_file():
        pytest.skip(f"{path.name} is not beside this checkout")
    agents = path.read_text(encoding="utf-8").splitlines()
    assert {agent: AGENTS.kind(agent) for agent in agents if AGENTS.kind(agent) not in expected} == {}
