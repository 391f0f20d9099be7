"""``ckan smartcity schema``: our fields beside those of the portal."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import click

from ckanext.smartcity.cli.calls import call

FILES = {
    "dataset": "datasets/dataset.yaml",
    "service_contract": "datasets/service_contract.yaml",
    "organization": "organization.yaml",
}


@click.group(short_help="The fields of datasets and organizations.")
def schema() -> None:
    """The fields of datasets and organizations."""


@schema.command(short_help="Compare the portal's types with ours.")
def check() -> None:
    """Print which of our fields the portal's types lack or have differently, and the datasets in the way.

    A missing field only switches off what depends on it. The exit status is 1 where something does not work: a list
    that is kept in another form, or a dataset whose old extra has the name of a field with rows, but holds none.
    """
    result = call("smartcity_schema_check")
    for loaded in result["types"]:
        click.echo(f"{loaded['type']}: {_verdict(loaded)}")
        for difference in loaded["fields"]:
            click.echo(f"  {_difference(difference)}")
    for dataset in result["datasets"]:
        click.echo(f"Dataset {dataset['name']}: {dataset['field']} holds {dataset['value']!a}, not rows.")
    if result["count"]:
        click.echo("Empty or rename these extras before the schema is switched on: their pages will fail.")
    forms = [field for loaded in result["types"] for field in loaded["fields"] if field["kind"] == "form"]
    if result["count"] or forms:
        raise click.exceptions.Exit(1)


@schema.command("print", short_help="Print our YAML of a type.")
@click.argument("schema_type", metavar="TYPE", type=click.Choice(list(FILES)))
def print_schema(schema_type: str) -> None:
    """Print our YAML of a type (dataset, service_contract or organization), to copy fields from."""
    packaged = files("ckanext.smartcity.schemas") / FILES[schema_type]
    click.echo(packaged.read_text(encoding="utf-8"), nl=False)


def _verdict(loaded: dict[str, Any]) -> str:
    if not loaded["loaded"]:
        return "the portal has no such type"
    return f"{len(loaded['fields'])} differences" if loaded["fields"] else "all our fields"


def _difference(difference: dict[str, str]) -> str:
    field, ours, theirs = difference["field"], difference["ours"], difference["theirs"]
    if difference["kind"] == "missing":
        return f"{field}: missing. Add: - {{field_name: {field.removeprefix('resources.')}, preset: {ours}}}"
    if difference["kind"] == "preset":
        return f"{field}: preset {theirs or 'none'}, ours is {ours}"
    return f"{field}: kept as {theirs}, ours as {ours}. Values of one are not read by the other."
