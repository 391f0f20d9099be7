"""The scheming files of this package, and those of a portal, as they are written.

A schema is addressed as scheming does it: ``python.module:file``. Files come from ``importlib.resources``, never from a
path beside this one: in an editable install the folder ``schemas/`` lies elsewhere.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import yaml

PACKAGE = "ckanext.smartcity.schemas"
PRESETS = f"{PACKAGE}:presets.yaml"
SCHEMING_PRESETS = "ckanext.scheming:presets.json"
DATASET_SCHEMAS = {
    "dataset": f"{PACKAGE}:datasets/dataset.yaml",
    "service_contract": f"{PACKAGE}:datasets/service_contract.yaml",
}
ORGANIZATION_SCHEMAS = {"organization": f"{PACKAGE}:organization.yaml"}
SCHEMAS = DATASET_SCHEMAS | ORGANIZATION_SCHEMAS


def read(address: str) -> dict[str, Any] | None:
    """The content of a schema or preset file; ``None`` for an address that is no file of an installed module.

    Web addresses are not fetched: scheming does that itself when it starts.
    """
    module, _, name = address.partition(":")
    try:
        text = (files(module) / name).read_text(encoding="utf-8")
    except (ImportError, OSError, ValueError, TypeError):
        return None
    return yaml.safe_load(text) if name.endswith((".yaml", ".yml")) else json.loads(text)


def our_fields(schema_type: str) -> dict[str, dict[str, Any]]:
    """Our fields of a type with presets filled in, by name; resource fields as ``resources.<name>``."""
    presets = {
        preset["preset_name"]: preset["values"]
        for address in (SCHEMING_PRESETS, PRESETS)
        for preset in (read(address) or {"presets": []})["presets"]
    }
    schema = read(SCHEMAS[schema_type]) or {}
    return {
        name: {**presets.get(field.get("preset", ""), {}), **field} for name, field in fields_by_name(schema).items()
    }


def fields_by_name(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Fields of any scheming schema by name; resource fields as ``resources.<name>``."""
    named = {field["field_name"]: field for key in ("fields", "dataset_fields") for field in schema.get(key, ())}
    return named | {f"resources.{field['field_name']}": field for field in schema.get("resource_fields", ())}
