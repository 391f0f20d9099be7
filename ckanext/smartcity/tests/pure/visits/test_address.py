"""The client's address, and the key of a browser."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.address import (
    browser_key,
    client_address,
    is_private,
    key_material,
    key_text,
    networks,
    parsed,
)

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])
SOCKET = networks(["unix"])


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        # not trusted: the header is ignored
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", None, "203.0.113.9"),
        # trusted: from the right, the first that is not trusted
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.66, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.1.1.1,10.2.2.2", "198.51.100.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        # all trusted: the leftmost
        ("127.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        # missing, empty, or not an address on the walk: the peer
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", " , ", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"),
        ("127.0.0.1", "unknown, 198.51.100.1", "198.51.100.1"),
        # forms
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("127.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        # a socket in the file system
        ("", "198.51.100.1", ""),
        ("not an address", "198.51.100.1", "not an address"),
    ],
)
def test_client(peer, header, expected):
    assert client_address(peer, header, PROXIES) == expected


@pytest.mark.parametrize(
    ("peer", "expected"), [("", "198.51.100.1"), ("127.0.0.1", "127.0.0.1"), ("unix:", "unix:"), ("x", "x")]
)
def test_the_word_unix_trusts_an_empty_peer_only(peer, expected):
    assert client_address(peer, "198.51.100.1", SOCKET) == expected


@given(st.text(), st.one_of(st.none(), st.text()))
def test_never_an_error(peer, header):
    assert isinstance(client_address(peer, header, networks(["unix", "0.0.0.0/0", "::/0"])), str)


@pytest.mark.parametrize("word", ["proxy", "10.0.0.0/33", "10.0.0.1/8"])
def test_a_bad_network_is_named(word):
    with pytest.raises(ValueError, match=word):
        networks([word])


def test_networks_hold_what_lies_in_them():
    assert PROXIES.holds(parsed("10.255.255.255")) and not PROXIES.holds(parsed("11.0.0.0"))
    assert PROXIES.holds_text("127.0.0.1") and not PROXIES.holds_text("127.0.0.2")
    assert not PROXIES.holds_text("") and SOCKET.holds_text("") and not networks([]).holds_text("")


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.1.1.1", True),
        ("192.168.0.1", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("fe80::1", True),
        ("fd00::1", True),
        ("", True),
        ("8.8.8.8", False),
        ("2001:4860:4860::8888", False),
    ],
)
def test_private_addresses(address, private):
    assert is_private(address) is private


MATERIAL = key_material(b"s" * 32, b"secret")


def key(
    address: str = "198.51.100.1", agent: bytes = b"Firefox", site: str = "kota", material: bytes = MATERIAL
) -> bytes:
    return browser_key(material, site, address, agent)


def test_a_key_has_16_bytes_and_stays():
    assert len(key()) == 16
    assert key() == key()
    assert len(key_text(key())) == 22
    assert len(MATERIAL) == 32


@pytest.mark.parametrize(
    "other",
    [
        {"address": "198.51.100.2"},
        {"agent": b"Firefox/2"},
        {"site": "kota2"},
        {"material": key_material(b"t" * 32, b"secret")},
        {"material": key_material(b"s" * 32, b"other")},
        {"site": "kot", "address": "a198.51.100.1"},
    ],
)
def test_everything_in_a_key_changes_it(other):
    assert key(**other) != key()


def test_one_ipv6_network_is_one_household():
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert key("2001:db8:1:2::1") != key("2001:db8:1:3::1")
    assert key("::ffff:198.51.100.1") == key("198.51.100.1")


@given(st.text(), st.binary())
def test_any_address_and_agent_make_a_key(address, agent):
    assert len(key(address, agent)) == 16


bare = st.one_of(
    st.text("0123456789abf.:", max_size=24),
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
    st.sampled_from(("::ffff:192.0.2.1", "::192.0.2.1", "192.0.2.01", "1.2.3", "0x1.2.3.4", "1.2.3.4\0", "")),
)


@given(bare)
def test_an_address_is_read_as_the_standard_library_reads_it(text):
    try:
        expected = ip_address(text)
    except ValueError:
        expected = None
    if text.count(":") != 1:  # an address with a port
        assert parsed(text) == (getattr(expected, "ipv4_mapped", None) or expected)
