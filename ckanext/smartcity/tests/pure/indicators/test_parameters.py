"""What a recipe is told: from the definition, the configuration and the code lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ckanext.smartcity import catalogue
from ckanext.smartcity.indicators.parameters import OPTIONS, OptionMissing, joined, parameters_of
from ckanext.smartcity.indicators.recipes import RECIPES

CATALOGUE = catalogue.load()
OF_THE_CITY = {"region_code": "35.78", "grade": "confirmed"}


def parameters(code, options=OF_THE_CITY, **changes):
    return parameters_of(replace(CATALOGUE.indicator(code), **changes), CATALOGUE, options)


def test_a_recipe_without_parameters_has_none():
    assert parameters("9.2") == {}


def test_the_definition_brings_its_thresholds():
    assert parameters("9.2", parameters={"least": "3"}) == {"least": "3"}


def test_an_option_comes_from_the_configuration():
    assert parameters("5.2") == {"region_code": "35.78"}


@pytest.mark.parametrize("options", [{}, {"region_code": ""}, {"region_code": " "}])
def test_without_the_option_the_run_is_refused_by_its_full_name(options):
    with pytest.raises(OptionMissing, match=r"ckanext\.smartcity\.city\.region_code") as refused:
        parameters("5.2", options)
    assert refused.value.option == "ckanext.smartcity.city.region_code"


def test_the_definition_goes_before_the_configuration():
    assert parameters("5.2", parameters={"region_code": "33.74"}) == {"region_code": "33.74"}


def test_retired_codes_are_left_out():
    codes = CATALOGUE.vocabularies["research_codes"]
    choice = codes.choices[0]
    more = replace(codes, choices=(replace(choice, value="73", retired=True), replace(choice, value="01"), choice))
    assert joined(more) == "01,72"


def test_a_row_of_published_parts_is_asked_for_by_uid():
    assert parameters("7.7") == {"indicator": "iso37122:2019/7.7"}


def test_an_indicator_per_inhabitant_says_so():
    kinds = {
        indicator.formula_type
        for indicator in CATALOGUE.indicators
        if indicator.recipe == "generic"
        if "per_inhabitant" in parameters_of(indicator, CATALOGUE, OF_THE_CITY)
    }
    assert kinds == {"per_100000", "per_1000", "per_capita"}


def test_every_recipe_asks_for_what_there_is():
    for recipe in RECIPES.values():
        assert set(recipe.options) <= set(OPTIONS)
        assert set(recipe.lists.values()) <= set(CATALOGUE.vocabularies)
