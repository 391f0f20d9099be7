"""The register on the command line: the figures of the page, the bytes of the file."""

from __future__ import annotations

import json

import pytest

from ckanext.smartcity.cli import smartcity
from ckanext.smartcity.tests.contracts import made
from ckanext.smartcity.tests.contracts.test_figures import decide

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture(autouse=True)
def register(clean: None) -> None:
    made.offices()
    for name in ("bus", "halte", "taman"):
        made.contract(name)
    made.contract("rahasia", private=True)
    decide("bus")
    decide("halte", "no")


def test_figures_stand_with_what_belongs_beside_them(cli):
    result = cli.invoke(smartcity, ["contracts", "figures", "2026"])
    assert result.exit_code == 0, result.output
    share = "33.33 % (1 of 3), 1 of 3 not yet examined, 50.00 % among the decided"
    lines = result.output.splitlines()
    assert share in lines and f"dishub: {share}" in lines
    assert "no, no_mention: 1" in lines and "3 read = 3 counted + 0 left out" in lines


def test_figures_as_json(cli):
    result = cli.invoke(smartcity, ["contracts", "figures", "2026", "--json"])
    assert json.loads(result.output)["counted"] == 3


def test_a_year_to_come_is_refused(cli):
    result = cli.invoke(smartcity, ["contracts", "figures", "2099"])
    assert result.exit_code == 2 and "is not a whole number from 2000" in result.output


def test_the_export_is_the_file_of_the_page(cli, app):
    result = cli.invoke(smartcity, ["contracts", "export", "csv"])
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == app.get("/smartcity/contracts.csv").data
