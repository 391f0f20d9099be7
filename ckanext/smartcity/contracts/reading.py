"""Reads a contract's file in a process of its own, which is ended when it takes too long. Pure but for that process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ckanext.smartcity.contracts.text import PageText, Reading

LETTERS = 20
"""A page with fewer letters has no text: a page number or a stamp."""

WORDS = 200  # a shorter text is not judged by its words
WORD_SHARE = 0.02
ID = "yang dan di ke dari untuk dengan pada dalam ini itu oleh atau tidak akan adalah sebagai pasal kontrak pihak"
EN = "the of and to in for by or on with shall be is this that as not any"
COMMON = frozenset(f"{ID} {EN}".split())
"""Words that every text of the two languages has; letters without them are no text (a font without its table)."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is read, and for how long."""

    pages: int = 200
    characters: int = 2_000_000
    seconds: float = 10.0


def read(path: Path, limits: Limits) -> Reading:
    """The text of a file. ``state`` of the answer is ``read``, ``no_text``, ``refused`` or ``failed``.

    ``refusal`` says why: codes of ``text.Refused``; ``scan`` or ``no_words`` for ``no_text``; ``timeout`` or
    ``crashed`` for ``failed``.
    """
    words = [sys.executable, "-m", "ckanext.smartcity.contracts.text", str(path)]
    options = ["--pages", str(limits.pages), "--characters", str(limits.characters)]
    try:
        done = subprocess.run(  # noqa: S603  our own module; the path is one that we made
            [*words, *options], stdin=subprocess.DEVNULL, capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Reading("failed", "timeout")
    if done.returncode:
        return Reading("failed", "crashed")
    return judged(_reading(done.stdout))


def _reading(output: bytes) -> Reading:
    found = json.loads(output)
    pages = tuple(PageText(n, text, tuple(map(tuple, places))) for n, text, places in found["pages"])
    return Reading(found["state"], found["refusal"], pages, found["truncated"])


def judged(reading: Reading) -> Reading:
    """The same, but ``no_text`` where no page has a text that can be read as one."""
    if reading.state != "read":
        return reading
    if not any(has_text(page.text) for page in reading.pages):
        return reading._replace(state="no_text", refusal="scan")
    if not has_words(" ".join(page.text for page in reading.pages)):
        return reading._replace(state="no_text", refusal="no_words")
    return reading


def has_text(text: str) -> bool:
    """Whether a page has more than a number or a stamp on it."""
    letters = 0
    for character in text:
        letters += character.isalpha()
        if letters >= LETTERS:
            return True
    return False


def has_words(text: str) -> bool:
    """Whether a text is made of words of Indonesian or English; a short one is taken to be."""
    words = re.findall(r"\w+", text.lower())
    if len(words) < WORDS:
        return True
    return sum(word in COMMON for word in words) >= WORD_SHARE * len(words)
