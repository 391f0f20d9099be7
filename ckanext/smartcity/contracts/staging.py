"""Reads and writes of imports: batches, their rows, and the contracts that they meet. Nothing here commits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.smartcity.contracts import store
from ckanext.smartcity.contracts.importers.matching import Stored
from ckanext.smartcity.contracts.importers.spse import CONTRACTS
from ckanext.smartcity.contracts.models import ContractImport, ContractImportRow

LOCK = 0x5C1F_5050
"""Key of the lock of whoever applies a batch."""

IMPORTED: Any = ContractImportRow
PACKAGE: Any = model.Package


def batch(batch_id: str, *, lock: bool = False) -> ContractImport | None:
    """A batch; with ``lock`` read afresh, and nobody else takes a step of it until we commit."""
    query = sa.select(ContractImport).where(ContractImport.id == batch_id)
    held = query.with_for_update().execution_options(populate_existing=True) if lock else query
    return model.Session.scalars(held).first()


def batches(limit: int, offset: int) -> Sequence[ContractImport]:
    """Batches, newest first."""
    query = sa.select(ContractImport).order_by(ContractImport.created_at.desc(), ContractImport.id)
    return model.Session.scalars(query.limit(limit).offset(offset)).all()


def batch_count() -> int:
    return model.Session.scalar(sa.select(sa.func.count()).select_from(ContractImport)) or 0


def unread_since(moment: datetime) -> Sequence[str]:
    """Ids of batches whose files nobody has read since this moment."""
    query = sa.select(ContractImport.id).where(ContractImport.state == "reading", ContractImport.created_at < moment)
    return model.Session.scalars(query).all()


def delete(row: ContractImport) -> None:
    model.Session.execute(sa.delete(ContractImportRow).where(IMPORTED.import_id == row.id))
    model.Session.delete(row)


# Rows


def add_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write staged rows, given as columns of the table."""
    listed = list(rows)
    for start in range(0, len(listed), 1_000):
        model.Session.execute(sa.insert(ContractImportRow), listed[start : start + 1_000])


def rows(batch_id: str, outcome: str, limit: int, offset: int) -> Sequence[ContractImportRow]:
    """Rows of a batch in the order of its files; with ``outcome`` those of one."""
    query = sa.select(ContractImportRow).where(IMPORTED.import_id == batch_id)
    if outcome:
        query = query.where(IMPORTED.outcome == outcome)
    return model.Session.scalars(query.order_by(IMPORTED.number).limit(limit).offset(offset)).all()


def every_row(batch_id: str) -> Iterator[ContractImportRow]:
    query = sa.select(ContractImportRow).where(IMPORTED.import_id == batch_id)
    yield from model.Session.scalars(query.order_by(IMPORTED.number))


def unchecked(batch_id: str, most: int) -> Sequence[ContractImportRow]:
    """The rows of the next procurement codes that have rows without an outcome, some ``most`` of these; all rows of a
    code together, also those whose outcome is settled."""
    code = IMPORTED.fields["code"].astext
    open_rows = sa.and_(IMPORTED.import_id == batch_id, IMPORTED.outcome == "")
    codes = set(model.Session.scalars(sa.select(code).where(open_rows).order_by(code).limit(most)))
    query = sa.select(ContractImportRow).where(
        IMPORTED.import_id == batch_id, code.in_(codes), IMPORTED.fields["kind"].astext == CONTRACTS
    )
    query = query.order_by(IMPORTED.number)
    return model.Session.scalars(query).all()


def unapplied(batch_id: str, outcomes: Collection[str], most: int) -> Sequence[ContractImportRow]:
    """Rows that stand for contracts and are not applied yet, in the order of the files."""
    query = sa.select(ContractImportRow).where(
        IMPORTED.import_id == batch_id,
        IMPORTED.outcome.in_(outcomes),
        IMPORTED.applied.is_(False),
        IMPORTED.fields["lead"].astext == sa.cast(IMPORTED.number, sa.Text),
    )
    return model.Session.scalars(query.order_by(IMPORTED.number).limit(most)).all()


def waiting(row: ContractImport, outcomes: Collection[str]) -> int:
    """Rows that wait to be checked, or to be applied."""
    query = sa.select(sa.func.count()).where(IMPORTED.import_id == row.id)
    if row.state == "checking":
        query = query.where(IMPORTED.outcome == "")
    else:
        query = query.where(IMPORTED.outcome.in_(outcomes), IMPORTED.applied.is_(False))
    return model.Session.scalar(query) or 0


def mark_followers(lead: ContractImportRow) -> None:
    """Say of the other rows of a contract that they are applied, and to what."""
    model.Session.execute(
        sa.update(ContractImportRow)
        .where(IMPORTED.import_id == lead.import_id, IMPORTED.fields["lead"].astext == str(lead.number))
        .values(applied=True, contract_id=lead.contract_id, package_id=lead.package_id)
        .execution_options(synchronize_session=False)
    )


def private_contracts(batch_id: str) -> Sequence[str]:
    """Ids of contracts that a batch wrote and that are private."""
    written = sa.select(IMPORTED.package_id).where(IMPORTED.import_id == batch_id, IMPORTED.applied.is_(True))
    query = sa.select(PACKAGE.id).where(
        PACKAGE.id.in_(written), PACKAGE.state == "active", PACKAGE.private.is_(True), PACKAGE.type == store.CONTRACT
    )
    return model.Session.scalars(query.order_by(PACKAGE.id)).all()


# What the rows meet


def offices() -> dict[str, set[str]]:
    """Organizations by each of their office codes."""
    found: dict[str, set[str]] = defaultdict(set)
    group: Any = model.Group
    query = sa.select(model.Group).where(group.is_organization.is_(True), group.state == "active")
    organization: Any
    for organization in model.Session.scalars(query):
        for code in _listed((organization.extras or {}).get("kd_satker")):
            found[str(code)].add(organization.id)
    return found


def _listed(value: Any) -> list[Any]:
    """A stored list, whether as JSON text or a single text."""
    if not isinstance(value, str):
        return list(value or [])
    try:
        found = json.loads(value)
    except ValueError:
        return [value]
    return found if isinstance(found, list) else [value]


def stored(codes: Collection[str]) -> dict[str, list[Stored]]:
    """The imported contracts of procurement codes (``<kd_lpse>:<tender|nontender>:<code>``) that are not deleted."""
    tenders = {code.rpartition(":")[2] for code in codes}
    packages = _packages(PACKAGE.extras["tender_code"].astext.in_(tenders), _key().like("spse:%"))
    last = last_written([store.contract_id(package) for package in packages])
    found: dict[str, list[Stored]] = defaultdict(list)
    for package in packages:
        contract_id = store.contract_id(package)
        code = contract_id.removeprefix("spse:").rpartition(":")[0]
        found[code].append(_stored(contract_id, package, last.get(contract_id)))
    return found


def stored_one(contract_id: str) -> Stored | None:
    """The contract of a key as it is now, unless it is deleted."""
    packages = _packages(_key() == contract_id)
    last = last_written([contract_id]).get(contract_id)
    return _stored(contract_id, packages[0], last) if packages else None


def _key() -> Any:
    return PACKAGE.extras["contract_id"].astext


def _packages(*conditions: Any) -> Sequence[model.Package]:
    query = sa.select(model.Package).where(PACKAGE.type == store.CONTRACT, PACKAGE.state != "deleted", *conditions)
    return model.Session.scalars(query.order_by(_key()).execution_options(populate_existing=True)).all()


def _stored(contract_id: str, package: model.Package, last: Mapping[str, Any] | None) -> Stored:
    held = {**store.fields(package), "notes": package.notes, "name": package.name}
    held["amendments"] = _listed(held.get("amendments"))
    return Stored(contract_id, package.id, held, last)


def last_written(contract_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """What the last applied import wanted of contracts, by key."""
    query = (
        sa.select(IMPORTED.contract_id, IMPORTED.fields)
        .join(ContractImport, ContractImport.id == IMPORTED.import_id)
        .where(
            IMPORTED.contract_id.in_(contract_ids),
            IMPORTED.applied.is_(True),
            IMPORTED.fields["lead"].astext == sa.cast(IMPORTED.number, sa.Text),
        )
        .order_by(ContractImport.created_at)
    )
    return dict(model.Session.execute(query).tuples().all())


def registered(contract_ids: Collection[str]) -> set[str]:
    """Those of the keys that a contract has that is not deleted."""
    return {store.contract_id(package) for package in _packages(_key().in_(contract_ids))}


def is_name_taken(name: str, package_id: str) -> bool:
    """Whether another dataset has a name, a deleted one too: CKAN gives none twice."""
    query = sa.select(PACKAGE.id).where(PACKAGE.name == name, PACKAGE.id != package_id)
    return model.Session.scalars(query.limit(1)).first() is not None


def organization_names(ids: Collection[str]) -> dict[str, str]:
    group: Any = model.Group
    return dict(model.Session.execute(sa.select(group.id, group.name).where(group.id.in_(ids))).tuples().all())


@contextmanager
def applying() -> Iterator[None]:
    """One batch at a time is applied: whoever comes second waits. Held on a connection of its own, over commits."""
    engine: Any = model.meta.engine
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
