"""The files of a demo city, read and checked as a whole before anything is written.

A folder holds ``city.yaml`` (marker, defaults, accounts), ``agencies.yaml`` (profiles), ``datasets/*.yaml``,
``contracts.yaml`` and ``files/``. What is wrong is told all at once, with file, entry and field. Which fields a dataset
has is not known here: the portal's schema decides that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ckanext.smartcity.catalogue import CatalogueError, Problem
from ckanext.smartcity.catalogue.entries import Entry
from ckanext.smartcity.catalogue.files import read_yaml
from ckanext.smartcity.catalogue.problems import duplicates

ROLES = ("admin", "editor", "member")
_NOT_FIELDS = {"owner", "tags", "resources"}


@dataclass(frozen=True)
class DataFile:
    """A file of a dataset. ``published`` is its date; where it is None, the day of loading less ``days_ago``."""

    path: Path
    fields: Mapping[str, str]
    published: date | None
    days_ago: int
    sha256: str

    @property
    def name(self) -> str:
        return self.fields["name"]


@dataclass(frozen=True)
class Planned:
    """A dataset or contract as it should stand in the portal: ``fields`` as ``package_create`` takes them."""

    source: str
    type: Literal["dataset", "service_contract"]
    fields: Mapping[str, Any]
    files: tuple[DataFile, ...]

    @property
    def name(self) -> str:
        return self.fields["name"]


@dataclass(frozen=True)
class Account:
    """A user and the role in each organisation. Passwords are never in the files."""

    name: str
    fullname: str
    email: str
    member_of: Mapping[str, str]


@dataclass(frozen=True)
class City:
    """All of the folder. ``tag`` stands on every dataset and contract; ``profiles`` has fields by organisation."""

    name: str
    tag: str
    accounts: tuple[Account, ...]
    profiles: Mapping[str, Mapping[str, Any]]
    planned: tuple[Planned, ...]


class DemoFilesError(CatalogueError):
    """The folder cannot be loaded. ``problems`` has all of them; ``str()`` says one a line."""


def read_city(folder: Path) -> City:
    """Read the folder. Raises ``DemoFilesError`` with everything that is wrong in it."""
    reader = _Reader(folder)
    city = reader.city()
    if reader.problems:
        raise DemoFilesError([problem._replace(file=reader.short(problem.file)) for problem in reader.problems])
    return city


class _Reader:
    """Holds what the parts share: the folder, the problems found so far, marker, defaults and profiles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def short(self, file: str) -> str:
        """A file's name as seen from the folder."""
        return file.removeprefix(f"{self.folder}/")

    def city(self) -> City:
        raw = self._mapping("city.yaml")
        entry = self._entry(raw, "city.yaml")
        marker = entry.child("marker")
        self.tag, self.notice, self.notice_en = (marker.line(key) for key in ("tag", "notice", "notice_en"))
        marker.finish()
        name = entry.line("name")
        accounts = tuple(self._account(child) for child in entry.children("accounts", code="name"))
        self._twice(entry, "accounts", [account.name for account in accounts])
        self.defaults = {
            "dataset": self._plain(raw.get("dataset_defaults") or {}, entry, "dataset_defaults"),
            "service_contract": self._plain(raw.get("contract_defaults") or {}, entry, "contract_defaults"),
        }
        self.profiles = self._profiles()
        planned = tuple(self._all_planned())
        self._twice(self._entry({}, "datasets"), "name", [item.name for item in planned])
        return City(name, self.tag, accounts, self.profiles, planned)

    def _mapping(self, file: str) -> dict[str, Any]:
        data = read_yaml(self.folder / file, self.problems)
        if data is not None and not isinstance(data, dict):
            self.problems.append(Problem(file, "", "", "must be a mapping of keys to values"))
        return data if isinstance(data, dict) else {}

    def _entry(self, data: Any, file: str, code: str = "") -> Entry:
        return Entry(data, file, self.problems, code)

    def _twice(self, entry: Entry, key: str, names: list[str]) -> None:
        for name in duplicates([name for name in names if name]):
            entry.wrong(key, f"{name} stands here twice")

    def _account(self, entry: Entry) -> Account:
        fullname, email = entry.line("fullname"), entry.line("email")
        roles = {}
        for membership in entry.children("member_of"):
            roles[membership.line("organization")] = membership.one_of("role", ROLES)
            membership.finish()
        account = Account(entry.line("name"), fullname, email, roles)
        entry.finish()
        return account

    def _profiles(self) -> dict[str, dict[str, Any]]:
        agencies = self._mapping("agencies.yaml")
        return {
            slug: self._plain(profile, self._entry({}, "agencies.yaml", slug)) for slug, profile in agencies.items()
        }

    def _all_planned(self) -> Iterator[Planned]:
        files = sorted((self.folder / "datasets").glob("*.yaml"))
        if not files:
            self.problems.append(Problem("datasets", "", "", "has no file whose name ends in .yaml"))
        for path in files:
            yield from self._planned_of(f"datasets/{path.name}", "datasets", "dataset")
        if (self.folder / "contracts.yaml").exists():
            yield from self._planned_of("contracts.yaml", "contracts", "service_contract")

    def _planned_of(self, file: str, key: str, kind: Literal["dataset", "service_contract"]) -> Iterator[Planned]:
        raw = self._mapping(file)
        owner = raw.get("owner", "")
        entries = raw.get(key)
        if not isinstance(entries, list):
            self.problems.append(Problem(file, "", key, "must be a list"))
            return
        for number, data in enumerate(entries, 1):
            code = data.get("name") if isinstance(data, dict) else None
            yield self._planned(self._entry(data, file, str(code or f"entry {number}")), data, owner, kind)

    def _planned(self, entry: Entry, data: Any, owner: str, kind: Literal["dataset", "service_contract"]) -> Planned:
        data = data if isinstance(data, dict) else {}
        name, title, notes = entry.line("name"), entry.line("title"), entry.line("notes")
        owner = entry.line("owner", required=not owner) or owner
        profile = self.profiles.get(owner)
        if owner and profile is None:
            entry.wrong("owner", f"{owner} has no profile in agencies.yaml")
        own = self._plain({key: value for key, value in data.items() if key not in _NOT_FIELDS}, entry)
        fields = {
            "state": "active",
            "private": False,
            **self.defaults[kind],
            **own,
            "name": name,
            "title": title,
            "owner_org": owner,
            "notes": f"{notes}\n\n{self.notice}",
            "tags": sorted({*entry.lines("tags"), self.tag}),
        }
        if own.get("notes_en"):
            fields["notes_en"] = f"{own['notes_en']}\n\n{self.notice_en}"
        if kind == "dataset" and profile:
            fields.setdefault("contact", [_contact(profile)])
        files = tuple(self._data_file(child) for child in entry.children("resources"))
        self._twice(entry, "resources", [file.name for file in files])
        return Planned(entry.file, kind, fields, files)

    def _data_file(self, entry: Entry) -> DataFile:
        path = self.folder / "files" / entry.line("file")
        fields = {"name": entry.line("name")}
        for key in ("description", "format", "smartcity_years"):
            if value := entry.line(key, required=False):
                fields[key] = value
        published, days_ago = self._published(entry), entry.whole("days_ago", required=False)
        if (published is None) == (days_ago is None):
            entry.wrong("published", "give either published (a date) or days_ago (a number of days)")
        entry.finish()
        if not path.is_file():
            entry.wrong("file", f"there is no file files/{path.name}")
            return DataFile(path, fields, published, days_ago or 0, "")
        fields.setdefault("format", path.suffix.removeprefix(".").upper().replace("GEOJSON", "GeoJSON"))
        return DataFile(path, fields, published, days_ago or 0, hashlib.sha256(path.read_bytes()).hexdigest())

    def _published(self, entry: Entry) -> date | None:
        text = entry.line("published", required=False)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            entry.wrong("published", f"{text!r} is not a day like 2025-08-11")
            return None

    def _plain(self, data: Any, entry: Entry, key: str = "") -> dict[str, Any]:
        """A free mapping: texts, true and false, lists and mappings of them; YAML's numbers and dates are refused."""
        if not isinstance(data, dict):
            entry.wrong(key, "must be a mapping of keys to values")
            return {}
        for path, value in _leaves(data, key):
            if not isinstance(value, (str, bool)):
                entry.wrong(path, f"is read as {type(value).__name__} {value!s}, not as text: write it in quotes")
        return data


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def _contact(profile: Mapping[str, Any]) -> dict[str, str]:
    given = {"name": "contact_name", "email": "contact_email", "url": "contact_url"}
    return {key: profile[field] for key, field in given.items() if profile.get(field)}
