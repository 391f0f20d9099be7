"""Numbers and days of procurement files: what is read, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ckanext.smartcity.contracts.notation import NotationError, day, folded, is_mixed, number

JAKARTA = ZoneInfo("Asia/Jakarta")
DAYS = some.dates(date(2000, 1, 1), date(2100, 12, 31))
AMOUNTS = some.decimals(0, 10**12, places=2)


@pytest.mark.parametrize(
    ("text", "value", "notation"),
    [
        ("1.500.000,00", "1500000.00", "comma"),
        ("1.500", "1500", "comma"),
        ("1500000,5", "1500000.5", "comma"),
        ("1500000", "1500000", "plain"),
        ("1500000.50", "1500000.50", "point"),
        ("Rp 1.500.000", "1500000", "comma"),
        ("Rp. 1500000", "1500000", "plain"),
        ("0", "0", "plain"),
    ],
)
def test_numbers(text, value, notation):
    assert number(text) == (Decimal(value), notation)


@pytest.mark.parametrize(
    "text",
    ["1,500", "1,500,000", "1,500.00", "1.50.000", "1.5000", "15.00.000", "1 500", "-5", "1e6", "NaN", "", "Rp", "½"],
)
def test_numbers_that_are_not_read(text):
    with pytest.raises(NotationError, match="number_form"):
        number(text)


def test_a_column_has_one_notation():
    assert is_mixed({"point", "comma", "plain"})
    assert not is_mixed({"comma", "plain"})
    assert not is_mixed(set())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-03-01", "2025-03-01"),
        ("2025-03-21T00:00:00.000000Z", "2025-03-21"),
        ("2025-09-26T14:50:39.923000Z", "2025-09-26"),
        ("2025-09-26T17:00:00Z", "2025-09-27"),
        ("2025-09-26T23:00:00+07:00", "2025-09-26"),
        ("2025-10-02 00:00:00", "2025-10-02"),
        ("2025-10-02 23:59:59", "2025-10-02"),
        ("Jul 16, 2025, 12:00:00AM", "2025-07-16"),
        ("Oct 3, 2025, 11:30:00PM", "2025-10-03"),
        ("Oct 3, 2025", "2025-10-03"),
        ("01/03/2025", "2025-03-01"),
        ("01-03-2025", "2025-03-01"),
        ("1 Maret 2025", "2025-03-01"),
        ("29 Februari 2024", "2024-02-29"),
    ],
)
def test_days(text, found):
    assert day(text, JAKARTA) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("01/03/25", "date_short_year"),
        ("1 Maret 25", "date_short_year"),
        ("31/02/2025", "date_impossible"),
        ("2025-02-31", "date_impossible"),
        ("2025-02-01 25:00:00", "date_impossible"),
        ("Jul 16, 2025, 13:00:00AM", "date_impossible"),
        ("03/25/2025", "date_month_first"),
        ("25/25/2025", "date_impossible"),
        ("00/13/2025", "date_impossible"),
        ("1999-12-31", "date_range"),
        ("2101-01-01", "date_range"),
        ("20250301", "date_form"),
        ("45000", "date_form"),
        ("1 Marzo 2025", "date_form"),
        ("01/03-2025", "date_form"),
        ("٠١/٠٣/٢٠٢٥", "date_form"),
        ("", "date_form"),
    ],
)
def test_days_that_are_not_read(text, code):
    with pytest.raises(NotationError, match=code):
        day(text, JAKARTA)


@pytest.mark.parametrize(
    ("text", "found"),
    [("  PT \r\n Maju\t", "PT Maju"), ("'0012", "0012"), ("''x", "'x"), ("' ", None), ("", None), (None, None)],
)
def test_folding(text, found):
    assert folded(text) == found


@given(AMOUNTS)
def test_an_amount_reads_the_same_in_every_notation(amount):
    indonesian = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert number(f"{amount:.2f}").value == number(indonesian).value == number(f"Rp {indonesian}").value == amount


@given(DAYS, some.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%dT00:00:00.000000Z", "%Y-%m-%d 00:00:00"]))
def test_a_day_reads_back_in_every_form(given_day, form):
    written = given_day.strftime(form.replace("%Y", f"{given_day.year:04}"))
    assert day(written, JAKARTA) == given_day


@given(some.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    for read in (number, lambda value: day(value, JAKARTA)):
        try:
            read(text)
        except NotationError as refused:
            assert str(refused).startswith(("number_", "date_"))
