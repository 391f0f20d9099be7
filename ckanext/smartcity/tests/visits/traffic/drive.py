"""The portal that the traffic goes to, and the driver: each step is a request to the real WSGI application."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ckan import model
from ckan.lib import search
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client, EnvironBuilder

from ckanext.smartcity.tests.house.city import dataset
from ckanext.smartcity.tests.visits.traffic.label import Place
from ckanext.smartcity.tests.visits.traffic.script import SITE, Places, Step

IMAGE = re.compile(r'src="(?P<path>[^"]*/_sc/s\.gif)\?t=(?P<token>[A-Za-z0-9_-]+)"')
ACCOUNTS = ("sysadmin", "admin", "editor", "member", "collaborator", "user")
STAFF = ACCOUNTS[:3]
ROLES = {"dlh": {"admin": "admin", "member": "member"}, "bapenda": {"editor": "editor"}}
CSV = b"taman,luas\nHutan Kota,1200\nAlun-alun,300\n"


@dataclass(frozen=True)
class Portal:
    """What was built: places, and the API tokens of the accounts."""

    places: Places
    tokens: Mapping[str, str]


def build() -> Portal:
    """Empty the portal and build in it what the traffic asks for."""
    helpers.reset_db()
    search.clear_all()
    tokens = {name: factories.UserWithToken(name=name, sysadmin=name == "sysadmin")["token"] for name in ACCOUNTS}
    owners = {}
    for name, roles in ROLES.items():
        users = [{"name": user, "capacity": role} for user, role in roles.items()]
        owners[name] = f"organization|{factories.Organization(name=name, users=users)['id']}"
    return Portal(_places(owners, factories.Group(name="hijau")["id"]), tokens)


def _places(owners: Mapping[str, str], group: str) -> Places:
    taman, pajak = dataset("taman", owner="dlh"), dataset("pajak", owner="bapenda")
    private, draft = dataset("rahasia", owner="dlh", private=True), dataset("rancangan", owner="dlh", state="draft")
    collaborator = model.User.get("collaborator").id
    helpers.call_action("package_collaborator_create", id=draft["id"], user_id=collaborator, capacity="editor")
    upload = FileStorage(io.BytesIO(CSV), filename="taman.csv")
    more = {"package_id": taman["id"], "format": "CSV"}
    file = helpers.call_action("resource_create", name="Tabel", url="taman.csv", upload=upload, **more)
    link = helpers.call_action("resource_create", name="Lain", url="https://data.example/taman.csv", **more)
    above = (f"dataset|{taman['id']}", owners["dlh"])
    base = "/dataset/taman/resource"
    return Places(
        pages=(
            Place("/about", "page|about"),
            Place("/group/", "page|groups"),
            Place("/organization/", "page|organizations"),
        ),
        search=Place("/dataset/", "page|search"),
        datasets=(
            Place("/dataset/taman", above[0], above[1:]),
            Place("/dataset/pajak", f"dataset|{pajak['id']}", (owners["bapenda"],)),
        ),
        resource=Place(f"{base}/{file['id']}", f"resource|{file['id']}", above),
        file=Place(f"{base}/{file['id']}/download/taman.csv", f"resource|{file['id']}", above),
        link=Place(f"{base}/{link['id']}/download/taman.csv", f"resource|{link['id']}", above),
        organization=Place("/organization/dlh", owners["dlh"]),
        group=Place("/group/hijau", f"group|{group}"),
        private=Place("/dataset/rahasia", f"dataset|{private['id']}", listed=False),
        draft=Place("/dataset/rancangan", f"dataset|{draft['id']}", listed=False),
        same_dataset=("/en/dataset/taman", "/dataset/taman?dari=surel", "/dataset/groups/taman"),
        same_organization="/en/organization/dlh?page=1",
        moved=f"/dataset/{taman['id']}",
    )


class Clock:
    """The time of the step that is being taken."""

    def __init__(self) -> None:
        self.at = 0

    def milliseconds(self) -> int:
        return self.at

    def seconds(self) -> float:
        return self.at / 1000


class Driver:
    """Takes steps, in the order given; keeps the tokens of pages for the beacons that follow."""

    def __init__(self, app: Any, tokens: Mapping[str, str], clock: Clock) -> None:
        self._client = Client(app, use_cookies=False)
        self._accounts, self._clock = tokens, clock
        self._tokens: dict[Step, str] = {}
        self.unexpected: list[str] = []

    def take(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._clock.at = step.at
            self._beacon(step) if step.page else self._request(step)

    def _request(self, step: Step) -> None:
        response = self._send(step, step.path, b"")
        if response.status_code not in step.status:
            self.unexpected.append(f"{step.method} {step.path} {step.account}: {response.status_code}")
        found = IMAGE.search(response.text) if response.mimetype == "text/html" else None
        if not found:
            return
        self._tokens[step] = found["token"]
        if response.status_code >= 400 or step.account in STAFF:
            self.unexpected.append(f"a token on {step.path} {step.account}: {response.status_code}")

    def _beacon(self, step: Step) -> None:
        assert step.page
        token = self._tokens.get(step.page)
        if token is None:
            self.unexpected.append(f"no token on {step.page.path}")
        elif step.beacon == "script":
            self._send(step, "/_sc/s", token.encode())
        else:
            self._send(step, f"/_sc/s.gif?t={token}", b"")

    def _send(self, step: Step, path: str, body: bytes) -> Any:
        account = {"Authorization": self._accounts[step.account]} if step.account else {}
        headers = {name: value for name, value in step.all_headers().items() if value or name == "User-Agent"}
        peer = {"REMOTE_ADDR": step.browser.address}
        builder = EnvironBuilder(
            path, SITE, method=step.method, headers={**headers, **account}, data=body or None, environ_overrides=peer
        )
        return self._client.open(builder, buffered=True)
