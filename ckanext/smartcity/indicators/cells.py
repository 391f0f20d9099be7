"""One cell: what a text or a spreadsheet value means in a column of a given type, or which rule it breaks.

Numbers have a decimal point, dates are ISO 8601, truth is ``true`` or ``false``; other ways of writing need a reading
option, which the broken rule names. An empty cell is unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
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
MISSING_SIGNS = frozenset({"-", "--", "–", "—", ".", "..", "...", "?", "n/a", "null"})
"""What people write for a missing value; never a text."""

MISSING_WORDS = MISSING_SIGNS | {"na", "nan", "none", "tidak ada"}
"""The same in columns without words."""

SHEET_ERRORS = frozenset({"#n/a", "#ref!", "#div/0!", "#value!", "#name?", "#num!", "#null!"})
TRUTH = {"true": True, "false": False}

_NUMBERS = (int, float, Decimal)
_LONGEST_WORD = max(map(len, MISSING_WORDS | SHEET_ERRORS))
_LONGEST_DAY = len("2025-12-31")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
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
        """The value of one cell, as ``reader`` reads it."""
        return self.reader(kind)(cell)

    def reader(self, kind: str) -> Callable[[Any], Value]:
        """What reads the cells of a column of a type: from a text, or what a spreadsheet holds, to a value; None for an
        empty cell. It raises Broken.
        """
        read = _READERS[kind]
        missing = MISSING_SIGNS if kind in ("text", "code") else MISSING_WORDS

        def value(cell: Any) -> Value:
            if isinstance(cell, str):
                cell = trimmed(cell)
                if len(cell) <= _LONGEST_WORD:
                    _refuse_words(cell.casefold(), missing)
            return None if cell is None or cell == "" else read(cell, self)

        return value


def trimmed(text: str) -> str:
    """A text without blanks around it, its letters in one form (NFC)."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()


def _refuse_words(word: str, missing: Collection[str]) -> None:
    if word in missing:
        raise Broken("word_for_missing")
    if word in SHEET_ERRORS:
        raise Broken("formula_error")


def _text(cell: Any, notation: Notation) -> str:
    if isinstance(cell, str):
        if not cell.isprintable() and _CONTROL.search(cell):
            raise Broken("control_character")
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, _NUMBERS):
        return f"{_exact(cell):f}"
    raise Broken("not_text")


def _code(cell: Any, notation: Notation) -> str:
    if not isinstance(cell, str):
        raise Broken("number_in_code_column")
    return _text(cell, notation)


def _decimal(cell: Any, notation: Notation) -> Decimal:
    return _number(cell, notation.options.number_format)


def _number(cell: Any, written: str) -> Decimal:
    if isinstance(cell, str):
        number = _written_number(cell, written)
        if len(cell) <= DIGITS:
            return number
    elif isinstance(cell, _NUMBERS) and not isinstance(cell, bool):
        number = _exact(cell)
    else:
        raise Broken("not_number")
    if len(number.as_tuple().digits) > DIGITS or abs(number.adjusted()) > DIGITS:
        raise Broken("number_too_long", most=DIGITS)
    return number


def _exact(cell: int | float | Decimal) -> Decimal:
    number = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    if not number.is_finite():
        raise Broken("not_number")
    return number


def _written_number(text: str, written: str) -> Decimal:
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
    return _whole(cell, notation.options.number_format)


def _whole(cell: Any, written: str) -> int:
    number = _number(cell, written)
    if number != number.to_integral_value():
        raise Broken("not_whole")
    if abs(number) > BIGGEST:
        raise Broken("number_too_long", most=DIGITS)
    return int(number)


def _year(cell: Any, notation: Notation) -> int:
    try:
        year = _whole(cell, "plain")
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
    return _day(_without_midnight(cell), notation.options.date_format)


def _without_midnight(text: str) -> str:
    if len(text) <= _LONGEST_DAY:
        return text
    moment = _MOMENT.fullmatch(text)
    if moment and not _is_midnight(moment):
        raise Broken("time_in_date")
    return moment[1] if moment else text


def _is_midnight(moment: re.Match[str]) -> bool:
    return moment[6] is None and all(int(part or 0) == 0 for part in moment.groups()[1:5])


def _day(text: str, written: str) -> date:
    iso = _ISO_DATE.fullmatch(text)
    if iso:
        return _real_day(int(iso[1]), int(iso[2]), int(iso[3]))
    slashed = _SLASHED.fullmatch(text)
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
    moment = moment.astimezone(timezone.utc)
    _within(moment.date())
    return moment


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
