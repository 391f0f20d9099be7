"""Codes of industries and which of them hold others: ISIC Rev.4 and KBLI 2020, which share sections and divisions."""

from __future__ import annotations

from collections.abc import Mapping

ALL, REST = "all", "other"
"""``all``: every industry together. ``other``: the rest, whatever has no row of its own."""

SECTIONS: Mapping[str, range] = {
    "A": range(1, 4),
    "B": range(5, 10),
    "C": range(10, 34),
    "D": range(35, 36),
    "E": range(36, 40),
    "F": range(41, 44),
    "G": range(45, 48),
    "H": range(49, 54),
    "I": range(55, 57),
    "J": range(58, 64),
    "K": range(64, 67),
    "L": range(68, 69),
    "M": range(69, 76),
    "N": range(77, 83),
    "O": range(84, 85),
    "P": range(85, 86),
    "Q": range(86, 89),
    "R": range(90, 94),
    "S": range(94, 97),
    "T": range(97, 99),
    "U": range(99, 100),
}
"""Divisions of each section."""

_SECTION_OF = {f"{division:02}": letter for letter, divisions in SECTIONS.items() for division in divisions}


def section(code: str) -> str | None:
    """The section of a code of two digits or more: ``62`` and ``6201`` are in ``J``. None for any other code."""
    return _SECTION_OF.get(code[:2])


def wholes(code: str) -> tuple[str, ...]:
    """The codes that hold a code and more, from its section down: ``J``, ``62``, ``620`` for ``6201``."""
    if not code.isdigit():
        return ()
    letter = section(code)
    return (*([letter] if letter else []), *(code[:digits] for digits in range(2, len(code))))
