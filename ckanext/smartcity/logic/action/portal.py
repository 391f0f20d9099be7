"""Tagging what exists already, and how far the portal's schema carries our fields. For the walidata."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.logic import refusals, schema
from ckanext.smartcity.logic.action.validation import validated
from ckanext.smartcity.portal import fields, schemacheck, schemafiles, store, tagging

__all__ = [
    "smartcity_opd_rename",
    "smartcity_schema_check",
    "smartcity_tag_list",
    "smartcity_tag_update",
]


@tk.side_effect_free
def smartcity_tag_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Public active datasets that carry no indicator, by title of their organization, then by title.

    For the walidata. Private datasets and drafts are left out for everybody.

    :param opd: only datasets owned by the organization of this name (optional)
    :param q: only datasets whose title or name has all these words (optional)
    :param limit: at most so many, 1 to 500 (optional, default 50)
    :param offset: leave out so many at the beginning (optional, default 0)

    :returns: ``count`` of all that pass the filters; ``results``, each with ``id``, ``name``, ``title``, ``title_en``,
        ``notes`` (200 characters at most), ``metadata_modified`` (ISO, UTC) and ``organization`` (``name``, ``title``,
        ``title_en``, or ``None``); ``organizations`` that have such datasets when ``opd`` is left open, each with
        ``name``, ``title``, ``title_en``, ``count``
    """
    tk.check_access("smartcity_tag_list", context, data_dict)
    data = validated(data_dict, schema.tag_list(), context)
    types = [name for name, known in _tag_fields().items() if "indicators" in known]
    words = data["q"].split()
    counts = store.untagged_by_organization(types, words)
    opd = data["opd"]
    rows = store.untagged(types, words, opd, data["limit"], data["offset"])
    return {
        "count": sum(row.count for row in counts if not opd or row.name == opd),
        "results": [_untagged_dict(row) for row in rows],
        "organizations": [
            {"name": row.name, "title": row.title, "title_en": row.title_en, "count": row.count}
            for row in counts
            if row.name
        ],
    }


def smartcity_tag_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Add indicators and OPDs to datasets that exist already. Values are added, none is removed.

    For the walidata, and for datasets of every organization that the caller may see. While a row is refused nothing
    is written. Applied again, the same rows are ``unchanged``.

    :param rows: each with ``dataset`` (name or id), ``indicators`` (list of whole identifiers; a bare code is
        refused), ``opd`` (list of names or ids of organizations) and ``line`` (how the caller counts the row, default
        its position from 1); a missing or empty list changes nothing
    :param dry_run: only say what would happen (optional, default false)

    :returns: ``dry_run``; ``counts`` by state; ``rows`` in their order, each with ``line``, ``dataset`` as sent,
        ``name`` and ``title`` (``None`` where refused for its dataset), ``state`` (``new``, ``unchanged`` or
        ``refused``), the ``indicators`` and ``opd`` added, and ``problems``, each with ``rule``, ``column``,
        ``value`` and ``message``; ``written``: how many datasets were saved. A dataset that another rule of the portal
        keeps from being saved is ``refused`` while the rows around it are written
    :raises ValidationError: no rows, more than 5000, or a cell that is no list of texts
    """
    tk.check_access("smartcity_tag_update", context, data_dict)
    data = validated(data_dict, schema.tag_update(), context)
    rows = [
        tagging.Row(row["line"], row["dataset"], tuple(row["indicators"]), tuple(row["opd"])) for row in data["rows"]
    ]
    known = tagging.Known(
        indicators=[indicator.uid for indicator in catalogue.load(**config.catalogue_sources()).indicators],
        opd=store.organization_names({value for row in rows for value in row.opd}),
        ended=store.ended_organizations(config.today()),
    )
    outcomes = tagging.check(rows, _visible_datasets(context, {row.dataset for row in rows}), known)
    write = not data["dry_run"] and all(outcome.state != "refused" for outcome in outcomes)
    if write:
        outcomes = [_applied(context, outcome) for outcome in outcomes]
    counts = Counter(outcome.state for outcome in outcomes)
    return {
        "dry_run": data["dry_run"],
        "counts": {"new": 0, "unchanged": 0, "refused": 0, **counts},
        "written": counts["new"] if write else 0,
        "rows": [_outcome_dict(outcome) for outcome in outcomes],
    }


def smartcity_opd_rename(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Move the OPD tag of datasets to a new name, after the name of an organization changed.

    For the walidata; datasets of every organization, private ones and drafts too.

    :param old: the name that datasets still carry; no organization has it any more
    :param new: the name of an active organization
    :param dry_run: only count (optional, default false)

    :returns: ``old``, ``new``, ``dry_run``, ``count`` of datasets moved, ``datasets``: names of those among them that
        the caller may see, ``failed``: the same for datasets that could not be saved, each with ``name``, ``message``
    :raises ValidationError: ``old`` is still the name of an organization, or ``new`` is not
    """
    tk.check_access("smartcity_opd_rename", context, data_dict)
    data = validated(data_dict, schema.opd_rename(), context)
    old, new = data["old"], data["new"]
    known = store.organization_titles()
    if old in known:
        message = tk._('"{value}" is still the name of an organization. Change its name first.').format(value=old)
        raise tk.ValidationError({"old": [message]})
    if new not in known:
        message = tk._('There is no organization named "{value}".').format(value=new)
        raise tk.ValidationError({"new": [message]})
    carrying = [row for row in store.datasets_with_opd(old) if old in fields.stored_list(row.opd)]
    failures = {} if data["dry_run"] else _moved(context, carrying, old, new)
    seen = {row.id for row in carrying if _may_see(context, row.id)}
    return {
        "old": old,
        "new": new,
        "dry_run": data["dry_run"],
        "count": len(carrying) - len(failures),
        "datasets": [row.name for row in carrying if row.id in seen and row.id not in failures],
        "failed": [
            {"name": row.name, "message": failures[row.id]} for row in carrying if row.id in seen and row.id in failures
        ],
    }


@tk.side_effect_free
def smartcity_schema_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """How far the portal's types carry our fields, and which datasets stand in the way of a repeating field.

    For the walidata. An old extra that has the name of a repeating field but holds no rows makes every page of its
    dataset fail once the schema is switched on.

    :returns: ``types``: our types, each with ``type``, ``loaded`` (whether the portal has it) and ``fields`` that
        differ, each with ``field``, ``kind`` (``missing``, ``preset`` or ``form``), ``ours``, ``theirs``; ``count``
        of values in the way and ``datasets``: those that the caller may see, each with ``name``, ``field``, ``value``
        (its first 60 characters)
    """
    tk.check_access("smartcity_schema_check", context, data_dict)
    loaded = _loaded_schemas()
    types = []
    in_the_way = []
    for schema_type in schemafiles.SCHEMAS:
        ours = schemafiles.our_fields(schema_type)
        theirs = schemafiles.fields_by_name(loaded.get(schema_type, {}))
        differences = schemacheck.compare(ours, theirs) if schema_type in loaded else []
        types.append(
            {
                "type": schema_type,
                "loaded": schema_type in loaded,
                "fields": [dataclasses.asdict(difference) for difference in differences],
            }
        )
        repeating = [name for name, field in (ours | theirs).items() if schemacheck.form(field) == "rows"]
        in_the_way += [
            (row, name)
            for name in repeating
            for row in store.stored_texts(schema_type, name)
            if not schemacheck.is_rows(row.text)
        ]
    return {
        "types": types,
        "count": len(in_the_way),
        "datasets": [
            {"name": row.name, "field": name, "value": row.text[:60]}
            for row, name in in_the_way
            if _may_see(context, row.id)
        ],
    }


def _loaded_schemas() -> dict[str, dict[str, Any]]:
    """The portal's schemas by type, presets filled in: of datasets, and of organizations."""
    return {**(tk.h.scheming_dataset_schemas() or {}), **(tk.h.scheming_organization_schemas() or {})}


def _tag_fields() -> dict[str, frozenset[str]]:
    """For each dataset type of the portal the tag columns that it has a field for."""
    return {
        name: frozenset(field["field_name"] for field in loaded["dataset_fields"]) & set(tagging.COLUMNS)
        for name, loaded in (tk.h.scheming_dataset_schemas() or {}).items()
    }


def _untagged_dict(row: Any) -> dict[str, Any]:
    organization = None
    if row.organization:
        organization = {
            "name": row.organization,
            "title": row.organization_title,
            "title_en": row.organization_title_en,
        }
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "title_en": row.title_en,
        "notes": row.notes,
        "metadata_modified": row.metadata_modified.isoformat(),
        "organization": organization,
    }


def _may_see(context: Context, dataset_id: str) -> bool:
    """Whether the caller may see a dataset. A fresh context: authorisation keeps the dataset it looked at there."""
    try:
        tk.check_access("package_show", {"user": context.get("user", "")}, {"id": dataset_id})
    except tk.NotAuthorized:
        return False
    return True


def _tagged(row: Any, tag_fields: Mapping[str, frozenset[str]]) -> tagging.Tagged:
    return tagging.Tagged(
        id=row.id,
        name=row.name,
        title=row.title or row.name,
        indicators=tuple(fields.stored_list(row.indicators)),
        opd=tuple(fields.stored_list(row.opd)),
        fields=tag_fields.get(row.type, frozenset()),
    )


def _visible_datasets(context: Context, references: Collection[str]) -> dict[str, tagging.Tagged]:
    """Datasets by name and id. Public ones are seen by everybody: only of the others the caller's right is asked."""
    tag_fields = _tag_fields()
    seen = [_tagged(row, tag_fields) for row in store.tags(references) if row.public or _may_see(context, row.id)]
    return {key: dataset for dataset in seen for key in (dataset.id, dataset.name)}


def _applied(context: Context, outcome: tagging.Outcome) -> tagging.Outcome:
    """Store what a row adds. The dataset is read again first: another row writer may have been quicker."""
    if outcome.state != "new" or not outcome.dataset:
        return outcome
    dataset = outcome.dataset
    store.hold(dataset.id)
    current = next((_tagged(row, {}) for row in store.tags([dataset.id])), dataset)
    outcome = dataclasses.replace(
        outcome,
        dataset=current,
        indicators=tagging.added(current.indicators, outcome.indicators),
        opd=tagging.added(current.opd, outcome.opd),
    )
    message = _patched(context, dataset.id, outcome.patch)
    if message:
        problem = tagging.Problem("not_saved", "dataset", outcome.row.dataset, (message,))
        return dataclasses.replace(outcome, indicators=(), opd=(), problems=(problem,))
    return outcome


def _moved(context: Context, carrying: Collection[Any], old: str, new: str) -> dict[str, str]:
    """Move the tag of each dataset; the messages of those that cannot be saved, by id."""
    failures = {}
    for row in carrying:
        store.hold(row.id)
        current = fields.stored_list(next(iter(store.tags([row.id])), row).opd)
        message = _patched(context, row.id, {"opd": tagging.renamed(current, old, new)})
        if message:
            failures[row.id] = message
    return failures


def _patched(context: Context, dataset_id: str, lists: dict[str, list[str]]) -> str:
    """Write lists of a dataset in the caller's name; what kept it from being saved, or an empty text.

    Without authorisation, which the caller's action has checked: a walidata has no role in other organizations.
    """
    try:
        tk.get_action("package_patch")(
            {"user": context.get("user", ""), "ignore_auth": True}, {"id": dataset_id, **lists}
        )
    except tk.ValidationError as error:
        return "; ".join(f"{field}: {text}" for field, text in error.error_summary.items())
    return ""


def _outcome_dict(outcome: tagging.Outcome) -> dict[str, Any]:
    dataset = outcome.dataset
    return {
        "line": outcome.row.line,
        "dataset": outcome.row.dataset,
        "name": dataset.name if dataset else None,
        "title": dataset.title if dataset else None,
        "state": outcome.state,
        "indicators": list(outcome.indicators),
        "opd": list(outcome.opd),
        "problems": [
            {
                "rule": problem.rule,
                "column": problem.column,
                "value": problem.value,
                "message": refusals.sentence(problem),
            }
            for problem in outcome.problems
        ],
    }
