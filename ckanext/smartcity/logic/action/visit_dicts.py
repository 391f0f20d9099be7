"""Plain dictionaries of the answers about visits. Days as ISO text; shares as decimals from 0 to 1."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.visits.figures import Figures, Summary, Version
from ckanext.smartcity.visits.object_store import Ranked
from ckanext.smartcity.visits.silence import Run
from ckanext.smartcity.visits.spans import Span

NAMES = Figures._fields
NOT_COUNTED = dict.fromkeys(NAMES)


def counted(figures: Figures, can_confirm: bool) -> dict[str, int | None]:
    """The four figures; confirmed visits only where they are known."""
    return {**figures._asdict(), "visits_confirmed": figures.visits_confirmed if can_confirm else None}


def hidden_below(least: int, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its figures from 1 to below ``least`` taken out, and which: zero stays zero."""
    small = [name for name in NAMES if row[name] is not None and 0 < row[name] < least]
    return {**row, **dict.fromkeys(small), "suppressed": bool(small), "suppressed_figures": small}


def version(row: Version) -> dict[str, Any]:
    return {
        "version": row.version,
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
        "days_measured": row.days,
        **row.figures._asdict(),
    }


def measured(summary: Summary) -> dict[str, Any]:
    """How much of a span was measured, and from where."""
    return {
        "days": summary.span.days,
        "days_measured": len(summary.days),
        "days_low": len(summary.low_days),
        "minutes_measured": summary.measured_minutes,
        "coverage": round(summary.coverage, 4),
        "sources": summary.sources,
        "invented": summary.invented,
    }


def piece(summary: Summary, least: int) -> dict[str, Any]:
    """One row of a series by days; ``least`` is the smallest figure that the row of a single day may show."""
    figures = counted(summary.figures, summary.can_confirm) if summary.days else NOT_COUNTED
    row = {
        "first": summary.span.first.isoformat(),
        "last": summary.span.last.isoformat(),
        **figures,
        **measured(summary),
    }
    return hidden_below(least if summary.span.days == 1 else 0, row)


def hour(begin: str, figures: Figures | None, can_confirm: bool, minutes: int) -> dict[str, Any]:
    """One row of a series by hours; no figures where no minute of it was measured."""
    shown = NOT_COUNTED if figures is None else counted(figures, can_confirm)
    return {"hour": begin, **shown, "minutes_measured": minutes}


def ranked(place: int, row: Ranked, can_confirm: bool, least: int) -> dict[str, Any]:
    """One line of a list of the most visited."""
    title = row.title or row.name
    return hidden_below(
        least,
        {
            "rank": place,
            "id": row.object_id,
            "name": row.name,
            "title": {"id": title, "en": row.title_en or title},
            "dataset": row.dataset,
            "dataset_type": row.dataset_type,
            **counted(row.figures, can_confirm),
        },
    )


def gap(begin: datetime, end: datetime, reason: str, unplaced: int, zone: ZoneInfo) -> dict[str, Any]:
    """A time for which the count is missing or too low, in the city's time."""
    return {
        "from": begin.astimezone(zone).isoformat(timespec="seconds"),
        "to": end.astimezone(zone).isoformat(timespec="seconds"),
        "seconds": round((end - begin).total_seconds()),
        "reason": reason,
        "unplaced_views": unplaced,
    }


def silence(run: Run, zone: ZoneInfo) -> dict[str, Any]:
    return gap(run.begin, run.end, "silence", 0, zone)


def asked(span: Span) -> dict[str, str]:
    """The days that an answer is about."""
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}
