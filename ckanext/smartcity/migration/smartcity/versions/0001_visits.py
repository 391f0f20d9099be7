"""Tables of the count of visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BIT, JSONB

revision = "0001_visits"
down_revision = None
branch_labels = None
depends_on = None

COUNTERS = (
    "visits",
    "visits_confirmed",
    "views",
    "downloads",
    "void_visits",
    "void_visits_confirmed",
    "void_views",
    "void_downloads",
    "robots",
    "machine",
    "internal",
    "opted_out",
    "errors",
)


def counter(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def moment(name: str, primary_key: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, primary_key=primary_key)


def upgrade() -> None:
    op.create_table(
        "smartcity_visit_count",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("hour", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("object_id", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("method", sa.Text, primary_key=True),
        *(counter(name) for name in COUNTERS),
    )
    # counters of the running day are updated every few seconds: room for the new version beside the old
    op.execute("ALTER TABLE smartcity_visit_count SET (fillfactor = 80)")
    op.create_index("smartcity_visit_count_object", "smartcity_visit_count", ["kind", "object_id", "day"])
    op.create_table(
        "smartcity_visit_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("minutes", BIT(1440)),
        counter("measured_minutes"),
        counter("gap_seconds"),
    )
    op.create_table(
        "smartcity_visit_gap",
        sa.Column("id", sa.Text, primary_key=True),
        moment("from_at"),
        moment("to_at"),
        sa.Column("reason", sa.Text, nullable=False),
        counter("unplaced_views"),
    )
    op.create_table(
        "smartcity_visit_import",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        moment("first_at"),
        moment("last_at"),
        sa.Column("lines_read", sa.BigInteger, nullable=False),
        sa.Column("lines_used", sa.BigInteger, nullable=False),
        sa.Column("excluded", JSONB, nullable=False),
        moment("imported_at"),
    )
    op.create_table(
        "smartcity_visit_method",
        sa.Column("version", sa.Text, primary_key=True),
        moment("valid_from", primary_key=True),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("lists", JSONB, nullable=False),
    )
    op.create_table(
        "smartcity_visit_state",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", JSONB, nullable=False),
        moment("at"),
    )


def downgrade() -> None:
    for name in ("state", "method", "import", "gap", "day", "count"):
        op.drop_table(f"smartcity_visit_{name}")
