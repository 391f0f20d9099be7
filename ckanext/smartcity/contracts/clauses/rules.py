"""The rule files: word classes and cues, read once and made into the tables that matching looks things up in.

A cue is written as words: ``a|b`` is either, ``~root`` all forms of a root, ``@class`` a class of words, ``_3`` a gap
of at most three words. Nothing in it is a regular expression.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ckanext.smartcity.contracts.clauses.inflect import forms
from ckanext.smartcity.contracts.clauses.repair import fold

LANGUAGES = ("common", "id", "en")
LONGEST_GAP = 10
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Step:
    """One word of a cue (any of ``options``), after a gap of at most ``gap`` other words."""

    options: frozenset[str]
    gap: int


@dataclass(frozen=True)
class Cue:
    """A sequence of steps; ``family`` says what it means, ``name`` is what a finding shows."""

    family: str
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Group:
    """The cues that one rule writes together, with the sentences its tests use."""

    language: str
    family: str
    name: str
    patterns: tuple[str, ...]
    match: tuple[str, ...]
    avoid: tuple[str, ...]


@dataclass
class Starts:
    """The cues that begin with one word: of that word alone, by the second word, and by the word after a gap."""

    alone: list[Cue] = field(default_factory=list)
    second: dict[str, list[Cue]] = field(default_factory=lambda: defaultdict(list))
    later: dict[str, list[Cue]] = field(default_factory=lambda: defaultdict(list))
    reach: int = 0


Table = dict[str, Starts]


@dataclass(frozen=True)
class Rules:
    """What the rule files say: tables by language, stop words, settings, and all words that cues are made of."""

    tables: dict[str, Table]
    groups: tuple[Group, ...]
    stop_words: dict[str, frozenset[str]]
    settings: dict[str, float]
    known: frozenset[str]


@cache
def load() -> Rules:
    """The rules of this release.

    Raises ValueError for a cue that cannot be read.
    """
    return build({language: yaml.load(text_of(language), Loader=LOADER) for language in LANGUAGES})  # noqa: S506


def text_of(language: str) -> str:
    """The text of one rule file."""
    return (files("ckanext.smartcity.contracts.clauses") / "rules" / f"{language}.yaml").read_text(encoding="utf-8")


def digest() -> str:
    """The first eight characters of the SHA-256 of the rule files."""
    return hashlib.sha256("".join(map(text_of, LANGUAGES)).encode()).hexdigest()[:8]


def build(data: dict[str, Any]) -> Rules:
    """Rules from the parsed files by language."""
    groups = [group for language in LANGUAGES for group in read_groups(language, data[language])]
    cues = {
        language: [c for g in groups if g.language == language for c in compile_group(g, data)] for language in data
    }
    tables = {
        "id": table(cues["common"] + cues["id"]),
        "en": table(cues["common"] + cues["en"]),
        "both": table(cues["common"] + cues["id"] + cues["en"]),
    }
    known = frozenset(w for listed in cues.values() for cue in listed for step in cue.steps for w in step.options)
    stop = {lang: frozenset(map(fold, data[lang]["stop_words"].split())) for lang in ("id", "en")}
    return Rules(tables, tuple(groups), stop, data["common"]["settings"], known | stop["id"] | stop["en"])


def read_groups(language: str, data: dict[str, Any]) -> list[Group]:
    """The rules of one file in order."""
    return [
        Group(
            language,
            entry["family"],
            entry["name"],
            tuple(line.strip() for line in entry["any"].split("\n") if line.strip()),
            tuple(entry["match"]),
            tuple(entry["not"]),
        )
        for entry in data["cues"]
    ]


def compile_group(group: Group, data: dict[str, Any]) -> list[Cue]:
    """The cues of a rule, one for each line."""
    return [Cue(group.family, group.name, compile_cue(pattern, group.language, data)) for pattern in group.patterns]


def compile_cue(pattern: str, language: str, data: dict[str, Any]) -> tuple[Step, ...]:
    """The steps of a cue as it is written.

    Raises ValueError when it begins or ends with a gap, or a gap is too long.
    """
    steps: list[Step] = []
    gap = 0
    for part in pattern.split():
        if part.startswith("_"):
            gap = int(part[1:])
            if not steps or not 0 < gap <= LONGEST_GAP:
                raise ValueError(f"{pattern!r}: a gap stands between words and is at most {LONGEST_GAP} words")
        else:
            steps.append(Step(frozenset(options(part, language, data)), gap))
            gap = 0
    if gap or not steps:
        raise ValueError(f"{pattern!r}: a cue ends with a word")
    return tuple(steps)


def options(part: str, language: str, data: dict[str, Any]) -> set[str]:
    """The folded words that one part of a cue stands for."""
    found: set[str] = set()
    for option in part.split("|"):
        if option.startswith("@"):
            for source in {language, "common"} if language != "common" else set(LANGUAGES):
                members = data[source].get("words", {}).get(option[1:], "")
                for member in members.split():
                    found |= options(member, source, data)
            if not found:
                raise ValueError(f"{option}: no such class of words")
        elif option.startswith("~"):
            found |= {fold(form) for form in forms(option[1:], language)}
        else:
            found.add(fold(option))
    return found


def table(cues: list[Cue]) -> Table:
    """Cues by their first word."""
    starts: Table = defaultdict(Starts)
    for cue in cues:
        for word in cue.steps[0].options:
            entry = starts[word]
            if len(cue.steps) == 1:
                entry.alone.append(cue)
                continue
            following = cue.steps[1]
            entry.reach = max(entry.reach, following.gap)
            for option in following.options:
                (entry.later if following.gap else entry.second)[option].append(cue)
    return dict(starts)
