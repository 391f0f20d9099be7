"""The real catalogue, read once, and small files for the checks."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ckanext.smartcity import catalogue
from ckanext.smartcity.catalogue.indicators import Found, read_indicators
from ckanext.smartcity.catalogue.problems import Problem

INDICATOR = {
    "code": "5.1",
    "theme": 5,
    "name": {"id": "Persentase angkutan", "en": "Percentage of transport"},
    "short": {"id": "Angkutan", "en": "Transport"},
    "meaning": {"id": "Menunjukkan angkutan.", "en": "Shows transport."},
    "numerator": {"id": "angkutan", "en": "transport"},
    "denominator": {"id": "semua", "en": "all"},
    "formula_type": "percentage",
    "measure_kind": "stock",
    "multiplier": "100",
    "unit": "PERCENT",
    "decimals": 2,
    "bounds": {"min": "0", "max": "100"},
    "better": "up",
    "certainty": "high",
    "source": ["A city"],
}
FILE = {
    "standard": "kota:2025",
    "approach": {"slug": "economy", "position": 1, "name": {"id": "Ekonomi", "en": "Economy"}},
    "themes": [{"number": 5, "name": {"id": "Ekonomi", "en": "Economy"}}],
    "indicators": [INDICATOR],
}


@pytest.fixture(scope="session")
def shipped() -> catalogue.Catalogue:
    """The catalogue without anything of a city."""
    return catalogue.load()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    """Write data, or YAML as text, to a file of the test; gives the path."""

    def write_file(name: str, data: Any) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
        return str(path)

    return write_file


@pytest.fixture
def file() -> dict[str, Any]:
    """A good file of one indicator, to be spoiled."""
    return deepcopy(FILE)


@pytest.fixture
def read(write: Callable[..., str], tmp_path: Path) -> Callable[..., tuple[Found, list[Problem]]]:
    """Read folders of files of indicators, the first one as if it were shipped: what was found, what is wrong."""

    def read_folders(*folders: list[Any]) -> tuple[Found, list[Problem]]:
        paths = []
        for number, files in enumerate(folders, 1):
            for letter, data in zip("abcdef", files, strict=False):
                write(f"{number}/{letter}.yaml", data)
            paths.append(str(tmp_path / str(number)))
        problems: list[Problem] = []
        return read_indicators(paths, ["PERCENT", "DAYS"], problems), problems

    return read_folders
