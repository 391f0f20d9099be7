"""What the detector reads: the text of a document, page by page."""

from __future__ import annotations

from dataclasses import dataclass

LETTERS_OF_A_PAGE = 20


@dataclass(frozen=True)
class Page:
    """One page (number from 1) and its text as it was read, without any repair."""

    number: int
    text: str


@dataclass(frozen=True)
class Document:
    """The pages of one file; ``truncated`` says that the file holds more than these pages."""

    pages: tuple[Page, ...]
    sha256: str = ""
    truncated: bool = False


def has_text(page: Page) -> bool:
    """Whether a page holds at least 20 letters; under that it is a picture or empty."""
    letters = 0
    for character in page.text:
        letters += character.isalpha()
        if letters >= LETTERS_OF_A_PAGE:
            return True
    return False
