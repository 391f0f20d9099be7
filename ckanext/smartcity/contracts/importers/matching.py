"""Contracts of files against contracts of the register: which is which, and what would change. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.smartcity.contracts import codes
from ckanext.smartcity.contracts.importers.rows import NOT_NAMED
from ckanext.smartcity.contracts.importers.spse import folded_supplier

OWNED = (
    "title",
    "notes",
    "owner_org",
    "contract_number",
    "supplier_name",
    "counterparty",
    "value_amount",
    "contract_status",
    "signed_date",
    "start_date",
    "end_date",
    "dates_assumed",
    "terminated_date",
    "budget_year",
    "procurement_method",
    "procurement_category",
    "tender_code",
    "rup_code",
)
"""Fields of a dataset that its source fills; ``amendments`` too, where a version is missing."""

ASSUMED = ("start_date", "end_date", "dates_assumed")


@dataclass(frozen=True)
class Stored:
    """A contract of the register: its key, dataset, fields, and what the last applied import wanted of it."""

    contract_id: str
    package_id: str
    fields: Mapping[str, Any]
    last: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Match:
    """What a contract of the files is in the register: a key, with its stored contract unless it is new.

    Without a key it is unclear which stored contract it is.
    """

    contract_id: str = ""
    stored: Stored | None = None


@dataclass
class Difference:
    """Old and new value of each field that changes, and the fields that a person changed and the import keeps."""

    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


def match(
    code: str, wanted: Sequence[Mapping[str, Any]], stored: Sequence[Stored], stopped: Collection[int] = ()
) -> list[Match]:
    """For each contract of a procurement code what it is in the register; see ``Match``.

    One and one are the same; else suppliers with equal names, else equal numbers. What then is left over is new, with
    the next numbers in the order of the contracts' numbers, unless stored ones are left over as well. Contracts that
    are not imported (places in ``stopped``) are looked for too, so that no other one takes their place; they get no
    number.
    """
    matches: list[Match | None] = [None] * len(wanted)
    left = list(stored)
    if len(wanted) == len(stored) == 1:
        return [Match(stored[0].contract_id, stored[0])]
    for key in (_supplier, _number):
        _pair(matches, wanted, left, key)
    open_ones = [place for place, found in enumerate(matches) if found is None and place not in stopped]
    if left and open_ones:
        return [found or Match() for found in matches]
    number = max((_position(row.contract_id) for row in stored), default=0)
    for place in sorted(open_ones, key=lambda place: str(wanted[place].get("contract_number"))):
        number += 1
        matches[place] = Match(f"spse:{code}:{number}")
    return [found or Match() for found in matches]


def _pair(matches: list[Match | None], wanted: Sequence[Mapping[str, Any]], left: list[Stored], key: Any) -> None:
    """Match what has the same key, where no other of either side has it."""
    open_ones = [place for place, found in enumerate(matches) if found is None]
    ours = Counter(key(wanted[place]) for place in open_ones)
    theirs = Counter(key(row.fields) for row in left)
    for place in open_ones:
        value = key(wanted[place])
        if value and ours[value] == theirs[value] == 1:
            row = next(row for row in left if key(row.fields) == value)
            matches[place] = Match(row.contract_id, row)
            left.remove(row)


def _supplier(fields: Mapping[str, Any]) -> str:
    name = fields.get("supplier_name")
    return "" if name in (NOT_NAMED, codes.NO_NAME) else folded_supplier(name)


def _number(fields: Mapping[str, Any]) -> str:
    return "".join((fields.get("contract_number") or "").casefold().split())


def _position(contract_id: str) -> int:
    last = contract_id.rpartition(":")[2]
    return int(last) if last.isdecimal() else 0


def given(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> list[str]:
    """The fields that files hold something for. Days that are only assumed replace none that are known."""
    names = [name for name in OWNED if wanted.get(name) not in (None, "", NOT_NAMED)]
    if wanted.get("dates_assumed") and not _yes(stored.get("dates_assumed")):
        names = [name for name in names if name not in ASSUMED]
    return names


def difference(wanted: Mapping[str, Any], names: Iterable[str], stored: Stored) -> Difference:
    """What an import would change in a stored contract, of the fields that the files gave (``names``).

    A field whose stored value is not what the last import wrote stays: a person changed it.
    """
    found = Difference()
    for name in names:
        new, old = _comparing(wanted[name]), _comparing(stored.fields.get(name))
        if new == old:
            continue
        if _is_of_person(name, old, stored):
            found.kept.append(name)
        else:
            found.changes[name] = (stored.fields.get(name), wanted[name])
    added = _added_amendments(wanted, stored.fields)
    if added:
        before = list(stored.fields.get("amendments") or [])
        found.changes["amendments"] = (before, [*before, *added])
    return found


def _is_of_person(name: str, old: str, stored: Stored) -> bool:
    if name in ("supplier_name", "counterparty") and stored.fields.get("supplier_name") == codes.NO_NAME:
        return True
    return stored.last is None or old != _comparing(stored.last.get(name))


def _comparing(value: Any) -> str:
    """A value as text, so that what the register gives back equals what was sent: no is nothing."""
    if value in (None, "", False) or str(value).lower() == "false":
        return ""
    return "yes" if _yes(value) else str(value)


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "yes")


def _added_amendments(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Any]:
    known = {str(row.get("version")) for row in stored.get("amendments") or []}
    return [row for row in wanted.get("amendments") or [] if row["version"] not in known]
