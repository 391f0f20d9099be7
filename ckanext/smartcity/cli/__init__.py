"""``ckan smartcity``: one file per family of commands."""

from __future__ import annotations

import click

from ckanext.smartcity.cli.catalogue import catalogue
from ckanext.smartcity.cli.contracts import contracts
from ckanext.smartcity.cli.demo import demo
from ckanext.smartcity.cli.nightly import nightly
from ckanext.smartcity.cli.organizations import init
from ckanext.smartcity.cli.schema import schema
from ckanext.smartcity.cli.tagging import opd, tag
from ckanext.smartcity.cli.visits import visits
from ckanext.smartcity.cli.worker import worker


@click.group(short_help="Indicators, agencies and tags of the smart city.")
def smartcity() -> None:
    """Indicators, agencies and tags of the smart city."""


smartcity.add_command(catalogue)
smartcity.add_command(contracts)
smartcity.add_command(demo)
smartcity.add_command(init)
smartcity.add_command(nightly)
smartcity.add_command(opd)
smartcity.add_command(schema)
smartcity.add_command(tag)
smartcity.add_command(visits)
smartcity.add_command(worker)

__all__ = ["smartcity"]
