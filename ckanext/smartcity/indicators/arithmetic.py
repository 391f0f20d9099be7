"""Exact numbers: fractions until the end, one division, one conversion. Rule G3 of docs/indicators.md."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

DIGITS = 50
"""Significant digits of a stored value."""

_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)


def fraction(number: Decimal | int | Fraction | None) -> Fraction | None:
    """A number of the database as a fraction; None stays None."""
    return None if number is None else Fraction(number)


def decimal(number: Fraction) -> Decimal:
    """A fraction as a decimal of at most 50 significant digits, without trailing zeros."""
    quotient = _CONTEXT.divide(Decimal(number.numerator), Decimal(number.denominator))
    return plain(quotient)


def plain(number: Decimal) -> Decimal:
    """A decimal without trailing zeros: 1E+2 is 100. Write it with ``:f``, for ``str`` gives 1E-7 an exponent."""
    normal = number.normalize(Context(prec=max(DIGITS, len(number.as_tuple().digits))))
    return Decimal(f"{normal:f}")


def rounded(number: Decimal, decimals: int) -> Decimal:
    """For display: half up, as people round."""
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=Context(prec=10 * DIGITS))
