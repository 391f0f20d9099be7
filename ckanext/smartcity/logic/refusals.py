"""The sentences of refused tag rows, in the reader's language: what is wrong, and what to do."""

from __future__ import annotations

from ckan.plugins import toolkit as tk

from ckanext.smartcity.portal.tagging import Problem


def sentence(problem: Problem) -> str:
    """What a person reads about a problem. Plain text: pages escape the value in it."""
    meant = tk._(" or ").join(problem.meant)
    return _sentences()[problem.rule].format(value=problem.value, column=problem.column, meant=meant)


def _sentences() -> dict[str, str]:
    return {
        "no_dataset": tk._("No dataset is named. Write the name or the id of a dataset."),
        "unknown_dataset": tk._(
            'There is no dataset "{value}" that you may see. Write its name as in the address of its page.'
        ),
        "dataset_twice": tk._('The dataset "{value}" stands in row {meant} already. Put its values into one row.'),
        "no_such_field": tk._('Datasets of this type have no field "{column}". Leave the cell empty.'),
        "bare_code": tk._(
            '"{value}" is a code without its standard, and a spreadsheet cuts the zero at the end of a code. '
            "Write the whole identifier, such as {meant}."
        ),
        "unknown_indicator": tk._(
            'There is no indicator "{value}". Copy its whole identifier from the page of the indicator.'
        ),
        "unknown_opd": tk._(
            'There is no organization "{value}". Write its name as in the address of its page, or its id.'
        ),
        "ended_opd": tk._('The organization "{value}" has ended. Write the one that took over its work.'),
        "not_saved": tk._('The dataset "{value}" could not be saved: {meant}'),
    }
