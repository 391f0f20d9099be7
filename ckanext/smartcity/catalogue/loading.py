"""Puts the files together, once per process."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from types import MappingProxyType

from ckanext.smartcity.catalogue.agencies import read_agencies
from ckanext.smartcity.catalogue.indicators import read_indicators
from ckanext.smartcity.catalogue.model import Catalogue, Indicator
from ckanext.smartcity.catalogue.problems import CatalogueError, Problem
from ckanext.smartcity.catalogue.programme import read_programme
from ckanext.smartcity.catalogue.tables import read_tables
from ckanext.smartcity.catalogue.vocabularies import read_vocabularies

SCHEMAS = "ckanext.smartcity.schemas"


def load(catalogue_paths: Sequence[str] = (), agencies_path: str = "", vocabularies_path: str = "") -> Catalogue:
    """The shipped catalogue, with the city's own folders; files are read once per process and choice of folders.

    Each source is ``package:path`` or an absolute path. Raises CatalogueError with everything that is wrong.
    """
    return _load(tuple(catalogue_paths), agencies_path, vocabularies_path)


@lru_cache(maxsize=4)
def _load(catalogue_paths: tuple[str, ...], agencies_path: str, vocabularies_path: str) -> Catalogue:
    problems: list[Problem] = []
    vocabularies = read_vocabularies(f"{SCHEMAS}:vocabularies", vocabularies_path, problems)
    units = [choice.value for choice in vocabularies["units"].choices] if "units" in vocabularies else []
    folders = (f"{SCHEMAS}:catalogue", *catalogue_paths)
    approaches, themes, indicators = read_indicators(folders, units, problems).in_order()
    tables = read_tables(f"{SCHEMAS}:tables", vocabularies, [one.uid for one in indicators], problems)
    _check_inputs(indicators, tables, problems)
    agencies, responsibilities, supplies = read_agencies(
        agencies_path or f"{SCHEMAS}:agencies.yaml", vocabularies, indicators, tables, problems
    )
    marked = [one.uid for one in indicators if one.programme]
    programme = read_programme(f"{SCHEMAS}:programme.yaml", marked, vocabularies, problems)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(
        approaches=approaches,
        themes=themes,
        indicators=indicators,
        agencies=agencies,
        vocabularies=MappingProxyType(vocabularies),
        responsibilities=MappingProxyType(responsibilities),
        tables=MappingProxyType(tables),
        supplies=MappingProxyType(supplies),
        programme=programme,
    )


def _check_inputs(indicators: Sequence[Indicator], tables: Collection[str], problems: list[Problem]) -> None:
    for one in indicators:
        problems.extend(
            Problem("", one.uid, "inputs", f"there is no table {name}; known: {', '.join(tables)}")
            for name in one.inputs
            if name not in tables
        )
