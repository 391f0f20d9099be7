"""``ckan smartcity tag`` and ``opd rename``: tags of datasets that exist already."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from ckan.plugins import toolkit as tk

from ckanext.smartcity.cli.calls import call

COLUMNS = ("dataset", "indicators", "opd")
DELIMITERS = ",;\t"


class FileRefused(ValueError):
    """A file that is no table of tags; the text says where and what to do."""


@click.command(short_help="Add indicators and OPDs to datasets by a CSV file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "write", is_flag=True, help="Write. Without it the rows are only checked.")
def tag(file: Path, write: bool) -> None:
    """Add indicators and OPDs to datasets that exist already.

    FILE is a CSV file with the columns dataset (name or id), indicators and opd; several values of a cell are joined by
    semicolons. Values are added, none is removed, an empty cell changes nothing. While a row is refused nothing is
    written and the exit status is 1.
    """
    try:
        rows = read_rows(file.read_bytes())
        result = call("smartcity_tag_update", rows=rows, dry_run=not write)
    except FileRefused as error:
        raise click.ClickException(f"{file}: {error}") from None
    except tk.ValidationError as error:
        raise click.ClickException(f"{file}: {_sentences(error)}") from None
    for row in result["rows"]:
        for line in _report(row):
            click.echo(line)
    click.echo(_conclusion(result))
    if result["counts"]["refused"]:
        raise click.exceptions.Exit(1)


@click.group(short_help="The agencies (OPD) in the tags of datasets.")
def opd() -> None:
    """The agencies (OPD) in the tags of datasets."""


@opd.command(short_help="Move the tag of datasets to the new name of an organization.")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Only count.")
def rename(old: str, new: str, dry_run: bool) -> None:
    """Move the OPD tag of datasets from OLD to NEW, after the name of an organization changed."""
    try:
        result = call("smartcity_opd_rename", old=old, new=new, dry_run=dry_run)
    except tk.ValidationError as error:
        raise click.ClickException(_sentences(error)) from None
    for name in result["datasets"]:
        click.echo(name)
    for failed in result["failed"]:
        click.echo(_printable(f"{failed['name']}: {failed['message']}"), err=True)
    click.echo(f"{'To move' if dry_run else 'Moved'}: {result['count']}. Failed: {len(result['failed'])}.")
    if result["failed"]:
        raise click.exceptions.Exit(1)


def read_rows(content: bytes) -> list[dict[str, Any]]:
    """The rows of a tag file, as ``smartcity_tag_update`` takes them; ``line`` is the line of the file.

    Spreadsheets save with a byte order mark, with semicolons or tabs between cells, with CRLF: all of that is read.
    Raises ``FileRefused`` for anything that would be read wrongly.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused('not in UTF-8. Save it again as "CSV UTF-8".') from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        records = list(_records(text))
    except csv.Error as error:
        raise FileRefused(f"not a CSV file: {error}.") from None
    if not records:
        raise FileRefused(f"empty. The first line names the columns: {', '.join(COLUMNS)}.")
    header = _header(records[0][1])
    rows = [_row(line, header, cells) for line, cells in records[1:]]
    if not rows:
        raise FileRefused("no row below the names of the columns.")
    return rows


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, with the number of the line they begin in."""
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _header(cells: list[str]) -> list[str]:
    header = [cell.lower() for cell in cells]
    for name in header:
        if name not in COLUMNS:
            raise FileRefused(f'"{name}" is not a column. Columns are {", ".join(COLUMNS)}.')
        if header.count(name) > 1:
            raise FileRefused(f'the column "{name}" stands there twice.')
    if "dataset" not in header:
        raise FileRefused('the column "dataset" is missing.')
    return header


def _row(line: int, header: list[str], cells: list[str]) -> dict[str, Any]:
    if any(cells[len(header) :]):
        raise FileRefused(
            f"line {line} has {len(cells)} cells, more than the first line names. "
            "Put a cell that has several values into double quotes."
        )
    row = dict(zip(header, cells, strict=False))
    values = {name: row.get(name, "").split(";") for name in COLUMNS[1:]}
    return {
        "line": line,
        "dataset": row.get("dataset", ""),
        **{name: [value.strip() for value in found if value.strip()] for name, found in values.items()},
    }


def _report(row: dict[str, Any]) -> list[str]:
    added = [*row["indicators"], *row["opd"]]
    lines = [f"line {row['line']}: {row['state']}: {row['dataset']}{' + ' if added else ''}{', '.join(added)}"]
    lines += [f"  {problem['column']}: {problem['message']}" for problem in row["problems"]]
    return [_printable(line) for line in lines]


def _conclusion(result: dict[str, Any]) -> str:
    counts = ", ".join(f"{state} {count}" for state, count in result["counts"].items())
    if result["counts"]["refused"] and not result["written"]:
        return f"{counts}. Nothing was written: mend the refused rows first."
    if result["dry_run"]:
        return f"{counts}. Nothing was written: write with --apply."
    return f"{counts}. Written: {result['written']}."


def _sentences(error: tk.ValidationError) -> str:
    errors: dict[str, Any] = error.error_dict
    return _printable(" ".join(text for texts in errors.values() for text in texts))


def _printable(text: str) -> str:
    """A text for a terminal, without the control characters that a file or a title may hold."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
