"""Numbers and days as people write them in a language. Pure. Files never use this: they have points and ISO dates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

# English without a country is American to Babel; the portal writes 17 August 2025
LOCALES = {"en": "en_GB"}


@lru_cache(maxsize=2048)
def number(value: int | float | Decimal, language: str) -> str:
    """``1.234.567,8`` in Indonesian, ``1,234,567.8`` in English; all decimals that the value has."""
    return format_decimal(value, locale=_locale(language), decimal_quantization=False)


@lru_cache(maxsize=2048)
def day(value: date, language: str, width: str = "long") -> str:
    """``17 Agustus 2025`` in Indonesian, ``17 August 2025`` in English; ``width`` may be ``medium`` for tables."""
    return format_date(value, format=width, locale=_locale(language))


@lru_cache(maxsize=512)
def month(value: date, language: str, width: str = "long") -> str:
    """``Agustus 2025``; below a bar (``short``) ``Agu 25``."""
    return format_date(value, format="MMMM y" if width == "long" else "MMM yy", locale=_locale(language))


@lru_cache(maxsize=512)
def day_of_month(value: date, language: str) -> str:
    """``17 Agu``, for below a bar."""
    return format_skeleton("MMMd", value, locale=_locale(language))


def moment(value: datetime, language: str) -> str:
    """``17 Agustus 2025 14.05`` in Indonesian, ``17 August 2025 14:05`` in English."""
    return f"{day(value.date(), language)} {format_time(value.time(), 'short', locale=_locale(language))}"


@cache
def _locale(language: str) -> Locale:
    """Babel's locale for a language of CKAN; English for one that Babel does not know."""
    try:
        return Locale.parse(LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LOCALES["en"])
