"""What the decided contracts of a year add up to: indicator 5.1 of SNI ISO 37122. Pure; docs/contracts.md is the guide.

One contract is counted once in each calendar year in which it is in force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ckanext.smartcity.contracts.codes import FULL, NO, PARTIAL, UNDECIDED, YES

NOT_BUSINESS = "not_business"
NOT_CITY_SERVICE = "not_city_service"
INVALID_INTERVAL = "invalid_interval"
NOT_IN_FORCE = "not_in_force"
EXCLUSIONS = (NOT_BUSINESS, NOT_CITY_SERVICE, INVALID_INTERVAL, NOT_IN_FORCE)
"""Why a contract is not counted; the first that holds, in this order."""

OUTCOMES = (FULL, PARTIAL, NO, UNDECIDED)
"""What a counted contract counts as."""

CLAUSE_NOT_IN_FORCE = "clause_not_in_force"
"""Reason of a "no" where the clause begins after the day that counts, or ended by then."""

NO_AREA = ""
"""Stands for the contracts that nobody has given a service area yet."""


class Period(NamedTuple):
    """The days of a calendar year that count: to its end, in the running year to the cut-off. Both inclusive."""

    first: date
    last: date

    @property
    def year(self) -> int:
        return self.first.year


def period(year: int, cut_off: date) -> Period:
    """The days of a year up to ``cut_off``. Raises ``ValueError`` for a year that has not begun by then."""
    first = date(year, 1, 1)
    if first > cut_off:
        raise ValueError(f"{year} begins after {cut_off}")
    return Period(first, min(date(year, 12, 31), cut_off))


@dataclass(frozen=True)
class Contract:
    """A contract of the register with the decisions in force. Words are those of the vocabularies.

    ``name`` is that of the dataset, ``organization`` that of its owner. ``clause`` is ``yes``, ``partial``, ``no`` or
    ``undecided``; ``city_service`` the same without ``partial``. ``clause_until`` is the first day without the clause,
    ``version`` that of the highest amendment, else 0.
    """

    contract_id: str
    name: str = ""
    organization: str = ""
    counterparty: str = "business"
    category: str = ""
    status: str = "active"
    start: date | None = None
    end: date | None = None
    terminated: date | None = None
    dates_assumed: bool = False
    city_service: str = UNDECIDED
    areas: tuple[str, ...] = ()
    clause: str = UNDECIDED
    reason: str = ""
    clause_from: date | None = None
    clause_until: date | None = None
    version: int = 0

    @property
    def last_day(self) -> date | None:
        """The last day in force; ``None`` for an open-ended contract."""
        return self.terminated or self.end

    @property
    def provides_city_service(self) -> bool | None:
        """As decided; goods are none until somebody decides otherwise; ``None`` for undecided."""
        if self.city_service == UNDECIDED:
            return False if self.category == "goods" else None
        return self.city_service == YES

    @property
    def has_valid_interval(self) -> bool:
        """Whether it starts, and neither ends nor is terminated before."""
        return self.start is not None and all(day is None or day >= self.start for day in (self.end, self.terminated))


def touches(contract: Contract, days: Period) -> bool:
    """Whether the term, cancelled or not, has a day in the period; days in the wrong order count as a term too."""
    if contract.start is None:
        return False
    if contract.has_valid_interval:
        return contract.start <= days.last and (contract.last_day is None or contract.last_day >= days.first)
    given = [day for day in (contract.start, contract.end, contract.terminated) if day]
    return min(given) <= days.last and max(given) >= days.first


def exclusion(contract: Contract, days: Period) -> str | None:
    """Why a contract is not counted, one of ``EXCLUSIONS``; ``None`` where it is."""
    if contract.counterparty != "business":
        return NOT_BUSINESS
    if contract.provides_city_service is False:
        return NOT_CITY_SERVICE
    if not contract.has_valid_interval:
        return INVALID_INTERVAL
    return None if contract.status != "cancelled" and touches(contract, days) else NOT_IN_FORCE


def clause_in_force(contract: Contract, day: date) -> bool:
    """Whether the clause, if there is one, is in force on a day: its first day counts, ``clause_until`` does not."""
    begun = contract.clause_from is not None and contract.clause_from <= day
    return begun and (contract.clause_until is None or contract.clause_until > day)


def outcome(contract: Contract, days: Period) -> tuple[str, str]:
    """What a counted contract counts as, and the reason where that is a "no"."""
    if contract.clause == UNDECIDED:
        return UNDECIDED, ""
    if contract.clause == NO:
        return NO, contract.reason
    if not clause_in_force(contract, days.last):
        return NO, CLAUSE_NOT_IN_FORCE
    return (PARTIAL if contract.clause == PARTIAL else FULL), ""


@dataclass(frozen=True)
class Tally:
    """Contracts counted by outcome. ``no_reasons`` adds up to the outcome "no"; the last three counts overlap."""

    outcomes: Mapping[str, int]
    no_reasons: Mapping[str, int]
    undecided_city_service: int
    without_end: int
    dates_assumed: int

    @property
    def counted(self) -> int:
        """N: the denominator of the indicator."""
        return sum(self.outcomes.values())

    @property
    def yes(self) -> int:
        """Full and partial: the numerator."""
        return self.outcomes[FULL] + self.outcomes[PARTIAL]

    @property
    def decided(self) -> int:
        return self.yes + self.outcomes[NO]

    @property
    def undecided(self) -> int:
        return self.outcomes[UNDECIDED]

    @property
    def value(self) -> Decimal | None:
        """Per cent of all counted contracts; ``None`` where none is counted."""
        return _share(self.yes, self.counted, 100)

    @property
    def value_among_decided(self) -> Decimal | None:
        """Per cent of the decided ones, the companion of the value; ``None`` where none is decided."""
        return _share(self.yes, self.decided, 100)

    @property
    def coverage(self) -> Decimal | None:
        """Decided by counted, 0 to 1; ``None`` where none is counted."""
        return _share(self.decided, self.counted, 1)


def _share(part: int, whole: int, multiplier: int) -> Decimal | None:
    return Decimal(multiplier * part) / whole if whole else None


def tally(contracts: Iterable[Contract], days: Period) -> Tally:
    """Count contracts of which none is excluded."""
    counted = list(contracts)
    outcomes = [outcome(contract, days) for contract in counted]
    found = Counter(name for name, _ in outcomes)
    return Tally(
        outcomes={name: found[name] for name in OUTCOMES},
        no_reasons=dict(sorted(Counter(reason for name, reason in outcomes if name == NO).items())),
        undecided_city_service=sum(contract.city_service == UNDECIDED for contract in counted),
        without_end=sum(contract.last_day is None for contract in counted),
        dates_assumed=sum(contract.dates_assumed for contract in counted),
    )


@dataclass(frozen=True)
class Figures:
    """The figures of a year. ``excluded`` has every reason, also at zero; ``individuals`` are a part of the first."""

    period: Period
    read: int
    excluded: Mapping[str, int]
    individuals: int
    tally: Tally


def split(contracts: Iterable[Contract], days: Period) -> tuple[list[Contract], list[tuple[Contract, str]]]:
    """The contracts that are counted, and the others with the reason of each."""
    counted, excluded = [], []
    for contract in contracts:
        reason = exclusion(contract, days)
        if reason is None:
            counted.append(contract)
        else:
            excluded.append((contract, reason))
    return counted, excluded


def figures(contracts: Sequence[Contract], days: Period) -> Figures:
    """Everything that is said about a year."""
    counted, excluded = split(contracts, days)
    reasons = Counter(reason for _, reason in excluded)
    return Figures(
        period=days,
        read=len(contracts),
        excluded={reason: reasons[reason] for reason in EXCLUSIONS},
        individuals=sum(contract.counterparty == "individual" for contract, _ in excluded),
        tally=tally(counted, days),
    )


def by_organization(contracts: Iterable[Contract], days: Period) -> dict[str, Tally]:
    """Tallies of the counted contracts by owner, in the order of names. They add up."""
    return _grouped(contracts, days, lambda contract: (contract.organization,))


def by_area(contracts: Iterable[Contract], days: Period) -> dict[str, Tally]:
    """Tallies by service area. They do not add up: a contract can have several. ``NO_AREA``: none given yet."""
    return _grouped(contracts, days, lambda contract: contract.areas or (NO_AREA,))


def _grouped(
    contracts: Iterable[Contract], days: Period, groups: Callable[[Contract], Iterable[str]]
) -> dict[str, Tally]:
    counted, _ = split(contracts, days)
    found: dict[str, list[Contract]] = {}
    for contract in counted:
        for group in dict.fromkeys(groups(contract)):
            found.setdefault(group, []).append(contract)
    return {group: tally(found[group], days) for group in sorted(found)}


def years(contracts: Iterable[Contract], cut_off: date, most: int) -> list[int]:
    """The years in which a contract of the register is in force, up to that of ``cut_off``; the last ``most``."""
    starts = [contract.start.year for contract in contracts if contract.start and contract.start <= cut_off]
    first = max(min(starts, default=cut_off.year), cut_off.year - most + 1)
    return list(range(first, cut_off.year + 1))


SNAPSHOT_COLUMNS = (
    "contract_no",
    "version",
    "counterparty",
    "city_service",
    "areas",
    "start_date",
    "end_date",
    "terminated_on",
    "cancelled",
    "clause",
    "clause_from",
    "clause_until",
)
"""Columns of the input table ``contracts``, from which the indicator engine computes 5.1."""


def snapshot_rows(contracts: Iterable[Contract], days: Period) -> list[dict[str, Any]]:
    """Rows of the input table: contracts whose term touches the period, by key. ``None`` is an unknown."""
    rows = [_snapshot_row(contract) for contract in contracts if touches(contract, days)]
    return sorted(rows, key=lambda row: row["contract_no"])


def _snapshot_row(contract: Contract) -> dict[str, Any]:
    has_clause = None if contract.clause == UNDECIDED else contract.clause != NO
    return {
        "contract_no": contract.contract_id,
        "version": contract.version,
        "counterparty": contract.counterparty,
        "city_service": contract.provides_city_service,
        "areas": ";".join(contract.areas),
        "start_date": contract.start,
        "end_date": contract.end,
        "terminated_on": contract.terminated,
        "cancelled": contract.status == "cancelled",
        "clause": has_clause,
        "clause_from": contract.clause_from if has_clause else None,
        "clause_until": contract.clause_until if has_clause else None,
    }
