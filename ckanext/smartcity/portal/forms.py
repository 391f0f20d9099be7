"""What a form shows beside the fields: choices to offer, rows to fill in, errors to mend, fields still empty. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ckanext.smartcity.portal import fields

Field = dict[str, Any]
Label = Callable[[Field], str]


class Problem(NamedTuple):
    """One sentence of an error summary and the id of the element to mend (empty where the form has none)."""

    anchor: str
    sentence: str


def offered_choices(choices: Iterable[dict[str, Any]], value: Any) -> list[dict[str, Any]]:
    """The choices of a form, each with ``ticked``, for a field that holds ``value`` (a text or a list).

    Retired choices are left out unless the field holds them. Held values that are no choice come last, as they are: an
    unchanged form must change no stored value.
    """
    held = fields.stored_list(value)
    offered = [{**c, "ticked": c["value"] in held} for c in choices]
    known = {choice["value"] for choice in offered}
    unknown = [{"value": text, "label": text, "ticked": True} for text in dict.fromkeys(held) if text not in known]
    return [choice for choice in offered if choice["ticked"] or not choice["retired"]] + unknown


def grouped_choices(offered: Iterable[dict[str, Any]]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Choices by their ``group`` in order of appearance; an empty text for those without."""
    groups: dict[str, tuple[Any, list[dict[str, Any]]]] = {}
    for choice in offered:
        group = choice.get("group", "")
        groups.setdefault(str(group), (group, []))[1].append(choice)
    return list(groups.values())


def subfield_name(field: str, row: int, subfield: str = "") -> str:
    """The form name of a subfield, ``contact-03-email``, or without one of the row.

    Two digits: scheming sorts the names as text, so that row 10 would come before row 2.
    """
    return f"{field}-{row:02d}-{subfield}" if subfield else f"{field}-{row:02d}"


def form_rows(field: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a repeating field up to the last that holds something: those just typed, else those stored."""
    typed: dict[str, dict[str, Any]] = {}
    for key in sorted(data):
        name, _, rest = key.partition("-")
        if name == field and rest:
            row, _, subfield = rest.partition("-")
            typed.setdefault(row, {})[subfield] = data[key]
    rows = list(typed.values()) if typed else fields.stored_rows(data.get(field))
    while rows and not any(rows[-1].values()):
        rows.pop()
    return rows


def field_id(name: str) -> str:
    """The id of a control in a form."""
    return f"field-{name}"


def problems(errors: dict[str, Any], definitions: Iterable[Field], label: Label) -> list[Problem]:
    """The errors of a form as sentences, in the order of the fields, each sentence once.

    A sentence that does not begin with the label of its field gets it in front.
    """
    found: list[Problem] = []
    left = dict(errors)
    for field in definitions:
        found.extend(_problems_of(field, left.pop(field["field_name"], None) or [], label))
    found.extend(Problem("", _named(key, sentence)) for key in sorted(left) for sentence in _flat(left[key]))
    once = {problem.sentence: problem for problem in reversed(found)}
    return [problem for problem in found if once[problem.sentence] is problem]


def _problems_of(field: Field, errors: Any, label: Label) -> list[Problem]:
    name = field["field_name"]
    if not isinstance(errors, list) or not all(isinstance(row, dict) for row in errors):
        return [Problem(field_id(name), _named(label(field), sentence)) for sentence in _flat(errors)]
    row_label = label({**field, "label": field.get("repeating_label") or field.get("label")})
    return [
        Problem(field_id(subfield_name(name, row, subfield)), f"{row_label} {row + 1}: {sentence}")
        for row, of_row in enumerate(errors)
        for subfield in of_row
        for sentence in _flat(of_row[subfield])
    ]


def _named(label: str, sentence: str) -> str:
    return sentence if sentence.startswith(label) else f"{label}: {sentence}"


def _flat(errors: Any) -> list[str]:
    """All sentences of whatever CKAN hands over as errors: texts, lists, dictionaries, nested."""
    if isinstance(errors, str):
        return [errors]
    if isinstance(errors, dict):
        return [_named(str(key), sentence) for key in errors for sentence in _flat(errors[key])]
    return [sentence for error in errors or [] for sentence in _flat(error)]


def empty_fields(definitions: Iterable[Field], values: dict[str, Any]) -> tuple[list[Field], list[Field]]:
    """Fields of a form that hold nothing: the required ones, and then the recommended ones."""
    empty = [f for f in definitions if f.get("form_snippet", "") is not None and is_blank(values.get(f["field_name"]))]
    required = [field for field in empty if is_required(field, values)]
    return required, [f for f in empty if f not in required and f.get("smartcity_recommended")]


def is_required(field: Field, values: dict[str, Any]) -> bool:
    """Whether a field must be filled where the other fields hold ``values``."""
    when = field.get("smartcity_required_when")
    return bool(field.get("required") or (when and all(values.get(name) == value for name, value in when.items())))


def sections(
    definitions: Iterable[Field], values: dict[str, Any], without: Iterable[str] = ()
) -> list[tuple[Any, list[Field]]]:
    """Fields that hold a value and are shown, under the heading that stands before them in the form."""
    found: list[tuple[Any, list[Field]]] = [(None, [])]
    for field in definitions:
        if field.get("smartcity_heading"):
            found.append((field["smartcity_heading"], []))
        shown = field.get("display_snippet", "") is not None and field["field_name"] not in without
        if shown and not is_blank(values.get(field["field_name"])):
            found[-1][1].append(field)
    return [section for section in found if section[1]]


def is_blank(value: Any) -> bool:
    """Whether a field holds nothing, or only rows without a value."""
    rows = value if isinstance(value, list) else []
    blank_rows = bool(rows) and all(isinstance(row, dict) and not any(row.values()) for row in rows)
    return fields.is_empty(value) or blank_rows
