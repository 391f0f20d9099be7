"""What the room tells others about counted visits, by the options of the portal and the city's clock. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

from ckanext.smartcity import config
from ckanext.smartcity.visits import figures, object_store, silence, store
from ckanext.smartcity.visits.figures import Day, Summary
from ckanext.smartcity.visits.settings import Settings
from ckanext.smartcity.visits.silence import Run
from ckanext.smartcity.visits.spans import DAY, Span, year_span

LOOK_BACK = timedelta(days=60)
"""How far back the last final day is looked for."""


class Annual(NamedTuple):
    """A calendar year: what was counted, whether it is over and final, and the day its figures reach to."""

    summary: Summary
    complete: bool
    until: date


class Latest(NamedTuple):
    """Today so far and the last final day, each ``None`` where it was not measured."""

    today: Day | None
    final: Day | None


def annual(year: int) -> Annual:
    """The visits of a year by the configured grade; a running year reaches to today."""
    settings = config.visits_settings()
    span = year_span(year)
    until = max(span.first, min(span.last, config.today()))
    days = store.days(Span(span.first, until), settings.zone)
    return Annual(
        Summary(span, days, settings.grade, settings.min_coverage),
        span.last < config.today() and _all_final(days, settings),
        until,
    )


def _all_final(days: Sequence[Day], settings: Settings) -> bool:
    now, passed = _now(), last_full_pass()
    return all(figures.is_final(day, passed, now, settings.zone) for day in days[-2:])


def last_full_pass() -> datetime | None:
    """When the last full pass of the flush ended."""
    state = store.states().get("full_pass")
    return state.at if state else None


def _now() -> datetime:
    return datetime.now(timezone.utc)


def city_now() -> datetime:
    """The moment it is, in the city's time."""
    return datetime.now(config.timezone())


class Gap(NamedTuple):
    """A recorded time for which the count may be too low."""

    begin: datetime
    end: datetime
    reason: str
    unplaced_views: int


def recorded_gaps(span: Span) -> list[Gap]:
    """The gaps that touch a span of local days, the newest first."""
    zone = config.timezone()
    begin = datetime.combine(span.first, time(), zone)
    end = datetime.combine(span.last + DAY, time(), zone)
    return [Gap(row.from_at, row.to_at, row.reason, row.unplaced_views) for row in store.gaps(begin, end)]


def recent_gaps() -> list[Gap]:
    """The recorded gaps of the last 30 days."""
    return recorded_gaps(Span(config.today() - 29 * DAY, config.today()))


def silences(span: Span) -> list[Run]:
    """Runs of minutes without a heartbeat since counting began, up to the last flush."""
    began, flushed = store.first_day(), store.states().get("flush")
    if began is None or began > span.last:
        return []
    judged = Span(max(span.first, began), span.last)
    until = min(_now(), flushed.at if flushed else _now()) - timedelta(minutes=1)
    found = silence.runs(judged, store.minutes(judged), until, config.timezone())
    begins_with_it = found and judged.first == began and found[0].begin.time() == time()
    return found[1:] if begins_with_it else found


def latest() -> Latest:
    """Today so far, and the last final day."""
    settings, today = config.visits_settings(), config.today()
    days = store.days(Span(today - LOOK_BACK, today), settings.zone)
    passed, now = last_full_pass(), _now()
    final = [day for day in days if figures.is_final(day, passed, now, settings.zone)]
    return Latest(next((day for day in days if day.day == today), None), final[-1] if final else None)


def snapshot_rows(first: date, last: date) -> Iterator[dict[str, Any]]:
    """One row per final, measured day from ``first`` to ``last`` for the input table ``portal_visits_daily``.

    ``date``, ``visits`` (all), ``visits_confirmed`` (``None`` where the day cannot give it), ``method``
    (``portal:1-a3f09c`` or ``log:1-a3f09c``; of two on a day the later) and ``measured_minutes``.
    """
    settings = config.visits_settings()
    known = store.methods(settings.zone)
    order = {method.version: position for position, method in enumerate(known)}
    passed, now = last_full_pass(), _now()
    for day in store.days(Span(first, last), settings.zone):
        if not figures.is_final(day, passed, now, settings.zone):
            continue
        assumed = figures.in_force(known, day.day)
        version = max(day.figures, key=lambda v: order.get(v, -1), default=assumed.version if assumed else "")
        counted = day.total
        yield {
            "date": day.day,
            "visits": counted.visits,
            "visits_confirmed": counted.visits_confirmed if day.confirmable else None,
            "method": f"{'portal' if day.source == 'live' else 'log'}:{version}",
            "measured_minutes": day.measured_minutes,
        }


def dataset_counts(ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """``visits``, ``visits_30d``, ``views`` and ``downloads`` by id of those datasets that anybody may read.

    One statement however many. Visits are of the configured grade; of all visits where a part of them was counted
    without the beacon. Empty while nothing was measured.
    """
    grade = config.visits_settings().grade
    found = object_store.counts("dataset", ids, config.today()) if ids else {}
    return {key: counts_dict(counted, grade) for key, counted in found.items()}


def organization_counts(organization_id: str) -> dict[str, int] | None:
    """The same of an organization and what is below it; ``None`` where the portal shows no figures, or has none."""
    settings = config.visits_settings()
    if not settings.show_in_dataset:
        return None
    found = object_store.counts("organization", [organization_id], config.today())
    return counts_dict(found[organization_id], settings.grade) if organization_id in found else None


def counts_dict(counted: object_store.Counted, configured: str) -> dict[str, int]:
    """The figures of one object: visits of the configured grade, of all where a part cannot be confirmed."""
    grade = configured if counted.confirmable else "all"
    return {
        "visits": counted.figures.of_grade(grade),
        "visits_30d": counted.recent.of_grade(grade),
        "views": counted.figures.views,
        "downloads": counted.figures.downloads,
    }
