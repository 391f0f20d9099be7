"""Does a contract contain an open data policy? A suggestion with evidence, never a decision.

Pure: no network, database, clock or CKAN. The test it applies is rule version ``odp-1``: an operative provision, by
which data about the service reach anyone, who may use them again (docs/contracts-detector.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from ckanext.smartcity.contracts.clauses import combine, options, repair, rules, scope, segment, undoing
from ckanext.smartcity.contracts.clauses.document import Document, Page, has_text

__all__ = ["VERSION", "Assessment", "Document", "Finding", "Page", "assess", "has_text"]

NUMBER = "1"
VERSION = f"{NUMBER}-{rules.digest()}"
MOST_FINDINGS = 5
LONGEST_QUOTE = 900  # characters; of a longer segment the sentence is quoted
POINTING_WORDS = 4  # within which "it" or "such" points at the sentence before


@dataclass(frozen=True)
class Finding:
    """A quote and why it matters: ``quote`` is the page's text from ``start`` to ``end``; ``kind`` is supports, opposes
    or partial; ``cues`` the names of the rules that saw it; ``score`` from 0 to 1."""

    page: int | None
    start: int
    end: int
    quote: str
    kind: str
    cues: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Assessment:
    """What the detector suggests: ``result`` is likely_yes, likely_no or needs_reading; ``scope`` full or partial with
    likely_yes; at most five findings, best first; ``warnings`` are codes."""

    result: str
    scope: str | None
    findings: tuple[Finding, ...]
    languages: tuple[str, ...]
    warnings: tuple[str, ...]


def assess(document: Document) -> Assessment:
    """Read a document and suggest. Never raises: an error becomes ``needs_reading`` with the warning ``error``."""
    try:
        return assess_pages(document, rules.load())
    except Exception as error:
        return Assessment("needs_reading", None, (), (), ("error", type(error).__name__))


def assess_pages(document: Document, known: rules.Rules) -> Assessment:
    """The stages one after the other: repair, segments, roles, sentences, combination."""
    reading = read(document, known)
    warnings = warnings_of(document, reading, known)
    languages = tuple(sorted({s.language for s in reading.sentences if s.language != "both"}))
    permissions = combine.permissions(reading, known)
    undone: list[int] = []
    standing: list[combine.Permission] = []
    for permission in permissions[:50]:
        contrary = undoing.undone_by(reading, permission, known)
        if contrary is None:
            standing.append(permission)
        elif contrary not in undone:
            undone.append(contrary)
    findings = [item for permission in standing for item in supporting(reading, permission)]
    if standing:
        held_back = [at for at in reading.contrary if reading.sentences[at].withheld]
        partial = [at for at in held_back if near(reading, reading.sentences[at], standing[0])]
        findings = unique(findings)[: MOST_FINDINGS - 1] + [finding(reading, at, "partial", 0.5) for at in partial]
        return Assessment("likely_yes", "partial" if partial else "full", best(findings), languages, warnings)
    findings = [finding(reading, at, "opposes", 0.8) for at in undone]
    readable = not {"no_text", "pages_without_text", "truncated", "letters_without_words"} & set(warnings)
    if not undone and combine.half_said(reading):
        half = [finding(reading, at, "partial", 0.4) for at in combine.half_said(reading)]
        return Assessment("needs_reading", None, best(half), languages, warnings)
    return Assessment("likely_no" if readable else "needs_reading", None, best(findings), languages, warnings)


def read(document: Document, known: rules.Rules) -> combine.Reading:
    """Segments, roles and sentences of a document."""
    running = repair.running_lines(document.pages)
    parts = segment.segments(document.pages, running, known.known)
    texts = {page.number: page.text for page in document.pages}
    reading = combine.Reading(parts, [], combine.roles_of(parts, texts, known), options.ticked(parts), texts)
    last: dict[int, scope.Sentence] = {}
    seen: dict[tuple[str, str], scope.Sentence] = {}
    for at, part in enumerate(parts):
        lead = last.get(part.lead) if part.lead is not None else None
        brought = scope.brought_by(lead)
        for start, end in part.sentences:
            written = texts[part.page][part.words[start].start : part.words[end - 1].end]
            key = (written, ",".join(sorted(brought)))
            if key not in seen:
                seen[key] = scope.read_sentence(texts[part.page], part.words[start:end], brought, known)
            last[at] = replace(seen[key], segment=at, start=start, end=end, against=set(seen[key].against))
            reading.sentences.append(last[at])
    carry_on(reading)
    reading.ticked = options.chosen(parts, reading.sentences, reading.ticked)
    return reading


def carry_on(reading: combine.Reading) -> None:
    """Let "such data", after data that are not the service's own, be other data too."""
    for previous, sentence in pairwise(reading.sentences):
        pointing = any(hit.start < POINTING_WORDS for hit in sentence.where("demonstrative"))
        if pointing and "other" in previous.against and previous.segment == sentence.segment:
            sentence.against.add("other")


def warnings_of(document: Document, reading: combine.Reading, known: rules.Rules) -> tuple[str, ...]:
    """Codes for what could not be read."""
    warnings = []
    with_text = [has_text(page) for page in document.pages]
    if not any(with_text):
        warnings.append("no_text")
    elif not all(with_text):
        warnings.append("pages_without_text")
    if document.truncated:
        warnings.append("truncated")
    words = [word.text for part in reading.segments for word in part.words]
    stop = sum(word in known.stop_words["id"] or word in known.stop_words["en"] for word in words)
    if len(words) >= 50 and stop < known.settings["stop_word_share"] * len(words):
        warnings.append("letters_without_words")
    return tuple(warnings)


def supporting(reading: combine.Reading, permission: combine.Permission) -> list[Finding]:
    """What speaks for a yes: what selects the permission among options, if anything does, and the permission itself."""
    score = min(1.0, permission.strength / combine.FULL_STRENGTH)
    part = reading.segments[reading.sentences[permission.reuse].segment]
    written = reading.texts[part.page][part.start : part.end]
    selected = options.selection(reading.segments, reading.sentences, part, written)
    first = [] if selected is None else [finding(reading, selected, "supports", score)]
    return [*first, *whole(reading, permission, score)]


def whole(reading: combine.Reading, permission: combine.Permission, score: float) -> list[Finding]:
    """The findings of a permission: one from its first part to its last, or one for each where they stand far apart."""
    parts = [finding(reading, at, "supports", score) for at in (permission.public, permission.reuse)]
    public, reuse = parts
    start, end = min(public.start, reuse.start), max(public.end, reuse.end)
    if public.page != reuse.page or end - start > LONGEST_QUOTE:
        return parts
    text = reading.texts[reading.segments[reading.sentences[permission.reuse].segment].page]
    cues = tuple(sorted({*public.cues, *reuse.cues}))
    return [replace(reuse, start=start, end=end, quote=text[start:end], cues=cues)]


def finding(reading: combine.Reading, at: int, kind: str, score: float) -> Finding:
    """A finding that quotes the segment of a sentence, or the sentence when the segment is long."""
    sentence = reading.sentences[at]
    part = reading.segments[sentence.segment]
    text = reading.texts[part.page]
    start, end = part.start, part.end
    if end - start > LONGEST_QUOTE:
        start, end = part.words[sentence.start].start, part.words[sentence.end - 1].end
    cues = tuple(sorted({f"{hit.family}:{hit.name}" for hit in sentence.hits if hit.live}))
    return Finding(part.page, start, end, text[start:end], kind, cues, score)


def near(reading: combine.Reading, sentence: scope.Sentence, permission: combine.Permission) -> bool:
    """Whether a sentence stands under the heading of a permission."""
    own = reading.sentences[permission.reuse].segment
    return reading.segments[own].group == reading.segments[sentence.segment].group


def unique(findings: list[Finding]) -> list[Finding]:
    """Findings without those that quote the same place again."""
    seen: dict[tuple[int | None, int], Finding] = {}
    for item in findings:
        seen.setdefault((item.page, item.start), item)
    return list(seen.values())


def best(findings: list[Finding]) -> tuple[Finding, ...]:
    """At most five findings, best first."""
    return tuple(sorted(unique(findings), key=lambda item: -item.score)[:MOST_FINDINGS])
