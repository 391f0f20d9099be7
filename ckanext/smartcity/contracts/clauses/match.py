"""Where the cues stand in a sequence of words: a table of first words, no backtracking, linear in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.smartcity.contracts.clauses.rules import Cue, Table

# A longer cue of one of these families takes away every cue inside it.
SWALLOWING = frozenset({"false_friend", "neutral"})
# Inside a longer cue of any family these mean nothing by themselves.
SWALLOWED = frozenset({"negation", "prohibit", "neutral", "only", "permit", "except", "supplier", "city"})
# A cue that begins inside one of these others says the opposite of what it says alone.
ANSWERED = {
    "object": ("other",),
    "other": ("audience",),
    "consent": ("no_consent",),
    "paid": ("free", "money", "no_consent", "neutral"),
}


@dataclass
class Hit:
    """A cue on the words from ``start`` up to ``end``; ``live`` turns false inside a negation."""

    family: str
    name: str
    start: int
    end: int
    live: bool = True


def matches(words: Sequence[str], table: Table) -> list[Hit]:
    """All cues in a sequence of folded words, in order, without those that a longer one takes away."""
    found: list[Hit] = []
    for at, word in enumerate(words):
        entry = table.get(word)
        if entry is None:
            continue
        found.extend(Hit(cue.family, cue.name, at, at + 1) for cue in entry.alone)
        if entry.second and at + 1 < len(words):
            for cue in entry.second.get(words[at + 1], ()):
                add(found, cue, words, at, at + 2)
        if entry.later:
            seen: set[int] = set()
            for reached in range(at + 1, min(at + 2 + entry.reach, len(words))):
                for cue in entry.later.get(words[reached], ()):
                    if reached - at - 1 <= cue.steps[1].gap and id(cue) not in seen:
                        seen.add(id(cue))
                        add(found, cue, words, at, reached + 1)
    return without_swallowed(found)


def add(found: list[Hit], cue: Cue, words: Sequence[str], start: int, at: int) -> None:
    """Add a hit if the steps of a cue after the second follow, each at the nearest place its gap allows."""
    for step in cue.steps[2:]:
        last = min(at + step.gap, len(words) - 1)
        while at <= last and words[at] not in step.options:
            at += 1
        if at > last:
            return
        at += 1
    found.append(Hit(cue.family, cue.name, start, at))


def without_swallowed(hits: list[Hit]) -> list[Hit]:
    """The hits in order without those that a longer one takes away, and without doubles of one family."""
    hits.sort(key=lambda hit: (hit.start, -hit.end, hit.family not in SWALLOWING))
    kept: list[Hit] = []
    reached: dict[str, int] = defaultdict(int)
    longest = (0, 0)
    for hit in hits:
        inside = any(hit.end <= reached[family] for family in SWALLOWING)
        shorter = hit.end <= longest[1] and (hit.start, hit.end) != longest
        inside = inside or (shorter and hit.family in SWALLOWED)
        inside = inside or any(hit.start < reached[family] for family in ANSWERED.get(hit.family, ()))
        if hit.end > reached[hit.family] and not inside:
            kept.append(hit)
            reached[hit.family] = hit.end
            if hit.end - hit.start > 1 and hit.end > longest[1] and hit.family != "contrast":
                longest = (hit.start, hit.end)
    return kept
