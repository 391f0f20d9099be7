"""What the check of a table's file says, in the reader's language: what is wrong, and what to do.

Reading options are named as they stand in ``smartcity_map`` of the resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from ckan.plugins import toolkit as tk

from ckanext.smartcity import portal
from ckanext.smartcity.catalogue import Table

MOST_NAMED = 20
"""Of a list of known values in a sentence."""


class Said(NamedTuple):
    """``wrong`` says what is wrong, ``remedy`` what to do."""

    wrong: str
    remedy: str


def said(table: Table, fault: Mapping[str, Any]) -> Said:
    """A fault as kept with a load (``rule``, ``level``, ``found``), or a refusal of a whole file in that form."""
    return _said(_sentences(table), fault)


def by_rule(table: Table, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A kept report, grouped for a page: what matters most stands first.

    Each group has ``rule``, ``level``, ``times``, ``columns`` (times by column), ``wrong`` and ``remedy`` of its first
    fault, and ``faults``: those listed, each with its own ``wrong`` and ``remedy``. Errors come before warnings; then
    what concerns the whole file, for one change there mends every row; then the most frequent.
    """
    sentences = _sentences(table)
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for count in report["counts"]:
        rule = (count["level"], count["rule"])
        new = {"level": count["level"], "rule": count["rule"], "times": 0, "columns": {}, "faults": []}
        group = groups.setdefault(rule, new)
        group["times"] += count["times"]
        group["columns"][count["column"]] = count["times"]
    for fault in report["faults"]:
        told = _said(sentences, fault)._asdict()
        groups[fault["level"], fault["rule"]]["faults"].append({**fault, **told})
    for group in groups.values():
        first = next(iter(group["faults"]), {**group, "found": {}})
        group.update(_said(sentences, first)._asdict())
    return sorted(groups.values(), key=_importance)


def _importance(group: Mapping[str, Any]) -> tuple[bool, bool, int, str]:
    of_file = group["rule"] in _files().keys() | _headers().keys() | _options().keys()
    return group["level"] != "error", not of_file, -group["times"], group["rule"]


def _said(sentences: Mapping[str, tuple[str, str]], fault: Mapping[str, Any]) -> Said:
    found = defaultdict(lambda: "…", {name: _named(value) for name, value in fault["found"].items()})
    return Said(*(sentence.format_map(found) for sentence in sentences[_variant(fault)]))


def _variant(fault: Mapping[str, Any]) -> str:
    """The name of the sentence: of four rules it depends on what was found."""
    rule, found = fault["rule"], fault["found"]
    if rule == "missing_column" and "header_row" in found:
        return "header_elsewhere"
    if rule == "long_cell" and found.get("row") == 0:
        return "endless_line"
    if rule == "out_of_bounds" and found.get("most", "") is None:
        return "too_small"
    if rule == "out_of_bounds" and found.get("least", "") is None:
        return "too_big"
    return rule


def _named(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    more = len(value) - MOST_NAMED
    return ", ".join(map(str, value[:MOST_NAMED])) + ("…" if more > 0 else "")


def _sentences(table: Table) -> dict[str, tuple[str, str]]:
    return {**_files(), **_headers(), **_numbers(), **_days(), **_cells(), **_rows(), **_options(), **_own(table)}


def _own(table: Table) -> dict[str, tuple[str, str]]:
    """The rules of the table itself, in the words of its definition."""
    remedies = {
        "error": tk._("Mend the row in the file."),
        "warning": tk._("The row is loaded, and every figure says how it counts it. Mend the row if it is wrong."),
    }
    return {rule.id: (_literal(portal.in_reader_language(rule.message)), remedies[rule.level]) for rule in table.rules}


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _files() -> dict[str, tuple[str, str]]:
    _ = tk._
    utf8 = _("Save it as XLSX or as CSV UTF-8.")
    return {
        "broken_quotes": (
            _("A quotation mark in row {row} is not closed, or stands in the middle of a cell."),
            _("Mend it there: a cell in quotes writes a quotation mark twice. Or save the file as XLSX."),
        ),
        "damaged": (
            _("The workbook is damaged near row {row}."),
            _("Open it in a spreadsheet and save it again as XLSX."),
        ),
        "endless_line": (_("A line of the file does not end."), utf8),
        "html": (
            _("The file is a web page, whatever its name says."),
            _("Open it in a spreadsheet and save it as XLSX."),
        ),
        "long_cell": (_("Row {row} has a cell of more than {most} characters."), _("Shorten it.")),
        "no_header": (
            _("The file has no header row."),
            _("Write the names of the columns above the rows, as in the template."),
        ),
        "no_such_sheet": (
            _('The workbook has no sheet "{sheet}".'),
            _("Set the reading option sheet to one of these: {known}"),
        ),
        "not_decodable": (
            _("Row {row} is not in the encoding that the reading options name."),
            _("Save the file as CSV UTF-8 and take the reading option encoding out."),
        ),
        "not_utf8": (
            _("Row {row} is not in UTF-8."),
            _("Save the file as CSV UTF-8, or set the reading option encoding to windows-1252."),
        ),
        "old_xls": (_("The file is a workbook of Excel 97 to 2003."), _("Save it as XLSX.")),
        "too_large": (_("The workbook holds more than {most} MB."), _("Split it, or save the sheet as CSV UTF-8.")),
        "too_many_columns": (
            _("The file has more than {most} columns."),
            _("Leave out the columns that the table does not have."),
        ),
        "unknown_type": (_("The file is neither CSV nor XLSX."), utf8),
    }


def _headers() -> dict[str, tuple[str, str]]:
    _ = tk._
    return {
        "double_column": (_("Two columns of the file are this one."), _("Leave one of them out.")),
        "empty_header": (
            _("Column {place} of the file has cells and no name."),
            _("Name it as in the template, or empty it. Merged cells have one name for several columns: split them."),
        ),
        "header_elsewhere": (
            _("The file does not have this column; its header seems to stand in row {header_row}."),
            _("Set the reading option header_row to {header_row}."),
        ),
        "missing_column": (
            _("The file does not have this column."),
            _("Add it, or say in the reading option columns what the file calls it."),
        ),
        "unknown_column": (
            _("The table does not have this column."),
            _("Leave it out, or say in the reading option columns which column of the table it is."),
        ),
    }


def _numbers() -> dict[str, tuple[str, str]]:
    _ = tk._
    return {
        "not_number": (_("Not a number."), _("Write a number such as 1500000.50.")),
        "not_whole": (_("Not a whole number."), _("Write the number without decimals.")),
        "number_indonesian": (
            _("The number has a decimal comma or points between thousands."),
            _("Set the reading option number_format to id, or write 1500000.50."),
        ),
        "number_in_code_column": (
            _("The cell is a number, and a spreadsheet drops the leading zeros of a code."),
            _("Format the column as text and type the code again."),
        ),
        "number_not_indonesian": (
            _("The reading options announce 1.500.000,50; this number is written otherwise."),
            _("Write it like the others, or take the reading option number_format out."),
        ),
        "number_too_long": (_("The number has more digits than are kept."), _("Mend it in the file.")),
        "number_with_unit": (
            _("The cell holds more than a number."),
            _("Leave only the number, in the unit that the table names."),
        ),
        "point_of_thousands": (
            _("Read with a decimal point: 1.500 is one and a half."),
            _("If the point stands between thousands, set the reading option number_format to id."),
        ),
        "out_of_bounds": (_("Not from {least} to {most}."), _("Mend it in the file.")),
        "too_big": (_("More than {most}."), _("Mend it in the file.")),
        "too_small": (_("Less than {least}."), _("Mend it in the file.")),
    }


def _days() -> dict[str, tuple[str, str]]:
    _ = tk._
    return {
        "date_not_iso": (
            _("The day is not written year-month-day, such as 2025-12-31."),
            _("Set the reading option date_format to dmy (31/12/2025) or mdy (12/31/2025)."),
        ),
        "day_out_of_range": (_("The day is not in the years {first} to {last}."), _("Mend it in the file.")),
        "no_such_day": (
            _("There is no such day."),
            _("Mend it in the file. If all days are like this, look at the reading option date_format."),
        ),
        "no_such_time": (_("There is no such time of day."), _("Mend it in the file.")),
        "not_date": (_("Not a day."), _("Write year-month-day, such as 2025-12-31.")),
        "not_timestamp": (_("Not a day with a time."), _("Write it such as 2025-12-31 14:05.")),
        "not_year": (_("Not a year from 1900 to 2100."), _("Write it with four digits.")),
        "time_in_date": (_("A time stands beside the day."), _("Leave only the day, such as 2025-12-31.")),
        "time_missing": (_("The day has no time."), _("Write both, such as 2025-12-31 14:05.")),
    }


def _cells() -> dict[str, tuple[str, str]]:
    _ = tk._
    return {
        "control_character": (_("The text holds a sign that is not for reading."), _("Type the text again.")),
        "empty": (_("The cell is empty, and the column is required."), _("Fill it in in the file.")),
        "formula_error": (
            _("The cell holds the error of a formula."),
            _("Mend the formula, or replace it by its value."),
        ),
        "formula_without_value": (
            _("The cell is a formula whose result was not saved."),
            _("Open the workbook in a spreadsheet and save it, or replace the formula by its value."),
        ),
        "not_allowed": (
            _("The column does not know this value."),
            _("Write one of these: {known}. Or say in the reading option values which of them it means."),
        ),
        "not_boolean": (
            _("Neither true nor false."),
            _("Write true or false, or say in the reading option values which word means which."),
        ),
        "not_text": (_("The cell holds a duration, not a text."), _("Format the cell as text and type it again.")),
        "other_form": (_("Not in the form of {example}."), _("Mend it in the file.")),
        "unknown_organization": (
            _("No organization of this portal has this name."),
            _("Write the name as in the address of its page, such as dishub. The row is loaded all the same."),
        ),
        "word_for_missing": (_("A word or sign stands for a missing value."), _("Leave the cell empty.")),
    }


def _rows() -> dict[str, tuple[str, str]]:
    _ = tk._
    return {
        "cell_without_column": (
            _("A cell stands under no column name."),
            _("Empty it. Where the row has slipped, put a text that holds the delimiter in quotes."),
        ),
        "duplicate_key": (
            _("The same key stands in row {row} already."),
            _("Keep one of the two rows, or give each a number of its own."),
        ),
        "long_key": (_("The key is longer than {most} bytes."), _("Use a short number or code.")),
        "long_row": (_("The row is longer than {most} bytes."), _("Shorten its texts.")),
        "nested_codes": (
            _("The same persons are counted under code {code} of classification {classification} too."),
            _("Keep codes of one classification that do not hold one another."),
        ),
        "no_rows": (_("The file has no row below its header."), _("Add the rows and upload the file again.")),
        "no_rows_in_year": (
            _("No row is of {year}, one of the years the file is for."),
            _("Look at the days in the file, and at the years that the resource names."),
        ),
        "total_row": (
            _("A total stands among the rows."),
            _("Leave it out. Where it ends the rows, you can set the reading option last_row to {row} instead."),
        ),
    }


def _options() -> dict[str, tuple[str, str]]:
    _ = tk._
    return {
        "map_no_object": (
            _("The reading option is no JSON object."),
            _("Write names and values in braces, each in quotes."),
        ),
        "map_no_row": (_("Not the number of a row."), _("Write a whole number, the first row is 1.")),
        "map_no_texts": (_("Not in the form of this reading option."), _("Write texts in quotes.")),
        "map_not_known": (_("The reading option does not have this value."), _("Write one of these: {known}")),
        "map_unknown_column": (_("The table does not have this column."), _("Write one of these: {known}")),
        "map_unknown_key": (_("There is no such reading option."), _("There are these: {known}")),
    }
