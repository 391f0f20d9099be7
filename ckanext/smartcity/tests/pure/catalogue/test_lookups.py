"""How an indicator is found: by uid, by bare code while one standard is loaded, by address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.smartcity import catalogue

SHIPPED = catalogue.load()


def test_a_uid_and_a_bare_code_find_the_same_indicator(shipped):
    found = shipped.indicator("iso37122:2019/7.10")
    assert found.uid == "iso37122:2019/7.10"
    assert shipped.indicator("7.10") is found
    assert shipped.indicator("7.1") is not found


@pytest.mark.parametrize("text", ["", "7.11", "7", "7.1 ", "iso37120:2018/7.1", "iso37122:2019/", "iso37122:2019/07.1"])
def test_what_is_not_loaded_is_unknown(shipped, text):
    with pytest.raises(catalogue.UnknownIndicator) as raised:
        shipped.indicator(text)
    assert isinstance(raised.value, LookupError)


def test_an_address_names_standard_and_code(shipped):
    indicator = shipped.indicator("10.4")
    assert indicator.path == "iso37122-2019/10.4"
    assert shipped.indicator_at("iso37122-2019", "10.4") is indicator
    with pytest.raises(catalogue.UnknownIndicator):
        shipped.indicator_at("iso37122-2018", "10.4")


def test_a_bare_code_is_ambiguous_beside_a_second_standard(file, read):
    other = {"standard": "kota2:2025", "indicators": file["indicators"]}
    found, _ = read([file], [other | {"indicators": [other["indicators"][0] | {"short": {"id": "x", "en": "y"}}]}])
    approaches, themes, indicators = found.in_order()
    both = catalogue.Catalogue(approaches, themes, indicators, (), {}, {}, {}, {}, SHIPPED.programme)
    assert both.indicator("kota2:2025/5.1").standard == "kota2:2025"
    with pytest.raises(catalogue.AmbiguousCode):
        both.indicator("5.1")


def test_who_leads_and_who_supplies(shipped):
    assert "10.1" in {indicator.code for indicator in shipped.led_by("diskominfo")}
    assert {indicator.code for indicator in shipped.produced_by("ukpbj")} == {"5.1"}
    assert shipped.led_by("nobody") == ()


def test_an_indicator_without_a_line_takes_the_line_of_its_theme(shipped):
    assert shipped.responsibility("iso37122:2019/6.1").lead == "disdik"
    assert shipped.responsibility("iso37122:2019/6.1").origin == "usual"
    assert shipped.responsibility("iso37122:2019/6.3").producers == ("disdukcapil",)
    assert shipped.responsibility("iso37122:2019/9.2").named_in_document == ("djp",)


def test_themes_approaches_and_agencies_by_key(shipped):
    assert shipped.theme(10).value == "10"
    assert shipped.approach("living").position == 3
    assert shipped.agency("dinkes").short == "Dinkes"
    assert shipped.agency("dinas-lain") is None
    with pytest.raises(LookupError):
        shipped.theme(4)
    with pytest.raises(LookupError):
        shipped.approach("smart")


@pytest.mark.parametrize("language", ["id", "en", "ID", "id_ID", "de", ""])
def test_any_language_but_indonesian_reads_english(language):
    text = catalogue.Text(id="ya", en="yes")
    assert text.in_language(language) == ("ya" if language == "id" else "yes")


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 120)), max_size=6))
@settings(max_examples=30)
def test_codes_are_sorted_by_their_numbers_and_never_as_text(numbers):
    indicators = [replace(SHIPPED.indicators[0], theme=theme, code=f"{theme}.{item}") for theme, item in numbers]
    in_order = sorted(indicators, key=lambda one: one.sort_key)
    assert [one.code for one in in_order] == [f"{theme}.{item}" for theme, item in sorted(numbers)]


def test_it_is_read_once():
    assert catalogue.load() is catalogue.load(catalogue_paths=[], agencies_path="", vocabularies_path="")
