"""The migrations: they make what the models say, can be undone, and two at once are as good as one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("clean")
OURS = ("smartcity_visit", "smartcity_contract", "smartcity_load", "smartcity_value")
INI = Path(__file__).parents[4] / "test.ini"


def our_differences() -> list[Any]:
    """What alembic would write into a new migration."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from ckan import model
    from ckan.plugins import toolkit as tk

    def ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or (name or "").startswith(OURS)

    with model.meta.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return compare_metadata(context, tk.BaseModel.metadata)


def our_tables() -> set[str]:
    from ckan import model
    from sqlalchemy import inspect

    return {name for name in inspect(model.meta.engine).get_table_names() if name.startswith("smartcity_visit")}


def test_the_tables_are_those_of_the_models():
    assert our_tables() == {f"smartcity_visit_{n}" for n in ("count", "day", "gap", "import", "method", "state")}
    assert our_differences() == []


def test_down_and_up_again(migrate_db_for):
    try:
        migrate_db_for("smartcity", "base", False)
        assert our_tables() == set()
    finally:
        migrate_db_for("smartcity")
    assert our_differences() == []


def test_two_upgrades_at_once(migrate_db_for):
    """Two web servers that start together: both end well, and there is one schema."""
    migrate_db_for("smartcity", "base", False)
    command = Path(sys.executable).with_name("ckan")
    both = [
        subprocess.Popen(
            [command, "-c", str(INI), "db", "upgrade", "-p", "smartcity"],
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert our_differences() == []
