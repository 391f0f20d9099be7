"""What is done once a night, in a fixed order; a step that fails does not keep the next ones from being done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from ckan.plugins import toolkit as tk
from redis import RedisError
from sqlalchemy.exc import OperationalError

from ckanext.smartcity import config, nightly_contracts
from ckanext.smartcity.visits import checks, state
from ckanext.smartcity.visits.flush import Flush
from ckanext.smartcity.visits.redis_counters import RedisCounters
from ckanext.smartcity.visits.settings import Settings
from ckanext.smartcity.visits.texts import check_sentences

BEGIN = time(4, 30)
"""City time. Visits of the day before have ended by 04:00, and a full pass after 04:05 makes that day final."""

DONE = "nightly"
"""Name of the row of ``smartcity_visit_state`` that says when the list was done, and which steps found problems."""

AWAY = (OSError, RedisError, OperationalError)
"""Errors of a server that does not answer: they need no traceback, and are over some time later."""

log = logging.getLogger(__name__)


class Step(NamedTuple):
    """One thing of the list. ``work`` gives the problems it found, as sentences; it may raise."""

    name: str
    work: Callable[[], list[str]]


def steps(settings: Settings, engine: sa.Engine) -> list[Step]:
    """The list: what is counted first, then the checks."""
    return [*_visit_steps(settings, engine), *_contract_steps()]


def _visit_steps(settings: Settings, engine: sa.Engine) -> list[Step]:
    if not settings.enabled:
        return []
    flush = Flush(settings, engine)
    return [
        Step("visits: full pass and read-back", lambda: full_pass(flush)),
        Step("visits: start checks", lambda: start_checks(settings, engine)),
    ]


def _contract_steps() -> list[Step]:
    return [
        Step("contracts: pending documents", lambda: _nothing(nightly_contracts.read_pending())),
        Step("contracts: unread imports", lambda: _nothing(nightly_contracts.delete_unread_imports())),
        Step("contracts: changed rules", lambda: _nothing(nightly_contracts.look_again())),
        Step("contracts: new year", lambda: _nothing(nightly_contracts.index_open_ended(config.today()))),
        Step("contracts: decisions and datasets", nightly_contracts.unlike_decisions),
    ]


def _nothing(_number: int) -> list[str]:
    """A step that did its work found no problem."""
    return []


def run(todo: Sequence[Step], engine: sa.Engine, say: Callable[[str, list[str]], None]) -> dict[str, list[str]]:
    """Do the steps in order and tell each one's problems; gives the problems by step, and remembers them."""
    found: dict[str, list[str]] = {}
    for step in todo:
        try:
            problems = step.work()
        except Exception as error:
            log.error("%s failed", step.name, exc_info=not isinstance(error, AWAY))
            problems = [f"failed: {error}".partition("\n")[0]]
        found[step.name] = problems
        say(step.name, problems)
    with engine.begin() as connection:
        state.put(connection, DONE, found)
    return found


def is_due(engine: sa.Engine, now: datetime) -> bool:
    """Whether the list was not done since 04:30 last passed. ``now``: city time."""
    with engine.connect() as connection:
        done = state.since(connection, DONE)
    return done is None or done < last_begin(now)


def last_begin(now: datetime) -> datetime:
    """The last 04:30 at or before ``now``, in the zone of ``now``."""
    begin = datetime.combine(now.date(), BEGIN, now.tzinfo)
    return begin if begin <= now else begin - timedelta(days=1)


def full_pass(flush: Flush) -> list[str]:
    """Take everything that Redis has, and look whether it arrived."""
    return [f"{name} is not in the database in full" for name in flush.read_back()]


def start_checks(settings: Settings, engine: sa.Engine) -> list[str]:
    """Look at the Redis of the count and at yesterday's visitors; remember it for the administration page."""
    found = checks.redis_checks(settings.redis_url, tk.config["ckan.redis.url"])
    try:
        seen = RedisCounters(settings.redis_url, settings.site_id).seen(city_now().date() - timedelta(days=1))
        found += checks.traffic_checks(seen)
    except RedisError:  # the checks before say so
        pass
    with engine.begin() as connection:
        state.put(connection, "checks", found)
    return [check_sentences(check["code"], check["found"])["en"] for check in found if not check["ok"]]


PATIENCE = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s"
"""A flush that freezes in its transaction must not hold up the others for ever: PostgreSQL ends it."""


def own_engine(options: str = PATIENCE) -> sa.Engine:
    """CKAN's database by connections of our own: what is written here does not wait for CKAN's session."""
    connecting = {"connect_timeout": 10, "options": options}
    return sa.create_engine(tk.config["sqlalchemy.url"], poolclass=sa.NullPool, connect_args=connecting)


def city_now() -> datetime:
    """The city's wall-clock time."""
    return datetime.now(config.timezone())
