"""Tags for datasets that exist already: what a row of a tag file may say, and what it changes. Pure.

Values are added, none is removed, an empty cell changes nothing: a file can be applied again and again. Only whole
identifiers of indicators are taken: a spreadsheet cuts the zero at the end of a code, and what is left names another
indicator.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("indicators", "opd")
BARE_CODE = re.compile(r"\d+([.,]\d+)?")


@dataclass(frozen=True)
class Row:
    """One row as it was sent; ``line`` is how its writer counts it."""

    line: int
    dataset: str
    indicators: tuple[str, ...] = ()
    opd: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tagged:
    """A dataset with the tags it has; ``fields`` are the tag columns that its type knows."""

    id: str
    name: str
    title: str
    indicators: tuple[str, ...] = ()
    opd: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset(COLUMNS)


@dataclass(frozen=True)
class Known:
    """Values that may be added: uids of indicators, and names of organisations by name or id.

    ``ended`` are names of organisations whose time is over: kept where they stand, not added.
    """

    indicators: Collection[str]
    opd: Mapping[str, str]
    ended: Collection[str] = ()


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: the rule broken, the column and value, and what may have been meant."""

    rule: str
    column: str
    value: str
    meant: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What becomes of a row: its dataset, the values it adds, or the problems that refuse it."""

    row: Row
    dataset: Tagged | None
    indicators: tuple[str, ...] = ()
    opd: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def state(self) -> str:
        """``refused``, ``new`` (adds something) or ``unchanged``."""
        if self.problems:
            return "refused"
        return "new" if self.indicators or self.opd else "unchanged"

    @property
    def patch(self) -> dict[str, list[str]]:
        """The whole lists to store, of the columns that change only."""
        return {
            column: [*getattr(self.dataset, column), *getattr(self, column)]
            for column in COLUMNS
            if getattr(self, column)
        }


def check(rows: Sequence[Row], datasets: Mapping[str, Tagged], known: Known) -> list[Outcome]:
    """Judge all rows, in their order.

    ``datasets`` maps each reference (name or id) that the caller may see to the dataset. A reference that is missing
    there is refused in the same way whether the dataset is hidden or does not exist. Rules: ``no_dataset``,
    ``unknown_dataset``, ``dataset_twice``, ``no_such_field``, ``bare_code``, ``unknown_indicator``, ``unknown_opd``,
    ``ended_opd``.
    """
    first_line: dict[str, int] = {}
    outcomes = []
    for row in rows:
        dataset = datasets.get(row.dataset)
        problems = _value_problems(row, dataset, known)
        if dataset is None:
            problems.insert(0, Problem("unknown_dataset" if row.dataset else "no_dataset", "dataset", row.dataset))
        elif dataset.id in first_line:
            problems.insert(0, Problem("dataset_twice", "dataset", row.dataset, (str(first_line[dataset.id]),)))
        else:
            first_line[dataset.id] = row.line
        if problems or dataset is None:
            outcomes.append(Outcome(row, dataset, problems=tuple(problems)))
        else:
            opd = (known.opd.get(value, value) for value in row.opd)
            outcomes.append(Outcome(row, dataset, added(dataset.indicators, row.indicators), added(dataset.opd, opd)))
    return outcomes


def _value_problems(row: Row, dataset: Tagged | None, known: Known) -> list[Problem]:
    """What is wrong with the values that a row would add; values that the dataset has may stay."""
    stored = dataset or Tagged("", "", "")
    problems = [
        Problem("no_such_field", column, getattr(row, column)[0])
        for column in COLUMNS
        if getattr(row, column) and column not in stored.fields
    ]
    new_indicators = [value for value in row.indicators if value not in stored.indicators]
    new_opd = [value for value in row.opd if value not in stored.opd]
    problems += filter(None, (_indicator_problem(value, known) for value in new_indicators))
    problems += filter(None, (_opd_problem(value, stored, known) for value in new_opd))
    return problems


def _indicator_problem(value: str, known: Known) -> Problem | None:
    if value in known.indicators:
        return None
    if BARE_CODE.fullmatch(value):
        code = value.replace(",", ".")
        codes = {code, code + "0"} if "." in code else {code}
        meant = tuple(uid for uid in known.indicators if uid.rpartition("/")[2] in codes)
        return Problem("bare_code", "indicators", value, meant or tuple(known.indicators)[:1])
    return Problem("unknown_indicator", "indicators", value)


def _opd_problem(value: str, dataset: Tagged, known: Known) -> Problem | None:
    name = known.opd.get(value)
    if name is None:
        return Problem("unknown_opd", "opd", value)
    if name in known.ended and name not in dataset.opd:
        return Problem("ended_opd", "opd", value)
    return None


def added(stored: Iterable[str], values: Iterable[str]) -> tuple[str, ...]:
    """Those of ``values`` that ``stored`` lacks, each once, in the order they come."""
    return tuple(dict.fromkeys(value for value in values if value not in set(stored)))


def renamed(stored: Sequence[str], old: str, new: str) -> list[str]:
    """A list of tags with ``old`` replaced by ``new``, which then stands there once."""
    return list(dict.fromkeys(new if value == old else value for value in stored))
