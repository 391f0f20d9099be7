"""Services are started, watched and stopped; whatever ends the command, no process is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from stack import services
from stack.errors import Stopped, Trouble
from stack.lock import hold, is_held, wait_until_free
from stack.places import Places
from stack.ports import any_port
from stack.running import make_folders
from stack.services import Service
from stack.supervisor import Supervisor, stop_on_signals

DEV = Path(__file__).parents[1]
INSTALLED = Places(DEV.parent)

PATIENT = """
import signal, sys, time
def note(number, frame):
    open({journal!r}, "a").write("{name} " + signal.Signals(number).name + "\\n")
    sys.exit()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, note)
open({ready!r}, "w").close()
time.sleep(60)
"""


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    make_folders(places)
    return places


@pytest.fixture
def supervisor(places):
    with hold(places.children_lock) as guard, Supervisor(places.logs, guard) as supervisor:
        yield supervisor


def service(name: str, code: str, **options) -> Service:
    options = {"is_ready": lambda: True, **options}
    return Service(name=name, command=(sys.executable, "-c", code), environ=dict(os.environ), **options)


def patient(places: Places, name: str, **options) -> Service:
    journal, ready = places.root / "journal", places.root / f"{name}.ready"
    code = PATIENT.format(journal=str(journal), ready=str(ready), name=name)
    return service(name, code, is_ready=ready.exists, **options)


def test_services_stop_in_reverse_order_each_by_its_own_signal(places, supervisor):
    supervisor.start(patient(places, "postgres", stop_signal=signal.SIGINT))
    supervisor.start(patient(places, "ckan"))
    supervisor.wait_until_ready()
    supervisor.stop_all()
    assert (places.root / "journal").read_text().splitlines() == ["ckan SIGTERM", "postgres SIGINT"]
    assert supervisor.pids() == {}


def test_a_service_that_dies_ends_the_command_with_its_last_lines(places, supervisor):
    supervisor.start(patient(places, "valkey"))
    supervisor.start(service("solr", "import time; time.sleep(0.3); print('out of cheese'); raise SystemExit(7)"))
    with pytest.raises(Trouble, match=r"solr has ended by itself \(exit code 7\)(.|\n)*out of cheese"):
        supervisor.watch()


def test_a_service_that_is_never_ready_ends_the_command(places, supervisor):
    supervisor.start(service("solr", "import time; time.sleep(60)", is_ready=lambda: False, patience=0.2))
    with pytest.raises(Trouble, match="solr was not ready after 0 s"):
        supervisor.wait_until_ready()


def test_a_service_that_does_not_listen_is_killed_with_its_children(places, monkeypatch):
    monkeypatch.setattr("stack.supervisor.STOP_PATIENCE", 0.3)
    ready = places.root / "ready"
    code = f"""
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
        open({str(ready)!r}, "w").close()
        time.sleep(60)
        """
    with hold(places.children_lock) as guard, Supervisor(places.logs, guard) as supervisor:
        supervisor.start(service("worker", textwrap.dedent(code), is_ready=ready.exists))
        supervisor.wait_until_ready()
    assert wait_until_free(places.children_lock, patience=5)


def test_a_signal_is_heard_even_where_the_shell_had_it_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(Stopped) as stopped, stop_on_signals():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        assert stopped.value.signal == signal.SIGINT
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_however_the_command_ends_no_process_is_left(places, number):
    program = f"""
        import os, sys
        from pathlib import Path
        sys.path.insert(0, {str(DEV)!r})
        from stack.lock import hold
        from stack.places import Places
        from stack.services import Service
        from stack.supervisor import Supervisor, stop_on_signals
        places = Places(Path({str(places.root)!r}))
        command = (sys.executable, "-c", "import time; time.sleep(60)")
        with stop_on_signals(), hold(places.children_lock) as guard, Supervisor(places.logs, guard) as supervisor:
            for name in ("valkey", "ckan"):
                supervisor.start(Service(name, command, dict(os.environ), lambda: True))
            print("started", flush=True)
            supervisor.watch()
        """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        assert is_held(places.children_lock)
        process.send_signal(number)
        process.wait(20)
    assert wait_until_free(places.children_lock, patience=10)


@pytest.mark.skipif(not INSTALLED.valkey.exists(), reason="Valkey is installed by dev/portal.py test")
def test_a_real_valkey_asks_for_its_password_and_its_death_ends_the_command(places, supervisor):
    places.valkey.symlink_to(INSTALLED.valkey)
    port = any_port(set())
    supervisor.start(services.valkey(places, port, "secret", dict(os.environ)))
    supervisor.wait_until_ready()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(100).startswith(b"-NOAUTH")
    os.kill(supervisor.pids()["valkey"], signal.SIGKILL)
    with pytest.raises(Trouble, match=r"valkey has ended by itself \(signal SIGKILL\)"):
        supervisor.watch()
