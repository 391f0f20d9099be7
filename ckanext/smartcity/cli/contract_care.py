"""``ckan smartcity contracts read`` and ``check``: what the nightly list does, by hand."""

from __future__ import annotations

import json

import click

from ckanext.smartcity import nightly_contracts
from ckanext.smartcity.cli.calls import call, found


@click.command(short_help="Read documents of contracts.")
@click.argument("document", required=False)
@click.option("--pending", is_flag=True, help="Read all that nobody has read yet.")
@click.option("--stale", is_flag=True, help="Let the detector look again where its rules have changed; reads no file.")
def read(document: str | None, pending: bool, stale: bool) -> None:
    """Read the document of this id anew, all that wait (--pending), or look again with changed rules (--stale)."""
    if sum(map(bool, (document, pending, stale))) != 1:
        raise click.UsageError("Give the id of a document, --pending or --stale.")
    if document:
        shown = found("smartcity_contract_document_read", id=document, again=True)
        if shown is None:
            raise click.ClickException(f'There is no document "{document}".')
        click.echo(f"{shown['name']}: {shown['state']} {shown['refusal_text']}".rstrip())
        return
    number = nightly_contracts.read_pending() if pending else nightly_contracts.look_again()
    click.echo(f"{number} documents read" if pending else f"{number} contracts looked at again")


@click.command(short_help="Compare the datasets of contracts with what was decided.")
@click.option("--fix", is_flag=True, help="Let the datasets say what was decided.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
def check(fix: bool, as_json: bool) -> None:
    """Say which datasets do not say what was decided. Exit status 1 when some still differ."""
    answer = call("smartcity_contract_check", fix=fix)
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"{answer['checked']} contracts checked, {len(answer['different'])} different")
        for row in answer["different"]:
            click.echo(f"{row['name']}: {', '.join(row['fields'])}{' (fixed)' if row['fixed'] else ''}")
    if not all(row["fixed"] for row in answer["different"]):
        raise click.exceptions.Exit(1)
