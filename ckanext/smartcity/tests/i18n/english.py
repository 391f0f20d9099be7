"""Finds English texts of CKAN, of scheming and of ours on a page that should be Indonesian."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from html.parser import HTMLParser

SPOKEN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt")
SILENT = ("script", "style", "code", "pre")
VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sdr]|\{[^{}]*\}")


class Spoken(HTMLParser):
    """Collects what a reader sees or hears of a page: its text nodes and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        spoken = [values.get(name) for name in SPOKEN_ATTRIBUTES]
        if values.get("type") in ("submit", "button"):
            spoken.append(values.get("value"))
        self.texts += [text for text in spoken if text]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not set(SILENT) & set(self.open):
            self.texts.append(data)


def spoken(html: str) -> list[str]:
    parser = Spoken()
    parser.feed(html)
    parser.close()
    return list(dict.fromkeys(text for text in (" ".join(text.split()) for text in parser.texts) if text))


def fragments(message: str) -> Iterator[str]:
    """The pieces of a message that stand in a text node of their own."""
    for piece in re.split(r"<[^>]*>", message):
        text = " ".join(piece.split())
        if re.search(r"[A-Za-z]{3}", PLACEHOLDER.sub("", text)):
            yield text


class English:
    """Knows messages by their English; ``messages`` are pairs of English and Indonesian."""

    def __init__(self, messages: Iterable[tuple[str, str]]) -> None:
        self.words: set[str] = set()
        self.sentences: dict[str, re.Pattern] = {}
        for english, indonesian in messages:
            same = set(fragments(indonesian))
            for text in fragments(english):
                if text in same:
                    continue
                if " " in text:
                    literal = (re.escape(part) for part in PLACEHOLDER.split(text))
                    self.sentences[text] = re.compile(rf"(?<!\w){'.+?'.join(literal)}(?!\w)")
                elif text == english.strip() and not text.isupper() and not PLACEHOLDER.search(text):
                    self.words.add(text.strip(" .:…"))

    def found_in(self, html: str, data: Container[str] = ()) -> list[str]:
        """The English messages on a page: single words as a text of their own, longer ones also inside a text.

        :param data: texts that are data and may be in any language
        """
        found = []
        for text in spoken(html):
            if text in data:
                continue
            if re.sub(r"^[\s\d.:…*()]+|[\s\d.:…*()]+$", "", text) in self.words:
                found.append(text)
            found += [
                f"{sentence} (in: {text[:80]})" for sentence, pattern in self.sentences.items() if pattern.search(text)
            ]
        return found
