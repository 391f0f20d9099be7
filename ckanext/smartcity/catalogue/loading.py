"""Puts the files together, once per process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType

from ckanext.smartcity.catalogue.agencies import read_agencies
from ckanext.smartcity.catalogue.indicators import read_indicators
from ckanext.smartcity.catalogue.model import Catalogue
from ckanext.smartcity.catalogue.problems import CatalogueError, Problem
from ckanext.smartcity.catalogue.programme import read_programme
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
    agencies, responsibilities = read_agencies(
        agencies_path or f"{SCHEMAS}:agencies.yaml", vocabularies, indicators, problems
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
        programme=programme,
    )
