"""``ckan smartcity visits flush``, ``status`` and ``export``: write the count, look at it, hand it out."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from ckanext.smartcity import config
from ckanext.smartcity.cli.calls import call
from ckanext.smartcity.nightly import AWAY, own_engine
from ckanext.smartcity.visits import heartbeat, store
from ckanext.smartcity.visits.flush import Flush
from ckanext.smartcity.visits.spans import Span

DAY = click.DateTime(["%Y-%m-%d"])
LATE_SECONDS = 900
"""So old a last flush means that nobody flushes."""


@click.command(short_help="Write counters from Redis to PostgreSQL once.")
@click.option("--full", is_flag=True, help="Read all counters, not only those that changed.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def flush(full: bool, quiet: bool, as_json: bool) -> None:
    """Write counters from Redis to PostgreSQL once, and ask the portal for a heartbeat.

    For a portal without `ckan smartcity worker`: put it into cron, every minute. Once an hour, or with --full, it reads
    all counters and deletes what is old and stored. Any number may run at once, be killed or be repeated.
    """
    settings = config.visits_settings()
    if not settings.enabled:
        raise click.ClickException("Visits are not counted: ckanext.smartcity.visits.enabled is off.")
    silent = _heartbeat(settings.probe_url)
    flusher = Flush(settings, own_engine())
    try:
        report = flusher.full_pass() if full else flusher.due()
    except AWAY as error:
        raise click.ClickException(f"Nothing was written, and nothing is lost: {_first_line(error)}") from error
    if as_json:
        click.echo(json.dumps(asdict(report)))
    elif not quiet:
        click.echo(
            f"{report.rows} rows changed, {report.buckets} hours and days read, {report.gaps} gaps recorded, "
            f"{report.deleted} old ones deleted from Redis"
        )
    if silent:
        raise click.ClickException(silent)


def _heartbeat(probe_url: str) -> str:
    """Ask once; gives the problem as a sentence, or an empty text."""
    try:
        heartbeat.ask(probe_url)
    except OSError as error:
        return f"The portal gives no heartbeat: {_first_line(error)}"
    return ""


@click.command(short_help="Say whether the count works.")
@click.option("--quiet", is_flag=True, help="Print problems only.")
@click.option("--json", "as_json", is_flag=True, help="Print the state as one JSON object.")
def status(quiet: bool, as_json: bool) -> None:
    """Say whether the count works: last flush, last full pass, checks, gaps. Exit status 1 when something is wrong.

    Wrong is a check that failed, or a last flush more than 15 minutes ago.
    """
    found = call("smartcity_visit_status_show")
    problems = problems_of(found)
    if as_json:
        click.echo(json.dumps(found))
    else:
        for line in [] if quiet else _lines(found):
            click.echo(line)
        for problem in problems:
            click.echo(f"Problem: {problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


def problems_of(state: dict[str, Any]) -> list[str]:
    """What is wrong in the answer of ``smartcity_visit_status_show``, as sentences."""
    if not state["enabled"]:
        return []
    last = state["flush"]
    late = [] if last and last["seconds"] <= LATE_SECONDS else ["No flush in the last 15 minutes. Does the worker run?"]
    return late + [check["message"]["en"] for check in state["checks"] if not check["ok"]]


def _lines(state: dict[str, Any]) -> list[str]:
    return [
        f"Counting: {'on' if state['enabled'] else 'off'}",
        *(f"{name}: {_ago(state[key])}" for name, key in (("Last flush", "flush"), ("Last full pass", "full_pass"))),
        *(check["message"]["en"] for check in state["checks"] if check["ok"]),
        f"Gaps of the last 30 days: {len(state['gaps'])}",
        f"Imported logs: {len(state['imports'])}",
    ]


def _ago(moment: dict[str, Any] | None) -> str:
    return f"{moment['at']} ({moment['seconds']} s ago)" if moment else "never"


@click.command(short_help="Print the counters of the portal as CSV.")
@click.option("--from", "first", type=DAY, help="First day, city time (default: the first there is).")
@click.option("--to", "last", type=DAY, help="Last day (default: today).")
def export(first: datetime | None, last: datetime | None) -> None:
    """Print the counters of the portal as they are stored, as CSV: a row for each hour, data set and method.

    `chosen` says whether the day counts by this source. A figure of a day or year is the sum over the chosen rows of a
    counter less its twin void_*.
    """
    span = Span(first.date() if first else date.min, last.date() if last else config.today())
    if span.first > span.last:
        raise click.UsageError(f"--from {span.first} is later than --to {span.last}.")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    header, rows = store.portal_counters(span)
    writer.writerow(header)
    writer.writerows((*row[:3], str(row[3]).lower(), *row[4:]) for row in rows)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
