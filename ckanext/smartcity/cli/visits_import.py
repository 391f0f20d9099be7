"""``ckan smartcity visits import-log``: count visits from the logs of a web server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from ckan.lib.i18n import get_locales_from_config
from ckan.plugins import toolkit as tk
from werkzeug.exceptions import HTTPException

from ckanext.smartcity import config
from ckanext.smartcity.nightly import own_engine
from ckanext.smartcity.visits.logfiles import LogError
from ckanext.smartcity.visits.logreading import Days
from ckanext.smartcity.visits.logreport import REASONS, Report
from ckanext.smartcity.visits.logs import Import, Match

DAY = click.DateTime(["%Y-%m-%d"])
FIRST_YEAR, LAST_YEAR = 1970, 9998
PLACE_OF_LANGUAGE = "/{{LANG}}"


@click.command("import-log", short_help="Count visits from web server logs.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first", type=DAY, help="First day to count, city time (default: the log's first).")
@click.option("--to", "last", type=DAY, help="Last day to count (default: the log's last).")
@click.option("--quiet", is_flag=True, help="Print warnings only, no progress and no report.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object, no progress.")
def import_log(
    files: Sequence[Path], first: datetime | None, last: datetime | None, quiet: bool, as_json: bool
) -> None:
    """Count the visits in FILES: one log of nginx or Apache in the format combined, plain or .gz.

    Give the rotated parts of a log together, in any order. Everything is written in one transaction or nothing is.
    Importing the same log again changes nothing; a day that another import has counted is refused.
    """
    days = Days(first and first.date(), last and last.date())
    for day in days:
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise click.UsageError(f"{day} is no day of a log. Leave the option out for an open end.")
    if days.first and days.last and days.first > days.last:
        raise click.UsageError(f"--from {days.first} is later than --to {days.last}.")
    importer = Import(config.visits_settings(), own_engine(), url_match())
    try:
        report = importer.run(files, days, progress=None if quiet or as_json else _Progress())
    except LogError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    if not quiet:
        _show(report)
    for warning in report.warnings:
        click.echo(f"Warning: {warning}", err=True)


def url_match() -> Match:
    """Endpoint and arguments of a method and path by the routes of this portal, or ``None`` where it has none.

    ``ckan.root_path`` is taken off, and what lies outside it is not of the portal; then the language in front, which
    CKAN takes off as well.
    """
    app = click.get_current_context().meta["flask_app"]
    return matcher(app.url_map, tk.config["ckan.root_path"] or "", get_locales_from_config())


def matcher(url_map: Any, root_path: str, locales: set[str]) -> Match:
    """The same for a Werkzeug ``Map``, a root path such as ``/data/{{LANG}}`` and the languages of the portal."""
    adapter = url_map.bind("portal")
    before, _, after = root_path.rstrip("/").partition(PLACE_OF_LANGUAGE)

    def match(method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
        outer = _below(path, before)
        inner = outer and _below(_without_language(outer, locales), after)
        try:
            return adapter.match(inner, method=method) if inner else None
        except HTTPException:  # no such route, another method, or a redirect to the right address
            return None

    return match


def _below(path: str, prefix: str) -> str:
    """The path below a prefix; empty for one that lies elsewhere."""
    if path == prefix:
        return "/"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else ""


def _without_language(path: str, locales: set[str]) -> str:
    _, _, rest = path.partition("/")
    language, _, rest = rest.partition("/")
    return f"/{rest}" if language in locales else path


class _Progress:
    """One line on standard error, renewed each second: share, rate and remaining time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._told = clock()

    def __call__(self, position: int, size: int, lines: int) -> None:
        now = self._clock()
        if now - self._told < 1:
            return
        self._told = now
        took, share = now - self._began, position / max(size, 1)
        left = took / share - took if share else 0
        click.echo(f"{lines} lines, {share:.0%}, {lines / took:.0f} lines/s, {left:.0f} s to go", err=True)


def _show(report: Report) -> None:
    if report.known:
        click.echo(f"This log was imported on {report.imported_at:%Y-%m-%d %H:%M} UTC; nothing was changed.")
    click.echo(
        f"Import {report.id}: {report.first_on} to {report.last_on}, {len(report.minutes)} days, by {report.method}"
    )
    click.echo(f"Lines read {report.lines_read}, used {report.lines_used}, excluded {sum(report.excluded.values())}:")
    for reason in sorted(report.excluded, key=list(REASONS).index):
        click.echo(f"  {report.excluded[reason]:>10}  {reason}: {REASONS[reason]}")
    click.echo("Counted:")
    for metric, n in report.figures.items():
        click.echo(f"  {n:>10}  {metric}")
