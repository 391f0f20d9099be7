"""From published datasets to what the summary, an indicator page and an agency page say. Pure.

``store.public_datasets`` gives datasets as they are stored; ``judge`` reads them, tolerating whatever an older portal
left in a field; the rest counts. A dataset stands under every indicator it names, so counts by indicator add up to
more than the number of datasets: ``dataset_count`` counts each dataset once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from ckanext.smartcity.catalogue import Catalogue, Indicator, Responsibility, Text
from ckanext.smartcity.portal import freshness
from ckanext.smartcity.portal.fields import day_or_none, stored_list


class StoredDataset(NamedTuple):
    """A public dataset as the database has it."""

    name: str
    title: str | None
    title_en: str | None
    owner: str | None  # name of the organisation, if that is active
    indicators: str | None  # JSON list of uids
    opd: str | None  # JSON list of names of organisations
    frequency: str | None
    access_rights: str | None
    next_release_date: str | None
    newest: date | None  # day, in the city's zone, of the youngest resource


class StoredOrganization(NamedTuple):
    """An active organisation as the database has it."""

    name: str
    title: str | None
    title_en: str | None
    abbreviation: str | None


@dataclass(frozen=True)
class Calendar:
    """What "late" means here and today."""

    today: date
    periods: Mapping[str, int | None]  # frequency -> days
    grace: Sequence[int]


class Dataset(NamedTuple):
    """A public dataset that serves at least one indicator of the catalogue."""

    name: str
    title: str
    title_en: str  # the title again where there is no English one
    owner: str | None
    indicators: tuple[str, ...]
    agencies: tuple[str, ...]  # the owner first, then the agencies it names
    newest: date | None
    due: date | None
    overdue: bool


class Agency(NamedTuple):
    """An agency as pages name it: by its organisation on the portal, else by the catalogue."""

    slug: str
    name: Text
    short: str
    on_portal: bool


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator, who answers for it, and the public datasets that serve it."""

    indicator: Indicator
    responsibility: Responsibility
    datasets: Sequence[Dataset]
    agencies: tuple[str, ...] = field(init=False)
    newest: date | None = field(init=False)
    overdue: int = field(init=False)

    def __post_init__(self) -> None:
        agencies = set().union(*{dataset.agencies for dataset in self.datasets})
        object.__setattr__(self, "agencies", tuple(sorted(agencies)))
        object.__setattr__(self, "newest", max((d.newest for d in self.datasets if d.newest), default=None))
        object.__setattr__(self, "overdue", sum(d.overdue for d in self.datasets))

    def concerns(self, agency: str) -> bool:
        """Whether an agency answers for the indicator, supplies it, or has published a dataset for it."""
        return agency == self.responsibility.lead or agency in self.responsibility.producers or agency in self.agencies


@dataclass(frozen=True)
class Filters:
    """Which indicators are shown; what is ``None`` does not narrow."""

    approach: str | None = None
    theme: int | None = None
    agency: str | None = None
    programme: bool | None = None
    state: str | None = None  # one of STATES


STATES = ("with_data", "without_data", "overdue")


@dataclass(frozen=True)
class Totals:
    """Counts of the indicators shown: ``with_data`` and ``without_data`` add up to ``indicators``."""

    indicators: int
    with_data: int
    without_data: int
    overdue: int  # with at least one overdue dataset; part of with_data


def judge(stored: Iterable[StoredDataset], known: Collection[str], calendar: Calendar) -> list[Dataset]:
    """The datasets that name an indicator in ``known``; other uids and odd values are passed over.

    Many datasets hold the same few lists and dates: each is read once.
    """
    named = lru_cache(maxsize=None)(_agencies)
    serves = lru_cache(maxsize=None)(lambda tags: tuple(uid for uid in _texts(tags) if uid in known))
    due = lru_cache(maxsize=None)(partial(_due, calendar))
    datasets = []
    for name, title, title_en, owner, tags, opd, frequency, access, release, newest in stored:
        indicators = serves(tags)
        if not indicators:
            continue
        shown = title or name
        datasets.append(
            Dataset(
                name,
                shown,
                title_en or shown,
                owner,
                indicators,
                named(owner, opd),
                newest,
                *due(frequency, access, release, newest),
            )
        )
    return datasets


def _texts(stored: str | None) -> tuple[str, ...]:
    """The texts of a stored list, each once."""
    return tuple(dict.fromkeys(stored_list(stored)))


def _agencies(owner: str | None, opd: str | None) -> tuple[str, ...]:
    """The owner first, then the agencies a dataset names."""
    named = _texts(opd)
    return tuple(dict.fromkeys((owner, *named))) if owner else named


def _due(
    calendar: Calendar, frequency: str | None, access: str | None, release: str | None, newest: date | None
) -> tuple[date | None, bool]:
    """When a dataset is next due, and whether that and the grace are over."""
    period = calendar.periods.get(frequency or "")
    announced = day_or_none(release)
    last_day = freshness.last_day_in_time(period, newest, announced, access, calendar.grace)
    if last_day is None:
        return None, False
    return freshness.due_on(period, newest, announced), freshness.is_overdue(last_day, calendar.today)


def indicator_rows(catalogue: Catalogue, datasets: Iterable[Dataset]) -> list[IndicatorRow]:
    """One row for every indicator of the catalogue, in its order."""
    serving: dict[str, list[Dataset]] = defaultdict(list)
    for dataset in datasets:
        for uid in dataset.indicators:
            serving[uid].append(dataset)
    return [
        IndicatorRow(indicator, catalogue.responsibility(indicator.uid), serving.get(indicator.uid, ()))
        for indicator in catalogue.indicators
    ]


def matching(rows: Iterable[IndicatorRow], filters: Filters) -> list[IndicatorRow]:
    """The rows that pass every filter."""
    return [row for row in rows if _passes(row, filters)]


def _passes(row: IndicatorRow, filters: Filters) -> bool:
    indicator = row.indicator
    return (
        filters.approach in (None, indicator.approach)
        and filters.theme in (None, indicator.theme)
        and filters.programme in (None, indicator.programme)
        and (filters.agency is None or row.concerns(filters.agency))
        and (filters.state is None or _in_state(row, filters.state))
    )


def _in_state(row: IndicatorRow, state: str) -> bool:
    if state == "overdue":
        return row.overdue > 0
    return bool(row.datasets) == (state == "with_data")


def totals(rows: Collection[IndicatorRow]) -> Totals:
    """Counts over the rows shown."""
    with_data = sum(1 for row in rows if row.datasets)
    return Totals(
        indicators=len(rows),
        with_data=with_data,
        without_data=len(rows) - with_data,
        overdue=sum(1 for row in rows if row.overdue),
    )


def dataset_count(rows: Iterable[IndicatorRow]) -> int:
    """The datasets of these rows, each once, however many indicators it serves."""
    return len({dataset.name for row in rows for dataset in row.datasets})


def by_agency(rows: Iterable[IndicatorRow]) -> dict[str, list[Dataset]]:
    """The datasets of these rows by agency that owns them or is named in them, each once."""
    datasets = {dataset.name: dataset for row in rows for dataset in row.datasets}
    owned: dict[str, list[Dataset]] = defaultdict(list)
    for dataset in datasets.values():
        for slug in dataset.agencies:
            owned[slug].append(dataset)
    return owned


def newest_first(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Datasets by date of their data, youngest first; those without data last."""
    by_name = sorted(datasets, key=lambda dataset: dataset.name)
    return sorted(by_name, key=lambda dataset: dataset.newest or date.min, reverse=True)


def due_first(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Datasets that are due some day, by that day."""
    return sorted((d for d in datasets if d.due), key=lambda dataset: (dataset.due, dataset.name))


def work_first(rows: Iterable[IndicatorRow]) -> list[IndicatorRow]:
    """Rows in the order in which an agency should read them: overdue, without data, the others."""
    return sorted(rows, key=lambda row: 0 if row.overdue else 1 if not row.datasets else 2)


def organizations(stored: Iterable[StoredOrganization]) -> dict[str, Agency]:
    """Organisations of the portal by name."""
    return {
        row.name: Agency(
            slug=row.name,
            name=Text(row.title or row.name, row.title_en or row.title or row.name),
            short=row.abbreviation or row.title or row.name,
            on_portal=True,
        )
        for row in stored
    }


def agencies(catalogue: Catalogue, on_portal: Mapping[str, Agency], rows: Iterable[IndicatorRow]) -> list[Agency]:
    """Every agency that answers for an indicator, supplies one, or stands at a dataset of one, by its short name."""
    slugs = {slug for row in rows for slug in (row.responsibility.lead, *row.responsibility.producers, *row.agencies)}
    return sorted((agency(slug, catalogue, on_portal) for slug in slugs), key=lambda a: (a.short.lower(), a.slug))


def agency(slug: str, catalogue: Catalogue, on_portal: Mapping[str, Agency]) -> Agency:
    """An agency by its organisation, else by the catalogue, else by the word that stands in the dataset."""
    if slug in on_portal:
        return on_portal[slug]
    entry = catalogue.agency(slug)
    if entry:
        return Agency(slug, entry.name, entry.short, on_portal=False)
    return Agency(slug, Text(slug, slug), slug, on_portal=False)
