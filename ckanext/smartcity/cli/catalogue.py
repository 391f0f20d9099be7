"""``ckan smartcity catalogue``: what the catalogue holds and what is wrong with it."""

from __future__ import annotations

import click

from ckanext.smartcity import catalogue as catalogues
from ckanext.smartcity import config


@click.group(short_help="The catalogue of indicators, agencies and vocabularies.")
def catalogue() -> None:
    """The catalogue of indicators, agencies and vocabularies."""


@catalogue.command(short_help="Check all files of the catalogue.")
@click.option("--folder", "folders", multiple=True, help="A folder of indicators in place of the configured ones.")
@click.option("--agencies", help="An agencies file in place of the configured one.")
@click.option("--vocabularies", help="A folder of vocabularies in place of the configured one.")
def check(folders: tuple[str, ...], agencies: str | None, vocabularies: str | None) -> None:
    """Print what the catalogue holds, or everything that is wrong with its files (exit status 1).

    Without options the configured files are checked. With options a city checks its own files before it
    configures them, for a portal does not start with a bad one.
    """
    configured = config.catalogue_sources()
    try:
        loaded = catalogues.load(
            catalogue_paths=folders or configured["catalogue_paths"],
            agencies_path=agencies or configured["agencies_path"],
            vocabularies_path=vocabularies or configured["vocabularies_path"],
        )
    except catalogues.CatalogueError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        click.secho(f"Problems: {len(error.problems)}", fg="red", err=True)
        raise click.exceptions.Exit(1) from None
    for line in _summary(loaded):
        click.echo(line)


def _summary(loaded: catalogues.Catalogue) -> list[str]:
    """One line per part of the catalogue: how many, and how many of them are the city's own."""
    approaches = ", ".join(
        f"{approach.slug} {sum(one.approach == approach.slug for one in loaded.indicators)}"
        for approach in loaded.approaches
    )
    replaced = sum(one.local for one in loaded.indicators)
    return [
        f"{len(loaded.indicators)} indicators of {', '.join(loaded.standards)} ({replaced} replaced by the city)",
        f"{len(loaded.themes)} themes, {len(loaded.approaches)} approaches: {approaches}",
        f"{len(loaded.agencies)} agencies, {sum(agency.default for agency in loaded.agencies)} made by init",
        f"{len(loaded.programme.entries)} indicators of the work programme",
        f"{len(loaded.vocabularies)} vocabularies: {', '.join(sorted(loaded.vocabularies))}",
    ]
