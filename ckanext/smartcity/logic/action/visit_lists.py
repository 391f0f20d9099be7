"""Visits over time, by object, what was filtered out, and where the count has gaps.

Figures are public and the same for everybody: of an object only while an anonymous visitor may read it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity import config
from ckanext.smartcity.logic import schema
from ckanext.smartcity.logic.action import visit_dicts as dicts
from ckanext.smartcity.logic.action.validation import validated
from ckanext.smartcity.portal.listing import CONTRACT
from ckanext.smartcity.visits import object_store, reading, store
from ckanext.smartcity.visits.figures import FILTER_NAMES, Figures, Summary, summaries
from ckanext.smartcity.visits.routes import PAGE_NAMES
from ckanext.smartcity.visits.spans import DAY, HOUR_DAYS, Span, pieces

__all__ = [
    "smartcity_visit_filter_list",
    "smartcity_visit_gap_list",
    "smartcity_visit_series_list",
    "smartcity_visit_top_list",
]


@tk.side_effect_free
def smartcity_visit_series_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Visits of the portal or of one object over time.

    :param interval: ``hour`` (portal only, at most 7 days), ``day``, ``week`` (from Monday) or ``month``, the default
    :type interval: string
    :param kind: ``portal``, the default, ``dataset``, ``resource``, ``organization``, ``group`` or ``page``
    :type kind: string
    :param id: name or id of the object (for the portal: none)
    :type id: string
    :param first: first day, ``YYYY-MM-DD`` (optional, default: 1 January of the last day's year)
    :type first: string
    :param last: last day (optional, default: today)
    :type last: string

    :returns: ``first``, ``last``, ``interval``, ``kind``, ``id``, ``grade`` and ``rows``. A row has ``first`` and
        ``last`` (or ``hour``), ``visits``, ``visits_confirmed`` (null where not known), ``views``, ``downloads`` (all
        null where nothing was measured), ``days``, ``days_measured``, ``days_low``, ``minutes_measured``,
        ``coverage``, ``sources``, ``invented``, ``suppressed`` and ``suppressed_figures``: small figures of one day
        and object are null
    :rtype: dictionary

    :raises ckan.logic.NotFound: no public object of this kind and name
    :raises ckan.logic.ValidationError: a parameter has no sense; the sentence names it
    """
    tk.check_access("smartcity_visit_series_list", context, data_dict)
    given = validated(data_dict, schema.visit_series(), context)
    span = _span(given)
    settings = config.visits_settings()
    if given["interval"] == "hour":
        _check_hours(given, span)
    object_id = _object_id(given["kind"], given["id"])
    days = store.days(span, settings.zone, given["kind"], object_id)
    whole = Summary(span, days, settings.grade, settings.min_coverage)
    if given["interval"] == "hour":
        rows = _hours(whole)
    else:
        least = settings.public_minimum if given["kind"] != "portal" else 0
        spans = pieces(span, given["interval"])
        rows = [dicts.piece(s, least) for s in summaries(spans, days, settings.grade, settings.min_coverage)]
    return {
        **dicts.asked(span),
        "interval": given["interval"],
        "kind": given["kind"],
        "id": object_id,
        "grade": whole.grade,
        "rows": rows,
    }


def _check_hours(given: dict[str, Any], span: Span) -> None:
    if given["kind"] != "portal" or span.days > HOUR_DAYS:
        message = tk._("Hours are known of the whole portal only, for at most {days} days at a time.")
        raise tk.ValidationError({"interval": [message.format(days=HOUR_DAYS)]})


def _object_id(kind: str, reference: str) -> str:
    """The permanent id of a public object; hidden and missing ones are refused alike."""
    if kind == "portal":
        return ""
    if kind == "page":
        found = reference if reference in PAGE_NAMES else None
    else:
        row = object_store.find(kind, reference)
        found = row.id if row else None
    if found is None:
        raise tk.ObjectNotFound(tk._("There is nothing public of this kind and name."))
    return found


def _hours(whole: Summary) -> list[dict[str, Any]]:
    """24 rows a day, today up to the running hour."""
    counted, bits = store.hours(whole.span), store.minutes(whole.span)
    confirming = {day.day: day.confirmable for day in whole.days}
    now = reading.city_now().replace(tzinfo=None)
    rows = []
    for n in range(whole.span.days):
        day = whole.span.first + n * DAY
        for hour in range(now.hour + 1 if day == now.date() else 24):
            minutes = _minutes_of_hour(bits, day, hour)
            figures = counted.get((day, hour), Figures() if minutes else None)
            rows.append(dicts.hour(f"{day.isoformat()}T{hour:02}", figures, confirming.get(day, False), minutes))
    return rows


def _minutes_of_hour(bits: dict[date, str | None], day: date, hour: int) -> int:
    """Measured minutes of an hour; of a day of a log, which cannot tell, all."""
    of_day = bits.get(day, "")
    return 60 if of_day is None else of_day[60 * hour : 60 * (hour + 1)].count("1")


@tk.side_effect_free
def smartcity_visit_top_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The most visited public objects of a kind. Service contracts only where the portal lists them.

    One visit may touch many objects, so these figures do not add up to the visits of the portal.

    :param kind: ``dataset``, the default, ``resource``, ``organization``, ``group`` or ``page``
    :type kind: string
    :param first: first day, ``YYYY-MM-DD`` (optional, default: 1 January of the last day's year)
    :type first: string
    :param last: last day (optional, default: today)
    :type last: string
    :param limit: at most this many (optional, default: 10; 1 to 1000)
    :type limit: integer

    :returns: ``first``, ``last``, ``kind``, ``grade`` and ``rows``: ``rank``, ``id``, ``name``, ``title``, ``dataset``
        and ``dataset_type`` (of datasets and resources), ``visits``, ``visits_confirmed`` (null where a day cannot
        tell), ``views``, ``downloads``, ``suppressed``, ``suppressed_figures``
    :rtype: dictionary

    :raises ckan.logic.ValidationError: a parameter has no sense; the sentence names it
    """
    tk.check_access("smartcity_visit_top_list", context, data_dict)
    given = validated(data_dict, schema.visit_top(), context)
    span, settings = _span(given), config.visits_settings()
    whole = Summary(span, store.days(span, settings.zone), settings.grade, settings.min_coverage)
    without = () if config.list_contracts() else (CONTRACT,)
    found = object_store.top(given["kind"], span, whole.grade, given["limit"], without)
    least = settings.public_minimum if span.days == 1 else 0
    return {
        **dicts.asked(span),
        "kind": given["kind"],
        "grade": whole.grade,
        "rows": [dicts.ranked(place, row, whole.can_confirm, least) for place, row in enumerate(found, 1)],
    }


@tk.side_effect_free
def smartcity_visit_filter_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What was kept out of the count, filter by filter, and what was taken off again.

    :param first: first day, ``YYYY-MM-DD`` (optional, default: 1 January of the last day's year)
    :type first: string
    :param last: last day (optional, default: today)
    :type last: string

    :returns: ``first``, ``last``, ``filters`` (``filter``: ``robots``, ``machine``, ``internal``, ``opted_out``,
        ``errors``; ``requests``) and ``voided``: ``visits``, ``visits_confirmed``, ``views``, ``downloads`` of visits
        that turned out not to count
    :rtype: dictionary

    :raises ckan.logic.ValidationError: a parameter has no sense; the sentence names it
    """
    tk.check_access("smartcity_visit_filter_list", context, data_dict)
    span = _span(validated(data_dict, schema.visit_range(), context))
    removed = store.removals(span)
    return {
        **dicts.asked(span),
        "filters": [{"filter": name, "requests": removed[name]} for name in FILTER_NAMES],
        "voided": {name: removed[f"void_{name}"] for name in dicts.NAMES},
    }


@tk.side_effect_free
def smartcity_visit_gap_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Times for which the count is missing or too low, the newest first.

    :param first: first day, ``YYYY-MM-DD`` (optional, default: 1 January of the last day's year)
    :type first: string
    :param last: last day (optional, default: today)
    :type last: string
    :param limit: at most this many (optional, default: 100; 1 to 1000)
    :type limit: integer

    :returns: ``first``, ``last``, ``count``, ``seconds`` of all together and ``rows``: ``from`` and ``to`` in the
        city's time, ``seconds``, ``reason`` (``redis``, ``new_replica``, ``regression``, ``clock``, or ``silence``:
        minutes without a sign of life), ``unplaced_views``: views seen meanwhile that belong to no visit
    :rtype: dictionary

    :raises ckan.logic.ValidationError: a parameter has no sense; the sentence names it
    """
    tk.check_access("smartcity_visit_gap_list", context, data_dict)
    given = validated(data_dict, schema.visit_gaps(), context)
    span, zone = _span(given), config.timezone()
    rows = [dicts.gap(*row, zone=zone) for row in reading.recorded_gaps(span)]
    rows += [dicts.silence(run, zone) for run in reading.silences(span)]
    rows.sort(key=lambda row: (row["from"], row["reason"]), reverse=True)
    return {
        **dicts.asked(span),
        "count": len(rows),
        "seconds": sum(row["seconds"] for row in rows),
        "rows": rows[: given["limit"]],
    }


def _span(given: dict[str, Any]) -> Span:
    """The days asked for, up to today. Raises ``ValidationError`` where there are none, or too many."""
    today = config.today()
    last = min(given.get("last", today), today)
    first = given.get("first", last.replace(month=1, day=1))
    if first > last:
        message = tk._('The first day, "{first}", is after the last, "{last}".')
        raise tk.ValidationError({"first": [message.format(first=first, last=given.get("last", last))]})
    if (last - first).days >= schema.RANGE_DAYS:
        raise tk.ValidationError({"first": [tk._("At most {days} days at a time.").format(days=schema.RANGE_DAYS)]})
    return Span(first, last)
