"""Tables, administrator, organisations, demo city, index: CKAN's own commands, in one process instead of six.

``setup_ckan.py INI DEMO_FOLDER PASSWORDS``, run by the environment's Python. The demo's passwords are kept in the file
PASSWORDS; the administrator's comes in the variable SMARTCITY_ADMIN_PASSWORD. Can be run again at any time.
"""

from __future__ import annotations

import os
import sys

import click
from ckan.cli.cli import ckan

ADMINISTRATOR = "admin"


def main(ini: str, demo: str, passwords: str) -> None:
    with ckan.make_context("ckan", ["-c", ini, "db"]) as context:
        _run(context, "db", "upgrade")
        _step("administrator")
        with context.meta["flask_app"].test_request_context():
            _administrator(os.environ["SMARTCITY_ADMIN_PASSWORD"])
        _run(context, "smartcity", "init")
        _run(context, "smartcity", "demo", "--passwords", passwords, demo)
        _run(context, "search-index", "rebuild", "--only-missing", "--quiet")


def _step(name: str) -> None:
    print("step:", name, flush=True)


def _run(context: click.Context, *words: str) -> None:
    """Run one command of CKAN in the context of the others; its failure is ours."""
    _step(" ".join(words))
    name, command, rest = ckan.resolve_command(context, list(words))
    if command is None:
        raise click.UsageError(f"CKAN has no command {name}")
    with command.make_context(name, rest, parent=context) as inner:
        command.invoke(inner)


def _administrator(password: str) -> None:
    """The account of whoever started the portal; an existing one keeps its settings."""
    from ckan import model  # after CKAN is configured
    from ckan.plugins import toolkit as tk

    if model.User.get(ADMINISTRATOR) is None:
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
        account = {"name": ADMINISTRATOR, "email": "admin@kota-contoh.example", "password": password}
        tk.get_action("user_create")({"ignore_auth": True, "user": site_user["name"]}, account)
    model.Session.query(model.User).filter_by(name=ADMINISTRATOR).update({"sysadmin": True})
    model.Session.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
