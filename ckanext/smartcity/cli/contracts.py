"""``ckan smartcity contracts``: the register of service contracts."""

from __future__ import annotations

import click

from ckanext.smartcity.cli.contract_care import check, read
from ckanext.smartcity.cli.contract_figures import export, figures
from ckanext.smartcity.cli.contract_imports import import_files, publish


@click.group(short_help="The register of service contracts.")
def contracts() -> None:
    """The register of service contracts."""


contracts.add_command(check)
contracts.add_command(export)
contracts.add_command(figures)
contracts.add_command(import_files)
contracts.add_command(publish)
contracts.add_command(read)
