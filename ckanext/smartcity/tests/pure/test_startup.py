"""Warnings at the start: what is wrong, and that the line to write mends it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.portal import schemafiles
from ckanext.smartcity.portal.startup import ORDER, Setup, ordered, setup_from, warnings

GOOD = Setup(
    plugins=["smartcity", "scheming_datasets", "scheming_organizations", "datastore"],
    presets=["ckanext.scheming:presets.json", "ckanext.smartcity.schemas:presets.yaml"],
    dataset_schemas=[(address, name) for name, address in schemafiles.DATASET_SCHEMAS.items()],
    organization_schemas=[(address, name) for name, address in schemafiles.ORGANIZATION_SCHEMAS.items()],
    locales_offered=["id", "en"],
)


def test_the_configuration_of_the_readme_gives_no_warning():
    assert warnings(GOOD) == []


def test_the_readers_of_files_and_of_options_agree():
    config = {
        "ckan.plugins": "smartcity scheming_datasets scheming_organizations datastore",
        "scheming.presets": "ckanext.scheming:presets.json ckanext.smartcity.schemas:presets.yaml",
        "scheming.dataset_schemas": " ".join(schemafiles.DATASET_SCHEMAS.values()),
        "scheming.organization_schemas": " ".join(schemafiles.ORGANIZATION_SCHEMAS.values()),
        "ckan.locales_offered": ["id", "en"],
    }
    assert setup_from(config, schemafiles.read, ("id", "en")) == GOOD


@pytest.mark.parametrize(
    ("plugins", "said"),
    [
        ("scheming_datasets smartcity scheming_organizations", "smartcity must stand before scheming_datasets"),
        ("scheming_organizations smartcity scheming_datasets", "smartcity must stand before scheming_organizations"),
        ("dcat smartcity scheming_datasets scheming_organizations", "smartcity must stand before dcat"),
        (
            "smartcity scheming_datasets scheming_organizations validation",
            "validation must stand before scheming_datasets",
        ),
        ("smartcity scheming_organizations", "lacks scheming_datasets"),
        ("smartcity scheming_datasets", "lacks scheming_organizations"),
        ("smartcity scheming_datasets scheming_organizations scheming_nerf_index", "scheming_nerf_index"),
    ],
)
def test_a_wrong_order_is_named_with_the_line_that_mends_it(plugins, said):
    found = warnings(replace(GOOD, plugins=plugins.split()))
    assert len(found) == 1
    assert said in found[0]
    line = found[0].split("Write: ckan.plugins = ")[1]
    assert warnings(replace(GOOD, plugins=line.split())) == []


@given(st.permutations(["smartcity", "scheming_datasets", "scheming_organizations", "dcat", "validation", "datastore"]))
def test_every_order_can_be_mended_and_no_plugin_is_lost(plugins):
    mended = ordered(plugins)
    assert sorted(mended) == sorted(plugins)
    assert all(mended.index(first) < mended.index(second) for first, second, _ in ORDER)
    assert ordered(mended) == mended


def test_missing_presets_are_named_and_the_portals_own_stay():
    found = warnings(replace(GOOD, presets=["ckanext.scheming:presets.json", "city.theme:presets.yaml"]))
    assert found == [
        "scheming.presets lacks ckanext.smartcity.schemas:presets.yaml. Write: scheming.presets = "
        "ckanext.scheming:presets.json city.theme:presets.yaml ckanext.smartcity.schemas:presets.yaml"
    ]


def test_two_files_of_one_type_are_both_named_and_the_last_is_kept():
    ours = GOOD.dataset_schemas
    found = warnings(replace(GOOD, dataset_schemas=[*ours, ("city.theme:dataset.yaml", "dataset")]))
    assert len(found) == 1
    assert "ckanext.smartcity.schemas:datasets/dataset.yaml and city.theme:dataset.yaml" in found[0]
    line = found[0].split("scheming.dataset_schemas = ")[1]
    assert line.split() == ["ckanext.smartcity.schemas:datasets/service_contract.yaml", "city.theme:dataset.yaml"]


def test_a_type_without_a_file_gets_ours():
    found = warnings(replace(GOOD, dataset_schemas=GOOD.dataset_schemas[1:], organization_schemas=[]))
    assert [text.split("Write: ")[1] for text in found] == [
        "scheming.dataset_schemas = ckanext.smartcity.schemas:datasets/service_contract.yaml "
        "ckanext.smartcity.schemas:datasets/dataset.yaml",
        "scheming.organization_schemas = ckanext.smartcity.schemas:organization.yaml",
    ]


def test_a_portals_own_schema_of_the_type_is_no_mistake():
    assert warnings(replace(GOOD, dataset_schemas=[("city.theme:dataset.yaml", "dataset")])) == []


def test_a_schema_from_the_web_is_not_fetched_and_not_called_missing():
    config = {"scheming.dataset_schemas": "https://example.org/dataset.yaml"}
    setup = setup_from(config, schemafiles.read, ("id", "en"))
    assert setup.dataset_schemas == [("https://example.org/dataset.yaml", "")]
    assert not [text for text in warnings(setup) if "dataset_schemas" in text]


def test_missing_compiled_texts_and_languages_are_named():
    found = warnings(replace(GOOD, locale_folders=["en"], locales_offered=["de"]))
    assert "compiled texts of id are missing" in found[0]
    assert found[1].endswith("Write: ckan.locales_offered = id en de")
