"""Numbers and days in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ckanext.smartcity.portal import formats

INDEPENDENCE = date(2025, 8, 17)


@pytest.mark.parametrize(
    ("language", "written"),
    [("id", "1.234.567,8"), ("en", "1,234,567.8"), ("en_GB", "1,234,567.8"), ("tlh", "1,234,567.8")],
)
def test_numbers(language: str, written: str) -> None:
    assert formats.number(Decimal("1234567.8"), language) == written


def test_no_decimal_is_lost() -> None:
    assert formats.number(Decimal("0.000123"), "id") == "0,000123"


@pytest.mark.parametrize(
    ("language", "long", "medium"),
    [("id", "17 Agustus 2025", "17 Agu 2025"), ("en", "17 August 2025", "17 Aug 2025")],
)
def test_days(language: str, long: str, medium: str) -> None:
    assert formats.day(INDEPENDENCE, language) == long
    assert formats.day(INDEPENDENCE, language, "medium") == medium


@pytest.mark.parametrize("language", ["id", "en", "pt_BR", "sr_Latn", "zh_Hant_TW", "no-such", ""])
def test_every_language_of_ckan_writes_something(language: str) -> None:
    assert "2025" in formats.day(INDEPENDENCE, language)
