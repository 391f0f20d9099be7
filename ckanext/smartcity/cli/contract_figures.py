"""``ckan smartcity contracts figures`` and ``export csv``: what the public register adds up to, and its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import click
from ckan.plugins import toolkit as tk

from ckanext.smartcity.cli.calls import call
from ckanext.smartcity.contracts.export import lines


@click.command(short_help="Print what the public contracts of a year add up to.")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def figures(year: int, as_json: bool) -> None:
    """Print what the public contracts of YEAR add up to, as the page of contracts shows it.

    How many contain an open data policy, how many nobody has examined, what was left out and why, and the same by
    agency.
    """
    try:
        found = call("smartcity_contract_figure_show", year=year, by=["organization", "area", "year"])
    except tk.ValidationError as error:
        raise click.UsageError("; ".join(error.error_summary.values())) from error
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: dict[str, Any]) -> list[str]:
    return [
        f"Published contracts of {found['year']}, as of {found['last']}",
        _share(found),
        *(f"{name}: {count}" for name, count in found["outcomes"].items()),
        *(f"no, {reason}: {count}" for reason, count in found["no_reasons"].items()),
        f"City service undecided: {found['undecided_city_service']}",
        f"Without end: {found['without_end']}",
        f"With assumed dates: {found['dates_assumed']}",
        f"{found['read']} read = {found['counted']} counted + {found['read'] - found['counted']} left out",
        *(f"left out, {reason}: {count}" for reason, count in found["excluded"].items()),
        *(f"{row['organization']}: {_share(row)}" for row in found["by"]["organization"]),
    ]


def _share(row: dict[str, Any]) -> str:
    """The value with what belongs beside it."""
    if row["value"] is None:
        return "no value: no contract is counted"
    among = row["value_among_decided"]
    companion = "none decided" if among is None else f"{Decimal(among):.2f} % among the decided"
    return (
        f"{Decimal(row['value']):.2f} % ({row['yes']} of {row['counted']}), "
        f"{row['undecided']} of {row['counted']} not yet examined, {companion}"
    )


@click.group(short_help="Print the public register.")
def export() -> None:
    """Print the public register."""


@export.command(name="csv", short_help="Print the public register as CSV.")
def export_csv() -> None:
    """Print the public register as CSV: the same bytes as /smartcity/contracts.csv."""
    output = click.get_binary_stream("stdout")
    for line in lines(_rows()):
        output.write(line.encode())


def _rows() -> Iterator[dict[str, Any]]:
    after = ""
    while page := call("smartcity_contract_export", after=after):
        yield from page
        after = page[-1]["contract_id"]
