"""Validators of the fields of datasets, resources and organisations (the schemas in ``schemas/``).

Those that need the definition of the field carry ``is_a_scheming_validator``: scheming calls them with ``(field,
schema)`` and uses what they return. The mark is set by hand, so that no other extension is imported. Rules are pure and
stand in ``portal/fields.py``; here a refusal becomes a sentence that names value and label in the reader's language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity import catalogue, config, portal
from ckanext.smartcity.logic import sentences
from ckanext.smartcity.logic.options import (
    smartcity_file,
    smartcity_int_range,
    smartcity_month_day,
    smartcity_networks,
    smartcity_redis_url,
    smartcity_roles,
    smartcity_share,
)
from ckanext.smartcity.logic.rules import (
    smartcity_contract_id,
    smartcity_contract_rules,
    smartcity_dataset_rules,
    smartcity_decided,
)
from ckanext.smartcity.logic.stored import Key, is_unchanged, stored_value
from ckanext.smartcity.portal import fields

__all__ = [
    "smartcity_amount",
    "smartcity_amount_output",
    "smartcity_concept_name",
    "smartcity_contract_id",
    "smartcity_contract_rules",
    "smartcity_dataset_rules",
    "smartcity_date",
    "smartcity_decided",
    "smartcity_email",
    "smartcity_file",
    "smartcity_indicators",
    "smartcity_int_range",
    "smartcity_keep_stored",
    "smartcity_known_choice",
    "smartcity_known_choices",
    "smartcity_line_breaks",
    "smartcity_list_output",
    "smartcity_max_length",
    "smartcity_month_day",
    "smartcity_networks",
    "smartcity_ocid",
    "smartcity_opd",
    "smartcity_redis_url",
    "smartcity_region_code",
    "smartcity_required",
    "smartcity_roles",
    "smartcity_share",
    "smartcity_table",
    "smartcity_texts",
    "smartcity_unique",
    "smartcity_url",
    "smartcity_year",
    "smartcity_years",
    "smartcity_yes_no",
]

Validator = Callable[[Key, dict[Key, Any], dict[Key, list[str]], Any], None]
ForField = Callable[[dict[str, Any], dict[str, Any]], Validator]


def _for_field(make: ForField) -> ForField:
    make.is_a_scheming_validator = True  # type: ignore[attr-defined]
    return make


def _label(field: dict[str, Any]) -> str:
    return portal.in_reader_language(field.get("label") or field["field_name"])


@_for_field
def smartcity_required(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Refuse an empty value where the field is required, but never make an old dataset unsavable.

    Required is a field with ``required: true``, or with ``smartcity_required_when: {other field: value}`` where the
    data sent say so. A create with an empty value is refused, an update only where the stored value was not empty;
    calls with ``ignore_auth`` (harvesters, our own jobs) may create with empty fields. An empty value that passes ends
    the field.
    """

    def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
        value = fields.storable(_given(data.get(key)))
        if not fields.is_empty(value):
            data[key] = value
            return
        condition = _required(field, data)
        if condition is not None and not _may_stay_empty(key, data, context):
            errors[key].append(sentences.required(_label(field), condition, schema))
        data.pop(key, None)
        raise tk.StopOnError

    return validator


def _given(value: Any) -> Any:
    return None if value is tk.missing else value


def _required(field: dict[str, Any], data: dict[Key, Any]) -> dict[str, str] | None:
    """The condition under which the field is required here: empty for always, ``None`` where it is not required."""
    if field.get("required"):
        return {}
    when = field.get("smartcity_required_when") or {}
    return when if when and all(_given(data.get((name,))) == value for name, value in when.items()) else None


def _may_stay_empty(key: Key, data: dict[Key, Any], context: Any) -> bool:
    if context.get("package") is None and context.get("group") is None:
        return bool(context.get("ignore_auth"))
    if key[0] == "resources" and not _given(data.get(("resources", key[1], "id"))):
        return bool(context.get("ignore_auth"))
    return fields.is_empty(stored_value(key, data, context))


def _checked(rule: Callable[[Any], Any]) -> ForField:
    """A validator from a pure rule: an unchanged value passes, a refused one gets its sentence."""

    @_for_field
    def for_field(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
        def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
            value = _given(data.get(key))
            if fields.is_empty(value):
                data.pop(key, None)
                raise tk.StopOnError
            if is_unchanged(key, data, context):
                return
            try:
                data[key] = rule(value)
            except fields.FieldRefused as refused:
                errors[key].append(sentences.refused(refused.reason, value, _label(field)))

        return validator

    return for_field


smartcity_amount = _checked(fields.amount)
smartcity_concept_name = _checked(fields.concept_name)
smartcity_date = _checked(fields.calendar_day)
smartcity_email = _checked(fields.email)
smartcity_ocid = _checked(fields.ocid)
smartcity_url = _checked(fields.web_address)
smartcity_region_code = _checked(lambda value: fields.region_code(value, config.region_code_bps()))
smartcity_year = _checked(fields.year)
smartcity_years = _checked(fields.years)


def smartcity_amount_output(value: Any) -> Any:
    """A stored amount as a JSON number."""
    return fields.amount_number(value)


def smartcity_line_breaks(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
    """Store line breaks as ``\\n``: browsers send others. A text that differs in nothing else stays as stored."""
    value, before = data[key], stored_value(key, data, context)
    if isinstance(value, str):
        unix = _unix(value)
        data[key] = before if isinstance(before, str) and _unix(before) == unix else unix


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def smartcity_yes_no(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
    """Yes or no, stored as ``true`` and ``false``. A missing value is no, and nothing is stored where nothing was.

    A stored value that means the same stays as it is.
    """
    yes, before = fields.is_yes(_given(data.get(key))), stored_value(key, data, context)
    if fields.is_yes(before) != yes:
        data[key] = "true" if yes else "false"
    elif before is not None:
        data[key] = before
    else:
        data.pop(key, None)
        raise tk.StopOnError


def smartcity_max_length(limit: int) -> ForField:
    """Refuse a text of more than ``limit`` characters."""

    @_for_field
    def for_field(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
        def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
            value = data[key]
            if len(value) > int(limit) and not is_unchanged(key, data, context):
                errors[key].append(sentences.too_long(_label(field), len(value), int(limit)))

        return validator

    return for_field


@_for_field
def smartcity_known_choice(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """One value of the field's vocabulary. Retired values stay valid, and so does an unchanged foreign one."""

    def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
        value = _given(data.get(key))
        if value is None or is_unchanged(key, data, context):
            return
        if value not in portal.choice_values(field):
            errors[key].append(sentences.refused("unknown_choice", value, _label(field)))

    return validator


@_for_field
def smartcity_table(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """An input table that agencies fill. One that the portal writes itself is taken only from the portal, which says so
    by the context key ``smartcity_portal_table``: no caller of the API can set it.
    """
    known = smartcity_known_choice(field, schema)

    def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
        if _given(data.get(key)) == "":
            data.pop(key)
        elif context.get("smartcity_portal_table") != _given(data.get(key)):
            known(key, data, errors, context)

    return validator


Accept = Callable[[dict[str, Any], list[Any]], tuple[dict[Any, str], dict[Any, str]]]


def _choice_list(accept: Accept) -> ForField:
    """A validator of a list: ``accept(field, new items)`` gives what to store for each, or the reason against it."""

    @_for_field
    def for_field(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
        def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
            items = _items(_given(data.get(key)))
            before = stored_value(key, data, context)
            kept = fields.stored_list(before)
            if before is not None and all(isinstance(i, str) for i in items) and set(items) == set(kept):
                data[key] = before  # a form sends the same values in the order of its boxes
                return
            new = [item for item in items if item not in kept]
            accepted, reasons = accept(field, [item for item in new if isinstance(item, str)])
            for item in new:
                reason = "not_text" if not isinstance(item, str) else reasons.get(item)
                if reason:
                    errors[key].append(sentences.refused(reason, item, _label(field)))
            values = [accepted.get(item, item) if isinstance(item, str) else item for item in items]
            if not errors[key]:
                data[key] = json.dumps(list(dict.fromkeys(values)))

        return validator

    return for_field


def _items(value: Any) -> list[Any]:
    """What was sent, as a list; a text may hold a JSON list. Items that are no text stay, to be refused."""
    if isinstance(value, str):
        value = fields.json_list(value)
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    return [item for item in map(fields.storable, items) if not fields.is_empty(item)]


def _accept_choices(field: dict[str, Any], items: list[str]) -> tuple[dict[Any, str], dict[Any, str]]:
    known = portal.choice_values(field)
    return {item: item for item in items if item in known}, _each(items, known, "unknown_choice")


def _accept_indicators(field: dict[str, Any], items: list[str]) -> tuple[dict[Any, str], dict[Any, str]]:
    loaded = catalogue.load(**config.catalogue_sources())
    accepted, reasons = {}, {}
    for item in items:
        try:
            accepted[item] = loaded.indicator(item.strip()).uid
        except catalogue.AmbiguousCode:
            reasons[item] = "ambiguous_code"
        except catalogue.UnknownIndicator:
            reasons[item] = "unknown_indicator"
    return accepted, reasons


def _accept_organizations(field: dict[str, Any], items: list[str]) -> tuple[dict[Any, str], dict[Any, str]]:
    names = portal.organization_names(items)
    return names, _each(items, names, "unknown_opd")


def _each(items: list[str], known: Iterable[str], reason: str) -> dict[Any, str]:
    return {item: reason for item in items if item not in known}


smartcity_known_choices = _choice_list(_accept_choices)
smartcity_indicators = _choice_list(_accept_indicators)
smartcity_opd = _choice_list(_accept_organizations)


@_for_field
def smartcity_texts(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Repeating text, stored as a JSON list; a stored single text that is sent back equal stays as it is."""

    def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
        value = _given(data.get(key)) or []
        before = stored_value(key, data, context)
        if before is not None and _items(value) == fields.stored_list(before):
            data[key] = before
            return
        try:
            data[key] = json.dumps(fields.texts(_items(value)), ensure_ascii=False)
        except fields.FieldRefused as refused:
            errors[key].append(sentences.refused(refused.reason, value, _label(field)))

    return validator


def smartcity_list_output(value: Any) -> list[str]:
    """A stored list field as a list of texts, whatever an older portal left there."""
    return fields.stored_list(value)


@_for_field
def smartcity_keep_stored(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Put the stored value back where none was sent: the field is in no form, and a form edit replaces the dataset.

    A dataset that never had one takes the field's ``smartcity_default``.
    """

    def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
        value = fields.storable(_given(data.get(key)))
        if fields.is_empty(value):
            value = stored_value(key, data, context) or field.get("smartcity_default")
        if fields.is_empty(value):
            data.pop(key, None)
            raise tk.StopOnError
        data[key] = value

    return validator


@_for_field
def smartcity_unique(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Refuse a value that another dataset of this type holds."""

    def validator(key: Key, data: dict[Key, Any], errors: dict[Key, list[str]], context: Any) -> None:
        value = data[key]
        if is_unchanged(key, data, context):
            return
        if portal.identifier_owner(field["field_name"], value, schema["dataset_type"], data.get(("id",))):
            errors[key].append(sentences.refused("taken", value, _label(field)))

    return validator
