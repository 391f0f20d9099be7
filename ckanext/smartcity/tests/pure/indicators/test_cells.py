"""What a cell means in a column of each type, and which rule it breaks."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ckanext.smartcity.indicators.cells import Broken, Notation
from ckanext.smartcity.indicators.reading_options import ReadingOptions

JAKARTA = ZoneInfo("Asia/Jakarta")
PLAIN = Notation(ReadingOptions(), JAKARTA)
INDONESIAN = Notation(ReadingOptions(number_format="id", date_format="dmy"), JAKARTA)
AMERICAN = Notation(ReadingOptions(date_format="mdy"), JAKARTA)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("text", "  a b ", "a b"),
        ("text", "tidak ada", "tidak ada"),
        ("code", "none", "none"),
        ("text", "e\u0301", "\u00e9"),
        ("text", 12.5, "12.5"),
        ("code", "007", "007"),
        ("integer", "3266.0", 3266),
        ("integer", "-5", -5),
        ("integer", 3266.0, 3266),
        ("decimal", "1.5", Decimal("1.5")),
        ("decimal", 0.1, Decimal("0.1")),
        ("boolean", "TRUE", True),
        ("boolean", False, False),
        ("year", "2014.0", 2014),
        ("year", 2025, 2025),
        ("date", "2025-02-28", date(2025, 2, 28)),
        ("date", "2025-02-28T00:00:00", date(2025, 2, 28)),
        ("date", datetime(2025, 2, 28), date(2025, 2, 28)),
        ("timestamp", "2025-02-03T09:15:00+07:00", datetime(2025, 2, 3, 2, 15, tzinfo=timezone.utc)),
        ("timestamp", "2025-02-03 09:15", datetime(2025, 2, 3, 2, 15, tzinfo=timezone.utc)),
        ("timestamp", "2025-02-03T02:15:00.5Z", datetime(2025, 2, 3, 2, 15, 0, 500_000, timezone.utc)),
        ("timestamp", "2025-02-03T09:15:00+0700", datetime(2025, 2, 3, 2, 15, tzinfo=timezone.utc)),
        ("timestamp", datetime(2025, 2, 3, 9, 15), datetime(2025, 2, 3, 2, 15, tzinfo=timezone.utc)),
    ],
)
def test_a_cell_is_read(kind, cell, value):
    assert PLAIN.value(kind, cell) == value


@pytest.mark.parametrize("kind", ["text", "code", "integer", "decimal", "boolean", "year", "date", "timestamp"])
@pytest.mark.parametrize("cell", [None, "", "   "])
def test_an_empty_cell_is_unknown(kind, cell):
    assert PLAIN.value(kind, cell) is None


@pytest.mark.parametrize(
    ("kind", "cell", "rule"),
    [
        ("integer", "-", "word_for_missing"),
        ("decimal", "n/a", "word_for_missing"),
        ("decimal", "2.426,07 M", "number_with_unit"),
        ("decimal", "Rp 1000", "number_with_unit"),
        ("decimal", "1.500.000,00", "number_indonesian"),
        ("decimal", "1,5", "number_indonesian"),
        ("decimal", "1e5", "number_with_unit"),
        ("decimal", "lima", "not_number"),
        ("decimal", float("nan"), "not_number"),
        ("decimal", True, "not_number"),
        ("decimal", "1" * 31, "number_too_long"),
        ("integer", "1.5", "not_whole"),
        ("integer", str(2**63), "number_too_long"),
        ("boolean", "ya", "not_boolean"),
        ("boolean", 1, "not_boolean"),
        ("code", 7, "number_in_code_column"),
        ("text", "a\x07", "control_character"),
        ("text", "-", "word_for_missing"),
        ("code", "n/a", "word_for_missing"),
        ("text", "#REF!", "formula_error"),
        ("text", timedelta(hours=1), "not_text"),
        ("decimal", timedelta(hours=1), "not_number"),
        ("decimal", "#DIV/0!", "formula_error"),
        ("timestamp", "1900-01-01T00:00:00+07:00", "day_out_of_range"),
        ("year", "25", "not_year"),
        ("year", "2025/26", "not_year"),
        ("date", "31/12/2025", "date_not_iso"),
        ("date", "2025-02-29", "no_such_day"),
        ("date", "2025-13-01", "no_such_day"),
        ("date", "0205-01-01", "day_out_of_range"),
        ("date", "Maret 2025", "not_date"),
        ("date", "2025-02-28 09:00", "time_in_date"),
        ("date", 45000, "not_date"),
        ("timestamp", "2025-02-03", "time_missing"),
        ("timestamp", "2025-02-03T25:00", "no_such_time"),
        ("timestamp", "03/02/2025 09:15", "date_not_iso"),
        ("timestamp", "kemarin", "not_timestamp"),
    ],
)
def test_a_broken_rule_has_a_name(kind, cell, rule):
    with pytest.raises(Broken) as broken:
        PLAIN.value(kind, cell)
    assert broken.value.rule == rule


@pytest.mark.parametrize(
    ("notation", "kind", "cell", "value"),
    [
        (INDONESIAN, "decimal", "1.500.000,25", Decimal("1500000.25")),
        (INDONESIAN, "integer", "1.500", 1500),
        (INDONESIAN, "year", "2025", 2025),
        (INDONESIAN, "date", "31/12/2025", date(2025, 12, 31)),
        (INDONESIAN, "date", "1-3-2025", date(2025, 3, 1)),
        (INDONESIAN, "date", "2025-12-31", date(2025, 12, 31)),
        (AMERICAN, "date", "12/30/2013", date(2013, 12, 30)),
    ],
)
def test_a_reading_option_makes_other_ways_of_writing_plain(notation, kind, cell, value):
    assert notation.value(kind, cell) == value


@pytest.mark.parametrize(
    ("notation", "kind", "cell", "rule"),
    [
        (INDONESIAN, "decimal", "1234.56", "number_not_indonesian"),
        (INDONESIAN, "decimal", "1.50", "number_not_indonesian"),
        (INDONESIAN, "date", "12/30/2013", "no_such_day"),
        (AMERICAN, "date", "31/12/2025", "no_such_day"),
    ],
)
def test_an_option_makes_nothing_else_pass(notation, kind, cell, rule):
    with pytest.raises(Broken) as broken:
        notation.value(kind, cell)
    assert broken.value.rule == rule
