"""Lines of a web server's access log in the format *combined* of nginx and Apache. Pure.

One pattern over bytes finds every line of a block, also those that it cannot read: a line is read in full or not at
all, nothing in it is guessed. What stands in front of the time and the time itself repeat from line to line, so they
are taken apart on their own, and whoever reads many lines keeps the answers.

Sources: Apache's documentation of mod_log_config ("combined", "vhost_combined") and nginx's of ngx_http_log_module.
Both write a quote or byte that does not print as ``\\"``, ``\\t`` or ``\\xNN``.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from ckanext.smartcity.visits.address import parsed

# A text in quotes; inside it a quote or backslash is escaped.
_QUOTED = rb'[^"\\\n]*(?:\\.[^"\\\n]*)*'

LINE = re.compile(
    rb"""^(?:
      ([^\[\n]+)\ \[ ([^\]\n]+)\]\              # 1 in front, 2 time
      "(?: ([A-Z]+\ [^\ ?"\\\n]*(?:\\.[^\ ?"\\\n]*)*) (?:\?QUOTED)?\ HTTP/[0-9.]+ | QUOTED )"\     # 3 method and path
      ([0-9]{3})\ (?:[0-9]+|-)\                   # 4 status, size
      "(QUOTED)"\ "(QUOTED)"                      # 5 referer, 6 agent
      (?:\ [^\n]*|\r)?
    | [^\n]+
    )$""".replace(b"QUOTED", _QUOTED),
    re.MULTILINE | re.VERBOSE,
)
"""A line that is not empty. Without group 1 it cannot be read; without group 3 its request is not one of HTTP.

The query string of a request is left out: it never changes which object is asked for.
"""

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN = re.compile(rb"(O(?:\.O){3}) - [^ ]+".replace(b"O", _OCTET))
"""What most lines have in front: an address of IPv4 and a user without a blank."""
_HOST = re.compile(rb"-|[A-Za-z0-9._-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_TIME = re.compile(rb"([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}):([0-5][0-9]):([0-5][0-9]|60) ([+-][0-9]{2}[0-5][0-9])")
_MONTHS = {name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_ESCAPED = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
EPOCH_YEAR = 1970
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"v": b"\v", b"f": b"\f"}


class Origin(NamedTuple):
    """Who sent a request: the socket's peer, and the addresses of a forwarded header or ``None``."""

    peer: str
    header: str | None


def origin(front: bytes) -> Origin | None:
    """Who sent the request, from what stands in front of the time; ``None`` where no address stands in its place.

    Read are: a host name or not, addresses, and two fields for the user, of which the first is ``-`` where a user's
    name has blanks in it. The last address is the peer, those before it are the header; they are separated by commas
    or blanks, and may stand in quotes. A first address with a port and no comma behind it is the host.
    """
    plain = _PLAIN.fullmatch(front)
    if plain:
        return Origin(plain[1].decode(), None)
    quoted = front.split(b'"')
    if len(quoted) == 3:
        return _origin_with_quotes(*quoted)
    if len(quoted) != 1:
        return None
    words = front.split()
    if words and _is_host(words[0]):
        del words[0]
    found: list[str] = []
    for word in words:
        address = _address(word.rstrip(b","))
        if address is None:
            break
        found.append(address)
    if not found or not _is_user(words[len(found) :]):
        return None
    return Origin(found[-1], ", ".join(found[:-1]) or None)


def _origin_with_quotes(host: bytes, header: bytes, rest: bytes) -> Origin | None:
    words = rest.split()
    peer = _address(words[0]) if words else None
    if peer is None or not _is_user(words[1:]) or (host.strip() and not _HOST.fullmatch(host.strip())):
        return None
    text = header.decode("latin-1")
    return Origin(peer, None if text in ("", "-") else text)


def _is_host(word: bytes) -> bool:
    """Whether a first word is a host: every name, and an address with a port behind it."""
    if _HOST.fullmatch(word) is None:
        return False
    return _address(word) is None or word.count(b":") == 1 or word.startswith(b"[")


def _address(word: bytes) -> str | None:
    text = word.decode("latin-1")
    return text if parsed(text) else None


def _is_user(words: list[bytes]) -> bool:
    """The two fields of the user: their names may have blanks, but nobody else's field is taken for one."""
    return len(words) == 2 or (len(words) > 2 and words[0] == b"-")


def moment(text: bytes) -> int | None:
    """Milliseconds since 1970 of a time such as ``29/Jul/2023:10:26:06 +0700``; ``None`` for what is no time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, ahead = found.groups()
    begin = _begin_of_hour(hour, ahead)
    return None if begin is None else begin + int(minute) * 60_000 + int(second) * 1000


@lru_cache(1024)
def _begin_of_hour(text: bytes, ahead: bytes) -> int | None:
    day, hour = text[:11].split(b"/"), int(text[12:])
    try:
        begin = datetime(int(day[2]), _MONTHS[day[1]], int(day[0]), hour, tzinfo=timezone.utc)
    except (KeyError, ValueError):
        return None
    if begin.year < EPOCH_YEAR:
        return None
    minutes = int(ahead[1:3]) * 60 + int(ahead[3:])
    return (int(begin.timestamp()) + (minutes * 60 if ahead[:1] == b"-" else -minutes * 60)) * 1000


def path(target: bytes) -> str:
    """The path that the portal saw: host of a proxy's request cut off, escapes of log and address undone.

    Bytes that are not UTF-8 are replaced.
    """
    raw = unescaped(target)
    if raw.startswith((b"http://", b"https://")):
        raw = b"/" + raw.partition(b"://")[2].partition(b"/")[2]
    return unquote_to_bytes(raw).decode("utf-8", "replace")


def unescaped(text: bytes) -> bytes:
    """A text of the log as it was sent."""
    return _ESCAPED.sub(_sent, text) if b"\\" in text else text


def _sent(escape: re.Match[bytes]) -> bytes:
    digits, letter = escape.groups()
    return bytes([int(digits, 16)]) if digits else _CONTROLS.get(letter, letter)
