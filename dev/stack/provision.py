"""Roles, databases and DataStore permissions: ``provision.py PLAN``. Run by the environment's Python.

The plan is a JSON file: ``{"server": dsn, "passwords": {role: password}}``. Can be run again at any time.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

OWNER, READER = "ckan", "datastore_ro"
PAIRS = (("ckan", "datastore"), ("ckan_test", "datastore_test"))


def main(plan: dict[str, Any]) -> None:
    with _connection(plan["server"], "postgres") as cursor:
        for role, password in plan["passwords"].items():
            _make_role(cursor, role, password)
        for name in [name for pair in PAIRS for name in pair]:
            _make_database(cursor, name)
    for main_name, datastore_name in PAIRS:
        with _connection(plan["server"], datastore_name) as cursor:
            cursor.execute(_permissions(main_name, datastore_name))


def _connection(server: str, database: str) -> Any:
    connection = psycopg2.connect(server, dbname=database)
    connection.autocommit = True
    return connection.cursor()


def _make_role(cursor: Any, role: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
    cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _make_database(cursor: Any, name: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if not cursor.fetchone():
        statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8'")
        cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(OWNER)))


def _permissions(main_name: str, datastore_name: str) -> str:
    """What ``ckan datastore set-permissions`` prints, without loading CKAN; the reconnect of psql taken out."""
    found = find_spec("ckanext.datastore")
    if found is None or found.origin is None:
        raise ImportError("ckanext.datastore")
    template = Path(found.origin).with_name("set_permissions.sql").read_text(encoding="utf-8")
    names = {
        "maindb": main_name,
        "datastoredb": datastore_name,
        "mainuser": OWNER,
        "writeuser": OWNER,
        "readuser": READER,
    }
    script = template.format(**{key: f'"{name}"' for key, name in names.items()})
    return "\n".join(line for line in script.splitlines() if not line.startswith("\\connect"))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
