"""``ckan smartcity nightly``: the night list by hand or by cron."""

from __future__ import annotations

import json

import click

from ckanext.smartcity import config
from ckanext.smartcity import nightly as the_list


@click.command(short_help="Do once what the worker does every night.")
@click.option("--quiet", is_flag=True, help="Print only what found problems.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: problems by step.")
def nightly(quiet: bool, as_json: bool) -> None:
    """Do once what the worker does every night at 04:30 city time. Exit status 1 when a step found a problem.

    For a portal without `ckan smartcity worker`: put it into cron at 04:30. Doing it twice changes nothing.
    """

    def say(name: str, problems: list[str]) -> None:
        if as_json or (quiet and not problems):
            return
        click.echo(f"{name}: {'; '.join(problems) or 'good'}")

    engine = the_list.own_engine()
    found = the_list.run(the_list.steps(config.visits_settings(), engine), engine, say)
    if as_json:
        click.echo(json.dumps(found))
    if any(found.values()):
        raise click.exceptions.Exit(1)
