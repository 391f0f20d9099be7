"""``ckan smartcity visits``: the count of visits."""

from __future__ import annotations

import click

from ckanext.smartcity.cli.visits_flush import export, flush, status
from ckanext.smartcity.cli.visits_import import import_log


@click.group(short_help="The count of visits.")
def visits() -> None:
    """The count of visits."""


visits.add_command(export)
visits.add_command(flush)
visits.add_command(import_log)
visits.add_command(status)
