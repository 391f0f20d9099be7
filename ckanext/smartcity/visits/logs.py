"""The import of web server logs: one log, one transaction, once.

The id of an import is made of the content and the days asked for, so the same import is known again and changes
nothing. A day that another import has counted is refused: its visits would count twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.smartcity.visits import logreport, method, objects, state
from ckanext.smartcity.visits.logfiles import LogError, LogFiles
from ckanext.smartcity.visits.logreading import ALL_DAYS, Days, Portal, Reader, Tally, Thing
from ckanext.smartcity.visits.logreport import Report
from ckanext.smartcity.visits.merge import Rows, add, merge
from ckanext.smartcity.visits.models import VisitDay, VisitImport
from ckanext.smartcity.visits.robots import Agents
from ckanext.smartcity.visits.settings import Settings

SOURCE = "log"
COMBINED, INVENTED = "combined", "invented"

Match = Callable[[str, str], tuple[str, Mapping[str, Any]] | None]
Progress = Callable[[int, int, int], None]
"""Told after each block: bytes read, bytes in all, lines read."""


class Import:
    """Imports logs of one portal into the database of ``engine``.

    ``match`` gives endpoint and arguments of a method and path, as the portal's routes have them. Raises ``ValueError``
    or ``OSError`` for a file of agents that cannot be used.
    """

    def __init__(self, settings: Settings, engine: sa.Engine, match: Match) -> None:
        self._settings, self._engine, self._match = settings, engine, match
        self._agents = Agents(settings.allow_agents, settings.deny_agents)
        self._version = method.version(method.parameters(settings))

    def run(
        self, paths: Sequence[Path], days: Days = ALL_DAYS, format: str = COMBINED, progress: Progress | None = None
    ) -> Report:
        """Read the parts of a log and write what they gave, or nothing. Raises ``LogError`` with the reason."""
        now = datetime.now(timezone.utc)
        files = LogFiles(paths)
        tally = self._read(files, days, now, progress)
        if not tally.days:
            raise LogError(_nothing(tally, days))
        report = self._report(tally, files.digest, days, format, now)
        with self._engine.begin() as connection:
            connection.execute(sa.text("LOCK TABLE smartcity_visit_import IN SHARE ROW EXCLUSIVE MODE"))
            known = connection.scalar(sa.select(VisitImport.imported_at).where(VisitImport.id == report.id))
            if known:
                return replace(report, imported_at=known, known=True)
            _refuse_counted_days(connection, report)
            self._write(connection, report, tally)
        return report

    def _read(self, files: LogFiles, days: Days, now: datetime, progress: Progress | None) -> Tally:
        with self._engine.connect() as connection:
            portal = Portal(self._match, _finder(objects.every(connection)), self._agents.kind)
        reader = Reader(self._settings, portal, days, int(now.timestamp() * 1000))
        for block in files.blocks():
            reader.read(block)
            if progress:
                progress(files.position, files.size, reader.tally.read)
        tally = reader.end()
        if tally.read != tally.used + tally.excluded.total():
            raise AssertionError(
                f"{tally.read} lines read, but {tally.used} used and {tally.excluded.total()} excluded"
            )
        return tally

    def _report(self, tally: Tally, digest: str, days: Days, format: str, now: datetime) -> Report:
        minutes = logreport.measured(tally)
        first_at, last_at = logreport.moments(tally)
        first_on, last_on = (datetime.fromisoformat(day).date() for day in (min(minutes), max(minutes)))
        return Report(
            id=_import_id(digest, days),
            sha256=digest,
            format=format,
            method=self._version,
            imported_at=now,
            first_on=first_on,
            last_on=last_on,
            first_at=first_at,
            last_at=last_at,
            lines_read=tally.read,
            lines_used=tally.used,
            excluded=dict(sorted(tally.excluded.items())),
            figures=logreport.figures(tally),
            minutes=minutes,
            warnings=logreport.warnings(tally, self._settings.zone),
        )

    def _write(self, connection: sa.Connection, report: Report, tally: Tally) -> None:
        rows: Rows = {}
        for (bucket, counter), n in tally.counts.items():
            add(rows, bucket, counter, n, source=SOURCE, run=report.id, method=report.method)
        merge(connection, rows)
        for day, minutes in report.minutes.items():
            measured = {"day": day, "source": SOURCE, "measured_minutes": minutes}
            connection.execute(insert(VisitDay).values(measured).on_conflict_do_nothing())
        columns = VisitImport.__table__.columns.keys()
        connection.execute(sa.insert(VisitImport).values({name: getattr(report, name) for name in columns}))
        state.put_method(connection, self._settings, self._agents.versions, report.first_at)


def _finder(known: Mapping[tuple[str, str], Thing]) -> Callable[[str, str], Thing]:
    def find(kind: str, ref: str) -> Thing:
        return objects.fixed(ref) if kind == "page" else known.get((kind, ref)) or objects.unknown(kind, ref)

    return find


def _import_id(digest: str, days: Days) -> str:
    return sha256(f"{digest} {days.first} {days.last}".encode()).hexdigest()[:12]


def _refuse_counted_days(connection: sa.Connection, report: Report) -> None:
    overlap = sa.and_(VisitImport.first_on <= report.last_on, VisitImport.last_on >= report.first_on)
    other = connection.execute(sa.select(VisitImport).where(overlap).order_by(VisitImport.first_on).limit(1)).first()
    if other:
        raise LogError(
            f"Nothing was imported. Import {other.id} of {other.imported_at:%Y-%m-%d} has counted {other.first_on} to "
            f"{other.last_on} already, and this log has lines from {report.first_on} to {report.last_on}: visits would "
            "count twice. Choose other days by --from and --to."
        )


def _nothing(tally: Tally, days: Days) -> str:
    reasons = ", ".join(f"{n} {logreport.REASONS.get(reason, reason)}" for reason, n in tally.excluded.most_common(3))
    asked = f" from {days.first or 'the beginning'} to {days.last or 'the end'}" if any(days) else ""
    return f"Nothing was imported: of {tally.read} lines none counts{asked} ({reasons or 'the files are empty'})."
