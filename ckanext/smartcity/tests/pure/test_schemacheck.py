"""A portal's own schema beside ours."""

from __future__ import annotations

import pytest

from ckanext.smartcity.portal import schemafiles
from ckanext.smartcity.portal.schemacheck import Difference, compare, form, is_rows

CHOICES = {"preset": "smartcity_choices", "output_validators": "scheming_multiple_choice_output"}


def test_missing_other_preset_and_other_form_are_told_apart():
    ours = {"indicators": CHOICES, "unit": {"preset": "smartcity_text"}, "contact": {"repeating_subfields": []}}
    theirs = {"indicators": {"preset": "select"}, "contact": {"repeating_subfields": [{"field_name": "name"}]}}
    assert compare(ours, theirs) == [
        Difference("indicators", "preset", "smartcity_choices", "select"),
        Difference("indicators", "form", "list", "text"),
        Difference("unit", "missing", "smartcity_text", ""),
    ]


@pytest.mark.parametrize("schema_type", schemafiles.SCHEMAS)
def test_our_own_schema_differs_in_nothing(schema_type):
    fields = schemafiles.our_fields(schema_type)
    assert "name" in fields
    assert compare(fields, fields) == []


def test_forms():
    assert form(CHOICES) == "list"
    assert form({"repeating_subfields": []}) == "rows"
    assert form({"output_validators": "boolean_validator"}) == "text"


@pytest.mark.parametrize("address", ["https://example.org/x.yaml", "no.such.module:x.yaml", "ckanext.scheming:no.yaml"])
def test_what_is_no_file_of_a_module_is_not_read(address):
    assert schemafiles.read(address) is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('[{"name": "a"}]', True),
        ("[]", True),
        ("Dinas Kesehatan", False),
        ("", False),
        ('["a"]', False),
        ('{"name": "a"}', False),
        ("NaN", False),
    ],
)
def test_rows_of_a_repeating_field(text, rows):
    assert is_rows(text) is rows
