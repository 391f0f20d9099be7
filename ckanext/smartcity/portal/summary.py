"""From published datasets to what the summary, an indicator page and an agency page say. Pure.

``store.public_datasets`` gives datasets as they are stored; ``judge`` reads them, tolerating whatever an older portal
left in a field; the rest counts. A dataset stands under every indicator it names, so counts by indicator add up to
more than the number of datasets: ``Totals.datasets`` counts each dataset once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import lru_cache
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
    newest: datetime | None  # UTC, without zone: the youngest resource


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
    zone: tzinfo  # of the city: in it a moment becomes a day
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
        agencies = {agency for dataset in self.datasets for agency in dataset.agencies}
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
    """Counts of what is shown: ``with_data`` and ``without_data`` add up to ``indicators``."""

    indicators: int
    with_data: int
    without_data: int
    overdue: int  # indicators with at least one overdue dataset; part of with_data
    datasets: int  # each once, however many indicators it serves
    overdue_datasets: int


@lru_cache(maxsize=4096)
def texts(stored: str | None) -> tuple[str, ...]:
    """The texts of a stored list; many datasets hold the same few lists."""
    return tuple(dict.fromkeys(stored_list(stored)))


def judge(stored: Iterable[StoredDataset], known: Collection[str], calendar: Calendar) -> list[Dataset]:
    """The datasets that name an indicator in ``known``; other uids and odd values are passed over."""
    datasets = []
    for row in stored:
        indicators = tuple(uid for uid in texts(row.indicators) if uid in known)
        if not indicators:
            continue
        newest = freshness.city_day(row.newest, calendar.zone)
        due, overdue = _due(row, newest, calendar)
        named = texts(row.opd)
        title = row.title or row.name
        datasets.append(
            Dataset(
                name=row.name,
                title=title,
                title_en=row.title_en or title,
                owner=row.owner,
                indicators=indicators,
                agencies=tuple(dict.fromkeys((row.owner, *named))) if row.owner else named,
                newest=newest,
                due=due,
                overdue=overdue,
            )
        )
    return datasets


def _due(row: StoredDataset, newest: date | None, calendar: Calendar) -> tuple[date | None, bool]:
    """When a dataset is next due, and whether that and the grace are over."""
    period = calendar.periods.get(row.frequency or "")
    release = day_or_none(row.next_release_date)
    last_day = freshness.last_day_in_time(period, newest, release, row.access_rights, calendar.grace)
    if last_day is None:
        return None, False
    return freshness.due_on(period, newest, release), freshness.is_overdue(last_day, calendar.today)


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
    datasets = {dataset.name: dataset for row in rows for dataset in row.datasets}
    with_data = sum(1 for row in rows if row.datasets)
    return Totals(
        indicators=len(rows),
        with_data=with_data,
        without_data=len(rows) - with_data,
        overdue=sum(1 for row in rows if row.overdue),
        datasets=len(datasets),
        overdue_datasets=sum(dataset.overdue for dataset in datasets.values()),
    )


def of_agency(rows: Iterable[IndicatorRow], slug: str) -> list[Dataset]:
    """The datasets of these rows that an agency owns or is named in, each once."""
    datasets = {dataset.name: dataset for row in rows for dataset in row.datasets if slug in dataset.agencies}
    return list(datasets.values())


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
