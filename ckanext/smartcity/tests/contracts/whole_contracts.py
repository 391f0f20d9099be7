"""Whole contracts of 20 to 60 pages, made of ordinary text with a few articles planted in it (tests/data/contracts)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from textwrap import wrap
from typing import Any

import yaml

from ckanext.smartcity.tests.contract_files import LINE, docx, pdf

FOLDER = Path(__file__).parents[1] / "data" / "contracts" / "whole"
LINES = 50  # of a page, without its first and last
CHARACTERS = 3_000  # of what the reader calls a page of a DOCX


@dataclass(frozen=True)
class Whole:
    """One contract as ``contracts.yaml`` describes it, with the ordinary text of its language."""

    key: str
    lang: str
    file: str
    pages: int
    supplier: str
    service: str
    decoys: list[dict[str, Any]]
    result: str | None
    scope: str | None
    planted: dict[str, Any] | None = None
    quote: str = ""

    @property
    def ordinary(self) -> dict[str, Any]:
        return yaml.safe_load((FOLDER / f"{self.lang}.yaml").read_text(encoding="utf-8"))

    def paragraphs(self) -> Iterator[str]:
        """The opening, numbered articles with what is planted among them, then annexes without end."""
        text = self.ordinary
        yield from (self._filled(paragraph) for paragraph in text["opening"])
        articles = list(text["articles"])
        for place, decoy in enumerate(self.decoys):
            articles.insert(4 + 4 * place, decoy)
        if self.planted:
            articles.insert(len(articles) - 3, self.planted)
        for number, article in enumerate(articles, 1):
            yield f"{text['words']['article']} {number}\n{article['heading']}"
            yield from (f"({n}) {self._filled(point)}" for n, point in enumerate(article["points"], 1))
        for n in count(1):
            if n % 60 == 1:
                yield f"{text['words']['annex']} {n // 60 + 1}"
            yield from (_annex_line(line, n, text["places"]) for line in text["annex"])

    def _filled(self, text: str) -> str:
        return text.format(supplier=self.supplier, service=self.service)

    def content(self) -> bytes:
        """The file."""
        if self.file == "scan":
            return pdf(*[""] * self.pages)
        return pdf(*self._pdf_pages()) if self.file == "pdf" else docx(*self._docx_blocks())

    def _pdf_pages(self) -> list[str]:
        """Pages with a first and a last line of their own, as a word processor makes them."""
        found: list[list[str]] = [[]]
        for paragraph in self.paragraphs():
            lines = [line for part in paragraph.split("\n") for line in wrap(part, LINE)]
            if len(found[-1]) + len(lines) > LINES:
                if len(found) == self.pages:
                    break
                found.append([])
            found[-1] += lines
        last = self.ordinary["words"]["page"]
        return [
            "\n".join([f"{self.supplier} / 027 / 2026", *lines, last.format(page=number, pages=len(found))])
            for number, lines in enumerate(found, 1)
        ]

    def _docx_blocks(self) -> Iterator[str | list[list[str]]]:
        """Paragraphs, and each tenth line of the annexes as a row of a table."""
        left = self.pages * CHARACTERS
        for number, paragraph in enumerate(self.paragraphs()):
            left -= len(paragraph) + 1
            if left < 0:
                return
            yield [[str(number), paragraph]] if number > 150 and not number % 10 else paragraph


def _annex_line(pattern: str, n: int, places: list[str]) -> str:
    """A line about one place, with numbers that differ from place to place."""
    numbers = {"a": n * 37 % 900 + 10, "b": n % 7 + 2, "c": n % 13 + 1, "d": n % 5 + 4}
    return pattern.format(n=n, place=places[n * 5 % len(places)], **numbers)


def contracts() -> list[Whole]:
    """The six, three in each language."""
    return [Whole(**one) for one in yaml.safe_load((FOLDER / "contracts.yaml").read_text(encoding="utf-8"))]
