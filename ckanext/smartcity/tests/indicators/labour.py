"""Rows of ``labour_force`` for the oracles of 5.3 and 5.4: such as the checks of a load let through."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from ckanext.smartcity.indicators.checks import LabourRow, no_nested_codes
from ckanext.smartcity.indicators.parameters import parameters_of
from ckanext.smartcity.indicators.recipes import Asked
from ckanext.smartcity.tests.indicators.trial import CATALOGUE, Rows, closed_year, rows_of

KEY = ("year", "status", "classification", "code")
PERSONS = st.sampled_from((None, *map(Decimal, ("0", "0", "7", "12.5", "40", "40", "300.25", "901"))))
CLASSIFICATIONS = st.sampled_from(("isic4", "kbli2020", "kbli2020", "kbli2020", "kbli2025"))


def asked(code: str) -> Asked:
    """2025, with the shipped code lists."""
    return Asked(closed_year(), parameters_of(CATALOGUE.indicator(code), CATALOGUE, {}))


def loaded(rows: Rows, classification: str) -> list[dict[str, Any]]:
    """Rows with one classification, the unemployed in one row a year, without codes that nest."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        unemployed = row["status"] == "unemployed"
        fitted = row | {"classification": "none" if unemployed else classification}
        fitted |= {"code": "all"} if unemployed else {}
        keys = [LabourRow(*key) for key in kept] + [LabourRow(*(fitted[name] for name in KEY))]
        if not list(no_nested_codes(keys)):
            kept.setdefault(keys[-1], fitted)
    return list(kept.values())


def labour_rows(*codes: str, most: int = 9) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Random rows over these codes, nearly all of them of 2025."""
    rows = rows_of(
        "labour_force",
        most=most,
        year=st.sampled_from((2025,) * 9 + (2024,)),
        status=st.sampled_from(("employed",) * 5 + ("unemployed",)),
        code=st.sampled_from(codes),
        persons=PERSONS,
    )
    return st.builds(loaded, st.builds(lambda given, one: [*given, *one], rows, unemployed_rows()), CLASSIFICATIONS)


def unemployed_rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    """The row of the unemployed of 2025, mostly."""
    return st.sampled_from(([unemployed(0)], [unemployed(100)], [unemployed(100)], [unemployed(None)], []))


def employed(code: str, persons: int | None, **fields: Any) -> dict[str, Any]:
    """A row of the employed of 2025."""
    return {
        "year": 2025, "status": "employed", "classification": "kbli2020", "code": code,
        "persons": None if persons is None else Decimal(persons), "rse": None, "estimate": False,
    } | fields  # fmt: skip


def unemployed(persons: int | None, **fields: Any) -> dict[str, Any]:
    """The row of the unemployed of 2025."""
    return employed("all", persons, status="unemployed", classification="none", **fields)


def persons_of(rows: Rows) -> Any:
    """Their sum; None where one is unknown."""
    return None if any(row["persons"] is None for row in rows) else sum(row["persons"] for row in rows)


def expected_companions(used: Rows, persons: Any) -> dict[str, Any]:
    """The companions that both recipes have, by the second implementation."""
    working = [row for row in used if row["status"] == "employed"]
    out_of_work = [row for row in used if row["status"] == "unemployed"]
    employed_persons = persons_of(working) if working else None
    rse = [row["rse"] for row in used if row["rse"] is not None]
    return {
        "persons": persons,
        "labour_force": persons_of(used) if out_of_work else None,
        "employed": employed_persons,
        "share_of_employed": share(persons, employed_persons),
        "largest_rse": max(rse, default=None),
        "classification": working[0]["classification"] if working else None,
    }


def share(part: Any, whole: Any) -> Any:
    """Percent as a fraction; None where one is unknown or the whole is nothing."""
    return 100 * Fraction(part) / Fraction(whole) if part is not None and whole else None
