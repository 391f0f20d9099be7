"""Which addresses CKAN gets: ours, the caller's own servers, and for tests never a database that is not for tests."""

from __future__ import annotations

import pytest
from stack.environment import (
    DATABASES,
    INSIDE,
    REDIS,
    SOLR,
    addresses,
    check_test_names,
    clean_environ,
    overrides,
    portal_environ,
    visits_redis,
    wanted_services,
)
from stack.errors import Trouble
from stack.places import Places

OWN = {name: f"postgresql://me@db/{name.lower()}_test" for name in DATABASES}
PORTS = {"postgres": 1, "valkey": 2, "solr": 3}
SECRETS = {"ckan": "c", "datastore_ro": "r", "valkey": "v"}


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path)


def test_all_services_are_ours_when_nothing_is_given(places):
    assert overrides({"PATH": "/bin"}, places) == {}
    assert wanted_services({}) == ("postgres", "valkey", "solr")


def test_what_is_given_is_used_and_not_started(places):
    given = overrides({**OWN, SOLR: "http://solr/ckan_test"}, places)
    assert wanted_services(given) == ("valkey",)
    found = addresses({"valkey": 2}, SECRETS, given, tests=True)
    assert found == {**OWN, SOLR: "http://solr/ckan_test", REDIS: "redis://:v@127.0.0.1:2/1"}


def test_some_of_the_three_databases_are_refused(places):
    with pytest.raises(Trouble, match="CKAN_DATASTORE_WRITE_URL, CKAN_DATASTORE_READ_URL is not set"):
        overrides({"CKAN_SQLALCHEMY_URL": "postgresql://me@db/ckan"}, places)


def test_in_our_own_shell_our_addresses_are_no_overrides(places):
    environ = {"CKAN_SQLALCHEMY_URL": "postgresql://ckan@127.0.0.1:1/ckan", INSIDE: str(places.root)}
    assert overrides(environ, places) == {}


def test_tests_share_no_database_no_redis_database_and_no_core_with_the_portal():
    portal = addresses(PORTS, SECRETS, {}, tests=False)
    tests = addresses(PORTS, SECRETS, {}, tests=True)
    assert portal.keys() == tests.keys() == {*DATABASES, REDIS, SOLR}
    assert not set(portal.values()) & set(tests.values())
    check_test_names(tests)


def test_visits_have_a_redis_database_of_their_own_on_our_server_and_ckans_on_another():
    taken = [addresses(PORTS, SECRETS, {}, tests=tests)[REDIS] for tests in (False, True)]
    assert visits_redis(PORTS, SECRETS) not in taken
    assert visits_redis({"postgres": 1}, SECRETS) == ""


@pytest.mark.parametrize("name", [*DATABASES, SOLR])
def test_a_given_database_or_core_that_is_not_for_tests_is_refused(name):
    with pytest.raises(Trouble, match=f"{name} names 'ckan'.*_test"):
        check_test_names({**OWN, name: "scheme://host/ckan?sslmode=require"})


def test_variables_that_would_lead_elsewhere_do_not_reach_ckan(places):
    environ = {
        "CKAN_INI": "/etc/ckan/ckan.ini",
        "CKAN_SITE_ID": "production",
        "PYTHONPATH": "/elsewhere",
        "CKAN_SMTP_SERVER": "mail",
        "HTTPS_PROXY": "proxy",
        "PATH": "/bin",
    }
    kept = clean_environ(environ, places)
    assert kept == {"CKAN_SMTP_SERVER": "mail", "HTTPS_PROXY": "proxy", "PATH": f"{places.venv}/bin:/bin"}


def test_the_portal_has_its_own_config_storage_and_address(places):
    found = portal_environ({"CKAN_INI": "/etc/ckan.ini"}, places, {SOLR: "http://solr"}, "http://127.0.0.1:5000")
    assert found["CKAN_INI"] == str(places.ini)
    assert found["CKAN_STORAGE_PATH"].startswith(str(places.data))
    assert found["CKAN_SITE_URL"] == "http://127.0.0.1:5000"
    assert found[SOLR] == "http://solr"
