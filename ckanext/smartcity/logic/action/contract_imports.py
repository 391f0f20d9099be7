"""Imports of contracts from files of a procurement system: staged, looked at, then applied. For contract reviewers."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict
from redis import RedisError

from ckanext.smartcity import config, jobs
from ckanext.smartcity.contracts import documents, staging
from ckanext.smartcity.contracts.models import ContractImport, ContractImportRow
from ckanext.smartcity.logic import import_schemas, import_sentences
from ckanext.smartcity.logic.action import contract_import_steps as steps
from ckanext.smartcity.logic.action.validation import validated

__all__ = [
    "smartcity_contract_import_apply",
    "smartcity_contract_import_create",
    "smartcity_contract_import_delete",
    "smartcity_contract_import_list",
    "smartcity_contract_import_publish",
    "smartcity_contract_import_show",
    "smartcity_contract_import_step",
]

PUBLISHED = 200  # contracts of one call

log = logging.getLogger(__name__)


def smartcity_contract_import_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take files, to read them and stage their rows; nothing is written to the register. Files go when they are read.

    A job reads them and checks the rows, step by step, or ``smartcity_contract_import_step`` does. Without a job, and
    where the site has no storage for contracts, they are read at once.

    :param upload: the files, one or a list: CSV, XLSX or JSON as SPSE exports them, 20 MB each at most
    :param source: ``spse`` (default)
    :param visibility: ``private`` or ``public``: what new contracts are at first (default: the site's option)
    :param category: ``works`` or ``goods``, or a list: contracts to import beside those for services
    :param category_missing: the category of contracts for which the files name none (optional)
    :param queue: whether a job goes on by itself (default: yes)

    :returns: the batch, as ``smartcity_contract_import_show`` gives it without rows; a ``state`` of ``refused`` has
        its reason in ``problem_text``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_import_create", context, data_dict)
    data = validated(data_dict, import_schemas.create(config.contract_visibility()), context)
    starter = model.User.get(context.get("user"))
    options = {name: data[name] for name in ("visibility", "category_missing")}
    batch = ContractImport(
        source=data["source"],
        options={**options, "categories": list(data["category"])},
        started_by=starter.id if starter else "",
    )
    model.Session.add(batch)
    model.Session.flush()
    if data["queue"] and documents.storage() is not None:
        steps.keep(batch, data["upload"])
    else:
        steps.read(batch, [(documents.plain_name(file.filename), steps.saved(file)) for file in data["upload"]])
    model.repo.commit()
    if data["queue"] and batch.state in ("reading", "checking"):
        _queue(batch)
    return batch_dict(batch)


def _queue(batch: ContractImport) -> None:
    """Let a job go on; while the queue is away, the page's button does."""
    try:
        jobs.enqueue(jobs.contract_import_step, batch.id, batch.started_by)
    except RedisError:
        log.warning("The import %s waits: the queue does not answer", batch.id)


def smartcity_contract_import_step(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take one step of a batch: read its files, check the next 500 rows or apply the next 50 contracts. For contract
    reviewers.

    It can be repeated, also after a crash: what is done is not done again. In other states nothing happens.

    :param id: the batch

    :returns: the batch, as ``smartcity_contract_import_create``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_import_step", context, data_dict)
    batch_id = _id(context, data_dict)
    if _batch(batch_id).state == "applying":
        with staging.applying():
            return _step(batch_id)
    return _step(batch_id)


def _step(batch_id: str) -> dict[str, Any]:
    batch = _batch(batch_id, lock=True)
    if batch.state == "reading":
        _read(batch)
    elif batch.state == "checking":
        steps.check(batch)
    elif batch.state == "applying":
        steps.apply(batch)
    model.repo.commit()
    return batch_dict(batch)


def _read(batch: ContractImport) -> None:
    """Read the files. What goes wrong is told by its kind only: its text can hold what the files hold."""
    batch_id = batch.id
    try:
        steps.read_kept(batch)
    except Exception as error:
        log.error("The files of the import %s were not read: %s", batch_id, type(error).__name__)
        model.Session.rollback()
        batch = _batch(batch_id, lock=True)
        steps.fail(batch)


def smartcity_contract_import_apply(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin to write a staged batch into the register; steps do it. For contract reviewers.

    :param id: the batch
    :param queue: whether a job goes on by itself (default: yes)

    :returns: the batch, as ``smartcity_contract_import_create``
    :rtype: dictionary

    :raises ckan.logic.ValidationError: the batch is not checked yet, was refused, or is applied
    """
    tk.check_access("smartcity_contract_import_apply", context, data_dict)
    data = validated(data_dict, import_schemas.apply(), context)
    batch = _batch(data["id"], lock=True)
    if batch.state != "staged":
        _refuse("not_staged")
    batch.state = "applying"
    model.repo.commit()
    if data["queue"]:
        _queue(batch)
    return batch_dict(batch)


def smartcity_contract_import_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish the contracts that an applied batch wrote, up to 200 at a time. For contract reviewers.

    :param id: the batch

    :returns: ``published``, and ``left``: how many of the batch are still private
    :rtype: dictionary

    :raises ckan.logic.ValidationError: the batch is not applied
    """
    tk.check_access("smartcity_contract_import_publish", context, data_dict)
    batch = _batch(_id(context, data_dict))
    if batch.state != "applied":
        _refuse("not_applied")
    published, left = steps.publish(batch, PUBLISHED)
    return {"published": published, "left": left}


@tk.side_effect_free
def smartcity_contract_import_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A batch, with what became of its rows. For contract reviewers.

    :param id: the batch
    :param outcome: rows of one outcome only (optional)
    :param limit: rows (default 100, at most 1,000)
    :param offset: rows to pass over (default 0)

    :returns: ``id``, ``source``, ``state``, ``files`` (``name``, ``kind``, ``rows``, ``sha256``, ``dropped`` columns),
        ``options``, ``problem`` and ``problem_text``, ``counts`` (``rows`` and ``contracts`` by outcome, ``rules``,
        ``equal`` rows, ``dates_assumed``, contracts ``without`` start orders or finished procurements, ``years``,
        ``offices`` that no organization has), ``rules`` (sentence and number of rows), ``started_by``,
        ``created_at``, ``applied_at``, ``waiting`` (rows), ``private`` (contracts still private), and ``rows``:
        ``number``, ``file``, ``row``, ``kind``, ``title``, ``contract_number``, ``outcome``, whether it is ``equal``
        to another one, ``dates_assumed``, ``companions`` (kinds of files), ``reasons`` (``row``, ``column``, ``rule``,
        ``text``), ``changes``, ``contract_id``, ``package_id``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_import_show", context, data_dict)
    data = validated(data_dict, import_schemas.show(), context)
    batch = _batch(data["id"])
    found = staging.rows(batch.id, data["outcome"], data["limit"], data["offset"])
    private = len(staging.private_contracts(batch.id)) if batch.state == "applied" else 0
    waiting = staging.waiting(batch, steps.TO_APPLY) if batch.state in ("checking", "applying") else 0
    return {
        **batch_dict(batch),
        "waiting": waiting,
        "private": private,
        "rules": [(import_sentences.rule(name), rows) for name, rows in sorted(batch.counts.get("rules", {}).items())],
        "rows": [row_dict(batch, row) for row in found],
    }


@tk.side_effect_free
def smartcity_contract_import_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Batches, newest first. For contract reviewers.

    :param limit: batches (default 25, at most 1,000)
    :param offset: batches to pass over (default 0)

    :returns: ``count`` of all, and ``results``, as ``smartcity_contract_import_create``
    :rtype: dictionary
    """
    tk.check_access("smartcity_contract_import_list", context, data_dict)
    data = validated(data_dict, import_schemas.page(25), context)
    found = staging.batches(data["limit"], data["offset"])
    return {"count": staging.batch_count(), "results": [batch_dict(batch) for batch in found]}


def smartcity_contract_import_delete(context: Context, data_dict: DataDict) -> None:
    """Delete a batch that was never applied. For contract reviewers.

    :param id: the batch

    :returns: nothing

    :raises ckan.logic.ValidationError: it is applied: the next import is compared with it
    """
    tk.check_access("smartcity_contract_import_delete", context, data_dict)
    batch = _batch(_id(context, data_dict), lock=True)
    if batch.state in ("applying", "applied"):
        _refuse("applied")
    steps.forget_files(batch)
    staging.delete(batch)
    model.repo.commit()


def _id(context: Context, data_dict: DataDict) -> str:
    return validated(data_dict, import_schemas.reference(), context)["id"]


def _batch(batch_id: str, *, lock: bool = False) -> ContractImport:
    batch = staging.batch(batch_id, lock=lock)
    if batch is None:
        raise tk.ObjectNotFound(tk._("There is no such import."))
    return batch


def _refuse(code: str) -> None:
    model.Session.rollback()
    errors: dict[str, Any] = {"id": [import_sentences.batch(code)]}
    raise tk.ValidationError(errors)


def batch_dict(batch: ContractImport) -> dict[str, Any]:
    """A batch as the API gives it, without rows."""
    starter = model.User.get(batch.started_by)
    return {
        "id": batch.id,
        "source": batch.source,
        "state": batch.state,
        "files": [{name: value for name, value in file.items() if name not in steps.OF_KEPT} for file in batch.files],
        "options": batch.options,
        "problem": batch.problem,
        "problem_text": import_sentences.file(batch.problem) if batch.problem else "",
        "counts": batch.counts,
        "started_by": starter.fullname or starter.name if starter else "",
        "created_at": batch.created_at.isoformat(),
        "applied_at": batch.applied_at.isoformat() if batch.applied_at else None,
    }


def row_dict(batch: ContractImport, row: ContractImportRow) -> dict[str, Any]:
    """A row of a file and what became of it."""
    return {
        "number": row.number,
        "file": batch.files[row.file]["name"],
        "row": row.row,
        "kind": row.fields.get("kind") or "",
        "title": row.fields.get("title") or "",
        "contract_number": row.fields.get("contract_number") or "",
        "outcome": row.outcome,
        "equal": bool(row.fields.get("equal")),
        "dates_assumed": bool(row.fields.get("dates_assumed")),
        "companions": row.fields.get("companions") or [],
        "reasons": [{**reason, "text": import_sentences.row(reason)} for reason in row.reasons],
        "changes": row.changes,
        "contract_id": row.contract_id,
        "package_id": row.package_id if row.applied else None,
    }
