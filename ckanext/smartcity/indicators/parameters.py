"""What a recipe is told besides the period: thresholds, options, code lists. All are part of the fingerprint."""

from __future__ import annotations

from collections.abc import Mapping

from ckanext.smartcity.catalogue import Catalogue, Indicator, Vocabulary
from ckanext.smartcity.indicators.recipes import RECIPES, generic

OPTIONS: Mapping[str, str] = {
    "region_code": "ckanext.smartcity.city.region_code",
    "grade": "ckanext.smartcity.visits.grade",
}
"""The option of the configuration behind each parameter that comes from there."""


class OptionMissing(ValueError):
    """A recipe needs an option that is empty; ``option`` is its full name."""

    def __init__(self, option: str) -> None:
        super().__init__(f"{option} is not set")
        self.option = option


def parameters_of(indicator: Indicator, catalogue: Catalogue, options: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an indicator, by name.

    ``options`` are the values of the configuration by parameter (keys of ``OPTIONS``). A parameter in the definition of
    the indicator goes before an option or a list of the same name. Raises OptionMissing.
    """
    recipe = RECIPES[indicator.recipe]
    found = {name: joined(catalogue.vocabularies[vocabulary]) for name, vocabulary in recipe.lists.items()}
    found |= {name: options.get(name, "") for name in recipe.options}
    found |= indicator.parameters
    for name in recipe.options:
        if not found[name].strip():
            raise OptionMissing(OPTIONS[name])
    return found | (parts_of(indicator) if recipe is generic.RECIPE else {})


def joined(vocabulary: Vocabulary) -> str:
    """The values of a code list that are not retired, sorted and separated by commas."""
    return ",".join(sorted(choice.value for choice in vocabulary.choices if not choice.retired))


def parts_of(indicator: Indicator) -> dict[str, str]:
    """Which row of ``indicator_parts`` is asked for, and whether an empty denominator in it means the population."""
    found = {generic.INDICATOR: indicator.uid}
    return found | ({generic.PER_INHABITANT: "true"} if "population" in indicator.inputs else {})
