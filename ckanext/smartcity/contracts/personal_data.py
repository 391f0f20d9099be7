"""Personal data in texts that are kept or published: what patterns can find. Names they cannot. Pure.

An amount written in groups of three is none: the scope of a contract can be a price list.
"""

from __future__ import annotations

import re

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}")
_DIGITS = {
    "npwp": re.compile(r"(?<!\d)\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}(?!\d)"),
    "nip": re.compile(r"(?<!\d)(?:\d{18}|\d{8} \d{6} \d \d{3})(?!\d)"),
    "nik": re.compile(r"(?<!\d)\d{16}(?!\d)"),
    "account": re.compile(r"\b(?:no\.? ?)?rek(?:ening)?\b[^\d\n]{0,30}\d[\d -]{6,24}\d", re.IGNORECASE),
    "phone": re.compile(
        r"(?<![\d.,/-])(?:(?:\+?62|0)[ -]?8\d{1,2}[ -]?\d{3,4}[ -]?\d{2,5}|\(0\d{2,3}\)[ -]?\d{5,8}|0\d{2,3}-\d{5,8})"
        r"(?![\d/])"
    ),
}


def kinds(text: str, *, digits: bool = True) -> list[str]:
    """The codes of the patterns that a text has: ``email``, ``npwp``, ``nip``, ``nik``, ``account``, ``phone``.

    Without ``digits`` only addresses: numbers of contracts are made of digits.
    """
    patterns = {"email": _MAIL, **(_DIGITS if digits else {})}
    return [name for name, pattern in patterns.items() if pattern.search(text)]


def found(text: str, *, digits: bool = True) -> str:
    """The first of ``kinds``; empty where there is none."""
    return next(iter(kinds(text, digits=digits)), "")
