"""The whole of it: from an empty checkout to running services, and on to a portal with the demo city."""

from __future__ import annotations

import os
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import services
from .account import postgres_home
from .environment import addresses, clean_environ, overrides, portal_environ, visits_redis, wanted_services
from .errors import Trouble
from .install import Installer
from .lock import Busy, hold, wait_until_free
from .places import Places
from .ports import service_ports
from .process import last_lines, run_to_end
from .progress import say, step
from .state import Stamps, digest_of, read_json, secrets_of, write_atomically, write_json
from .supervisor import Supervisor

LEFTOVER_PATIENCE = 30.0
"""Seconds that processes of a run that was killed get to end."""


@dataclass
class Stack:
    """The services of one command while they run."""

    places: Places
    supervisor: Supervisor
    secrets: Mapping[str, str]
    given: Mapping[str, str]
    ports: Mapping[str, int]

    def addresses(self, *, tests: bool) -> dict[str, str]:
        return addresses(self.ports, self.secrets, self.given, tests=tests)

    def remember(self, **facts: object) -> None:
        """Write down what other commands ask for: who runs, since what, where."""
        known = {"pid": os.getpid(), "ports": dict(self.ports), "services": self.supervisor.pids()}
        found = {"addresses": self.addresses(tests=False)}
        write_json(self.places.state, {**known, **found, **facts})


def data_stamps(places: Places) -> Stamps:
    """What was done with the data; thrown away with it."""
    return Stamps(places.data / "stamps")


def make_folders(places: Places) -> None:
    """Folders that others may enter but not list: ``nobody`` must reach the database."""
    for folder in (places.portal, places.data, places.logs):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)


@contextmanager
def guarded(places: Places) -> Iterator[int]:
    """Wait for the last process of an earlier run that was killed; gives the descriptor children inherit."""
    if not wait_until_free(places.children_lock, LEFTOVER_PATIENCE):
        raise Trouble(
            f"Processes of an earlier run have not ended and still use {places.portal}: "
            f"find them with `fuser {places.children_lock}`, end them, then run the same command again."
        )
    try:
        with hold(places.children_lock) as guard:
            yield guard
    except Busy:
        raise Trouble("Another command was faster: look with `status`, then run the same command again.") from None


@contextmanager
def running_services(places: Places, kind: str, guard: int, *, with_tests: bool) -> Iterator[Stack]:
    """Install what is missing, start the services nobody else provides, prepare the databases."""
    given = overrides(os.environ, places)
    before = read_json(places.state).get("ports", {})
    Installer(places, guard).install(with_tests=with_tests)
    secrets = secrets_of(places.secrets)
    with Supervisor(places.logs, guard) as supervisor:
        ports = service_ports(wanted_services(given), before)
        stack = Stack(places, supervisor, secrets, given, ports)
        stack.remember(kind=kind, ready=False)
        if given:
            say(f"Using your own servers: {', '.join(given)}")
        if ports:
            _start_services(stack, guard)
        if "postgres" in ports:
            _provision(stack, guard)
        yield stack


def _start_services(stack: Stack, guard: int) -> None:
    places, ports, secrets = stack.places, stack.ports, stack.secrets
    environ = clean_environ(os.environ, places)
    with step(f"Starting {', '.join(ports)}"):
        if "postgres" in ports:
            home = postgres_home(places)
            services.prepare_postgres(home, secrets["postgres"], places, guard)
            stack.supervisor.start(services.postgres(home, ports["postgres"], environ))
        if "valkey" in ports:
            stack.supervisor.start(services.valkey(places, ports["valkey"], secrets["valkey"], environ))
        if "solr" in ports:
            prepare_solr(places)
            stack.supervisor.start(services.solr(places, ports["solr"], environ))
        stack.supervisor.wait_until_ready()
        if "solr" in ports:
            data_stamps(places).mark("solr", services.solr_digest(places))


def prepare_solr(places: Places) -> None:
    """A home that has once come up is kept, as long as what it is made from stays; it counts again when it has come up.

    Else it is made anew, and setting up the portal fills the index again.
    """
    stamps = data_stamps(places)
    if not stamps.fresh("solr", services.solr_digest(places)):
        stamps.forget("portal")
        services.make_solr_home(places)
    stamps.forget("solr")


def _provision(stack: Stack, guard: int) -> None:
    """Roles and databases, once per data folder and version of the script."""
    places, secrets = stack.places, stack.secrets
    script = places.dev / "stack" / "provision.py"
    stamps = data_stamps(places)
    digest = digest_of([script, places.requirements / "runtime.txt"])
    if stamps.fresh("databases", digest):
        return
    server = f"host=127.0.0.1 port={stack.ports['postgres']} user=postgres password={secrets['postgres']}"
    passwords = {role: secrets[role] for role in ("ckan", "datastore_ro")}
    plan = places.data / "provision.json"
    write_json(plan, {"server": server, "passwords": passwords})
    with step("Making the databases"):
        environ = clean_environ(os.environ, places)
        _script(places, guard, script, plan, environ=environ, what="make the databases")
    plan.unlink()
    stamps.mark("databases", digest)


def set_up_portal(stack: Stack, site_url: str, guard: int) -> dict[str, str]:
    """Config, tables, administrator, demo city. Returns the variables of the portal's processes."""
    places = stack.places
    environ = portal_environ(os.environ, places, stack.addresses(tests=False), site_url)
    template = places.dev / "stack" / "ckan.ini.template"
    script = places.dev / "stack" / "setup_ckan.py"
    stamps = data_stamps(places)
    visits = visits_redis(stack.ports, stack.secrets)
    ini_digest = digest_of([template], str(places.root), visits)
    if not (places.ini.exists() and stamps.fresh("ini", ini_digest)):
        _write_ini(places, template, stack.secrets, visits)
        stamps.mark("ini", ini_digest)
    package = places.root / "ckanext" / "smartcity"
    demo = places.dev / "demo"
    made_from = [template, script, demo, package / "migration", package / "cli", places.root / "schemas"]
    made_from += [places.requirements / "runtime.txt", places.dev / "solr" / "solrconfig.xml"]
    digest = digest_of([path for path in made_from if path.exists()], *stack.given.values())
    if not stamps.fresh("portal", digest):
        environ_of_setup = {**environ, "SMARTCITY_ADMIN_PASSWORD": stack.secrets["admin"]}
        with step("Setting up the portal and the demo city"):
            _script(
                places,
                guard,
                script,
                places.ini,
                demo,
                places.passwords,
                environ=environ_of_setup,
                what="set up the portal",
            )
        stamps.mark("portal", digest)
    return environ


def _write_ini(places: Places, template: Path, secrets: Mapping[str, str], visits: str) -> None:
    text = string.Template(template.read_text(encoding="utf-8"))
    values = {
        "secret_key": secrets["secret_key"],
        "files": str(places.data / "files"),
        "contract_files": str(places.data / "contract-files"),
        "demo_portal": str(places.dev / "demo" / "portal"),
        "visits_redis": visits,
    }
    write_atomically(places.ini, text.substitute(values))


def _script(places: Places, guard: int, script: Path, *arguments: Path, environ: Mapping[str, str], what: str) -> None:
    log = places.logs / f"{script.stem}.log"
    log.unlink(missing_ok=True)
    code = run_to_end([places.python, script, *arguments], environ=environ, log=log, guard=guard)
    if code != 0:
        raise Trouble(f"I could not {what}. The last lines of {log}:\n{last_lines(log, 12)}")
