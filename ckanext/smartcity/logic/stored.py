"""What a field held before this save, for rules that let unchanged values pass.

Old portals hold extras of our names with other contents. Whoever edits such a dataset must be able to save it, so a
value that equals the stored one is never refused.
"""

from __future__ import annotations

from typing import Any

from ckanext.smartcity.portal import fields

Key = tuple[Any, ...]


def stored_value(key: Key, data: dict[Key, Any], context: Any) -> Any:
    """The stored value of a field of the dataset, organisation or resource being saved; ``None`` where nothing was."""
    entity = context.get("package") or context.get("group")
    if entity is None or data.get(("id",)) not in (entity.id, entity.name):
        return None
    if key[0] != "resources":
        return _value(entity, key[0])
    resource_id = data.get(("resources", key[1], "id"))
    resource = next((r for r in entity.resources if r.id == resource_id), None)
    return None if resource is None else _value(resource, key[2])


def _value(entity: Any, field: str) -> Any:
    if field in entity.__table__.columns and field != "extras":
        return getattr(entity, field)
    return (entity.extras or {}).get(field)


def is_unchanged(key: Key, data: dict[Key, Any], context: Any) -> bool:
    """Whether the value sent equals the stored one; in a repeating field, the value of any stored row."""
    value = data.get(key)
    subfield = key[2] if len(key) == 3 and key[0] != "resources" else None
    if subfield is None:
        return value is not None and stored_value(key, data, context) == value
    rows = fields.stored_rows(stored_value(key[:1], data, context))
    return any(row.get(subfield) == value for row in rows if row.get(subfield) is not None)
