"""The register as CSV: its columns are those of the type, text never becomes a formula, numbers stay numbers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.contracts import export

NOT_EXPORTED = {"contract_id", "owner_org", "notes", "tag_string", "amendments"}


def row(**given: Any) -> dict[str, Any]:
    return {**dict.fromkeys(export.COLUMNS), "contract_id": "manual:dlh:1", **given}


def cells(**given: Any) -> dict[str, str]:
    (found,) = csv.DictReader(io.StringIO("".join(export.lines([row(**given)])).removeprefix("\ufeff")))
    return found


def test_the_columns_are_those_of_the_type():
    text = resources.files("ckanext.smartcity.schemas").joinpath("datasets/service_contract.yaml").read_text("utf-8")
    fields = {field["field_name"] for field in yaml.safe_load(text)["dataset_fields"]}
    assert set(export.FIELDS) == fields - NOT_EXPORTED
    assert len(set(export.COLUMNS)) == len(export.COLUMNS)


def test_an_empty_register_is_a_header_after_the_byte_order_mark():
    (header,) = export.lines([])
    assert header.encode().startswith(b"\xef\xbb\xbfcontract_id,organization,title,")
    assert header.endswith("quote,page,document_sha256,url\r\n")


def test_values_in_cells():
    found = cells(
        value_amount=Decimal("1250000000.50"),
        dates_assumed=True,
        city_service_areas=["fire", "recreation"],
        start_date="2025-01-01",
        page=12,
    )
    shown = ("value_amount", "dates_assumed", "city_service_areas", "start_date", "page", "quote")
    assert [found[name] for name in shown] == ["1250000000.50", "true", "fire;recreation", "2025-01-01", "12", ""]


@pytest.mark.parametrize("text", ["=1+1", "+62 21", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0A"])
def test_text_never_becomes_a_formula(text):
    assert cells(supplier_name=text)["supplier_name"].startswith("'")
    assert cells(city_service_areas=[text])["city_service_areas"].startswith("'")


@pytest.mark.parametrize("value", [-5, "-5", "1,5", "-1.5", 0, "2025"])
def test_numbers_are_untouched(value):
    assert cells(budget_year=value)["budget_year"] == str(value)


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")))
def test_any_text_comes_back_as_one_cell(text):
    found = cells(title=text)["title"]
    assert found.removeprefix("'").replace("\\|", "|") == text.removeprefix("'")
    assert cells(title=text)["url"] == ""
