"""A portal without a web server, that does one task a line: what is measured of code, not of a connection.

``inside.py INI`` reads ``{"task": NAME, ...}`` from standard input and writes the result as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import sqlalchemy as sa

from arms.readers import AGENT, TRACKING_ANSWERS, address

PORTAL = SimpleNamespace(app=None)


def build(size: int, resources: int) -> None:
    import city

    city.build(size, resources)


def get(path: str) -> dict[str, float]:
    """Seconds and queries of one page."""
    with _queries() as made, _seconds() as took:
        answer = PORTAL.app.test_client().get(path)
        answer.get_data()
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"
    return {"seconds": took[0], "queries": made[0]}


def create() -> dict[str, float]:
    """Seconds and queries of ``package_create``."""
    from ckan.plugins import toolkit as tk

    data = {"name": f"made-{time.time_ns()}", "title": "Made", "owner_org": "opd-1", "license_id": "CC-BY-4.0"}
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    with _queries() as made, _seconds() as took:
        tk.get_action("package_create")(
            {"ignore_auth": True, "user": user}, {**data, "data_kind": "geospatial", "frequency": "MONTHLY"}
        )
    return {"seconds": took[0], "queries": made[0]}


def tracking_posts(number: int) -> float:
    """Seconds of so many POSTs to /_tracking, through CKAN's whole application."""
    client = PORTAL.app.test_client()
    with _seconds() as took:
        for _ in range(number):
            answer = client.post(
                "/_tracking",
                data="url=/about&type=page",
                headers={"User-Agent": AGENT},
                environ_base={"REMOTE_ADDR": address()},
            )
            assert answer.status_code == TRACKING_ANSWERS
    return took[0]


def pairs(number: int) -> float:
    """Seconds of so many pages told to the recorder, each followed by its beacon through the whole application."""
    from ckanext.smartcity import config
    from ckanext.smartcity.visits.beacon import Tokens

    client, recorder = PORTAL.app.test_client(), PORTAL.app.extensions["smartcity_visits"]
    tokens = Tokens(config.visits_settings().secret)
    origin = {"User-Agent": AGENT, "Origin": "http://localhost"}
    with _seconds() as took:
        for _ in range(number):
            sender, (token, nonce) = address(), tokens.make()
            recorder.record("page", address=sender, agent=AGENT.encode(), object="page|about", nonce=nonce)
            answer = client.post("/_sc/s", data=token, headers=origin, environ_base={"REMOTE_ADDR": sender})
            assert answer.status_code == 204
    return took[0]


def open_visits(number: int) -> None:
    """Open so many visits, each with a dataset, one of its resources and a beacon."""
    recorder = PORTAL.app.extensions["smartcity_visits"]
    for n in range(number):
        sender = {"address": address(), "agent": AGENT.encode()}
        dataset, above = f"dataset|{n % 2000:036}", f"organization|{n % 45:036}"
        recorder.record("page", object=dataset, parents=[above], nonce=f"{n:011}", **sender)
        recorder.record(
            "page", object=f"resource|{n % 6000:036}", parents=[dataset, above], nonce=f"r{n:010}", **sender
        )
        recorder.record("show", nonce=f"{n:011}", **sender)


def guessed(number: int) -> dict[str, float]:
    """How many of the newest keys of CKAN's ``tracking`` give their address to who tries 65 536 of them."""
    from ckan import model

    statement = sa.text("SELECT user_key FROM tracking_raw ORDER BY access_timestamp DESC LIMIT :number")
    keys = set(model.Session.execute(statement, {"number": number}).scalars())
    with _seconds() as took:
        tried = (f"{AGENT}10.0.{n >> 8}.{n & 255}" for n in range(65_536))
        found = sum(md5(text.encode(), usedforsecurity=False).hexdigest() in keys for text in tried)
    return {"keys": len(keys), "found": found, "seconds": took[0]}


def flush(how: str) -> float:
    """Seconds of one flush: ``changed`` counters or the ``full_pass``."""
    from ckanext.smartcity import config, nightly
    from ckanext.smartcity.visits.flush import Flush

    work = getattr(Flush(config.visits_settings(), nightly.own_engine()), how)
    with _seconds() as took:
        work()
    return took[0]


def method() -> str:
    from ckanext.smartcity import config
    from ckanext.smartcity.visits.method import parameters, version

    return version(parameters(config.visits_settings()))


def tracking_update(since: str) -> float:
    """Seconds of ``ckan tracking update``, re-indexing included."""
    from ckanext.tracking.cli.tracking import update_all

    with _seconds() as took:
        update_all(since)
    return took[0]


@contextmanager
def _seconds() -> Iterator[list[float]]:
    took = [0.0]
    start = time.perf_counter()
    yield took
    took[0] = time.perf_counter() - start


@contextmanager
def _queries() -> Iterator[list[int]]:
    made = [0]

    def count(*_: Any) -> None:
        made[0] += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    yield made
    sa.event.remove(sa.Engine, "before_cursor_execute", count)


TASKS: tuple[Callable[..., Any], ...] = (
    *(build, get, create, tracking_posts, pairs, open_visits, guessed, flush, method, tracking_update),
)


def main(ini: str) -> None:
    results = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what CKAN prints is no result
    from ckan.cli import CKANConfigLoader
    from ckan.config.middleware import make_app

    PORTAL.app = make_app(CKANConfigLoader(ini).get_config())._wsgi_app
    tasks = {task.__name__: task for task in TASKS}
    for line in sys.stdin:
        arguments = json.loads(line)
        task = tasks[arguments.pop("task")]
        if task in (get, tracking_posts, pairs):  # these are requests of their own
            result = task(**arguments)
        else:
            with PORTAL.app.test_request_context():
                result = task(**arguments)
        print(json.dumps(result), file=results, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
