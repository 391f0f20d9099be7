"""``ckan smartcity``: one file per family of commands."""

from __future__ import annotations

import click


@click.group(short_help="Indicators, agencies and tags of the smart city.")
def smartcity() -> None:
    """Indicators, agencies and tags of the smart city."""


__all__ = ["smartcity"]
