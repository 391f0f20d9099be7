"""What an import says of files, rows and batches, in the reader's language: what is wrong, and what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity.logic import contract_sentences


def file(problem: Mapping[str, Any]) -> str:
    """Why a whole batch was refused; ``problem`` has ``code``, ``file`` and ``found``."""
    sentence = _files()[problem["code"]].format_map(problem["found"])
    return f"{problem['file']}: {sentence}" if problem["file"] else sentence


def row(reason: Mapping[str, Any]) -> str:
    """A rule that a row met; ``reason`` has ``rule`` and ``found``."""
    return _rows()[reason["rule"]].format_map(contract_sentences.named(reason["found"]))


def rule(name: str) -> str:
    """A rule as such, for counting: what its sentence names in a row is left out."""
    return _rows()[name].format_map(defaultdict(lambda: "…"))


def batch(code: str) -> str:
    """Why something cannot be done with a batch."""
    return _batches()[code]


def _batches() -> dict[str, str]:
    _ = tk._
    return {
        "applied": _("This import is in the register: the next one is compared with it. It stays."),
        "not_applied": _("Only an applied import can be published. Apply it first."),
        "not_staged": _("Only an import whose rows are checked can be applied. Wait for the check."),
    }


def _files() -> dict[str, str]:
    _ = tk._
    return {
        "crashed": _("The file could not be read within 300 MB of memory. Split it."),
        "damaged": _("The file is damaged near row {row}. Export it again."),
        "date_month_first": _(
            "Row {row}, {column}: the month stands before the day, so all days of this file are in doubt. Export it "
            "with days such as 2025-03-01."
        ),
        "double_column": _('Two columns are called "{column}". Leave one out.'),
        "long_cell": _("Row {row}, {column}: longer than {most} characters. Shorten it."),
        "mixed_numbers": _(
            'The column "{column}" has decimal points and decimal commas. Export it with one notation, such as '
            "1500000.50."
        ),
        "no_contracts": _("No file holds contracts (columns no_kontrak and nilai_kontrak). Add that file."),
        "no_header": _("The first row holds no names of columns."),
        "not_an_array": _("JSON must be an array of objects, one for each row."),
        "not_flat": _("Row {row}, {column}: not a text or number. JSON must be an array of flat objects."),
        "not_read": _("The files could not be read and are gone. Upload them again."),
        "not_utf8": _("Row {row} is not in UTF-8. Save the file as CSV UTF-8."),
        "ragged": _("Row {row} has {cells} cells under {columns} columns. Quote cells that hold the delimiter."),
        "timeout": _("The file took longer than {seconds} seconds to read. Split it."),
        "too_large": _("The file is larger than {most} MB. Split it."),
        "too_many_columns": _("The file has more than {most} columns."),
        "too_many_rows": _("The file has more than {most} rows. Split it."),
        "unknown_columns": _("This is none of SPSE's files for contracts. Missing columns: {missing}"),
        "unknown_type": _("This is no CSV, XLSX or JSON."),
    }


def _rows() -> dict[str, str]:
    _ = tk._
    return {
        "addendum_check_end": _("Has an addendum; no file says whether it extends the work. Check the end date."),
        "category_unknown": _("Unknown kind of procurement; left empty. Choose it in the form."),
        "code_form": _("Not a code of digits. Mend it in the file."),
        "code_missing": _("Needs either kd_tender or kd_nontender. Fill one in."),
        "date_form": _("Not a date that is read, such as 2025-03-01 or 1 Maret 2025. Mend it in the file."),
        "date_impossible": _("There is no such day. Mend it in the file."),
        "date_range": _("Not between 2000 and 2100. Mend it in the file."),
        "date_short_year": _("The year has two digits. Write all four."),
        "form_unknown": _("Unknown legal form: counted as a business, name not kept. Fill it in in the form."),
        "gone_meanwhile": _("The contract was deleted since the check. Import the files again."),
        "kept_by_person": _("A person changed this field; it is kept."),
        "missing": _("Empty. Fill it in in the file."),
        "not_accepted": _("The register does not accept this: {text}"),
        "number_form": _("Not a number that is read, such as 1500000.50 or 1.500.000,50. Mend it in the file."),
        "office_double": _("Two organizations have the office codes {codes} ({office}). Leave them with one."),
        "office_unknown": _("No organization has the office codes {codes} ({office}). Add one of them to its profile."),
        "other_government": _("Of another government; this site takes {own} only. Leave the row out."),
        "other_row_in_conflict": _("Rows of the same contract are in conflict: {rows}"),
        "other_row_refused": _("Rows of the same contract were refused: {rows}"),
        "personal_data": _("Looks like personal data ({kind}); the text is not kept."),
        "personal_data_number": _("The number looks like personal data ({kind}). Mend it in the file."),
        "possible_duplicate": _("The register has this number of this office already, typed in: {contract}"),
        "registered_meanwhile": _("Another import registered this contract since the check. Import the files again."),
        "status_unknown": _("Unknown status. Ask for it to be added, or mend it in the file."),
        "text_cut": _("{characters} characters long; cut at {most}."),
        "unclear_match": _("Not clear which of the stored contracts of this procurement it is. Edit it by its form."),
        "version_form": _("Not a whole number from 0 to {most}. Mend it in the file."),
        "versions_differ": _("Rows of one version differ in {columns}; see also: {rows}. Type this contract in."),
        "year_form": _("Not a year of four digits. Mend it in the file."),
    }
