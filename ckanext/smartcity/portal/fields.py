"""What a value of a field may look like. Pure: a rule raises ``FieldRefused`` with the reason, never a sentence.

The sentences, in the reader's language, are made by ``logic/validators.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

LINE = 200  # characters of a one-line extra
LONG_TEXT = 8_000  # Lucene refuses an untokenised string of more than 32,766 bytes
ROWS = 50  # rows of a repeating field

# Kemendagri: province, kota or kabupaten, kecamatan, desa or kelurahan
REGION_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
YEAR = re.compile(r"(19|20)\d{2}", re.ASCII)
# Shown as a JSON number, which holds 15 digits for sure
AMOUNT = re.compile(r"\d{1,15}|\d{1,13}\.\d{1,2}", re.ASCII)
# Open Contracting: prefix of a publisher (ocds- and six characters), then the process
OCID = re.compile(r"ocds-[a-z0-9]{6}-\S+")

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
WEB_ADDRESS = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)


class FieldRefused(ValueError):
    """A value breaks a rule; ``reason`` is a short code for the rule, such as ``no_such_day``."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def is_empty(value: Any) -> bool:
    """Whether nothing was given: missing, ``None``, blank text, an empty list, also as JSON text."""
    if isinstance(value, str):
        return value.strip() in ("", "[]")
    return not value and value is not False and value != 0


def is_yes(value: Any) -> bool:
    """Whether a stored or typed value means yes, as CKAN's ``boolean_validator`` reads it; odd texts mean no."""
    return str(value).strip().lower() in ("true", "yes", "t", "y", "1")


def storable(value: Any) -> Any:
    """A text without what PostgreSQL cannot store: NUL, and halves of characters; anything else as it is."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def json_list(text: str) -> list[Any]:
    """The items of a JSON list, of whatever type; any other text is the only item."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    return parsed if isinstance(parsed, list) else [text]


def stored_list(value: Any) -> list[str]:
    """A stored list field as a list of texts, whatever an older portal left there.

    A JSON list gives its texts, anything else that is not empty gives one text: itself.
    """
    if isinstance(value, str):
        value = json_list(value)
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, str) and item.strip()]


def stored_rows(value: Any) -> list[dict[str, Any]]:
    """A stored repeating field as a list of rows; odd values give none."""
    rows = json_list(value) if isinstance(value, str) else value
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def calendar_day(value: Any) -> str:
    """A real day as ``YYYY-MM-DD``. Refused: ``no_such_day``."""
    if type(value) is date:
        return value.isoformat()
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
            raise ValueError(value)
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise FieldRefused("no_such_day") from None


def is_day(value: Any) -> bool:
    """Whether a value is exactly a real day as ``YYYY-MM-DD``."""
    try:
        return calendar_day(value) == value
    except FieldRefused:
        return False


def day_or_none(value: Any) -> date | None:
    """The day in a stored text that begins with ``YYYY-MM-DD``; ``None`` for anything else."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def region_code(value: Any, bps_code: str = "") -> str:
    """A Kemendagri code with dots. Whether the place exists is not checked.

    Refused: ``a_bps_code`` for the city's own code of the statistics office, else ``not_a_region_code``.
    """
    if bps_code and str(value).strip() == bps_code:
        raise FieldRefused("a_bps_code")
    if not isinstance(value, str) or not REGION_CODE.fullmatch(value.strip()):
        raise FieldRefused("not_a_region_code")
    return value.strip()


def year(value: Any) -> str:
    """A year of the 20th or 21st century as text. Refused: ``not_a_year``."""
    text = str(value).strip()
    if isinstance(value, bool) or not YEAR.fullmatch(text):
        raise FieldRefused("not_a_year")
    return text


def years(value: Any) -> str:
    """One year or a span such as ``2020-2024``. Refused: ``not_years``."""
    parts = str(value).replace(" ", "").replace("\N{EN DASH}", "-").split("-")
    if len(parts) > 2 or not all(YEAR.fullmatch(part) for part in parts) or parts != sorted(parts):
        raise FieldRefused("not_years")
    return "-".join(parts)


def amount(value: Any) -> str:
    """Rupiah, zero or more, at most two decimals, as text with a decimal point.

    Nothing is guessed: ``1.000.000`` and ``1,5`` are refused (``not_an_amount``).
    """
    if isinstance(value, bool):
        raise FieldRefused("not_an_amount")
    text = format(Decimal(repr(value)), "f").removesuffix(".0") if isinstance(value, float) else str(value).strip()
    if not AMOUNT.fullmatch(text):
        raise FieldRefused("not_an_amount")
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_number(value: Any) -> Any:
    """A stored amount as a JSON number, an odd stored text as it is."""
    if not isinstance(value, str) or not AMOUNT.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def ocid(value: Any) -> str:
    """An Open Contracting process identifier. Refused: ``not_an_ocid``."""
    if not isinstance(value, str) or not OCID.fullmatch(value.strip()):
        raise FieldRefused("not_an_ocid")
    return value.strip()


def email(value: Any) -> str:
    """An e-mail address, by the pattern of HTML's ``<input type=email>``. Refused: ``not_an_email``."""
    if not isinstance(value, str) or not EMAIL.fullmatch(value.strip()):
        raise FieldRefused("not_an_email")
    return value.strip()


def is_email(value: Any) -> bool:
    """Whether a value is an e-mail address as ``email`` accepts it."""
    return isinstance(value, str) and bool(EMAIL.fullmatch(value))


def web_address(value: Any) -> str:
    """An http or https address. Refused: ``not_a_web_address``."""
    if not isinstance(value, str) or not WEB_ADDRESS.fullmatch(value.strip()):
        raise FieldRefused("not_a_web_address")
    return value.strip()


def concept_name(value: Any) -> str:
    """The name of a statistical concept (Peraturan BPS 4/2020).

    Refused: ``concept_abbreviation`` (only capitals: nobody else knows it), ``concept_year`` (a year belongs to the
    period of the data), ``concept_unit`` (a unit in brackets belongs to the unit).
    """
    text = str(value).strip()
    if re.fullmatch(r"[A-Z0-9.\-/& ]{1,12}", text) and any(c.isupper() for c in text):
        raise FieldRefused("concept_abbreviation")
    if re.search(r"\b(19|20)\d{2}\b", text):
        raise FieldRefused("concept_year")
    if re.search(r"\([^)]*\)\s*$", text):
        raise FieldRefused("concept_unit")
    return text


def texts(value: Any) -> list[str]:
    """Lines of a repeating text. Refused: ``not_texts``, ``too_many_rows``, ``too_long``."""
    lines = [value] if isinstance(value, str) else value
    if not isinstance(lines, Iterable) or isinstance(lines, dict):
        raise FieldRefused("not_texts")
    kept = [line for line in lines if not is_empty(line)]
    if not all(isinstance(line, str) for line in kept):
        raise FieldRefused("not_texts")
    if len(kept) > ROWS:
        raise FieldRefused("too_many_rows")
    if any(len(line) > LINE for line in kept):
        raise FieldRefused("too_long")
    return kept
