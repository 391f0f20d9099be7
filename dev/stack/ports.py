"""Ports of 127.0.0.1."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from .errors import Trouble

PORTAL = range(5000, 5100)


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def any_port(taken: set[int]) -> int:
    """A free port that the system picks, none of ``taken``."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in taken:
            return port


def service_ports(names: tuple[str, ...], before: Mapping[str, int]) -> dict[str, int]:
    """A free port for each service; the one it had before, where that is still free."""
    ports: dict[str, int] = {}
    for name in names:
        known = before.get(name, 0)
        taken = set(ports.values())
        ports[name] = known if known and known not in taken and is_free(known) else any_port(taken)
    return ports


def portal_port(asked: int | None, before: int | None) -> int:
    """The portal's port: the one asked for, else the one it had before, else the first free one from 5000 on."""
    if asked is not None:
        if not is_free(asked):
            raise Trouble(f"Port {asked} is taken or not allowed: free it, or name another one with --port.")
        return asked
    for port in (before, *PORTAL):
        if port and is_free(port):
            return port
    raise Trouble("All ports from 5000 to 5099 are taken: name a free one with --port.")
