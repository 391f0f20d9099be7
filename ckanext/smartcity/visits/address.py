"""Whose request it is: the client's address behind trusted proxies, and the key made of it. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton

Address = IPv4Address | IPv6Address

UNIX = "unix"  # stands for a peer without an address: a socket in the file system
KEY_BYTES = 16
HOUSEHOLD_BITS = 64  # an IPv6 household or office; the rest changes daily (RFC 8981)
SUSPECT_VISITS = 100  # on a day with fewer, a share says nothing
SUSPECT_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Networks:
    """A set of networks, and whether a peer without an address belongs to it."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    unix: bool = False

    def holds(self, address: Address | None) -> bool:
        """Whether the address lies in one of the networks; ``None`` is a peer without an address."""
        if address is None:
            return self.unix
        return any(address in network for network in self.networks)

    def holds_text(self, text: str) -> bool:
        """The same for an address as ``client_address`` gives it."""
        return bool(self.networks or self.unix) and self.holds(parsed(text))


def networks(words: Iterable[str]) -> Networks:
    """Networks from their notation (``10.0.0.0/8``, ``2001:db8::/32``, one address) or the word ``unix``.

    Raises ``ValueError`` that names the word.
    """
    given = list(words)
    return Networks(tuple(ip_network(word) for word in given if word != UNIX), UNIX in given)


def parsed(text: str) -> Address | None:
    """The address in a text, also ``a.b.c.d:port`` and ``[v6]:port``; ``None`` where there is none.

    IPv4 inside IPv6 (``::ffff:a.b.c.d``) is IPv4.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    text = text.partition("%")[0]
    try:  # what ipaddress reads of a text, several times as fast: a log has an address in every line
        if ":" not in text:
            return IPv4Address(inet_pton(AF_INET, text))
        address = IPv6Address(inet_pton(AF_INET6, text))
    except (OSError, ValueError):
        return None
    return address.ipv4_mapped or address


def is_trusted(peer: str, trusted: Networks) -> bool:
    """Whether what a socket's peer says about its client is believed; an empty peer by the word ``unix`` only."""
    address = parsed(peer)
    return trusted.holds(address) if address or not peer else False


def client_address(peer: str, header: str | None, trusted: Networks) -> str:
    """The client's address from the socket's peer and the X-Forwarded-For header. Never an error.

    From a peer that is not trusted the header is ignored. Else it is walked from the right, and the first address that
    is not trusted is the client; all trusted gives the leftmost. A header that is missing or empty, or an element met
    on the walk that is not an address, gives the peer. An empty peer is trusted by the word ``unix`` only.
    """
    peer_address = parsed(peer)
    fallback = peer if peer_address is None else str(peer_address)
    if not header or not is_trusted(peer, trusted):
        return fallback
    client = None
    for element in reversed(header.split(",")):
        client = parsed(element)
        if client is None:
            return fallback
        if not trusted.holds(client):
            break
    return str(client)


def hides_visitors(visits: int, private: int) -> bool:
    """Whether a day looks as if a proxy stood before its visitors: of many visits, most without an internet address."""
    return visits >= SUSPECT_VISITS and private > SUSPECT_SHARE * visits


def is_private(address: str) -> bool:
    """Whether no visitor of the internet has this address: private, loopback, link-local, or none at all."""
    found = parsed(address)
    return found is None or found.is_private


def key_material(salt: bytes, secret: bytes) -> bytes:
    """The 32 bytes that the keys of a salt day are made with: a copy of Redis alone does not allow guessing."""
    return blake2b(salt + secret, digest_size=32).digest()


def browser_key(material: bytes, site_id: str, address: str, agent: bytes) -> bytes:
    """The 16 bytes that stand for a browser for one day: site, address (IPv6 cut to /64) and agent, keyed.

    ``material`` is what ``key_material`` gave.
    """
    parts = (site_id.encode(), _household(address), agent)
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return blake2b(message, digest_size=KEY_BYTES, key=material).digest()


def _household(address: str) -> bytes:
    found = parsed(address)
    if found is None:
        return address.encode(errors="replace")
    if isinstance(found, IPv6Address):
        return found.packed[: HOUSEHOLD_BITS // 8]
    return found.packed


def key_text(key: bytes) -> str:
    """A key as Redis names it: base64url without padding."""
    return urlsafe_b64encode(key).rstrip(b"=").decode()
