"""Which list of licences CKAN offers."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib.resources import files
from pathlib import Path
from typing import Any

OPTION = "licenses_group_url"


def group_url() -> str:
    """The address of the packaged ``licenses.json``, as CKAN's option ``licenses_group_url`` takes it."""
    return f"file://{Path(str(files('ckanext.smartcity.schemas') / 'licenses.json'))}"


def offer_packaged(config: MutableMapping[str, Any]) -> None:
    """Set ``licenses_group_url`` to the packaged list, unless the operator has written one."""
    if not config.get(OPTION):
        config[OPTION] = group_url()
