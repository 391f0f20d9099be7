"""A small city for the tests of tagging: three agencies, one account of each kind, datasets with and without tags."""

from __future__ import annotations

import json
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import helpers

CONTRACTS, SENSORS, LAMPS = (f"iso37122:2019/{code}" for code in ("5.1", "7.1", "7.10"))


def build() -> None:
    """Accounts: ``wali`` (editor of the walidata), ``anggota`` (its member), ``petugas`` (editor of dinkes), ``warga``.

    Datasets without indicator: ``aduan``, ``puskesmas`` (dinkes), ``halte`` and the private ``rahasia`` (dishub); with
    one: ``lampu`` (dishub).
    """
    for name in ("wali", "anggota", "petugas", "warga"):
        model.Session.add(model.User(name=name, email=f"{name}@example.org"))
    agency("diskominfo", "Dinas Komunikasi", ("wali", "editor"), ("anggota", "member"), sdi_role="walidata")
    agency("dinkes", "Dinas Kesehatan", ("petugas", "editor"))
    agency("dishub", "Dinas Perhubungan")
    dataset("aduan", "dinkes", title="Aduan warga 2025")
    dataset("puskesmas", "dinkes", title="Daftar puskesmas")
    dataset("halte", "dishub", title="Halte bus")
    dataset("rahasia", "dishub", title="Lokasi CCTV", private=True)
    dataset("lampu", "dishub", title="Lampu jalan", indicators=[LAMPS], opd=["dishub"])


def agency(name: str, title: str, *members: tuple[str, str], **profile: str) -> None:
    """An organization with members, each a pair of user name and capacity."""
    organization = model.Group(name=name, title=title, type="organization", is_organization=True)
    organization.extras = profile
    model.Session.add(organization)
    model.Session.flush()
    for user, capacity in members:
        member = model.Member(organization, model.User.get(user).id, table_name="user", capacity=capacity)
        model.Session.add(member)
    model.Session.commit()


def dataset(name: str, owner: str, **fields: Any) -> dict[str, Any]:
    """A dataset as a harvester brings it: whatever is required may be missing."""
    return helpers.call_action("package_create", site_user(), name=name, owner_org=owner, **{"title": name, **fields})


def site_user() -> dict[str, Any]:
    """The context of the site user: a sysadmin."""
    return {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}


def stored(name: str, field: str) -> Any:
    """What the database holds of a list field, ``None`` where there is no such extra."""
    model.Session.expire_all()
    text = model.Package.get(name).extras.get(field)
    return json.loads(text) if text else None


def token(user: str) -> dict[str, str]:
    """Headers that sign a request in as a user."""
    made = tk.get_action("api_token_create")({"ignore_auth": True, "user": user}, {"user": user, "name": "test"})
    return {"Authorization": made["token"]}
