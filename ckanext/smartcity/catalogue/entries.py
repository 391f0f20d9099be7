"""Reads a mapping key by key, so that everything that is wrong with it is told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from ckanext.smartcity.catalogue.model import NOTHING, Bounds, Text
from ckanext.smartcity.catalogue.problems import Problem

SHORT = 22
"""Characters of a short text: CKAN cuts the label of a facet there."""


class Entry:
    """One mapping of a file. Reading a key that is wrong notes a problem and goes on with a stand-in.

    ``code`` says which entry it is, ``path`` where a mapping inside it stands (``name``, ``readings[1]``).
    """

    def __init__(self, data: Any, file: str, problems: list[Problem], code: str = "", path: str = "") -> None:
        self.file, self.code, self.path, self.problems = file, code, path, problems
        self._used: set[str] = set()
        self._is_mapping = isinstance(data, dict)
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not self._is_mapping:
            self.wrong("", "must be a mapping of keys to values")

    def wrong(self, key: str, message: str) -> None:
        """Note a problem of a key; an empty key stands for the entry itself."""
        field = f"{self.path}.{key}" if self.path and key else self.path or key
        self.problems.append(Problem(self.file, self.code, field, message))

    def has(self, key: str) -> bool:
        return self._data.get(key) is not None

    def finish(self) -> None:
        """Note every key that nobody read: a slip of the pen would otherwise pass unseen."""
        for key in self._data:
            if key not in self._used:
                self.wrong(key, "is not a key known here")

    def _take(self, key: str, required: bool) -> Any:
        self._used.add(key)
        value = self._data.get(key)
        if value is None and required and self._is_mapping:
            self.wrong(key, "is missing")
        return value

    def line(self, key: str, required: bool = True) -> str:
        """A text; ``""`` where it is missing or wrong."""
        value = self._take(key, required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, f"is read as {type(value).__name__} {value!s}, not as text: write it in quotes")
            return ""
        if not value.strip():
            self.wrong(key, "is empty")
        return value.strip()

    def maybe_empty(self, key: str) -> str:
        """A text that must be said and may be ``""``."""
        value = self._take(key, required=True)
        return value if value == "" else self.line(key, required=False)

    def line_or_lines(self, key: str) -> str | tuple[str, ...] | None:
        """A text or a list of texts; None where the key is missing."""
        value = self._take(key, required=False)
        if value is None:
            return None
        return self.lines(key, required=True) if isinstance(value, list) else self.line(key)

    def quoted(self, key: str, pattern: str, example: str) -> str:
        """A text of a form, such as a code. A number is refused: an unquoted 7.10 is the number 7.1."""
        value = self._take(key, required=True)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self.wrong(
                key, f'is the number {value}: write it in quotes, like "{example}", for YAML cuts 9.10 down to 9.1'
            )
            return ""
        text = self.line(key) if value is not None else ""
        if text and not re.fullmatch(pattern, text):
            self.wrong(key, f'{text!r} has another form than "{example}"')
            return ""
        return text

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """A text out of a list."""
        text = self.line(key, required=default is None)
        if not text:
            return default or ""
        if text not in allowed:
            self.wrong(key, f"{text!r} is not known here; known: {', '.join(allowed)}")
        return text

    def known(self, key: str, allowed: Collection[str], required: bool = False) -> tuple[str, ...]:
        """A list of texts out of a list, each once."""
        values = self.lines(key, required)
        for value in values:
            if value not in allowed:
                self.wrong(key, f"{value!r} is not known here")
        if len(set(values)) < len(values):
            self.wrong(key, "says a value twice")
        return values

    def lines(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        values = self._list(key, required)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.wrong(key, "must be a list of texts")
            return ()
        return tuple(values)

    def whole(self, key: str, required: bool = True, most: int | None = None) -> int | None:
        """A whole number from 0 to ``most``."""
        value = self._take(key, required)
        if value is not None and (type(value) is not int or value < 0 or (most is not None and value > most)):
            self.wrong(key, f"{value!r} is not a whole number from 0{'' if most is None else f' to {most}'}")
            return None
        return value

    def whole_or_null(self, key: str) -> int | None:
        """A whole number, or null where that is said: a forgotten key is a problem."""
        if key not in self._data:
            self.wrong(key, "is missing; write null where there is none")
        return self.whole(key, required=False)

    def decimal(self, key: str, required: bool = True) -> Decimal | None:
        """An exact number, written as text: YAML would read an unquoted 0.1 as a binary fraction."""
        text = self.line(key, required)
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            value = Decimal("NaN")
        if value is not None and not value.is_finite():
            self.wrong(key, f"{text!r} is not a number")
            return None
        return value

    def bounds(self) -> Bounds:
        """The mapping ``bounds`` with ``min`` and ``max``, either of which may be missing."""
        if not self.has("bounds"):
            return Bounds()
        inner = self.child("bounds")
        bounds = Bounds(inner.decimal("min", required=False), inner.decimal("max", required=False))
        if bounds.minimum is not None and bounds.maximum is not None and bounds.minimum >= bounds.maximum:
            inner.wrong("", f"min {bounds.minimum} is not below max {bounds.maximum}")
        inner.finish()
        return bounds

    def flag(self, key: str) -> bool:
        """true or false; false where the key is missing."""
        value = self._take(key, required=False)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, f"{value!r} is neither true nor false")
        return value is True

    def both(self, key: str, longest: int | None = None) -> Text:
        """A text in both languages, each of at most ``longest`` characters."""
        value = self._take(key, required=True)
        return self._child(value, key).as_text(longest) if value is not None else Text("", "")

    def both_or_none(self, key: str) -> Text | None:
        """As ``both``, for a key that may be missing."""
        self._used.add(key)
        return self.both(key) if self.has(key) else None

    def short(self, name: Text) -> Text:
        """The key ``short``, at most 22 characters; where it is missing ``name`` itself must be as short."""
        if self.has("short"):
            return self.both("short", SHORT)
        for language in ("id", "en"):
            if len(getattr(name, language)) > SHORT:
                self.wrong(f"short.{language}", f"is missing, and the name is longer than {SHORT} characters")
        return name

    def texts_by_name(self, key: str) -> Mapping[str, str]:
        """A mapping of names to texts; empty where the key is missing."""
        if not self.has(key):
            self._used.add(key)
            return NOTHING
        inner = self.child(key)
        return MappingProxyType({name: inner.line(name) for name in inner._data})

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts in both languages; empty where the key is missing."""
        return tuple(child.as_text() for child in self.children(key))

    def as_text(self, longest: int | None = None) -> Text:
        """This mapping read as one text: the keys ``id`` and ``en`` and no other."""
        text = Text(self.line("id"), self.line("en"))
        self.finish()
        for language in ("id", "en"):
            length = len(getattr(text, language))
            if longest and length > longest:
                self.wrong(language, f"has {length} characters; {longest} is the most")
        return text

    def child(self, key: str) -> Entry:
        """The mapping under a key; an empty one where it is missing."""
        value = self._take(key, required=True)
        return self._child({} if value is None else value, key)

    def children(self, key: str, code: str | None = None) -> list[Entry]:
        """The mappings of a list; ``code`` names the key that tells them apart in problems."""
        children = []
        for number, value in enumerate(self._list(key), 1):
            child = self._child(value, f"{key}[{number}]")
            if code and isinstance(value, dict) and value.get(code) is not None:
                child.code, child.path = str(value[code]), ""
            children.append(child)
        return children

    def items(self, key: str) -> list[tuple[str, Entry]]:
        """The mappings of a mapping, with their keys."""
        self._used.add(key)
        value = self._data.get(key) or {}
        if not isinstance(value, dict):
            self.wrong(key, "must be a mapping of keys to values")
            return []
        return [(name, self._child(inner, f"{key}.{name}")) for name, inner in value.items()]

    def _list(self, key: str, required: bool = False) -> list[Any]:
        values = self._take(key, required)
        if values is None:
            return []
        if not isinstance(values, list):
            self.wrong(key, "must be a list")
            return []
        if required and not values:
            self.wrong(key, "is empty")
        return values

    def _child(self, data: Any, key: str) -> Entry:
        path = f"{self.path}.{key}" if self.path else key
        return Entry(data, self.file, self.problems, self.code, path)
