"""What is measured, who answers for it, which values a field may have: the files of ``schemas/``, checked.

Everything comes from ``load``; the files and how a city adds its own are described in docs/catalogue.md.
"""

from ckanext.smartcity.catalogue.entries import SHORT
from ckanext.smartcity.catalogue.loading import load
from ckanext.smartcity.catalogue.model import (
    Agency,
    AmbiguousCode,
    Approach,
    Bounds,
    Catalogue,
    Choice,
    Indicator,
    NamedAgency,
    Programme,
    ProgrammeEntry,
    Requirement,
    Responsibility,
    TableSupply,
    Text,
    Theme,
    UnknownIndicator,
    Vocabulary,
)
from ckanext.smartcity.catalogue.problems import CatalogueError, Problem
from ckanext.smartcity.catalogue.tables import Column, Condition, Rule, Table

__all__ = [
    "SHORT",
    "Agency",
    "AmbiguousCode",
    "Approach",
    "Bounds",
    "Catalogue",
    "CatalogueError",
    "Choice",
    "Column",
    "Condition",
    "Indicator",
    "NamedAgency",
    "Problem",
    "Programme",
    "ProgrammeEntry",
    "Requirement",
    "Responsibility",
    "Rule",
    "Table",
    "TableSupply",
    "Text",
    "Theme",
    "UnknownIndicator",
    "Vocabulary",
    "load",
]
