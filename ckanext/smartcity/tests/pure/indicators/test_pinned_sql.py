"""The SQL of every recipe, pinned by version: whoever changes a statement raises the version of its recipe.

A change that cannot change a result (a name, an order) is pinned anew under the new version too: the statement is
published beside the value, and an auditor compares it with the one that ran.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import postgresql

from ckanext.smartcity import catalogue
from ckanext.smartcity.indicators.periods import usual_cutoff, window
from ckanext.smartcity.indicators.recipes import RECIPES, Asked
from ckanext.smartcity.indicators.results import Population
from ckanext.smartcity.indicators.sources import source

CATALOGUE = catalogue.load()
PARAMETERS = {
    "codes": "261,4651,62",
    "education": "85,P",
    "grade": "confirmed",
    "indicator": "iso37122:2019/7.10",
    "min_coverage": "0.75",
    "region_code": "35.78",
    "research": "72",
}
"""Fixed ones, so that a change of a code list pins nothing anew."""

PINNED: dict[str, dict[int, str]] = {
    "business_survival": {
        1: "eb0fa1ff9d1995cf9b046135e7be2a7759e8eb307cdd98caaf168895fddb26fb",
    },
    "downtime": {
        1: "c65f821a02fd186251a688eb9fc2e0266e0d59fc62c96a4d3ca0cae5ecf69381",
    },
    "electronic_payments": {
        1: "8aea20fa23bac66e03c186196be8d0eae45cbcc46002f4ef275bb472fc1601b7",
    },
    "generic": {
        1: "5f67a5c2041d2495ddf0495d0320d2e1945a0728cbe53d187b0e5eb6ebfa0ee7",
    },
    "labour_force_education_rd": {
        1: "19860010af7be4e771f7d1d26668fa03a685aad13aa7075f3ab52d1202b9b54e",
    },
    "labour_force_ict": {
        1: "27a4f40006e7606aabc9d4f9358b4b71b6a61500d432eea58bed6ee18aeb8a59",
    },
    "open_data_clause": {
        1: "f1db3fe6c93e7a60910bea59e61bfeab2d4a11e475084db2feda49b9609d409d",
    },
    "portal_visits": {
        1: "12b3e28827568e454e8a91658ab7003ba9febe776e4045d4ed958d07e58b9064",
    },
    "response_time": {
        1: "37431823353bae120b283865ddcb02ee81d8e2a80efca93a18d6107c6ae2f09f",
    },
    "services_online": {
        1: "959fec545ae9458a447461cb94ea85274386be858b13cd7b02f57f8d20a537d0",
    },
    "sharing_economy_revenue": {
        1: "be52decf346f1a19f3a2015c5def594ee7ccd71ff454f6db55d126b253d79522",
    },
}
"""SHA-256 of the statements by recipe and version. Lines of earlier versions stay: values were computed with them."""


def statements(recipe):
    """Its statements for 2025 in Jakarta, over two resources a table, as PostgreSQL gets them, and their parameters."""
    zone = ZoneInfo("Asia/Jakarta")
    asked = Asked(
        window(2025, zone, usual_cutoff(2025, zone, "03-31", date(2027, 1, 1))),
        PARAMETERS,
        Population(500_000, 2025, "BPS", None, False) if recipe.takes_population else None,
    )
    sources = {name: source(CATALOGUE.table(name), [f"{name}_1", f"{name}_2"]) for name in recipe.inputs}
    compiled = {
        name: statement.compile(dialect=postgresql.dialect())
        for name, statement in recipe.statements(sources, asked).items()
    }
    return {name: [str(one), {key: str(value) for key, value in one.params.items()}] for name, one in compiled.items()}


def digest(recipe):
    return hashlib.sha256(json.dumps(statements(recipe), sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("name", RECIPES)
def test_a_changed_statement_has_a_new_version(name):
    recipe = RECIPES[name]
    assert PINNED[name].get(recipe.version) == digest(recipe), f"{name}, version {recipe.version}"


@pytest.mark.parametrize("name", RECIPES)
def test_versions_rise_by_one_and_none_is_left_out(name):
    assert list(PINNED[name]) == list(range(1, RECIPES[name].version + 1))


def test_no_two_versions_have_the_same_statements():
    digests = [digest for versions in PINNED.values() for digest in versions.values()]
    assert len(digests) == len(set(digests))


@pytest.mark.parametrize("name", RECIPES)
def test_a_statement_only_reads(name):
    for sql, _ in statements(RECIPES[name]).values():
        assert sql.lstrip().startswith(("SELECT", "WITH"))
        assert ";" not in sql
