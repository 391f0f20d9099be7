"""From lines to segments and sentences: a provision, a list item, a table row, a paragraph."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from ckanext.smartcity.contracts.clauses.document import Page
from ckanext.smartcity.contracts.clauses.lines import BULLETS, Line, is_heading, line_spans, number_in, read_line
from ckanext.smartcity.contracts.clauses.repair import Word, bare_line, fold, words

ABBREVIATIONS = frozenset(
    (
        *("no", "nos", "tbk", "pt", "cv", "uu", "rp", "inc", "art", "dll", "dsb", "dst", "hlm", "hal", "jl", "dr"),
        *("drs", "st", "ltd", "co", "vs", "eg", "ie", "bpk", "ir", "sdr", "cl", "para", "sec", "cf", "ps", "prof"),
        *("mr", "mrs", "ms", "max", "min", "approx", "yth"),
    )
)
LONGEST_SENTENCE = 200
LEAD_IN_REACH = 30
LONGEST_OPTION = 3
OPTION_WORDS = frozenset(map(fold, ("opsi", "pilihan", "alternatif", "option", "alternative", "choice")))


@dataclass
class Segment:
    """A provision, list item, table row or paragraph of one page.

    ``kind`` is heading, item, row, box or text; ``label`` its number as written; ``heading`` the words of the nearest
    heading and ``section`` the number in it; ``group`` counts headings, so that segments under one heading share it;
    ``lead`` is the place of the lead-in segment of a list; ``ticked`` is None but for tick boxes.
    """

    page: int
    start: int
    end: int
    kind: str
    label: str
    level: int
    body: int
    ticked: bool | None = None
    group: int = 0
    heading: str = ""
    section: str = ""
    lead: int | None = None
    words: list[Word] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)


def segments(pages: tuple[Page, ...], running: frozenset[str], known: Collection[str]) -> list[Segment]:
    """All segments of a document in order, each with its words and its sentences (as ranges of words)."""
    found: list[Segment] = []
    group, heading, section = 0, "", ""
    for page in pages:
        for segment in page_segments(page, running):
            if segment.kind == "heading":
                group += 1
                heading, section = page.text[segment.start : segment.end], segment.label
            segment.group, segment.heading, segment.section = group, heading, section
            segment.words = words(page.text, segment.body, segment.end, known)
            segment.sentences = sentences(page.text, segment)
            segment.lead = lead_in(found, segment, page)
            found.append(segment)
    return found


def lead_in(before: list[Segment], segment: Segment, page: Page) -> int | None:
    """The nearest earlier segment of a higher level that ends with a colon, under the same heading."""
    if segment.kind not in ("item", "box", "row") or not before:
        return None
    last = before[-1]
    if (last.page, last.group, last.level, last.kind) == (segment.page, segment.group, segment.level, segment.kind):
        return last.lead
    for at in range(len(before) - 1, max(-1, len(before) - LEAD_IN_REACH), -1):
        other = before[at]
        if other.page != segment.page or other.group != segment.group:
            return None
        if other.level < segment.level or other.kind == "text":
            ends_open = page.text[other.end - 1 : other.end] == ":" and other.kind != "heading"
            return at if ends_open else other.lead if other.kind == "item" else None
    return None


def page_segments(page: Page, running: frozenset[str]) -> list[Segment]:
    """The segments of one page without words: lines put together until a marker, a heading or an empty line."""
    found: list[Segment] = []
    lines = [read_line(page.text, start, end) for start, end in line_spans(page.text)]
    round_boxes = any(line.text.lstrip(BULLETS + " ").startswith(("( )", "(  )", "()")) for line in lines)
    is_open = False
    for at, line in enumerate(lines):
        if not line.text or (running and bare_line(line.text) in running):
            is_open = is_open and bool(line.text)
            continue
        titled = is_heading(lines, at)
        if (line.kind == "text" and is_open and not titled and not opens_option(line)) or (
            titled and continues_heading(found, lines, at)
        ):
            found[-1].end = line.end
            continue
        found.append(opened_by(page, line, titled, round_boxes))
        is_open = line.kind != "row" and not titled
    return found


def opens_option(line: Line) -> bool:
    """Whether a line begins an option by name: "Option 2", "Opsi B"."""
    parts = line.text.split(None, 2)
    return len(parts) > 1 and fold(parts[0]) in OPTION_WORDS and len(parts[1].strip(".:)")) <= LONGEST_OPTION


def continues_heading(found: list[Segment], lines: list[Line], at: int) -> bool:
    """Whether a heading's line without a number of its own goes on a heading just above it."""
    follows = bool(found) and found[-1].kind == "heading" and at > 0 and lines[at - 1].text != ""
    return follows and number_in(lines[at].text) == ""


def opened_by(page: Page, line: Line, titled: bool, round_boxes: bool) -> Segment:
    """The segment that a line opens; "(x)" ticks a box where the page has "( )" as well."""
    if titled:
        line = replace(line, kind="heading", level=0, label=number_in(line.text), body=line.start)
    elif line.kind == "item" and round_boxes and line.label.lower() in ("x", "v"):
        line = replace(line, kind="box", ticked=True, level=4)
    return Segment(page.number, line.start, line.end, line.kind, line.label, line.level, line.body, line.ticked)


def sentences(text: str, segment: Segment) -> list[tuple[int, int]]:
    """The sentences of a segment as ranges of its words; a table row or a heading is one."""
    if not segment.words:
        return []
    if segment.kind in ("row", "heading"):
        return [(0, len(segment.words))]
    found, start = [], 0
    for at in range(len(segment.words) - 1):
        word, following = segment.words[at], segment.words[at + 1]
        if at + 1 - start >= LONGEST_SENTENCE or ends_sentence(text, word, following):
            found.append((start, at + 1))
            start = at + 1
    return [*found, (start, len(segment.words))]


def ends_sentence(text: str, word: Word, following: Word) -> bool:
    """Whether a sentence ends between two words: a full stop, white space, then no small letter; no abbreviation."""
    between = text[word.end : following.start]
    stop = next((i for i, c in enumerate(between) if c in ".!?"), -1)
    if stop < 0 or not any(c.isspace() for c in between[stop:]):
        return False
    raw = text[word.start : word.end].lower()
    if between[stop] == "." and (raw in ABBREVIATIONS or (len(raw) == 1 and raw.isalpha())):
        return False
    return not text[following.start].islower()
