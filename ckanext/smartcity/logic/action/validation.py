"""What an action makes of its parameters."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context, DataDict, Schema


def validated(data_dict: DataDict, rules: Schema, context: Context) -> dict[str, Any]:
    """What the rules make of the parameters; keys without a rule are dropped.

    Raises ``ValidationError`` with a sentence for each refused one.
    """
    data, errors = tk.navl_validate({key: data_dict[key] for key in rules if key in data_dict}, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return data
