"""Texts about the count, in both languages, as ``schemas/visits.yaml`` has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def texts() -> dict[str, Any]:
    """``privacy``, ``grades`` (by grade), ``method`` (paragraphs), ``sources`` (text, url), ``checks`` (by code).

    A text is {id, en}.
    """
    file = resources.files("ckanext.smartcity.schemas").joinpath("visits.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def check_sentences(code: str, found: Mapping[str, str | int]) -> dict[str, str]:
    """What a check found, in each language. ``found`` has what the sentence of ``code`` names."""
    return {language: sentence.format_map(found) for language, sentence in texts()["checks"][code].items()}
