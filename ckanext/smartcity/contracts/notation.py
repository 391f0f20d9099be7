"""Numbers and days as procurement systems write them, read strictly: what has two readings is refused. Pure.

Indonesian notation groups by points and has a decimal comma; exports of databases have a decimal point. ``1.500`` is
fifteen hundred in the first and means nothing else in the second, so a column must keep to one of them.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 2000, 2100

PLAIN, POINT, COMMA = "plain", "point", "comma"
"""Notations of a number: digits only, decimal point, decimal comma with points between groups of three."""

_PLAIN = re.compile(r"\d{1,30}", re.ASCII)
_POINT = re.compile(r"\d{1,30}\.\d{1,2}", re.ASCII)
_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3}){1,9}|\d{1,30})(?:,\d{1,2})?", re.ASCII)
_RUPIAH = re.compile(r"^[Rr][Pp]\.? ?")

_TIME = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:[T ]{_TIME}(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?)?",
    re.ASCII,
)
_ENGLISH = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2}), (?P<year>\d{4})"
    r"(?:, (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))? ?(?P<half>[AP]M))?",
    re.ASCII,
)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})([/-])(?P<month>\d{1,2})\2(?P<year>\d{4})", re.ASCII)
_INDONESIAN = re.compile(r"(?P<day>\d{1,2}) (?P<month>[A-Za-z]+) (?P<year>\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2}|\d{1,2} [A-Za-z]+ \d{2}", re.ASCII)

_ENGLISH_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_INDONESIAN_MONTHS = [
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
]


class NotationError(ValueError):
    """A value that is not read; the text is a code.

    ``number_form``, ``date_form``, ``date_short_year``, ``date_impossible``, ``date_range``, or ``date_month_first``,
    which puts every other day of its file in doubt.
    """


class Number(NamedTuple):
    """An amount and the notation it was written in."""

    value: Decimal
    notation: str


def folded(value: str | None) -> str | None:
    """A text with single spaces, without the apostrophe that marks text in spreadsheets; None where it is empty."""
    if value is None:
        return None
    return " ".join(value.split()).removeprefix("'").strip() or None


def number(text: str) -> Number:
    """A number of at least zero with at most two decimals. Raises ``NotationError``."""
    bare = _RUPIAH.sub("", text)
    if _PLAIN.fullmatch(bare):
        return Number(Decimal(bare), PLAIN)
    if _POINT.fullmatch(bare):
        return Number(Decimal(bare), POINT)
    if _COMMA.fullmatch(bare):
        return Number(Decimal(bare.replace(".", "").replace(",", ".")), COMMA)
    raise NotationError("number_form")


def is_mixed(notations: set[str]) -> bool:
    """Whether the numbers of a column are written in two notations; digits alone go with both."""
    return {POINT, COMMA} <= notations


def day(text: str, zone: tzinfo) -> date:
    """The day that a text names, in the city's zone. Midnight is a plain day in whatever zone it is written.

    Raises ``NotationError``.
    """
    for pattern, months in ((_ISO, None), (_ENGLISH, _ENGLISH_MONTHS), (_INDONESIAN, _INDONESIAN_MONTHS)):
        match = pattern.fullmatch(text)
        if match:
            return _in_range(_moment(match.groupdict(), months, zone))
    match = _DAY_FIRST.fullmatch(text)
    if match:
        return _in_range(_day_first(match.groupdict()))
    raise NotationError("date_short_year" if _SHORT_YEAR.fullmatch(text) else "date_form")


def _in_range(found: date) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise NotationError("date_range")
    return found


def _day_first(parts: dict[str, str]) -> date:
    if int(parts["month"]) > 12 and 1 <= int(parts["day"]) <= 12:
        raise NotationError("date_month_first")
    return _date(int(parts["year"]), int(parts["month"]), int(parts["day"]))


def _date(year: int, month: int, number_of_day: int) -> date:
    try:
        return date(year, month, number_of_day)
    except ValueError:
        raise NotationError("date_impossible") from None


def _moment(parts: dict[str, str | None], months: list[str] | None, zone: tzinfo) -> date:
    plain = _date(int(parts["year"] or 0), _month(parts["month"] or "", months), int(parts["day"] or 0))
    hour, minute, second = _hour(parts), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise NotationError("date_impossible")
    written = parts.get("zone")
    if not (hour or minute or second) or not written:
        return plain
    offset = "+00:00" if written == "Z" else written
    try:
        moment = datetime.fromisoformat(f"{plain}T{hour:02}:{minute:02}:{second:02}{offset}")
        return moment.astimezone(timezone.utc).astimezone(zone).date()
    except (ValueError, OverflowError):
        raise NotationError("date_impossible") from None


def _month(name: str, months: list[str] | None) -> int:
    if months is None:
        return int(name)
    try:
        return months.index(name.lower()) + 1
    except ValueError:
        raise NotationError("date_form") from None


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts.get("hour") or 0), parts.get("half")
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise NotationError("date_impossible")
    return hour % 12 + (12 if half == "PM" else 0)
