"""Runs our migrations, for ``ckan db upgrade``. Two upgrades at once wait for each other: core has no lock."""

from __future__ import annotations

from alembic import context
from ckan.plugins import toolkit as tk
from sqlalchemy import engine_from_config, pool, text

PLUGIN = "smartcity"
LOCK = 0x536D617274  # any number that nobody else takes


def ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """Whether autogenerate may look at it: our tables carry our name."""
    return kind != "table" or (name or "").startswith(f"{PLUGIN}_")


def migrate() -> None:
    engine = engine_from_config(
        context.config.get_section(context.config.config_ini_section) or {}, "sqlalchemy.", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=tk.BaseModel.metadata,
            version_table=f"{PLUGIN}_alembic_version",
            include_object=ours,
        )
        with context.begin_transaction():
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
            context.run_migrations()


migrate()
