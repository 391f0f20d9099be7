"""Words of imports that others need too. Pure."""

from __future__ import annotations

from ckanext.smartcity.contracts.importers.pipeline import SELECTABLE
from ckanext.smartcity.contracts.importers.rows import COMPANIONS, OUTCOMES
from ckanext.smartcity.contracts.register import SOURCES

__all__ = ["CATEGORIES", "EVERY_OUTCOME", "SELECTABLE", "SOURCES", "VISIBILITIES"]

VISIBILITIES = ("private", "public")
CATEGORIES = ("other_services", "consulting", *SELECTABLE)
EVERY_OUTCOME = (*OUTCOMES, *COMPANIONS)
