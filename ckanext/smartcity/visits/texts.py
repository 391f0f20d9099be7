"""Texts about the count, in both languages, as ``schemas/visits.yaml`` has them. Pure."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def texts() -> dict[str, Any]:
    """``privacy``, ``grades`` (by grade), ``method`` (paragraphs), ``sources`` (text, url); a text is {id, en}."""
    file = resources.files("ckanext.smartcity.schemas").joinpath("visits.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))
