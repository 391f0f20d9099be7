"""Which segments count: of options, only what is ticked or named as chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ckanext.smartcity.contracts.clauses.repair import fold
from ckanext.smartcity.contracts.clauses.scope import Sentence
from ckanext.smartcity.contracts.clauses.segment import LONGEST_OPTION, OPTION_WORDS, Segment

CHOICE_REACH = 12
OPTIONS_NEAR = 12
CODE_WITHIN = 6
QUOTES = '"“”‘’'
LONGEST_TERM = 60


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
            not_selected = sentence.has("selected", live=False) and option_label(parts[sentence.segment])
            result[sentence.segment] = result[sentence.segment] and not not_selected
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


def selection(parts: Sequence[Segment], sentences: Sequence[Sentence], explained: Segment, written: str) -> int | None:
    """The earlier sentence that selects what a segment explains, as "X14 is selected" or a ticked "open shelf".

    ``written`` is the text of the segment. A code (letters and digits) among its first words, or a term in quotes at
    its beginning, is what is looked for.
    """
    codes = {word.text for word in explained.words[:CODE_WITHIN] if is_mixed(word.text)}
    term = quoted_term(written, explained)
    for at, sentence in enumerate(sentences):
        part = parts[sentence.segment]
        if part is explained:
            return None
        texts = [word.text for word in part.words[sentence.start : sentence.end]]
        if sentence.has("selected") and codes & set(texts):
            return at
        if part.ticked and term and any(texts[i : i + len(term)] == term for i in range(len(texts))):
            return at
    return None


def is_mixed(word: str) -> bool:
    """Whether a word is a code of letters and digits."""
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def quoted_term(written: str, part: Segment) -> list[str]:
    """The folded words in quotes at the beginning of a segment; [] = none."""
    if written[:1] not in QUOTES:
        return []
    closing = next((i for i, c in enumerate(written[1:LONGEST_TERM], 1) if c in QUOTES), 0)
    return [word.text for word in part.words if word.end <= part.start + closing]
