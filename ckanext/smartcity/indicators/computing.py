"""From an indicator and a year to a stored value: which resources answer, the run, and the row it brings.

On CKAN's session for the record, on a connection of its own to the DataStore for the rows. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from ckanext.smartcity.catalogue import Catalogue
from ckanext.smartcity.indicators import statuses, store, supply, value_rows, value_store
from ckanext.smartcity.indicators.models import IndicatorValue
from ckanext.smartcity.indicators.running import run
from ckanext.smartcity.indicators.runs import Question, Run, RunRefused, Supplied


@dataclass(frozen=True)
class Computed:
    """What came of a computation: the newest row of the series, and whether this run wrote it."""

    row: IndicatorValue
    stored: bool


def supplied_for(question: Question) -> list[Supplied]:
    """The resources that any visitor may read and that answer for the question, with the digests of their rows."""
    offers = supply.answering(supply.public_offers(question.indicator.inputs), question.window.year)
    loads = store.loads_in_use([one.resource for one in offers])
    return [
        Supplied(one.role, one.resource, one.package, (loads[one.resource].row_digests or {}))
        for one in offers
        if one.resource in loads
    ]


def compute(catalogue: Catalogue, question: Question, user: str) -> Computed:
    """Run the recipe of a question and append its value, unless the current row has the same fingerprint.

    Raises StepRefused for a series that a person closed. A run that stops is recorded and raises RunRefused.
    """
    key = (question.indicator.uid, question.area, question.window.year)
    value_store.wait_for_turn(*key)
    newest = value_store.newest(*key)
    statuses.may_store(value_store.current(newest), "")
    supplied = supplied_for(question)
    try:
        found = dry_run(catalogue, question, supplied)
    except RunRefused as refused:
        _record_refusal(question, refused, supplied, user)
        raise
    if newest is not None and not statuses.may_store(value_store.current(newest), found.fingerprint):
        return Computed(newest, stored=False)
    before = None if newest is None else value_store.as_row(newest)
    return Computed(value_store.add(value_rows.of_run(question, found, before), user), stored=True)


def dry_run(catalogue: Catalogue, question: Question, supplied: list[Supplied]) -> Run:
    """The value as it would be, without a trace. Raises RunRefused."""
    with datastore() as connection:
        return run(connection, catalogue, question, supplied)


def _record_refusal(question: Question, refused: RunRefused, supplied: list[Supplied], user: str) -> None:
    """Note a run that stopped, once for each cause and inputs."""
    row = value_rows.of_refusal(question, refused.reason, supplied)
    last = value_store.last_refusal(question.indicator.uid, question.area, question.window.year)
    if last is None or _cause(value_store.as_row(last)) != _cause(row):
        value_store.add(row, user)


def _cause(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["refused_reason"], row["input_resources"]


@contextmanager
def datastore() -> Iterator[sa.Connection]:
    """A connection that reads the DataStore."""
    with _engine(tk.config["ckan.datastore.read_url"]).connect() as connection:
        yield connection


@lru_cache(maxsize=2)
def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool)
