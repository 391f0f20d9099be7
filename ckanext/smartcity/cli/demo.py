"""``ckan smartcity demo FOLDER``: fill an empty portal with an invented city (docs/demo.md).

Everything is compared with what the portal holds, so a run that was broken off goes on, and a second run changes
nothing. A file counts as loaded when its resource carries the file's SHA-256, which is written last, with its date.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import yaml
from ckan.lib import search
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.smartcity import config
from ckanext.smartcity.cli import demo_contracts, demo_visits
from ckanext.smartcity.cli.calls import call, changed, found
from ckanext.smartcity.cli.demo_files import Account, City, DataFile, DemoFilesError, Planned, read_city
from ckanext.smartcity.cli.organizations import create_missing, stored_organization
from ckanext.smartcity.visits.logfiles import LogError

DIGEST = "demo_sha256"
Outcome = str  # created, updated, unchanged


@click.command("demo", short_help="Load an invented city into an empty portal.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--passwords",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of `account: password` lines: read where it exists, completed with random ones (mode 0600). "
    "Without it the passwords of new accounts are printed once.",
)
@click.option("--force", is_flag=True, help="Load even though the portal holds datasets of its own.")
def demo(folder: Path, passwords: Path | None, force: bool) -> None:
    """Load the invented city of FOLDER: agencies, accounts, datasets with files, contracts, decisions about them.

    Can be repeated: what is there already stays as it is.
    """
    started = time.monotonic()
    city = _read(folder)
    if not force:
        _refuse_a_real_portal(city)
    click.echo(f"{city.name}: loading {folder}")
    _report("Agencies", _put_agencies(city))
    _report("Accounts", _put_accounts(city, passwords))
    failures: list[str] = []
    with _one_commit():
        _report("Datasets and contracts", _put_all(city, failures))
    _report("Documents of contracts", demo_contracts.put_documents(folder))
    _report("Decisions about contracts", demo_contracts.put_decisions(folder))
    if not force:
        _invent_visits(city)
    click.echo(f"{city.name}: done in {time.monotonic() - started:.0f} s.")
    if failures:
        raise click.ClickException("The portal refused:\n" + "\n".join(failures))


def _invent_visits(city: City) -> None:
    try:
        click.echo(f"Visits: {demo_visits.invent(city.tag)}")
    except LogError as error:
        raise click.ClickException(f"Visits: {error}") from error


def _read(folder: Path) -> City:
    try:
        city = read_city(folder)
    except DemoFilesError as error:
        raise click.ClickException(f"The files in {folder} cannot be loaded:\n{error}") from error
    if problems := list(_unknown_fields(city)):
        raise click.ClickException(f"The files in {folder} cannot be loaded:\n" + "\n".join(problems))
    return city


def _unknown_fields(city: City) -> Iterator[str]:
    """CKAN drops a field that the schema does not know without a word."""
    for kind in ("dataset", "service_contract"):
        schema = call("scheming_dataset_schema_show", type=kind)
        known = {field["field_name"] for field in schema["dataset_fields"]} | {"state", "private", "tags"}
        for planned in city.planned:
            if planned.type == kind:
                for name in sorted(planned.fields.keys() - known):
                    yield f"{planned.source}: {planned.name}: {name}: the type {kind} has no such field"


def _refuse_a_real_portal(city: City) -> None:
    others = call(
        "package_search",
        fq_list=[f'-tags:"{city.tag}"', "dataset_type:(service_contract OR [* TO *])"],
        include_private=True,
        include_drafts=True,
        rows=3,
    )
    if others["count"]:
        names = ", ".join(dataset["name"] for dataset in others["results"])
        raise click.ClickException(
            f"This portal holds {others['count']} datasets that are not of the demo city (such as {names}). "
            "Invented data do not belong beside real ones; use an empty portal, or --force if you mean it."
        )


@contextmanager
def _one_commit() -> Iterator[None]:
    """Let Solr take up all writes at the end: a commit for each would take more time than all else together."""
    option = "ckan.search.solr_commit"
    before = tk.config[option]
    tk.config[option] = False
    try:
        yield
    finally:
        tk.config[option] = before
        search.commit()


def _report(what: str, outcomes: Iterator[Outcome]) -> None:
    count = Counter(outcomes)
    click.echo(f"{what}: {count['created']} created, {count['updated']} updated, {count['unchanged']} unchanged.")


def _put_agencies(city: City) -> Iterator[Outcome]:
    outcomes = dict(create_missing(city.profiles))
    for name, profile in city.profiles.items():
        if outcomes.get(name) == "created":
            yield "created"
            continue
        stored = stored_organization(name)
        if stored is None:
            raise click.ClickException(f"agencies.yaml: {name}: there is no such organization")
        changes = changed(dict(profile), stored)
        if changes:
            call("organization_patch", id=name, **changes)
        yield "updated" if changes else "unchanged"


def _put_accounts(city: City, passwords: Path | None) -> Iterator[Outcome]:
    missing = [account for account in city.accounts if not found("user_show", id=account.name)]
    chosen = _passwords([account.name for account in missing], passwords)
    for account in city.accounts:
        if account in missing:
            call(
                "user_create",
                name=account.name,
                fullname=account.fullname,
                email=account.email,
                password=chosen[account.name],
            )
            shown = f"in {passwords}" if passwords else chosen[account.name]
            click.echo(f"  account {account.name}, password {shown}")
        joined = _join(account)
        yield "created" if account in missing else "updated" if joined else "unchanged"


def _passwords(names: list[str], file: Path | None) -> dict[str, str]:
    """A password for each name: from the file, else a random one, which is kept in the file before it is used."""
    known = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file and file.exists() else {}
    chosen = {name: str(known.get(name) or secrets.token_urlsafe(12)) for name in names}
    if file and chosen.keys() - known.keys():
        part = file.with_name(file.name + ".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            yaml.safe_dump({**known, **chosen}, out)
        part.replace(file)
    return chosen


def _join(account: Account) -> bool:
    """Give the account its roles; True where one was missing."""
    organizations = call("organization_list_for_user", id=account.name, permission="read")
    roles = {organization["name"]: organization["capacity"] for organization in organizations}
    wanted = changed(dict(account.member_of), roles)
    for name, role in wanted.items():
        call("organization_member_create", id=name, username=account.name, role=role)
    return bool(wanted)


def _put_all(city: City, failures: list[str]) -> Iterator[Outcome]:
    today = config.today()
    for number, planned in enumerate(city.planned, 1):
        try:
            outcome = _put(planned, today)
        except tk.ValidationError as error:
            failures.extend(
                f"{planned.source}: {planned.name}: {field}: {message}"
                for field, message in error.error_summary.items()
            )
            continue
        if outcome != "unchanged":
            click.echo(f"  {number}/{len(city.planned)} {outcome} {planned.name}")
        yield outcome


def _put(planned: Planned, today: date) -> Outcome:
    stored = found("package_show", id=planned.name)
    created = stored is None
    if stored is None:
        stored = call("package_create", type=planned.type, **_as_sent(planned.fields))
    changes = _as_sent(changed(dict(planned.fields), _as_read(stored)))
    uploaded = [file for file in planned.files if _upload(file, stored)]
    if uploaded:
        changes["resources"] = _finished(call("package_show", id=stored["id"])["resources"], uploaded, today)
    if changes:
        call("package_patch", id=stored["id"], **changes)
    return "created" if created else "updated" if changes else "unchanged"


def _as_sent(fields: Any) -> dict[str, Any]:
    """Fields as an action takes them: tags are mappings there."""
    return {**fields, **({"tags": [{"name": tag} for tag in fields["tags"]]} if "tags" in fields else {})}


def _as_read(stored: dict[str, Any]) -> dict[str, Any]:
    """A shown dataset in the terms of the files: tags and organization by name."""
    tags = sorted(tag["name"] for tag in stored["tags"])
    return {**stored, "tags": tags, "owner_org": (stored.get("organization") or {}).get("name")}


def _upload(file: DataFile, stored: dict[str, Any]) -> bool:
    """Upload the file where its resource is missing or other; True where it was."""
    resource = next((r for r in stored["resources"] if r["name"] == file.name), None)
    if resource and not changed({**file.fields, DIGEST: file.sha256}, resource):
        return False
    with file.path.open("rb") as stream:
        upload = FileStorage(stream, filename=file.path.name)
        if resource:
            call("resource_patch", id=resource["id"], upload=upload, **file.fields)
        else:
            call("resource_create", package_id=stored["id"], upload=upload, **file.fields)
    return True


def _finished(resources: list[dict[str, Any]], uploaded: list[DataFile], today: date) -> list[dict[str, Any]]:
    """The resources with date and digest of the files just uploaded. An upload always sets the date to now."""
    files = {file.name: file for file in uploaded}
    for resource in resources:
        if file := files.get(resource["name"]):
            day = file.published or today - timedelta(days=file.days_ago)
            resource.update({"last_modified": f"{day}T02:00:00", DIGEST: file.sha256})
    return resources
