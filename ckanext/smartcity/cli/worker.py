"""``ckan smartcity worker``: what keeps the count going beside the web server."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

import click
import sqlalchemy as sa

from ckanext.smartcity import config, nightly
from ckanext.smartcity import worker as loop
from ckanext.smartcity.visits import heartbeat
from ckanext.smartcity.visits.flush import Flush
from ckanext.smartcity.visits.settings import Settings

NIGHT_SECONDS = 60
"""How often the worker looks whether the night list is due."""

CHECK_SECONDS = 3600
"""How often the worker looks whether Redis still keeps what it is given."""

log = logging.getLogger(__name__)


@click.command(short_help="Keep the count of visits going; ends with SIGTERM.")
def worker() -> None:
    """Keep the count of visits going: write counters, send heartbeats, look at Redis, do the night list.

    Stays until SIGTERM or Ctrl-C. Any number may run at once. While a server is away it goes on trying, with one line a
    minute in the log.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = click.get_current_context().meta["flask_app"]
    loop.run(jobs(config.visits_settings(), nightly.own_engine(), app), stop, nightly.AWAY)


def jobs(settings: Settings, engine: sa.Engine, app: Any) -> list[loop.Job]:
    """What the worker does, and how often. ``app``: CKAN's application, which actions of the night list need."""
    night = loop.Job("The night list could not be done", NIGHT_SECONDS, lambda: _night(settings, engine, app))
    if not settings.enabled:
        return [night]
    flush, ask = Flush(settings, engine).due, lambda: heartbeat.ask(settings.probe_url)
    return [
        loop.Job("Visits could not be written to the database", settings.flush_seconds, flush),
        loop.Job("The portal gives no heartbeat", settings.heartbeat_seconds, ask),
        loop.Job("Redis could not be looked at", CHECK_SECONDS, lambda: _check(settings, engine)),
        night,
    ]


def _night(settings: Settings, engine: sa.Engine, app: Any) -> None:
    if nightly.is_due(engine, nightly.city_now()):
        with app.app_context():
            nightly.run(nightly.steps(settings, engine), engine, _tell)


def _check(settings: Settings, engine: sa.Engine) -> None:
    _tell("visits: start checks", nightly.start_checks(settings, engine))


def _tell(name: str, problems: list[str]) -> None:
    if problems:
        log.warning("%s: %s", name, "; ".join(problems))
