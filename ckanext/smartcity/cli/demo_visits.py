"""Visits to the demo city's portal: an invented log, brought in by the import of web server logs (docs/demo.md).

Only days that no invented log has counted yet are made, so running the demo again another day adds the days between.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import sqlalchemy as sa

from ckanext.smartcity import config, nightly
from ckanext.smartcity.cli.calls import call
from ckanext.smartcity.cli.demo_log import OFFICE, Dataset, InventedLog, Portal
from ckanext.smartcity.cli.visits_import import url_match
from ckanext.smartcity.visits.address import Networks, networks
from ckanext.smartcity.visits.logreading import Days
from ckanext.smartcity.visits.logs import INVENTED, Import
from ckanext.smartcity.visits.models import VisitImport

VISITS_A_DAY = 18
SALT_HOUR = time(4)  # by then the visits of the day before have ended
# Every year parts of the log are lost: from, to.
LOST = (
    ((2, 9, 13, 20), (2, 11, 8, 45)),
    ((6, 21, 22, 10), (6, 22, 6, 30)),
    ((9, 14, 3, 0), (9, 17, 11, 0)),
)


class Stretch(NamedTuple):
    """A log without a loss: its lines by wall-clock time, the end left out, and the days to count of it."""

    begin: datetime
    end: datetime
    days: Days


def invent(tag: str) -> str:
    """Make and import what is missing, from 1 January of last year to yesterday. Gives a sentence for the reader.

    ``tag`` stands on the datasets that can be asked for. Raises ``LogError`` of the import.
    """
    settings = config.visits_settings()
    if not settings.enabled:
        return "none, since counting is off."
    engine = nightly.own_engine()
    formats, counted = _imports(engine)
    if formats - {INVENTED}:
        return "none, since a real log was imported here."
    last = (nightly.city_now() - timedelta(days=1, hours=SALT_HOUR.hour)).date()
    first = counted + timedelta(days=1) if counted else first_day(last)
    portal = _portal(tag)
    stretches = list(missing(first, last)) if portal.datasets else []
    if not stretches:
        return "unchanged."
    settings = replace(settings, trusted_proxies=Networks(), internal_networks=networks([OFFICE]))
    importer = Import(settings, engine, url_match())
    log = InventedLog(portal, settings.zone, VISITS_A_DAY, root_path=settings.root_path)
    visits = sum(_bring_in(importer, log, stretch) for stretch in stretches)
    return f"{visits} invented from {first} to {last}."


def first_day(last: date) -> date:
    """The log begins with last year, so that there is a year that can be reported."""
    return date(last.year - 1, 1, 1)


def missing(first: date, last: date) -> Iterator[Stretch]:
    """The parts of the log of these days: cut where something of it is lost.

    Each begins on the day before and ends at 04:00 of the day after, as far as it is there: visits reach over midnight.
    """
    begin = datetime.combine(first - timedelta(days=1), time())
    end = datetime.combine(last + timedelta(days=1), SALT_HOUR)
    losses = ((datetime(year, *a), datetime(year, *b)) for year in range(begin.year, end.year + 1) for a, b in LOST)
    for lost_from, lost_to in losses:
        if begin < lost_to and lost_from < end:
            yield from _counting(begin, lost_from, first, last)
            begin = lost_to
    yield from _counting(begin, end, first, last)


def _counting(begin: datetime, end: datetime, first: date, last: date) -> Iterator[Stretch]:
    from_day, to_day = max(first, begin.date()), min(last, end.date())
    if begin < end and from_day <= to_day:
        yield Stretch(begin, end, Days(from_day, to_day))


def _imports(engine: sa.Engine) -> tuple[set[str], date | None]:
    """The formats of the logs imported so far, and the last day they counted."""
    with engine.connect() as connection:
        rows = connection.execute(sa.select(VisitImport.format, VisitImport.last_on)).all()
    return {row.format for row in rows}, max((row.last_on for row in rows), default=None)


def _portal(tag: str) -> Portal:
    """What everybody can ask for in the demo city, in an order of its own: what is popular does not go by name."""
    of_the_city = [f'tags:"{tag}"', "dataset_type:(dataset OR service_contract)"]
    found = call("package_search", fq_list=of_the_city, rows=1000, sort="name asc")["results"]
    Random("popular").shuffle(found)  # noqa: S311  (drawn for show; the same every time)
    datasets = [
        Dataset(
            f"/{dataset['type']}/{dataset['name']}",
            [_file(dataset["type"], resource) for resource in dataset["resources"]],
        )
        for dataset in found
    ]
    return Portal(datasets, sorted({f"/organization/{dataset['organization']['name']}" for dataset in found}))


def _file(kind: str, resource: dict[str, str]) -> str:
    name = resource["url"].rpartition("/")[2]
    return f"/{kind}/{resource['package_id']}/resource/{resource['id']}/download/{name}"


def _bring_in(importer: Import, log: InventedLog, stretch: Stretch) -> int:
    """Write the log, import it, forget it. Gives the visits."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "access.log"
        with file.open("wb") as out:
            out.writelines(log.lines(stretch.begin, stretch.end))
        figures = importer.run([file], stretch.days, INVENTED).figures
    return figures.get("visits", 0) - figures.get("void_visits", 0)
