"""Tables of the register of service contracts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002_contracts"
down_revision = "0001_visits"
branch_labels = None
depends_on = None

KEEP = """
CREATE OR REPLACE FUNCTION smartcity_contract_decision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A decision is never changed. Add a new one.';
END $$;
CREATE TRIGGER smartcity_contract_decision_kept BEFORE UPDATE ON smartcity_contract_decision
  FOR EACH STATEMENT EXECUTE FUNCTION smartcity_contract_decision_kept();
"""


def text(name: str, nullable: bool = False, primary_key: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=False)


def moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def data(name: str) -> sa.Column:
    return sa.Column(name, JSONB, nullable=False)


def flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean, nullable=False)


def serial() -> sa.Column:
    return sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False, unique=True)


def upgrade() -> None:
    op.create_table(
        "smartcity_contract_decision",
        text("id", primary_key=True),
        serial(),
        *(text(name) for name in ("package_id", "contract_id", "question", "value")),
        *(text(name, nullable=True) for name in ("scope", "reason")),
        data("areas"),
        text("scope_note"),
        sa.Column("clause_from", sa.Date),
        sa.Column("clause_until", sa.Date),
        data("evidence"),
        text("note"),
        *(text(name) for name in ("reviewer_id", "reviewer_name", "organization_id", "organization_title")),
        flag("by_owner"),
        moment("decided_at"),
        text("rule_version"),
        *(text(name, nullable=True) for name in ("detector_version", "suggestion_id")),
        data("facts"),
        text("previous_id", nullable=True),
        sa.UniqueConstraint("previous_id", name="smartcity_contract_decision_previous_id"),
    )
    op.create_index(
        "smartcity_contract_decision_question", "smartcity_contract_decision", ["package_id", "question", "number"]
    )
    op.execute(KEEP)
    op.create_table(
        "smartcity_contract_document",
        text("id", primary_key=True),
        *(text(name) for name in ("package_id", "kind", "name")),
        sa.Column("size", sa.BigInteger, nullable=False),
        *(text(name) for name in ("type", "sha256", "location")),
        *(number(name) for name in ("pages", "pages_with_text")),
        flag("truncated"),
        *(text(name) for name in ("state", "refusal", "uploaded_by")),
        moment("uploaded_at"),
        moment("deleted_at", nullable=True),
    )
    op.create_index("smartcity_contract_document_package", "smartcity_contract_document", ["package_id"])
    op.create_table(
        "smartcity_contract_page",
        text("document_id", primary_key=True),
        sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
        text("text"),
        data("places"),
    )
    op.create_table(
        "smartcity_contract_suggestion",
        text("id", primary_key=True),
        serial(),
        text("package_id"),
        data("documents"),
        *(text(name) for name in ("version", "result")),
        text("scope", nullable=True),
        *(data(name) for name in ("findings", "warnings")),
        moment("created_at"),
    )
    op.create_index("smartcity_contract_suggestion_package", "smartcity_contract_suggestion", ["package_id", "number"])
    op.create_table(
        "smartcity_contract_import",
        text("id", primary_key=True),
        *(text(name) for name in ("source", "state")),
        *(data(name) for name in ("files", "options", "problem", "counts")),
        text("started_by"),
        moment("created_at"),
        moment("applied_at", nullable=True),
    )
    op.create_table(
        "smartcity_contract_import_row",
        text("import_id", primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(number(name) for name in ("file", "row")),
        data("fields"),
        text("outcome"),
        *(data(name) for name in ("reasons", "changes")),
        *(text(name, nullable=True) for name in ("contract_id", "package_id")),
        flag("applied"),
    )
    op.create_index("smartcity_contract_import_row_outcome", "smartcity_contract_import_row", ["import_id", "outcome"])
    op.create_index("smartcity_contract_import_row_contract", "smartcity_contract_import_row", ["contract_id"])


def downgrade() -> None:
    for name in ("import_row", "import", "suggestion", "page", "document", "decision"):
        op.drop_table(f"smartcity_contract_{name}")
    op.execute("DROP FUNCTION smartcity_contract_decision_kept()")
