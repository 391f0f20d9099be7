"""Why a value was refused, as a sentence that names the value and the field's label and says what to do."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity import portal
from ckanext.smartcity.portal import fields

SHOWN = 100  # characters of a refused value that are repeated


def refused(reason: str, value: Any, label: str) -> str:
    """The sentence for a reason of ``portal/fields.py`` or of a list validator."""
    shown = str(value)
    shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
    return _sentence(reason).format(value=shown, label=label, rows=fields.ROWS, line=fields.LINE)


def _sentence(reason: str) -> str:
    _ = tk._
    sentences = {
        "a_bps_code": _('{label}: "{value}" is the code of the statistics office (BPS). Write the Kemendagri code.'),
        "ambiguous_code": _(
            '{label}: "{value}" stands in more than one standard. Write "iso37122:2019/5.1", for example.'
        ),
        "concept_abbreviation": _('{label}: "{value}" is an abbreviation. Write the name in full.'),
        "concept_unit": _('{label}: "{value}" ends in brackets. Write the unit into its own field.'),
        "concept_year": _('{label}: "{value}" holds a year. Leave it out; years belong to the period of the data.'),
        "no_such_day": _('{label}: "{value}" is not a day of the calendar. Write year-month-day, such as 2026-03-31.'),
        "not_a_region_code": _(
            '{label}: "{value}" is not a Kemendagri code. Write two digits for the province and further parts '
            "after dots, such as 32.73 or 32.73.01.1001."
        ),
        "not_a_web_address": _('{label}: "{value}" is not a web address. Begin it with https:// or http://.'),
        "not_a_year": _('{label}: "{value}" is not a year. Write four digits, such as 2026.'),
        "not_an_amount": _(
            '{label}: "{value}" is not an amount. Write digits only, without Rp and without thousands separators, '
            "at most two decimals after a point, such as 1250000 or 1250000.50."
        ),
        "not_an_email": _('{label}: "{value}" is not an e-mail address. Write it like nama@kota.go.id.'),
        "not_an_ocid": _('{label}: "{value}" is not an OCID. It begins with ocds- and six characters.'),
        "not_text": _(
            '{label}: {value} is not text. Write it in quotes, such as "5.1": as numbers, 7.10 and 7.1 are the same.'
        ),
        "not_texts": _("{label}: only a list of texts is possible."),
        "not_years": _('{label}: "{value}" is neither a year nor a span of years. Write 2024 or 2020-2024.'),
        "taken": _('{label}: "{value}" already belongs to another dataset. Choose another one.'),
        "too_long": _("{label}: a line has more than {line} characters. Shorten it."),
        "too_many_rows": _("{label}: more than {rows} lines. Leave some out."),
        "unknown_choice": _('{label}: "{value}" is not one of the choices. Take one from the list.'),
        "unknown_indicator": _(
            '{label}: "{value}" is not an indicator of this portal. Write its code as text, such as "5.1".'
        ),
        "unknown_opd": _('{label}: "{value}" is not an organization of this portal. Write its name as in its address.'),
    }
    return sentences[reason]


def required(label: str, condition: dict[str, str], schema: dict[str, Any]) -> str:
    """The sentence for an empty field; ``condition`` is the ``smartcity_required_when`` that held, or empty."""
    if not condition:
        return tk._("{label} is empty. Fill it in.").format(label=label)
    ((other, value),) = condition.items()
    return tk._('{label} is empty. It is required where {other} is "{value}".').format(
        label=label, other=_field_label(other, schema), value=_choice_label(other, value, schema)
    )


def too_long(label: str, length: int, limit: int) -> str:
    """The sentence for a text of ``length`` characters where ``limit`` are possible."""
    return tk._("{label} has {length} characters, {limit} are possible. Shorten it.").format(
        label=label, length=length, limit=limit
    )


def _field(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    found = schema.get("dataset_fields") or schema.get("fields") or []
    return next((field for field in found if field["field_name"] == name), {"field_name": name})


def _field_label(name: str, schema: dict[str, Any]) -> str:
    return portal.in_reader_language(_field(name, schema).get("label") or name)


def _choice_label(name: str, value: str, schema: dict[str, Any]) -> str:
    field = _field(name, schema)
    return portal.choice_label(field, value) if "smartcity_vocabulary" in field else value
