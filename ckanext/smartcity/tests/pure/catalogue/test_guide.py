"""The examples of docs/catalogue.md are good files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ckanext.smartcity import catalogue

GUIDE = Path(__file__).resolve().parents[5] / "docs" / "catalogue.md"
pytestmark = pytest.mark.skipif(not GUIDE.is_file(), reason="an installed package has no docs folder")


def test_indicators_agencies_and_vocabularies_of_the_guide_load_together(write, tmp_path, shipped):
    told = GUIDE.read_text(encoding="utf-8")
    agencies, indicators, theme, choices = re.findall(r"```yaml\n(.*?)```", told, re.DOTALL)
    write("catalogue/a.yaml", indicators)
    write("catalogue/b.yaml", theme)
    write("vocabularies/frequencies.yaml", choices)
    mine = yaml.safe_load(agencies)
    mine["themes"] = [mine["themes"][0] | {"theme": one.number} for one in shipped.themes]
    found = catalogue.load([str(tmp_path / "catalogue")], write("agencies.yaml", mine), str(tmp_path / "vocabularies"))
    assert found.indicator("kota-contoh:2026/10.1").short.id == "Aplikasi kota"
    assert found.theme(30).approach == "governance"
    assert found.vocabularies["frequencies"].get("FORTNIGHTLY").retired


def test_the_guide_names_every_vocabulary(shipped):
    told = GUIDE.read_text(encoding="utf-8")
    assert [name for name in shipped.vocabularies if f"`{name}`" not in told] == []
