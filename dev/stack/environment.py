"""The variables that tell CKAN where its services are: ours, or those of somebody who has servers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from .errors import Trouble
from .places import Places

DATABASES = ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL")
REDIS = "CKAN_REDIS_URL"
SOLR = "CKAN_SOLR_URL"
ADDRESSES = (*DATABASES, REDIS, SOLR)
INSIDE = "SMARTCITY_PORTAL_SHELL"
"""Set by ``shell`` to the checkout, so that a command typed there does not take our own addresses for overrides."""

FOREIGN = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "PYTHONDONTWRITEBYTECODE",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_USER",
)


def overrides(environ: Mapping[str, str], places: Places) -> dict[str, str]:
    """The addresses that the caller's own variables give.

    Raises Trouble where only some of the three databases are given: their permissions depend on each other.
    """
    if environ.get(INSIDE) == str(places.root):
        return {}
    given = {name: environ[name] for name in ADDRESSES if environ.get(name)}
    missing = [name for name in DATABASES if name not in given]
    if missing and len(missing) < len(DATABASES):
        raise Trouble(f"Of your own databases {', '.join(missing)} is not set: set all three, or none.")
    return given


def wanted_services(given: Mapping[str, str]) -> tuple[str, ...]:
    """The services that nobody else provides."""
    wanted = {"postgres": DATABASES[0], "valkey": REDIS, "solr": SOLR}
    return tuple(service for service, name in wanted.items() if name not in given)


def addresses(
    ports: Mapping[str, int], secrets: Mapping[str, str], given: Mapping[str, str], *, tests: bool
) -> dict[str, str]:
    """The address of each service; for tests, other databases, another Redis database, another Solr core."""
    suffix = "_test" if tests else ""
    found = dict(given)
    if "postgres" in ports:
        server = f"127.0.0.1:{ports['postgres']}"
        owner = f"postgresql://ckan:{secrets['ckan']}@{server}"
        reader = f"postgresql://datastore_ro:{secrets['datastore_ro']}@{server}"
        urls = (f"{owner}/ckan{suffix}", f"{owner}/datastore{suffix}", f"{reader}/datastore{suffix}")
        found.update(zip(DATABASES, urls, strict=True))
    if "valkey" in ports:
        found[REDIS] = f"redis://:{secrets['valkey']}@127.0.0.1:{ports['valkey']}/{int(tests)}"
    if "solr" in ports:
        found[SOLR] = f"http://127.0.0.1:{ports['solr']}/solr/ckan{suffix}"
    return found


def visits_redis(ports: Mapping[str, int], secrets: Mapping[str, str]) -> str:
    """The Redis database of the count of visits: one of its own on our server; empty, CKAN's, on somebody else's."""
    return f"redis://:{secrets['valkey']}@127.0.0.1:{ports['valkey']}/2" if "valkey" in ports else ""


def check_test_names(found: Mapping[str, str]) -> None:
    """Refuse given databases and cores that are not for tests: the tests empty them. Raises Trouble."""
    for name in (*DATABASES, SOLR):
        if name not in found:
            continue
        last = urlsplit(found[name]).path.rstrip("/").rpartition("/")[2]
        if not last.endswith("_test"):
            raise Trouble(
                f"{name} names {last!r}, and the tests empty what they run on: "
                "name one that ends in _test, or unset the variable."
            )


def clean_environ(environ: Mapping[str, str], places: Places) -> dict[str, str]:
    """The caller's variables without what would lead CKAN or Python elsewhere; our programs first in PATH."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in FOREIGN and (not name.startswith("CKAN_") or name.startswith("CKAN_SMTP_"))
    }
    kept["PATH"] = f"{places.venv / 'bin'}:{environ.get('PATH', '/usr/bin:/bin')}"
    return kept


def portal_environ(
    environ: Mapping[str, str], places: Places, found: Mapping[str, str], site_url: str
) -> dict[str, str]:
    """The variables of every ``ckan`` command of the portal."""
    return {
        **clean_environ(environ, places),
        **found,
        "CKAN_INI": str(places.ini),
        "CKAN_SITE_URL": site_url,
        "CKAN_STORAGE_PATH": str(places.data / "storage"),
    }


def test_environ(environ: Mapping[str, str], places: Places, found: Mapping[str, str]) -> dict[str, str]:
    """The variables of a test run."""
    storage = places.data / "storage_test"
    return {**clean_environ(environ, places), **found, "CKAN_STORAGE_PATH": str(storage)}
