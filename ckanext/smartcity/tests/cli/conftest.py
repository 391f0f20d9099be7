"""What the tests of the commands share."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pytest
import yaml
from click.testing import CliRunner, Result

from ckanext.smartcity.cli import smartcity


@pytest.fixture
def run(clean) -> Callable[..., Result]:
    """Run ``ckan smartcity ...`` on an empty portal; raises what a command lets through."""

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(smartcity, [str(argument) for argument in arguments], catch_exceptions=False)

    return invoke


@pytest.fixture
def two_agencies(ckan_config, monkeypatch, tmp_path) -> None:
    """The city's own agencies file: the shipped one, with two default agencies in place of 31."""
    shipped = resources.files("ckanext.smartcity.schemas").joinpath("agencies.yaml").read_text(encoding="utf-8")
    own = yaml.safe_load(shipped)
    for agency in own["agencies"]:
        agency["default"] = agency["slug"] in ("diskominfo", "dlh")
    file = tmp_path / "own-agencies.yaml"
    file.write_text(yaml.safe_dump(own), encoding="utf-8")
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.indicators.agencies", str(file))
