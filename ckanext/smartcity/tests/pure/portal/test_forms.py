"""What forms offer and say: retired and foreign values, rows, sentences of errors, fields still empty."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.portal import forms

CHOICES = [
    {"value": "a", "label": "A", "retired": False, "group": "g"},
    {"value": "b", "label": "B", "retired": True, "group": "g"},
    {"value": "c", "label": "C", "retired": False, "group": "h"},
]


def label(field: dict[str, Any]) -> str:
    return field["label"]


def values(offered: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    return [(choice["value"], choice["ticked"]) for choice in offered]


def test_retired_choices_are_offered_only_where_they_are_held():
    assert values(forms.offered_choices(CHOICES, [])) == [("a", False), ("c", False)]
    assert values(forms.offered_choices(CHOICES, ["b"])) == [("a", False), ("b", True), ("c", False)]


def test_values_that_are_no_choice_come_last_and_ticked():
    assert values(forms.offered_choices(CHOICES, ["x", "a", "x"])) == [("a", True), ("c", False), ("x", True)]


@given(held=st.lists(st.sampled_from(["a", "b", "c", "x", "y z", " q"]), unique=True))
def test_an_unchanged_form_sends_what_was_held(held: list[str]):
    offered = forms.offered_choices(CHOICES, held)
    assert {choice["value"] for choice in offered if choice["ticked"]} == set(held)


def test_choices_are_grouped_in_their_order():
    groups = forms.grouped_choices(forms.offered_choices(CHOICES, ["b", "x"]))
    assert [(group, [c["value"] for c in choices]) for group, choices in groups] == [
        ("g", ["a", "b"]),
        ("h", ["c"]),
        ("", ["x"]),
    ]


def test_typed_rows_come_before_stored_ones_and_empty_ones_at_the_end_go():
    stored = {"contact": [{"name": "Lama"}]}
    assert forms.form_rows("contact", stored) == [{"name": "Lama"}]
    typed = {"contact-00-name": "", "contact-01-name": "Baru", "contact-02-name": "", "contacts-00-name": "x"}
    assert forms.form_rows("contact", {**stored, **typed}) == [{"name": ""}, {"name": "Baru"}]
    assert forms.form_rows("contact", {"contact": "no rows"}) == []


@given(rows=st.lists(st.text(min_size=1), min_size=1, max_size=50))
def test_rows_keep_their_order_beyond_ten(rows: list[str]):
    data = {forms.subfield_name("f", n, "a"): text for n, text in enumerate(rows)}
    assert forms.form_rows("f", dict(sorted(data.items(), reverse=True))) == [{"a": text} for text in rows]


DEFINITIONS = [
    {"field_name": "title", "label": "Judul"},
    {
        "field_name": "contact",
        "label": "Kontak",
        "repeating_label": "Baris",
        "repeating_subfields": [{"field_name": "email", "label": "Surel"}],
    },
]


def test_sentences_stand_in_the_order_of_the_fields_with_the_label_once():
    errors = {
        "zz": ["Unknown"],
        "contact": [{}, {"email": ["Surel: salah."]}],
        "title": ["Judul kosong.", "Missing value"],
    }
    assert forms.problems(errors, DEFINITIONS, label) == [
        ("field-title", "Judul kosong."),
        ("field-title", "Judul: Missing value"),
        ("field-contact-01-email", "Baris 2: Surel: salah."),
        ("", "zz: Unknown"),
    ]


def test_each_sentence_stands_once():
    errors = {"title": ["Sama", "Sama"], "x": "Judul: Sama"}
    assert [p.sentence for p in forms.problems(errors, DEFINITIONS, label)] == ["Judul: Sama", "x: Judul: Sama"]


ERRORS = st.recursive(
    st.text() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(errors=st.dictionaries(st.sampled_from(["title", "contact", "extras", "resources"]), ERRORS))
def test_any_errors_of_ckan_become_sentences(errors: dict[str, Any]):
    found = [problem.sentence for problem in forms.problems(errors, DEFINITIONS, label)]
    assert len(found) == len(set(found))


FIELDS = [
    {"field_name": "title", "required": True, "smartcity_heading": "Atas"},
    {"field_name": "kind", "smartcity_recommended": True},
    {"field_name": "unit", "smartcity_required_when": {"kind": "statistics"}, "smartcity_recommended": True},
    {"field_name": "rows", "smartcity_heading": "Bawah"},
    {"field_name": "hidden", "required": True, "form_snippet": None, "display_snippet": None},
]


def names(found: list[dict[str, Any]]) -> list[str]:
    return [field["field_name"] for field in found]


def test_empty_required_fields_come_before_empty_recommended_ones():
    required, recommended = forms.empty_fields(FIELDS, {})
    assert (names(required), names(recommended)) == (["title"], ["kind", "unit"])
    required, recommended = forms.empty_fields(FIELDS, {"title": "x", "kind": "statistics"})
    assert (names(required), names(recommended)) == (["unit"], [])


def test_a_page_shows_what_holds_something_under_its_heading():
    record = {"title": "x", "kind": "", "unit": "jam", "rows": [{"a": ""}], "hidden": "y"}
    assert [(heading, names(found)) for heading, found in forms.sections(FIELDS, record)] == [
        ("Atas", ["title", "unit"])
    ]
    assert forms.sections(FIELDS, record, without=["title", "unit"]) == []
    assert [h for h, _ in forms.sections(FIELDS, {"rows": [{"a": ""}, {"a": "b"}]})] == ["Bawah"]
