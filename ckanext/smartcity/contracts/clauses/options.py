"""Which segments count: of options, only what is ticked or named as chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ckanext.smartcity.contracts.clauses.repair import fold
from ckanext.smartcity.contracts.clauses.scope import Sentence
from ckanext.smartcity.contracts.clauses.segment import LONGEST_OPTION, OPTION_WORDS, Segment

CHOICE_REACH = 12
OPTIONS_NEAR = 12


def ticked(parts: Sequence[Segment]) -> list[bool]:
    """For each segment whether it counts: not an option left open, nor an item under one."""
    counts: list[bool] = []
    level, counting = 9, True
    for part in parts:
        if part.ticked is not None:
            level, counting = part.level, part.ticked
        elif part.level <= level or part.kind in ("heading", "text", "row"):
            counting = True
        counts.append(counting)
    return counts


def chosen(parts: Sequence[Segment], sentences: Sequence[Sentence], counts: list[bool]) -> list[bool]:
    """The same after sentences that name the chosen option ("Opsi yang dipilih: B"): its neighbours do not count."""
    result = list(counts)
    for sentence in sentences:
        if not sentence.has("selected"):
            continue
        named = labels_after(parts[sentence.segment], sentence)
        options = [at for at in range(len(parts)) if is_near(parts, at, sentence) and option_label(parts[at])]
        if named and any(option_label(parts[at]) in named for at in options):
            for at in options:
                result[at] = result[at] and option_label(parts[at]) in named
    return result


def is_near(parts: Sequence[Segment], at: int, sentence: Sentence) -> bool:
    """Whether a segment stands close to a sentence, and is not the one it stands in."""
    return 0 < abs(at - sentence.segment) <= OPTIONS_NEAR and parts[at].page == parts[sentence.segment].page


def labels_after(part: Segment, sentence: Sentence) -> Collection[str]:
    """The short words after "dipilih" or "selected" (or before it) that may be labels of options."""
    begin = min(hit.start for hit in sentence.where("selected"))
    words = part.words[sentence.start : sentence.end]
    near = words[max(0, begin - CHOICE_REACH // 2) : begin + CHOICE_REACH]
    return {word.text for word in near if word.end - word.start <= LONGEST_OPTION}


def option_label(part: Segment) -> str:
    """The folded label of an option: of an item "B.", or of a line that begins "Option 2"; "" = not an option."""
    if part.kind in ("item", "box") and part.label and "." not in part.label:
        return fold(part.label)
    first = [word.text for word in part.words[:2]]
    return first[1] if len(first) == 2 and first[0] in OPTION_WORDS and len(first[1]) <= LONGEST_OPTION else ""
