"""What is wrong with the files, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """What is wrong, and where: ``code`` is an indicator's code, a slug or a value; ``field`` may be empty."""

    file: str
    code: str
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class CatalogueError(ValueError):
    """The catalogue cannot be used. ``problems`` has all of them; ``str()`` says one a line."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def duplicates(values: Iterable[str]) -> list[str]:
    """The values that stand more than once, each once."""
    return [value for value, times in Counter(values).items() if times > 1]
