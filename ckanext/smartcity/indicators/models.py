"""The tables of the figures: loads of input tables, and values. Rows are added and never changed (triggers refuse).

What must hold in every row is in the migration, as check constraints. Ids of datasets and resources are those of core,
without foreign keys: the record outlives them.
"""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column


def _id() -> Mapped[str]:
    return mapped_column(UUID(as_uuid=False), primary_key=True, default=lambda: str(uuid4()))


def _seq() -> Mapped[int]:
    return mapped_column(sa.BigInteger, sa.Identity(), unique=True)


def _created_at() -> Mapped[datetime]:
    return mapped_column(sa.DateTime(timezone=True), nullable=False, default=lambda: datetime.now(timezone.utc))


def _moment() -> Mapped[datetime]:
    return mapped_column(sa.DateTime(timezone=True), nullable=False)


def _text() -> Mapped[str]:
    return mapped_column(sa.Text, nullable=False)


def _text_or_none() -> Mapped[str | None]:
    return mapped_column(sa.Text)


def _whole() -> Mapped[int]:
    return mapped_column(sa.Integer, nullable=False)


def _number() -> Mapped[Decimal | None]:
    return mapped_column(sa.Numeric)


def _object() -> Mapped[dict[str, Any]]:
    return mapped_column(JSONB, nullable=False, default=dict)


def _texts() -> Mapped[list[str]]:
    return mapped_column(ARRAY(sa.Text), nullable=False, default=list)


class TableLoad(tk.BaseModel):
    """One attempt to load the file of a resource into an input table, also a refused one.

    ``state``: ``loaded``, ``unchanged`` (the rows in use are these already) or ``refused`` (the rows in use are those
    before). ``rows`` and ``digest`` are those of the file's rows, None when refused; ``row_digests`` by key, for the
    tables whose rows are fingerprinted one by one. ``map`` holds the reading options that are not the usual ones;
    ``seconds`` is how long it took.
    """

    __tablename__ = "smartcity_load"
    __table_args__ = (sa.Index("smartcity_load_resource", "resource_id", "seq"),)

    id: Mapped[str] = _id()
    seq: Mapped[int] = _seq()
    created_at: Mapped[datetime] = _created_at()
    created_by: Mapped[str] = _text()
    resource_id: Mapped[str] = _text()
    package_id: Mapped[str] = _text()
    table_name: Mapped[str] = _text()
    table_version: Mapped[int] = _whole()
    years: Mapped[list[int]] = mapped_column(ARRAY(sa.SmallInteger), nullable=False, default=list)
    state: Mapped[str] = _text()
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    digest: Mapped[str | None] = mapped_column(sa.CHAR(64))
    row_digests: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    file_hash: Mapped[str] = mapped_column(sa.CHAR(64), nullable=False)
    map: Mapped[dict[str, Any]] = _object()
    report: Mapped[dict[str, Any]] = _object()
    seconds: Mapped[float] = mapped_column(sa.Float, nullable=False)


class IndicatorValue(tk.BaseModel):
    """One run of a recipe, or one decision of a person about its value. ``seq`` is the order of truth.

    The series key is ``indicator`` (uid), ``ref_area``, ``ref_year``, ``breakdown``. ``status``: ``provisional``,
    ``final``, ``withdrawn``, or ``refused``: a run that stopped, for ``refused_reason``, outside any series.
    ``supersedes`` is the row before in the series: a series cannot fork.
    """

    __tablename__ = "smartcity_value"
    __table_args__ = (
        sa.Index("smartcity_value_series", "indicator", "ref_area", "ref_year", "breakdown", "seq"),
        sa.Index(
            "smartcity_value_series_start",
            "indicator",
            "ref_area",
            "ref_year",
            "breakdown",
            unique=True,
            postgresql_where=sa.text("supersedes IS NULL AND status <> 'refused'"),
        ),
        sa.Index("smartcity_value_input_resources", "input_resources", postgresql_using="gin"),
        sa.UniqueConstraint("supersedes", name="smartcity_value_supersedes"),
    )

    id: Mapped[str] = _id()
    seq: Mapped[int] = _seq()
    created_at: Mapped[datetime] = _created_at()
    created_by: Mapped[str] = _text()
    indicator: Mapped[str] = _text()
    ref_area: Mapped[str] = _text()
    ref_year: Mapped[int] = mapped_column(sa.SmallInteger, nullable=False)
    breakdown: Mapped[dict[str, Any]] = _object()
    status: Mapped[str] = _text()
    value: Mapped[Decimal | None] = _number()
    numerator: Mapped[Decimal | None] = _number()
    denominator: Mapped[Decimal | None] = _number()
    multiplier: Mapped[Decimal] = mapped_column(sa.Numeric, nullable=False)
    unit: Mapped[str] = _text()
    null_reason: Mapped[str | None] = _text_or_none()
    refused_reason: Mapped[str | None] = _text_or_none()
    conformance: Mapped[str] = _text()
    flags: Mapped[list[str]] = _texts()
    unknown_count: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    inputs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    input_resources: Mapped[list[str]] = _texts()
    exclusions: Mapped[dict[str, int]] = _object()
    companions: Mapped[dict[str, Any]] = _object()
    recipe: Mapped[str] = _text()
    recipe_version: Mapped[int] = _whole()
    engine_version: Mapped[int] = _whole()
    parameters: Mapped[dict[str, str]] = _object()
    period_start: Mapped[datetime] = _moment()
    period_end: Mapped[datetime] = _moment()
    cutoff: Mapped[datetime] = _moment()
    fingerprint: Mapped[str | None] = mapped_column(sa.CHAR(64))
    supersedes: Mapped[str | None] = mapped_column(UUID(as_uuid=False))
    change_kind: Mapped[str | None] = _text_or_none()
    change_reason: Mapped[str | None] = _text_or_none()
