"""``ckan smartcity``: one file per family of commands."""

from __future__ import annotations

import click

from ckanext.smartcity.cli.catalogue import catalogue
from ckanext.smartcity.cli.demo import demo
from ckanext.smartcity.cli.organizations import init


@click.group(short_help="Indicators, agencies and tags of the smart city.")
def smartcity() -> None:
    """Indicators, agencies and tags of the smart city."""


smartcity.add_command(catalogue)
smartcity.add_command(demo)
smartcity.add_command(init)

__all__ = ["smartcity"]
