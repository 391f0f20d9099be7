"""When a dataset is next due, for its page and for lists: from its dictionary alone, without a query."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.portal import fields, freshness, index


class NextRelease(NamedTuple):
    """The day on which the next data are due, and whether its grace has passed too."""

    due: date
    overdue: bool


def next_release(dataset: dict[str, Any]) -> NextRelease | None:
    """The next release of a dataset as ``package_show`` or ``package_search`` gives it; ``None`` where none is due."""
    loaded, zone = catalogue.load(**config.catalogue_sources()), config.timezone()
    last_day = index.last_day_in_time(dataset, loaded, config.overdue_grace(), zone)
    due = freshness.due_on(
        index.period_days(dataset.get("frequency"), loaded),
        index.newest_day(dataset, zone),
        fields.day_or_none(dataset.get("next_release_date")),
    )
    if last_day is None or due is None:
        return None
    return NextRelease(due, freshness.is_overdue(last_day, config.today()))
