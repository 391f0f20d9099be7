"""Ports: what is taken is never handed out, and what was used before is kept."""

from __future__ import annotations

import socket

import pytest
from stack.errors import Trouble
from stack.ports import any_port, is_free, portal_port, service_ports


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_each_service_has_a_port_of_its_own():
    ports = service_ports(("postgres", "valkey", "solr"), {})
    assert len(set(ports.values())) == 3
    assert all(is_free(port) for port in ports.values())


def test_a_service_keeps_its_port_unless_somebody_took_it(taken):
    before = {"postgres": taken, "valkey": any_port(set())}
    ports = service_ports(("postgres", "valkey"), before)
    assert ports["valkey"] == before["valkey"]
    assert ports["postgres"] != taken


def test_a_port_that_was_asked_for_and_is_taken_is_an_error_that_names_it(taken):
    with pytest.raises(Trouble, match=f"Port {taken} .*--port"):
        portal_port(taken, None)


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_that_cannot_be_is_an_error(port):
    with pytest.raises(Trouble):
        portal_port(port, None)


def test_the_portal_keeps_its_port_unless_somebody_took_it(taken):
    free = any_port({taken})
    assert portal_port(None, free) == free
    assert portal_port(None, taken) != taken
