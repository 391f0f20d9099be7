"""The hooks of the web application: a page gets its token, an answered request is told to the recorder.

Nothing here may break a page: an error is logged, once a minute, and the request is not counted.
"""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Response

from ckanext.smartcity import config
from ckanext.smartcity.visits import objects, staff
from ckanext.smartcity.visits.beacon import Layer, Tokens
from ckanext.smartcity.visits.caller import Client, client, has_opted_out, is_own_host
from ckanext.smartcity.visits.classify import Facts, Outcome, classify
from ckanext.smartcity.visits.complaints import Complaints
from ckanext.smartcity.visits.kept import Kept
from ckanext.smartcity.visits.objects import Found
from ckanext.smartcity.visits.recorder import Recorder
from ckanext.smartcity.visits.robots import Agents
from ckanext.smartcity.visits.routes import Route, route
from ckanext.smartcity.visits.settings import Settings

EXTENSION = "smartcity_visits"
PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
WITH_OBJECT = ("page", "download", "part")
NO_OBJECT = Found("")


def count_visits(app: Any) -> Any:
    """``make_middleware``: hooks and beacon of an application, unless counting is switched off.

    The recorder stands at ``app.extensions["smartcity_visits"]``. Raises ``ValueError`` or ``OSError`` for a file of
    agents that cannot be used.
    """
    settings = config.visits_settings()
    if not settings.enabled:
        return app
    recorder = app.extensions[EXTENSION] = Recorder(settings)
    agents = Agents(settings.allow_agents, settings.deny_agents)
    hooks = Hooks(settings, agents, recorder)
    app.before_request(hooks.give_token)
    app.after_request(hooks.count)
    app.wsgi_app = Layer(app.wsgi_app, settings, agents, recorder)
    return app


class Hooks:
    """``before_request`` and ``after_request`` of one application."""

    def __init__(self, settings: Settings, agents: Agents, recorder: Recorder) -> None:
        self._settings, self._agents, self._recorder = settings, agents, recorder
        self._tokens = Tokens(settings.secret)
        self._find: Kept[tuple[str, str], Found] = Kept(lambda key: objects.find(*key))
        self._has_role: Kept[str, bool] = Kept(lambda user_id: staff.has_role(user_id, settings.internal_roles))
        self._complain = Complaints("A request was not counted")

    def give_token(self) -> None:
        """Before the view: put a token for the template, and its nonce, into ``g``."""
        try:
            if self._settings.beacon and self._is_public_page():
                tk.g.smartcity_page_token, tk.g.smartcity_page_nonce = self._tokens.make()
        except Exception:
            self._complain()
            model.Session.rollback()

    def count(self, response: Response) -> Response:
        """After the view, before CKAN gives its session back: judge the request and tell the recorder."""
        try:
            self._judge(response)
        except Exception:
            self._complain()
        return response

    def _is_public_page(self) -> bool:
        return (
            tk.request.method == "GET"
            and _route().role == "page"
            and not self._is_internal(client(tk.request.environ, self._settings))
        )

    def _is_internal(self, sender: Client) -> bool:
        if self._settings.internal_networks.holds_text(sender.address):
            return True
        user = tk.current_user
        return isinstance(user, model.User) and (bool(user.sysadmin) or self._has_role(user.id))

    def _judge(self, response: Response) -> None:
        found, sender = _route(), client(tk.request.environ, self._settings)
        outcome = classify(self._facts(found, sender, response))
        if not outcome.event:
            return
        values = self._values(outcome, found, sender)
        if response.direct_passthrough:  # Werkzeug never closes what it hands through, such as uploads
            self._tell(values)
        else:
            response.call_on_close(lambda: self._tell(values))

    def _tell(self, values: dict[str, Any]) -> None:
        """Behind the body, where the contexts of the request are gone."""
        try:
            self._recorder.record(**values)
        except Exception:
            self._complain()

    def _facts(self, found: Route, sender: Client, response: Response) -> Facts:
        headers, environ = tk.request.headers, tk.request.environ
        return Facts(
            role=found.role,
            method=tk.request.method,
            status=response.status_code,
            html=response.mimetype == "text/html",
            agent=self._agents.kind(sender.agent),
            framed=found.framed,
            purpose=" ".join(headers.get(name, "") for name in PURPOSE_HEADERS).strip().lower(),
            dest=headers.get("Sec-Fetch-Dest", "").lower(),
            mode=headers.get("Sec-Fetch-Mode", "").lower(),
            site=headers.get("Sec-Fetch-Site", "").lower(),
            by_script="HX-Request" in headers or "X-Requested-With" in headers,
            referer=_referer(headers.get("Referer"), environ, self._settings),
            later_range=response.status_code == 206 and _first_byte(response) != 0,
            opted_out=has_opted_out(environ),
            internal=tk.request.method == "GET" and self._is_internal(sender),
        )

    def _values(self, outcome: Outcome, found: Route, sender: Client) -> dict[str, Any]:
        """What the recorder is told, as plain values."""
        settled = self._object(found) if outcome.event in WITH_OBJECT else NO_OBJECT
        return {
            "event": outcome.event,
            "address": sender.address,
            "agent": sender.agent,
            "object": settled.object,
            "parents": settled.parents,
            "listed": settled.listed,
            "nonce": tk.g.get("smartcity_page_nonce", "") if outcome.event == "page" else "",
            "counter": outcome.counter,
            "untrusted_header": sender.untrusted_header,
        }

    def _object(self, found: Route) -> Found:
        return _loaded(found) or self._find((found.kind, found.ref))


def _route() -> Route:
    return route(tk.request.endpoint, tk.request.view_args or {})


def _referer(referer: str | None, environ: Any, settings: Settings) -> str:
    if not referer:
        return ""
    return "own" if is_own_host(referer, environ, settings) else "other"


def _first_byte(response: Response) -> int | None:
    """The first byte of a partial answer; ``None`` where it cannot be told."""
    start = response.content_range.start
    if start is None and tk.request.range:
        start = tk.request.range.ranges[0][0]  # several ranges in one answer
    return start


def _loaded(found: Route) -> Found | None:
    """The object from what the view has loaded, without a query.

    ``g.get``, not ``g.name``: CKAN's ``g`` falls back to values of the whole application.
    """
    if found.kind == "page":
        return objects.fixed(found.ref)
    if found.kind in objects.GROUP_KINDS:
        record = tk.g.get("group_dict")
        known = record and found.ref in _names(record)
        return Found(f"{found.kind}|{record['id']}", (), record["state"] == "active") if known else None
    record = tk.g.get("pkg_dict")
    if not record or found.role != "page" or (found.kind == "dataset" and found.ref not in _names(record)):
        return None
    dataset = objects.of_dataset(record["id"], record.get("owner_org"), bool(record.get("private")), record["state"])
    return objects.of_resource(found.ref, dataset) if found.kind == "resource" else dataset


def _names(record: dict[str, Any]) -> tuple[str, str]:
    return record["id"], record["name"]
