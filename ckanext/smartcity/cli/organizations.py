"""``ckan smartcity init``: the organisations that a new portal needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.cli.calls import call, found, site_user


@click.command("init", short_help="Create the organizations of the agencies file.")
def init() -> None:
    """Create an organization for each agency marked `default: true`.

    The agencies are those of ckanext.smartcity.indicators.agencies, or the shipped ones. Names that exist are skipped;
    nothing is changed or deleted, so the command can be repeated.
    """
    outcomes = {"created": 0, "skipped": 0}
    for name, outcome in create_missing():
        outcomes[outcome] += 1
        click.echo(f"{outcome} {name}")
    click.echo("Organizations: {created} created, {skipped} skipped because the name exists.".format(**outcomes))


def create_missing(profiles: Mapping[str, Mapping[str, Any]] | None = None) -> Iterator[tuple[str, str]]:
    """Create the default agencies one by one; gives each name with ``created`` or ``skipped``.

    ``profiles`` has further fields of an organization by its name.
    """
    there = set(call("organization_list"))
    for agency in catalogue.load(**config.catalogue_sources()).agencies:
        if not agency.default:
            continue
        if agency.slug in there or _is_taken(agency.slug):
            yield agency.slug, "skipped"
            continue
        fields = {
            "name": agency.slug,
            "title": agency.name.id,
            "title_en": agency.name.en,
            "abbreviation": agency.short,
            "kind": agency.kind,
            "sdi_role": agency.sdi_role,
        }
        call("organization_create", **fields, **(profiles or {}).get(agency.slug, {}))
        # CKAN makes whoever creates an organization its admin; the site user is nobody's colleague
        call("organization_member_delete", id=agency.slug, username=site_user())
        yield agency.slug, "created"


def stored_organization(name: str, action: str = "organization_show") -> dict[str, Any] | None:
    """An organization's own fields: without the counts and lists for which CKAN asks the search index."""
    parts = ("dataset_count", "users", "groups", "tags", "followers")
    return found(action, id=name, **{f"include_{part}": False for part in parts})


def _is_taken(name: str) -> bool:
    """Deleted organizations and groups keep their names."""
    return bool(stored_organization(name) or stored_organization(name, "group_show"))
