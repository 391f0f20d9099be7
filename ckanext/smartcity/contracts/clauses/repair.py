"""From page text to words: what reading a PDF breaks is mended in the words, never in the text.

Each word keeps the place where it stands on its page, so that a quote is always the page's own text. Mended are
compatibility characters (NFKC), words hyphenated at a line's end, words torn apart or spelled with look-alikes by OCR
("kernbali", "1isensi", "di publikasikan"), s p a c e d letters, and lines that stand on most pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from ckanext.smartcity.contracts.clauses.document import Page

SOFT_HYPHEN = "\u00ad"
HYPHENS = "-\u2010\u2011" + SOFT_HYPHEN
LOOK_ALIKES = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o", "5": "s"})
SHORTEST_JOINED = 5
PARTS_JOINED = 3
PREFIXES = frozenset({"dl", "ke", "me", "ber", "per", "ter", "se", "re", "un"})
PAGES_TO_COMPARE = 3
SHARE_OF_PAGES = 0.6
LONGEST_WORD = 40


class Word(NamedTuple):
    """A folded word and where it stands: from ``start`` up to ``end`` on the page's text."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """The form in which words are compared: NFKC, lower case, and the look-alikes of OCR made one.

    A number stays a number. Cues are folded alike, so nothing is lost by it but the difference of "all" and "ail".
    """
    plain = unicodedata.normalize("NFKC", word).casefold().replace(SOFT_HYPHEN, "")
    if plain.isdigit():
        return plain
    decomposed = unicodedata.normalize("NFD", plain)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.translate(LOOK_ALIKES).replace("rn", "m")


class Spaces(dict[int, str | int]):
    """A table for ``str.translate``: letters, digits and soft hyphens stay, all else becomes a space."""

    def __missing__(self, code: int) -> str | int:
        character = chr(code)
        self[code] = code if character.isalnum() or character == SOFT_HYPHEN else " "
        return self[code]


SPACES = Spaces()
BAR_IN_WORD = re.compile(r"(?<=[a-z])\|(?=[a-z]|\s)")  # before a capital it is the border of a cell


# "no." is a number, and so is "No" at the end of a table's cell; "no" before a line's end may be a negation.
ABBREVIATION_ENDS = {"n": ".", "N": ".\n|"}


def pieces(text: str, start: int, end: int) -> list[Word]:
    """The runs of letters and digits of a stretch of text, in order; over-long runs are compared by their beginning."""
    found: list[Word] = []
    stretch = BAR_IN_WORD.sub("l", text[start:end]).translate(SPACES)
    at = 0
    for run in stretch.split():
        at = stretch.index(run, at)
        folded = fold(run[:LONGEST_WORD])
        begin, at = start + at, at + len(run)
        abbreviated = folded == "no" and (text[start + at : start + at + 1] or ".") in ABBREVIATION_ENDS[run[0]]
        found.append(Word("nomor" if abbreviated else folded, begin, start + at))
    return found


def words(text: str, start: int, end: int, known: Collection[str]) -> list[Word]:
    """The words of a stretch of text with broken ones joined; ``known`` are the folded words that cues are made of."""
    loose = spaced_letters_joined(text, pieces(text, start, end))
    joined: list[Word] = []
    at, last = 0, len(loose) - 1
    while at <= last:
        word, used = loose[at], 1
        if at < last and may_be_torn(text, word, loose[at + 1], known):
            word, used = longest_join(text, loose, at, known)
        joined.append(word)
        at += used
    return joined


def may_be_torn(text: str, word: Word, following: Word, known: Collection[str]) -> bool:
    """Whether a word and the next may be parts of one: a hyphen between them, or one of them no word of a cue."""
    whole = word.text in known and following.text in known and word.text not in PREFIXES
    return not whole or text[word.end] in HYPHENS


def longest_join(text: str, loose: list[Word], at: int, known: Collection[str]) -> tuple[Word, int]:
    """The word beginning at ``at``, made of as many neighbours as give a known word, and how many those are."""
    first = loose[at]
    best, used = first, 1
    whole = first.text
    for count in range(2, PARTS_JOINED + 1):
        if at + count > len(loose):
            break
        previous, following = loose[at + count - 2], loose[at + count - 1]
        between = text[previous.end : following.start]
        if not joinable(between):
            break
        whole = fold(whole + following.text)
        both_known = previous.text in known and following.text in known
        torn = count == 2 and broken_at_line_end(between) and not both_known
        spelled = len(whole) >= SHORTEST_JOINED and whole in known and (not both_known or first.text in PREFIXES)
        if torn or spelled:
            best, used = Word(whole, first.start, following.end), count
    return best, used


def joinable(between: str) -> bool:
    """Whether what stands between two words may lie inside one: white space, or one hyphen and white space."""
    rest = between.strip()
    return len(between) <= 8 and (not rest or (len(rest) == 1 and rest in HYPHENS)) and "\n\n" not in between


def broken_at_line_end(between: str) -> bool:
    """Whether a hyphen at the end of a line stands between two words."""
    return between[:1] in HYPHENS and between[:1] != "" and "\n" in between


def spaced_letters_joined(text: str, loose: list[Word]) -> list[Word]:
    """P A S A L as one word: three and more single letters with one space between each."""
    result: list[Word] = []
    at = 0
    while at < len(loose):
        end = at
        while end + 1 < len(loose) and single(loose[end]) and single(loose[end + 1]) and spaced(text, loose, end):
            end += 1
        if end - at >= 2:
            result.append(Word("".join(w.text for w in loose[at : end + 1]), loose[at].start, loose[end].end))
        else:
            result.extend(loose[at : end + 1])
        at = end + 1
    return result


def single(word: Word) -> bool:
    """Whether a word is one letter."""
    return word.end - word.start == 1 and not word.text.isdigit()


def spaced(text: str, loose: list[Word], at: int) -> bool:
    """Whether exactly one space stands between a word and the next."""
    return text[loose[at].end : loose[at + 1].start] == " "


def running_lines(pages: tuple[Page, ...]) -> frozenset[str]:
    """Lines (stripped, digits left out) that stand on most pages: headers and footers, no part of the contract."""
    if len(pages) < PAGES_TO_COMPARE:
        return frozenset()
    seen = Counter(line for page in pages for line in {bare_line(raw) for raw in page.text.split("\n")} if line)
    return frozenset(line for line, count in seen.items() if count >= SHARE_OF_PAGES * len(pages))


def bare_line(line: str) -> str:
    """A line without digits and outer space, for comparing headers with running page numbers."""
    return "".join(c for c in line if not c.isdigit()).strip()
