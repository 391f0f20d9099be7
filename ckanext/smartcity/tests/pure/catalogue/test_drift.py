"""Our files against the list they were made from, where that list is at hand (it is no part of the package)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[6] / "shared" / "data" / "iso37122_catalogue.csv"


@pytest.mark.skipif(not SOURCE.is_file(), reason=f"{SOURCE} is not here")
def test_the_catalogue_agrees_with_the_list_it_was_made_from(shipped):
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        rows = {row["code"]: row for row in csv.DictReader(lines)}
    assert rows.keys() == {indicator.code for indicator in shipped.indicators}
    for indicator in shipped.indicators:
        row = rows[indicator.code]
        for field in ("name", "numerator", "denominator"):
            text = getattr(indicator, field)
            assert (text.id, text.en) == (row[f"{field}_id"], row[f"{field}_en"]), indicator.code
        assert indicator.multiplier == Decimal(row["multiplier"])
        assert (indicator.formula_type, indicator.certainty, indicator.better, indicator.approach) == (
            row["formula_type"],
            row["certainty"],
            row["better"],
            row["approach"],
        ), indicator.code
        assert indicator.programme == (row["in_programme"] == "true")
        theme, unit = shipped.theme(indicator.theme), shipped.vocabularies["units"].get(indicator.unit)
        assert (theme.name.id, theme.name.en) == (row["theme_id"], row["theme_en"])
        assert unit.label.id == row["unit_id"]
