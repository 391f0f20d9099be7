"""Visits to the portal, indicator 10.1: the year, the method, the state of the count.

Figures are public and the same for everybody; docs/visits.md says what is counted.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity import config
from ckanext.smartcity.logic import schema
from ckanext.smartcity.logic.action import visit_dicts as dicts
from ckanext.smartcity.logic.action.validation import validated
from ckanext.smartcity.visits import method, reading, store
from ckanext.smartcity.visits.reading import Annual
from ckanext.smartcity.visits.texts import check_sentences, texts

__all__ = ["smartcity_visit_method_show", "smartcity_visit_status_show", "smartcity_visit_year_show"]


@tk.side_effect_free
def smartcity_visit_year_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The visits of a calendar year and how far they can be trusted.

    :param year: the year (optional, default: the running one)
    :type year: integer

    :returns: ``year``, ``complete`` (over, and its last days final), ``until`` (the day that the figures reach to),
        ``grade`` (the strictest that all days can give, at most the configured one), ``visits`` of that grade,
        ``visits_all``, ``visits_confirmed`` (null where a day cannot tell), ``views``, ``downloads``; ``days``,
        ``days_measured``, ``days_low`` (too few minutes), ``minutes_measured``, ``coverage`` (days measured by days of
        the year), ``sources`` (days by ``live`` and ``log``), ``invented`` (a part comes from an invented log);
        ``versions`` of the method with figures of their own, ``broken_series`` (more than one); ``population`` and
        ``per_100000``, null with ``reason``
    :rtype: dictionary

    :raises ckan.logic.ValidationError: no such year
    """
    tk.check_access("smartcity_visit_year_show", context, data_dict)
    year = validated(data_dict, schema.visit_year(), context).get("year", config.today().year)
    return _year_dict(year, reading.annual(year))


def _year_dict(year: int, annual: Annual) -> dict[str, Any]:
    summary = annual.summary
    counted = bool(summary.days)
    figures = dicts.counted(summary.figures, summary.can_confirm) if counted else dicts.NOT_COUNTED
    return {
        "year": year,
        "complete": annual.complete,
        "until": annual.until.isoformat(),
        "grade": summary.grade if counted else None,
        "visits": summary.visits if counted else None,
        "visits_all": figures["visits"],
        "visits_confirmed": figures["visits_confirmed"],
        "views": figures["views"],
        "downloads": figures["downloads"],
        **dicts.measured(summary),
        "versions": [dicts.version(row) for row in summary.versions],
        "broken_series": summary.broken,
        "population": None,
        "per_100000": None,
        "reason": "no_population",
    }


@tk.side_effect_free
def smartcity_visit_method_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The method by which visits are counted: version, parameters, lists, texts.

    :returns: ``version`` and ``parameters`` in force, ``grade`` configured, ``min_coverage``, ``public_minimum``;
        ``history`` (``version``, ``valid_from``, ``parameters``, ``lists``), oldest first; ``imports`` of logs
        (``id``, ``format``, ``first_on``, ``last_on``, ``lines_read``, ``lines_used``, ``excluded``, ``imported_at``);
        ``texts`` (``method``, ``grades``, ``privacy``, ``sources``) in both languages
    :rtype: dictionary
    """
    tk.check_access("smartcity_visit_method_show", context, data_dict)
    settings = config.visits_settings()
    parameters = method.parameters(settings)
    return {
        "version": method.version(parameters),
        "parameters": parameters,
        "grade": settings.grade,
        "min_coverage": settings.min_coverage,
        "public_minimum": settings.public_minimum,
        "history": [
            {
                "version": row.version,
                "valid_from": row.valid_from.astimezone(settings.zone).isoformat(timespec="seconds"),
                "parameters": row.parameters,
                "lists": row.lists,
            }
            for row in store.method_rows()
        ],
        "imports": _imports(),
        "texts": texts(),
    }


@tk.side_effect_free
def smartcity_visit_status_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Whether the count works. For sysadmins.

    :returns: ``enabled``; ``flush`` and ``full_pass``: when each last succeeded (``at``, ``seconds`` ago; null for
        never); ``checks`` as the worker left them when it ``checked`` last: ``code``, ``ok``, ``found``, and
        ``message`` in both languages; ``gaps`` of the last 30 days; ``imports``
    :rtype: dictionary
    """
    tk.check_access("smartcity_visit_status_show", context, data_dict)
    states = store.states()
    checks = states.get("checks")
    return {
        "enabled": config.visits_settings().enabled,
        "flush": _succeeded(states.get("flush")),
        "full_pass": _succeeded(states.get("full_pass")),
        "checks": [
            {**check, "message": check_sentences(check["code"], check["found"])}
            for check in ((checks.value or []) if checks else [])
        ],
        "checked": _succeeded(checks),
        "gaps": [dicts.gap(*row, zone=config.timezone()) for row in reading.recent_gaps()],
        "imports": _imports(),
    }


def _succeeded(state: Any) -> dict[str, Any] | None:
    if state is None:
        return None
    ago = datetime.now(timezone.utc) - state.at
    at = state.at.astimezone(config.timezone()).isoformat(timespec="seconds")
    return {"at": at, "seconds": max(0, round(ago.total_seconds()))}


def _imports() -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "format": row.format,
            "first_on": row.first_on.isoformat(),
            "last_on": row.last_on.isoformat(),
            "lines_read": row.lines_read,
            "lines_used": row.lines_used,
            "excluded": row.excluded,
            "imported_at": row.imported_at.astimezone(config.timezone()).isoformat(timespec="seconds"),
        }
        for row in store.imports()
    ]
