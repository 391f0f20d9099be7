"""What in a configuration will not work, said at the start together with the line to write. Pure.

scheming and CKAN take these mistakes without a word: the first plug-in wins, the last schema of a type wins
(ckanext-scheming#395), and a translation that is not there leaves the pages English.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.smartcity.portal.schemafiles import DATASET_SCHEMAS, ORGANIZATION_SCHEMAS, PRESETS, SCHEMING_PRESETS

OUR_LOCALES = ("id", "en")
NEEDED = ("scheming_datasets", "scheming_organizations")
# earlier plug-in, later plug-in, what goes wrong the other way round
ORDER = (
    ("smartcity", "scheming_datasets", "pages of datasets come from ckanext-scheming and show no indicators"),
    ("smartcity", "scheming_organizations", "pages of organizations come from ckanext-scheming"),
    ("smartcity", "dcat", "its index hook runs first and takes fields away"),
    ("validation", "scheming_datasets", "forms of resources come without its fields"),
)


@dataclass(frozen=True)
class Setup:
    """The options that the checks look at. Schemas are pairs of address and type, in the order of the option."""

    plugins: Sequence[str]
    presets: Sequence[str]
    dataset_schemas: Sequence[tuple[str, str]]
    organization_schemas: Sequence[tuple[str, str]]
    locales_offered: Sequence[str] = OUR_LOCALES
    locale_folders: Collection[str] = OUR_LOCALES


def setup_from(
    config: Mapping[str, Any], read: Callable[[str], dict[str, Any] | None], locale_folders: Collection[str]
) -> Setup:
    """The set-up that a CKAN configuration describes.

    ``read`` gives the content of a schema file or ``None`` (``schemafiles.read``), ``locale_folders`` are the locales
    whose compiled texts are there. A schema that cannot be read without the network has the type ``""``.
    """

    def schemas(option: str, key: str) -> list[tuple[str, str]]:
        return [(address, (read(address) or {}).get(key, "")) for address in words(config.get(option))]

    return Setup(
        plugins=words(config.get("ckan.plugins")),
        presets=words(config.get("scheming.presets")) or [SCHEMING_PRESETS],
        dataset_schemas=schemas("scheming.dataset_schemas", "dataset_type"),
        organization_schemas=schemas("scheming.organization_schemas", "organization_type"),
        locales_offered=words(config.get("ckan.locales_offered")) or OUR_LOCALES,
        locale_folders=locale_folders,
    )


def words(value: Any) -> list[str]:
    """A list option, read or still as one text."""
    return value.split() if isinstance(value, str) else list(value or ())


def warnings(setup: Setup) -> list[str]:
    """All warnings, each a sentence that ends with the line to write."""
    return [
        *_plugin_warnings(setup.plugins),
        *_preset_warnings(setup.presets),
        *_schema_warnings("scheming.dataset_schemas", setup.dataset_schemas, {"dataset": DATASET_SCHEMAS["dataset"]}),
        *_schema_warnings("scheming.organization_schemas", setup.organization_schemas, ORGANIZATION_SCHEMAS),
        *_locale_warnings(setup),
    ]


def _plugin_warnings(plugins: Sequence[str]) -> list[str]:
    line = f"Write: ckan.plugins = {' '.join(ordered(plugins))}"
    found = [f"ckan.plugins lacks {name}." for name in NEEDED if name not in plugins]
    found += [
        f"In ckan.plugins {first} must stand before {second}: {harm}."
        for first, second, harm in ORDER
        if first in plugins and second in plugins and plugins.index(first) > plugins.index(second)
    ]
    if "scheming_nerf_index" in plugins:
        found.append("scheming_nerf_index turns rows into text before our index hook sees them.")
    return [f"{warning} {line}" for warning in found]


def ordered(plugins: Sequence[str]) -> list[str]:
    """The plug-ins as they should stand: order mended, missing ones added, every other one where it was."""
    result = [name for name in plugins if name != "scheming_nerf_index"]
    result += [name for name in NEEDED if name not in result]
    for first, second, _ in ORDER:
        if first in result and second in result and result.index(first) > result.index(second):
            result.remove(first)
            result.insert(result.index(second), first)
    return result


def _preset_warnings(presets: Sequence[str]) -> list[str]:
    missing = [address for address in (SCHEMING_PRESETS, PRESETS) if address not in presets]
    if not missing:
        return []
    line = " ".join(dict.fromkeys([SCHEMING_PRESETS, *presets, PRESETS]))
    return [f"scheming.presets lacks {' and '.join(missing)}. Write: scheming.presets = {line}"]


def _schema_warnings(option: str, schemas: Sequence[tuple[str, str]], needed: Mapping[str, str]) -> list[str]:
    by_type: dict[str, list[str]] = {}
    for address, schema_type in schemas:
        by_type.setdefault(schema_type, []).append(address)
    found = []
    for schema_type, addresses in by_type.items():
        if schema_type and len(addresses) > 1:
            kept = [*(address for address, other in schemas if other != schema_type), addresses[-1]]
            found.append(
                f"{option} has {len(addresses)} files for the type {schema_type}: {' and '.join(addresses)}. Only the "
                f"last is used. Write, with the one you want: {option} = {' '.join(kept)}"
            )
    if "" not in by_type:
        for schema_type, address in needed.items():
            if schema_type not in by_type:
                line = " ".join([*(address for address, _ in schemas), address])
                found.append(f"{option} has no file for the type {schema_type}. Write: {option} = {line}")
    return found


def _locale_warnings(setup: Setup) -> list[str]:
    found = [
        f"The compiled texts of {locale} are missing: pages will be English. Install the package again, or in a "
        f"checkout write: pybabel compile -d i18n -D ckanext-smartcity"
        for locale in OUR_LOCALES
        if locale not in setup.locale_folders
    ]
    if not set(OUR_LOCALES) & set(setup.locales_offered):
        line = " ".join([*OUR_LOCALES, *setup.locales_offered])
        found.append(f"ckan.locales_offered has no language of ours. Write: ckan.locales_offered = {line}")
    return found
