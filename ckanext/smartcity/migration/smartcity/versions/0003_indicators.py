"""Tables of the figures: loads of input tables, and values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0003_indicators"
down_revision = "0002_contracts"
branch_labels = None
depends_on = None

KEEP = """
CREATE OR REPLACE FUNCTION smartcity_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A row of % is never changed. Add a new one.', TG_TABLE_NAME;
END $$;
CREATE TRIGGER smartcity_load_kept BEFORE UPDATE ON smartcity_load
  FOR EACH STATEMENT EXECUTE FUNCTION smartcity_record_kept();
CREATE TRIGGER smartcity_value_kept BEFORE UPDATE ON smartcity_value
  FOR EACH STATEMENT EXECUTE FUNCTION smartcity_record_kept();
"""

LOAD_CHECKS = {
    "state": "state IN ('loaded', 'unchanged', 'refused')",
    "rows": "(state = 'refused') = (rows IS NULL) AND (state = 'refused') = (digest IS NULL)",
}

VALUE_CHECKS = {
    "status": "status IN ('provisional', 'final', 'withdrawn', 'refused')",
    "value": "(value IS NULL) = (null_reason IS NOT NULL OR status = 'refused')",
    "denominator": "value IS NULL OR (numerator IS NOT NULL AND denominator IS NOT NULL AND denominator <> 0)",
    "null_reason": (
        "null_reason IN ('missing_input', 'unmapped_classification', 'insufficient_coverage', 'missing_denominator', "
        "'zero_denominator')"
    ),
    "refused_reason": "refused_reason IN ('duplicate_key', 'accounting_open', 'timeout')",
    "refused": (
        "(status = 'refused') = (refused_reason IS NOT NULL) AND (status = 'refused') = (fingerprint IS NULL) "
        "AND (status <> 'refused' OR supersedes IS NULL)"
    ),
    "conformance": "conformance IN ('conforms', 'partial_numerator', 'partial_denominator', 'partial_both', 'proxy')",
    "flags": (
        "flags <@ ARRAY['partial_coverage', 'period_incomplete', 'unanswered', 'open_incident', "
        "'estimated_denominator', 'proxy', 'invalid_rows', 'out_of_bounds', 'survey_estimate', 'unknown_values', "
        "'method_break']"
    ),
    "unknown_count": "unknown_count >= 0",
    "period": "period_start < period_end",
    "change_kind": (
        "change_kind IN ('late_data', 'corrected_rows', 'method', 'classification', 'population', 'other')"
    ),
    "change_reason": "(change_kind IS NULL OR change_reason IS NOT NULL) AND char_length(change_reason) >= 20",
}


def text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def whole(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def number(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Numeric, nullable=nullable)


def moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def data(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, JSONB, nullable=nullable)


def sha256(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.CHAR(64), nullable=nullable)


def texts(name: str) -> sa.Column:
    return sa.Column(name, ARRAY(sa.Text), nullable=False)


def record() -> tuple[sa.Column, ...]:
    """What every row of a record has."""
    return (
        sa.Column("id", UUID, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        moment("created_at"),
        text("created_by"),
    )


def checks(table: str, conditions: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(condition, name=f"{table}_{name}_valid") for name, condition in conditions.items()]


def upgrade() -> None:
    op.create_table(
        "smartcity_load",
        *record(),
        *(text(name) for name in ("resource_id", "package_id", "table_name")),
        whole("table_version"),
        sa.Column("years", ARRAY(sa.SmallInteger), nullable=False),
        text("state"),
        sa.Column("rows", sa.BigInteger),
        sha256("digest", nullable=True),
        data("row_digests", nullable=True),
        sha256("file_hash"),
        *(data(name) for name in ("map", "report")),
        sa.Column("seconds", sa.Float, nullable=False),
        *checks("smartcity_load", LOAD_CHECKS),
    )
    op.create_index("smartcity_load_resource", "smartcity_load", ["resource_id", "seq"])
    series = ["indicator", "ref_area", "ref_year", "breakdown"]
    op.create_table(
        "smartcity_value",
        *record(),
        *(text(name) for name in ("indicator", "ref_area")),
        sa.Column("ref_year", sa.SmallInteger, nullable=False),
        data("breakdown"),
        text("status"),
        *(number(name) for name in ("value", "numerator", "denominator")),
        number("multiplier", nullable=False),
        text("unit"),
        *(text(name, nullable=True) for name in ("null_reason", "refused_reason")),
        text("conformance"),
        texts("flags"),
        sa.Column("unknown_count", sa.BigInteger, nullable=False),
        data("inputs"),
        texts("input_resources"),
        *(data(name) for name in ("exclusions", "companions")),
        text("recipe"),
        *(whole(name) for name in ("recipe_version", "engine_version")),
        data("parameters"),
        *(moment(name) for name in ("period_start", "period_end", "cutoff")),
        sha256("fingerprint", nullable=True),
        sa.Column("supersedes", UUID),
        *(text(name, nullable=True) for name in ("change_kind", "change_reason")),
        sa.UniqueConstraint("supersedes", name="smartcity_value_supersedes"),
        *checks("smartcity_value", VALUE_CHECKS),
    )
    op.create_index("smartcity_value_series", "smartcity_value", [*series, "seq"])
    op.create_index(
        "smartcity_value_series_start",
        "smartcity_value",
        series,
        unique=True,
        postgresql_where=sa.text("supersedes IS NULL AND status <> 'refused'"),
    )
    op.create_index("smartcity_value_input_resources", "smartcity_value", ["input_resources"], postgresql_using="gin")
    op.execute(KEEP)


def downgrade() -> None:
    op.drop_table("smartcity_value")
    op.drop_table("smartcity_load")
    op.execute("DROP FUNCTION smartcity_record_kept()")
