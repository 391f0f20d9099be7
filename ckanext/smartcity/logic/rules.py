"""Rules over several fields of a dataset, and the fields of a contract that nobody types.

The rules run after all fields (scheming's ``after_validators``), so that all errors arrive at once. Where a rule was
already broken before this save, it does not stop the save: old datasets stay savable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from ckan.plugins import toolkit as tk

from ckanext.smartcity import contracts, portal
from ckanext.smartcity.logic.stored import Key, stored_value
from ckanext.smartcity.portal import fields

Data = dict[Key, Any]
Errors = dict[Key, list[str]]

# Kept from the public by UU 14/2008: such a dataset is listed, its files are not.
CLOSED = ("RESTRICTED", "NON_PUBLIC")


def _value(data: Data, *key: Any) -> Any:
    value = data.get(key)
    return None if value is tk.missing or fields.is_empty(value) else value


def _rows(data: Data, field: str) -> list[int]:
    return sorted({key[1] for key in data if len(key) == 3 and key[0] == field})


def _refuse(errors: Errors, key: Key, sentence: str) -> None:
    """Append an error; on a repeating field with rows the key must be that of a subfield, else navl fails."""
    errors.setdefault(key, []).append(sentence)


def smartcity_dataset_rules(key: Key, data: Data, errors: Errors, context: Any) -> None:
    """Period, contact, access class and priority data of a dataset (schemas: type ``dataset``)."""
    _restore_cells(("temporal_coverage", "contact"), data, errors, context)
    _period_in_order(data, errors, context)
    _contact_reachable(data, errors, context)
    _closed_without_files(data, errors, context)
    _priority_identified(data, errors, context)
    _tidy_rows(("temporal_coverage", "contact"), data, errors)


def _restore_cells(repeating: tuple[str, ...], data: Data, errors: Errors, context: Any) -> None:
    """Give an unchanged row its stored cells back that stand in no schema: scheming does not show them."""
    for field in repeating:
        before = _stored_rows(field, data, context)
        for number in _rows(data, field):
            known = {key[2] for key in errors if len(key) == 3 and key[:2] == (field, number)}
            sent = _row(data, field, number)
            same = next((row for row in before if sent and _filled(row, known) == sent), {})
            data.update({(field, number, name): value for name, value in same.items() if name not in known})


def _tidy_rows(repeating: tuple[str, ...], data: Data, errors: Errors) -> None:
    """Leave out rows without a value: a form without scripts always sends some.

    Not while there is an error, for the numbers of the rows say where it stands.
    """
    if any(errors.values()):
        return
    for field in repeating:
        rows = [_row(data, field, number) for number in _rows(data, field)]
        for key in [key for key in data if len(key) == 3 and key[0] == field]:
            del data[key]
        filled = [row for row in rows if row]
        data.update({(field, n, name): value for n, row in enumerate(filled) for name, value in row.items()})


def _stored_rows(field: str, data: Data, context: Any) -> list[dict[str, Any]]:
    return fields.stored_rows(stored_value((field,), data, context))


def _row(data: Data, field: str, number: int) -> dict[str, Any]:
    return {key[2]: _value(data, *key) for key in data if key[:2] == (field, number) and _value(data, *key) is not None}


def _filled(row: dict[str, Any], names: Collection[str] | None = None) -> dict[str, Any]:
    """The cells of a stored row that hold something, all or those of ``names``."""
    return {name: v for name, v in row.items() if not fields.is_empty(v) and (names is None or name in names)}


def _each_new_row(field: str, data: Data, context: Any, broken: Callable[[dict[str, Any]], bool]) -> list[int]:
    """Numbers of the rows that break a rule and were not stored like this before."""
    before = [_filled(row) for row in _stored_rows(field, data, context)]
    rows = {number: _row(data, field, number) for number in _rows(data, field)}
    return [number for number, row in rows.items() if row and row not in before and broken(row)]


def _period_in_order(data: Data, errors: Errors, context: Any) -> None:
    def reversed_(row: dict[str, Any]) -> bool:
        return bool(row.get("start") and row.get("end") and str(row["end"]) < str(row["start"]))

    for number in _each_new_row("temporal_coverage", data, context, reversed_):
        row = _row(data, "temporal_coverage", number)
        sentence = tk._("The period ends on {end}, before it starts on {start}. Exchange the two days or mend one.")
        _refuse(errors, ("temporal_coverage", number, "end"), sentence.format(start=row["start"], end=row["end"]))


def _contact_reachable(data: Data, errors: Errors, context: Any) -> None:
    def unreachable(row: dict[str, Any]) -> bool:
        return not row.get("name") or not (row.get("email") or row.get("url"))

    for number in _each_new_row("contact", data, context, unreachable):
        sentence = tk._("A contact needs a name, and an e-mail address or a web address. Complete the row or empty it.")
        _refuse(errors, ("contact", number, "name"), sentence)


def _closed_without_files(data: Data, errors: Errors, context: Any) -> None:
    access = _value(data, "access_rights")
    if access not in CLOSED or _is_private(data, context) or not _has_resources(data, context):
        return
    package = context.get("package")
    was_closed = stored_value(("access_rights",), data, context) in CLOSED
    if package and was_closed and not package.private and not _rows(data, "resources"):
        return
    sentence = tk._(
        'Access class "{value}" does not go with published files. Remove the files first and save, '
        "or make the dataset private."
    )
    label = portal.choice_label({"smartcity_vocabulary": "access_rights"}, access)
    _refuse(errors, ("access_rights",), sentence.format(value=label))


def _is_private(data: Data, context: Any) -> bool:
    private = data.get(("private",), tk.missing)
    if private is tk.missing or private is None:
        package = context.get("package")
        return bool(package and package.private)
    return fields.is_yes(private)


def _has_resources(data: Data, context: Any) -> bool:
    """Since CKAN 2.12 unchanged resources are not among the data: stored active ones count too."""
    package = context.get("package")
    stored = [r for r in package.resources if r.state == "active"] if package else []
    return bool(stored or _rows(data, "resources"))


def _priority_identified(data: Data, errors: Errors, context: Any) -> None:
    if not fields.is_yes(_value(data, "priority_data")) or _value(data, "priority_id"):
        return
    before = stored_value(("priority_data",), data, context)
    if fields.is_yes(before) and fields.is_empty(stored_value(("priority_id",), data, context)):
        return
    _refuse(errors, ("priority_id",), tk._("Priority data needs its identifier in the national list. Fill it in."))


def smartcity_contract_rules(key: Key, data: Data, errors: Errors, context: Any) -> None:
    """Order of the days of a contract, the day of a termination, and versions of amendments."""
    _restore_cells(("amendments",), data, errors, context)
    _days_in_order(data, errors, context)
    _termination_dated(data, errors, context)
    _versions_differ(data, errors)
    _tidy_rows(("amendments",), data, errors)


def _days(data: Data, context: Any) -> tuple[dict[str, Any], bool]:
    names = ("start_date", "end_date", "terminated_date")
    now = {name: _value(data, name) for name in names}
    before = {name: stored_value((name,), data, context) or None for name in names}
    return now, now == before


def _days_in_order(data: Data, errors: Errors, context: Any) -> None:
    days, unchanged = _days(data, context)
    if unchanged:
        return
    start, end, terminated = map(fields.day_or_none, days.values())
    if start and end and end < start:
        sentence = tk._("The contract ends on {end}, before it starts on {start}. Mend one of the two days.")
        _refuse(errors, ("end_date",), sentence.format(start=start, end=end))
    if start and terminated and terminated < start:
        sentence = tk._("The contract was terminated on {day}, before it starts on {start}. Mend one of the two days.")
        _refuse(errors, ("terminated_date",), sentence.format(day=terminated, start=start))
    if end and terminated and terminated > end:
        sentence = tk._("The contract was terminated on {day}, after it ended on {end}. Mend one of the two days.")
        _refuse(errors, ("terminated_date",), sentence.format(day=terminated, end=end))


def _termination_dated(data: Data, errors: Errors, context: Any) -> None:
    if _value(data, "contract_status") != "terminated" or _value(data, "terminated_date"):
        return
    _, unchanged = _days(data, context)
    if unchanged and stored_value(("contract_status",), data, context) == "terminated":
        return
    _refuse(errors, ("terminated_date",), tk._("A terminated contract needs the day of its termination. Fill it in."))


def _versions_differ(data: Data, errors: Errors) -> None:
    seen: set[str] = set()
    for number in _rows(data, "amendments"):
        version = _value(data, "amendments", number, "version")
        if version is None:
            continue
        if str(version) in seen:
            sentence = tk._('Two amendments have the version "{version}". Give each its own.')
            _refuse(errors, ("amendments", number, "version"), sentence.format(version=version))
        seen.add(str(version))


def smartcity_contract_id(field: dict[str, Any], schema: dict[str, Any]) -> Callable[..., None]:
    """The key of a contract: what was stored, else what an importer passes in the action's context as
    ``smartcity_contract_key``, else ``manual:<organization>:<contract number>``. Unique among contracts not deleted,
    and never changed."""

    def validator(key: Key, data: Data, errors: Errors, context: Any) -> None:
        stored = stored_value(key, data, context)
        if not fields.is_empty(stored):
            data[key] = stored
            return
        number = fields.storable(_value(data, "contract_number"))
        contract_id = context.get("smartcity_contract_key")
        if contract_id is None and number is not None:
            owner = _value(data, "owner_org")
            contract_id = contracts.manual_id(portal.organization_name(owner) or str(owner), str(number))
        if contract_id is None:
            data.pop(key, None)
            raise tk.StopOnError
        data[key] = contract_id
        if portal.identifier_owner("contract_id", contract_id, schema["dataset_type"], data.get(("id",))):
            sentence = tk._(
                'Contract "{number}" of this office is already in the register. Look it up and edit it there.'
            )
            _refuse(errors, ("contract_number",), sentence.format(number=number or contract_id))

    return validator


smartcity_contract_id.is_a_scheming_validator = True  # type: ignore[attr-defined]


def smartcity_decided(field: dict[str, Any], schema: dict[str, Any]) -> Callable[..., None]:
    """Write what a person decided, whatever was sent. A contract nobody looked at is undecided."""

    def validator(key: Key, data: Data, errors: Errors, context: Any) -> None:
        of, found = context.get("smartcity_decided", (None, {}))
        if of is not data:  # the first of the decided fields of a validation asks for all
            found = contracts.decided_fields(context.get("package"))
            context["smartcity_decided"] = (data, found)
        decided = found[key[0]]
        if decided is None:
            data.pop(key, None)
            raise tk.StopOnError
        data[key] = json.dumps(decided) if isinstance(decided, list) else decided

    return validator


smartcity_decided.is_a_scheming_validator = True  # type: ignore[attr-defined]
