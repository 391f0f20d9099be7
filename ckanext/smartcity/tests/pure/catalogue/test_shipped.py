"""What we ship: 80 indicators, the work programme, agencies, vocabularies, in both languages."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from ckanext.smartcity import catalogue

UNSURE = {"6.3", "7.4", "7.5", "7.8", "8.1", "19.12", "19.13"}
FLOWS_BY_NAME = {"5.1", "7.7", "17.4", "19.2"}


def test_there_are_80_indicators_in_19_themes_and_six_approaches(shipped):
    assert len(shipped.indicators) == 80
    assert len(shipped.themes) == 19
    counts = Counter(indicator.approach for indicator in shipped.indicators)
    assert [(a.slug, counts[a.slug]) for a in shipped.approaches] == [
        ("governance", 4),
        ("economy", 6),
        ("living", 18),
        ("people", 7),
        ("environment", 28),
        ("mobility", 17),
    ]


def test_every_theme_stands_in_its_approach_and_has_indicators(shipped):
    assert [theme.number for theme in shipped.themes] == list(range(5, 24))
    for approach in shipped.approaches:
        assert {theme.approach for theme in approach.themes} == {approach.slug}
    assert {indicator.theme for indicator in shipped.indicators} == {theme.number for theme in shipped.themes}


def test_indicators_come_in_order_of_theme_and_item(shipped):
    codes = [indicator.code for indicator in shipped.indicators]
    assert codes[:4] == ["5.1", "5.2", "5.3", "5.4"]
    assert codes.index("7.10") == codes.index("7.9") + 1
    assert codes[-1] == "23.4"


def test_short_names_fit_a_facet_and_differ(shipped):
    for language in ("id", "en"):
        shorts = [getattr(indicator.short, language) for indicator in shipped.indicators]
        assert len(set(shorts)) == 80
        facets = shorts + [getattr(theme.short, language) for theme in shipped.themes]
        facets += [getattr(approach.name, language) for approach in shipped.approaches]
        facets += [getattr(c.short, language) for v in shipped.vocabularies.values() for c in v.choices]
        assert max(map(len, facets)) <= catalogue.SHORT


def test_the_meaning_is_a_sentence_and_not_the_name_again(shipped):
    for indicator in shipped.indicators:
        for language in ("id", "en"):
            meaning, name = (text.in_language(language) for text in (indicator.meaning, indicator.name))
            assert meaning.endswith("."), indicator.code
            assert len(meaning) > 40, indicator.code
            assert name not in meaning, indicator.code


def test_both_languages_say_something_different(shipped):
    for indicator in shipped.indicators:
        for text in (indicator.name, indicator.meaning, indicator.numerator, *indicator.readings):
            assert text.id != text.en, (indicator.code, text)


def test_shares_of_a_whole_lie_between_0_and_100(shipped):
    for indicator in shipped.indicators:
        assert indicator.bounds.minimum == 0
        if indicator.bounds.maximum is not None:
            assert (indicator.bounds.maximum, indicator.multiplier) == (Decimal(100), Decimal(100))
    assert shipped.indicator("5.1").bounds.maximum == 100
    assert shipped.indicator("16.4").bounds.maximum is None, "recycled plastic may exceed the plastic sold in the year"


def test_what_the_standard_leaves_open_is_said(shipped):
    assert {i.code for i in shipped.indicators if i.certainty == "low"} == UNSURE
    assert all(i.readings for i in shipped.indicators if i.certainty == "low")


def test_flows_and_stocks(shipped):
    flows = {i.code for i in shipped.indicators if i.measure_kind == "flow"}
    assert len(flows) == 30
    assert flows > FLOWS_BY_NAME
    assert shipped.indicator("10.2").measure_kind == "stock"


def test_every_indicator_has_somebody_who_answers_and_somebody_who_supplies(shipped):
    for indicator in shipped.indicators:
        responsibility = shipped.responsibility(indicator.uid)
        assert shipped.agency(responsibility.lead), indicator.code
        assert responsibility.producers, indicator.code
        assert all(shipped.agency(slug) for slug in responsibility.producers), indicator.code


def test_one_agency_is_walidata_and_31_are_made_at_init(shipped):
    assert [agency.slug for agency in shipped.agencies if agency.sdi_role == "walidata"] == ["diskominfo"]
    assert sum(agency.default for agency in shipped.agencies) == 31


def test_the_work_programme_has_its_ten_indicators(shipped):
    ten = {"10.1", "10.2", "10.3", "10.4", "5.1", "5.2", "5.3", "5.4", "9.1", "9.2"}
    assert {i.code for i in shipped.indicators if i.programme} == ten
    for entry in shipped.programme.entries:
        assert entry.activities
        assert entry.requirements
        assert entry.agencies
        assert all(shipped.agency(named.slug) for named in entry.agencies if named.slug)
    assert shipped.programme.document.date == "2023-08"
    assert shipped.programme_entry("iso37122:2019/6.1") is None


def test_the_programme_names_the_lists_of_service_areas(shipped):
    named = {
        entry.uid: requirement.service_areas
        for entry in shipped.programme.entries
        for requirement in entry.requirements
        if requirement.service_areas
    }
    assert named == {"iso37122:2019/5.1": "5.1", "iso37122:2019/10.2": "10.2"}


def test_service_areas_are_15_values_in_two_lists(shipped):
    areas = shipped.vocabularies["service_areas"]
    contracts, services = areas.in_list("5.1"), areas.in_list("10.2")
    assert len(contracts) == 15
    assert [choice.value for choice in contracts][:2] == ["general-services", "waste-recycling"]
    left_out = {choice.value for choice in contracts} - {choice.value for choice in services}
    assert left_out == {"general-services", "recreation", "construction"}
    assert areas.get("city-building-rental").label.id == "Penyewaan bangunan kota"
    assert next(c for c in contracts if c.value == "city-building-rental").label.id == (
        "Penyewaan dan pelayanan bangunan kota"
    )


def test_the_vocabularies_are_those_of_the_fields(shipped):
    assert set(shipped.vocabularies) == {
        "access_rights",
        "agency_kinds",
        "city_service_decisions",
        "city_service_reasons",
        "clause_decisions",
        "clause_reasons",
        "contract_statuses",
        "counterparties",
        "data_kinds",
        "document_types",
        "education_codes",
        "frequencies",
        "ict_codes",
        "import_sources",
        "measures",
        "procurement_categories",
        "procurement_methods",
        "research_codes",
        "sdi_roles",
        "service_areas",
        "units",
    }


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("DAILY", 1),
        ("WEEKLY", 7),
        ("MONTHLY", 31),
        ("QUARTERLY", 92),
        ("ANNUAL_2", 183),
        ("ANNUAL", 366),
        ("BIENNIAL", 731),
        ("QUADRENNIAL", 1461),
        ("IRREG", None),
    ],
)
def test_frequencies_have_days_and_an_address_of_the_eu(shipped, value, days):
    choice = shipped.vocabularies["frequencies"].get(value)
    assert choice.extra["days"] == days
    assert choice.uri == f"http://publications.europa.eu/resource/authority/frequency/{value}"


def test_a_reason_says_for_which_decision_and_which_part_of_the_test_it_is(shipped):
    reasons = shipped.vocabularies["clause_reasons"]
    assert Counter(reason.extra["clause"] for reason in reasons.choices) == {"yes": 6, "no": 14}
    assert reasons.get("residents_only").extra["part"] == 2
    assert reasons.get("no_mention").extra["part"] is None


def test_decisions_are_text_though_yaml_reads_them_as_booleans(shipped):
    assert [c.value for c in shipped.vocabularies["clause_decisions"].choices] == ["yes", "partial", "no", "undecided"]
    assert [c.value for c in shipped.vocabularies["city_service_decisions"].choices] == ["yes", "no", "undecided"]
