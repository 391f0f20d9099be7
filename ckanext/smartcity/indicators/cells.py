"""One cell: what a text or a spreadsheet value means in a column of a given type, or which rule it breaks.

Numbers have a decimal point, dates are ISO 8601, truth is ``true`` or ``false``; other ways of writing need a reading
option, which the broken rule names. An empty cell is unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.indicators.reading_options import ReadingOptions

Value = str | int | Decimal | bool | date | datetime | None
FIRST_YEAR, LAST_YEAR = 1900, 2100
DIGITS = 30
"""Digits of a number, before and behind the decimal point together."""

BIGGEST = 2**63 - 1
MISSING_WORDS = frozenset(
    {"-", "--", "–", "—", ".", "..", "...", "n/a", "na", "nan", "null", "none", "#n/a", "tidak ada", "?"}
)
TRUTH = {"true": True, "false": False}

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_INDONESIAN = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_NUMBER_INSIDE = re.compile(r"\d", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_TIME = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
_MOMENT = re.compile(rf"(\S+?)[T ]{_TIME}\s?(Z|[+-]\d{{2}}:?\d{{2}})?", re.ASCII)


class Broken(ValueError):
    """A cell that is not read: ``rule`` is the code of what it breaks."""

    def __init__(self, rule: str, **found: Any) -> None:
        super().__init__(rule)
        self.rule, self.found = rule, found


@dataclass(frozen=True)
class Notation:
    """How numbers and dates are written, and the zone in which a moment without an offset is meant."""

    options: ReadingOptions
    zone: ZoneInfo

    def value(self, kind: str, cell: Any) -> Value:
        """The value of a cell (text, or what a spreadsheet holds) in a column of a type; None for an empty one.

        Raises Broken.
        """
        if isinstance(cell, str):
            cell = unicodedata.normalize("NFC", cell).strip()
        if cell is None or cell == "":
            return None
        if isinstance(cell, str) and kind not in ("text", "code") and cell.casefold() in MISSING_WORDS:
            raise Broken("word_for_missing")
        return _READERS[kind](cell, self)


def _text(cell: Any, notation: Notation) -> str:
    if isinstance(cell, str):
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in cell):
            raise Broken("control_character")
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return f"{_exact(cell):f}"


def _code(cell: Any, notation: Notation) -> str:
    if not isinstance(cell, str):
        raise Broken("number_in_code_column")
    return _text(cell, notation)


def _decimal(cell: Any, notation: Notation) -> Decimal:
    if isinstance(cell, (bool, datetime, date, time)):
        raise Broken("not_number")
    number = _exact(cell) if not isinstance(cell, str) else _number(cell, notation.options.number_format)
    if len(number.as_tuple().digits) > DIGITS or abs(number.adjusted()) > DIGITS:
        raise Broken("number_too_long", most=DIGITS)
    return number


def _exact(cell: int | float | Decimal) -> Decimal:
    number = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    if not number.is_finite():
        raise Broken("not_number")
    return number


def _number(text: str, written: str) -> Decimal:
    if written == "plain" and _PLAIN.fullmatch(text):
        return Decimal(text)
    if written == "id" and _INDONESIAN.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if written == "plain" and _INDONESIAN.fullmatch(text):
        raise Broken("number_indonesian")
    if written == "id" and _PLAIN.fullmatch(text):
        raise Broken("number_not_indonesian")
    raise Broken("number_with_unit" if _NUMBER_INSIDE.search(text) else "not_number")


def _integer(cell: Any, notation: Notation) -> int:
    number = _decimal(cell, notation)
    if number != number.to_integral_value():
        raise Broken("not_whole")
    if abs(number) > BIGGEST:
        raise Broken("number_too_long", most=DIGITS)
    return int(number)


def _year(cell: Any, notation: Notation) -> int:
    try:
        year = _integer(cell, Notation(ReadingOptions(), notation.zone))
    except Broken:
        raise Broken("not_year") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Broken("not_year")
    return year


def _boolean(cell: Any, notation: Notation) -> bool:
    if isinstance(cell, bool):
        return cell
    found = TRUTH.get(cell.casefold()) if isinstance(cell, str) else None
    if found is None:
        raise Broken("not_boolean")
    return found


def _date(cell: Any, notation: Notation) -> date:
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise Broken("time_in_date")
        return _within(cell.date())
    if isinstance(cell, date):
        return _within(cell)
    if not isinstance(cell, str):
        raise Broken("not_date")
    moment = _MOMENT.fullmatch(cell)
    if moment and _is_midnight(moment):
        cell = moment[1]
    elif moment:
        raise Broken("time_in_date")
    return _day(cell, notation.options.date_format)


def _is_midnight(moment: re.Match[str]) -> bool:
    return moment[6] is None and all(int(part or 0) == 0 for part in moment.groups()[1:5])


def _day(text: str, written: str) -> date:
    iso, slashed = _ISO_DATE.fullmatch(text), _SLASHED.fullmatch(text)
    if iso:
        return _real_day(int(iso[1]), int(iso[2]), int(iso[3]))
    if slashed and written == "iso":
        raise Broken("date_not_iso")
    if slashed:
        first, second, year = int(slashed[1]), int(slashed[2]), int(slashed[3])
        day, month = (first, second) if written == "dmy" else (second, first)
        return _real_day(year, month, day)
    raise Broken("not_date")


def _real_day(year: int, month: int, day: int) -> date:
    try:
        return _within(date(year, month, day))
    except ValueError as error:
        raise error if isinstance(error, Broken) else Broken("no_such_day") from None


def _within(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Broken("day_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    return day


def _timestamp(cell: Any, notation: Notation) -> datetime:
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        raise Broken("time_missing")
    elif isinstance(cell, str):
        moment = _moment(cell, notation)
    else:
        raise Broken("not_timestamp")
    _within(moment.date())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=notation.zone)
    return moment.astimezone(timezone.utc)


def _moment(text: str, notation: Notation) -> datetime:
    found = _MOMENT.fullmatch(text)
    if not found:
        _day_or_broken(text, notation)
        raise Broken("time_missing")
    day = _day_or_broken(found[1], notation)
    try:
        clock = time(int(found[2]), int(found[3]), int(found[4] or 0), int((found[5] or "0").ljust(6, "0")))
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{_offset(found[6])}").tzinfo
    except ValueError:
        raise Broken("no_such_time") from None
    return datetime.combine(day, clock, offset)


def _offset(written: str | None) -> str:
    if written is None or written == "Z":
        return "+00:00" if written else ""
    return written if ":" in written else f"{written[:3]}:{written[3:]}"


def _day_or_broken(text: str, notation: Notation) -> date:
    try:
        return _day(text, notation.options.date_format)
    except Broken as broken:
        raise Broken("not_timestamp") if broken.rule == "not_date" else broken from None


_READERS: dict[str, Callable[[Any, Notation], Value]] = {
    "text": _text,
    "code": _code,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "year": _year,
}
