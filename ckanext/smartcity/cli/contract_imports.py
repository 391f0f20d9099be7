"""``ckan smartcity contracts import`` and ``publish``: contracts from files of a procurement system."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.smartcity.contracts import import_words

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
RUNNING = ("checking", "applying")


@click.group(name="import", short_help="Import contracts from files.")
def import_files() -> None:
    """Import contracts from files of a procurement system."""


@import_files.command(short_help="Import contracts from files of SPSE.")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--user", required=True, help="Name of the contract reviewer who imports.")
@click.option("--apply", "apply_too", is_flag=True, help="Write to the register; without it only say what would be.")
@click.option("--visibility", type=click.Choice(import_words.VISIBILITIES), help="Of new contracts.")
@click.option(
    "--category", multiple=True, type=click.Choice(import_words.SELECTABLE), help="Import these beside services."
)
@click.option(
    "--category-missing", type=click.Choice(import_words.CATEGORIES), help="For contracts whose files name none."
)
def spse(files: Sequence[Path], user: str, apply_too: bool, **choice: Any) -> None:
    """Import contracts from FILES of one or several kinds: contracts, start orders (SPMK), finished procurements.

    CSV, XLSX or JSON as SPSE exports them. Without --apply nothing is written to the register; the batch stays, to be
    looked at and applied on its page. Exit status 1 when rows, or the files, were refused.
    """
    given = {name: value for name, value in choice.items() if value}
    with ExitStack() as opened:
        uploads = [FileStorage(opened.enter_context(file.open("rb")), filename=file.name) for file in files]
        batch = _call(user, "create", upload=uploads, queue=False, **given)
    batch = _to_the_end(user, batch)
    if batch["state"] == "refused":
        raise click.ClickException(batch["problem_text"])
    if apply_too:
        batch = _to_the_end(user, _call(user, "apply", id=batch["id"], queue=False))
    for line in lines(batch):
        click.echo(line)
    refused = _refused(user, batch["id"])
    for line in refused:
        click.echo(line, err=True)
    if refused:
        raise click.exceptions.Exit(1)


@click.command(short_help="Publish the contracts of an import.")
@click.argument("batch")
@click.option("--user", required=True, help="Name of the contract reviewer who publishes.")
def publish(batch: str, user: str) -> None:
    """Publish the private contracts that the import BATCH wrote."""
    published, left = 0, 1
    while left:
        answer = _call(user, "publish", id=batch)
        published, left = published + answer["published"], answer["left"]
    click.echo(f"{published} contracts published")


def _call(user: str, verb: str, **data: Any) -> Any:
    """Ask as a person: who may not import through the page may not here."""
    try:
        return tk.get_action(f"smartcity_contract_import_{verb}")({"user": user}, data)
    except tk.NotAuthorized as error:
        raise click.ClickException(f'"{user}" may not do this: {error}') from error
    except tk.ObjectNotFound as error:
        raise click.ClickException("There is no such import.") from error
    except tk.ValidationError as error:
        raise click.ClickException("; ".join(error.error_summary.values())) from error


def _to_the_end(user: str, batch: dict[str, Any]) -> dict[str, Any]:
    while batch["state"] in RUNNING:
        batch = _call(user, "step", id=batch["id"])
    return batch


def lines(batch: dict[str, Any]) -> list[str]:
    """What became of the rows; the numbers add up to the rows of the files."""
    counts, total = batch["counts"], sum(file["rows"] for file in batch["files"])
    outcomes = [(name, counts["rows"][name]) for name in import_words.EVERY_OUTCOME if name in counts["rows"]]
    return [
        f"Import {batch['id']}: {batch['state']}",
        *(f"{file['name']}: {file['kind']}, {file['rows']} rows" for file in batch["files"]),
        *(f"{name}: {rows} rows, {counts['contracts'].get(name, 0)} contracts" for name, rows in outcomes),
        f"{total} rows = {' + '.join(str(rows) for _, rows in outcomes) or 0}; {counts['equal']} equal another one",
        f"With assumed dates: {counts['dates_assumed']}",
        *(f"Imported without {kind}: {contracts} contracts" for kind, contracts in counts["without"].items()),
        f"Budget years: {', '.join(counts['years'])}",
        *(f"rule {name}: {rows} times" for name, rows in sorted(counts["rules"].items())),
        *(f"no organization for {row['codes']} ({row['office']}): {row['rows']} rows" for row in counts["offices"]),
        "Patterns find no names of persons: look at titles, numbers and suppliers before you publish.",
    ]


def _refused(user: str, batch_id: str) -> list[str]:
    """Every reason of every refused row."""
    found: list[str] = []
    while True:
        page = _call(user, "show", id=batch_id, outcome="refused", limit=1_000, offset=len(found))["rows"]
        found += [
            f"{row['file']}, row {row['row']}: "
            + "; ".join(f"{reason['column']}: {reason['text']}" for reason in row["reasons"])
            for row in page
        ]
        if len(page) < 1_000:
            return found
