"""One line of a page: what opens it. Numbers, letters, bullets, tick boxes, table rows, headings.

Read from left to right without regular expressions: the text may be hostile.
"""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.smartcity.contracts.clauses.repair import BAR_IN_WORD, fold

HEADING_WORDS = frozenset(
    map(
        fold,
        (
            *("pasal", "bab", "klausul", "klausula", "bagian", "paragraf", "lampiran", "adendum", "addendum"),
            *("amandemen", "sskk", "ssuk", "kak", "clause", "article", "section", "part", "annex", "appendix"),
            *("schedule", "exhibit", "amendment", "chapter", "attachment"),
        ),
    )
)
ITEM_WORDS = frozenset(
    map(fold, ("huruf", "butir", "angka", "ayat", "item", "point", "question", "gcc", "scc", "gc", "sc"))
)
TICKED, UNTICKED = "☑☒✓✔■🗹🗷✗✘", "☐□❏▢"
TICKS = frozenset("xXvV✓✔√✗✘*●")
BULLETS = "-–—•*·▪►○●"
DECORATION = "-–—=_*# "
TITLE_WORDS = 12
SHORT_LINE_WORDS = 5
LONGEST_LABEL = 8
LONGEST_CODE = 6
LONGEST_BOX = 6
CELLS = 3  # " / " so often in a line separates the cells of a row
BOX_SIGNS = frozenset(TICKED + UNTICKED + "[(")


@dataclass(frozen=True)
class Line:
    """One line of a page: its place, and the marker at its beginning ("" = none)."""

    start: int
    end: int
    text: str
    kind: str = "text"
    label: str = ""
    level: int = 9
    body: int = 0
    ticked: bool | None = None


def line_spans(text: str) -> list[tuple[int, int]]:
    """Begin and end of each line of a text."""
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def read_line(text: str, start: int, end: int) -> Line:
    """One line with its marker read."""
    raw = text[start:end]
    stripped = raw.strip()
    start += len(raw) - len(raw.lstrip())
    end = start + len(stripped)
    if not stripped:
        return Line(start, end, "")
    label, level, used = read_label(stripped)
    box = read_box(stripped, used)
    if box is not None:
        ticked, used = box
        return Line(start, end, stripped, "box", "", 4, start + used, ticked)
    if is_row(stripped):
        return Line(start, end, stripped, "row", stripped.strip("| ").split("|")[0].strip()[:LONGEST_LABEL], 3, start)
    if is_code(stripped):
        return Line(start, end, stripped, "item", stripped, 3, start)
    if used:
        return Line(start, end, stripped, "item", label, level, start + used)
    return Line(start, end, stripped, body=start)


def is_row(line: str) -> bool:
    """Whether a line is a row of a table: cells between bars, tabs or slashes. A bar inside a word is a bad "l"."""
    bordered = "|" in BAR_IN_WORD.sub("", line)
    return bordered or "\t" in line or line.count(" / ") >= CELLS


def is_code(line: str) -> bool:
    """Whether a line is nothing but a short code with a digit, as "D-11" or "3": the first cell of a table's row."""
    return len(line) <= LONGEST_CODE and any(c.isdigit() for c in line) and all(c.isalnum() or c in "-./" for c in line)


def read_box(line: str, labelled: int) -> tuple[bool, int] | None:
    """Whether the line begins with a tick box, after at most a bullet or a label: ticked, and where the box ends."""
    for place in {0, labelled}:
        at = place
        while at < len(line) and at < LONGEST_LABEL and line[at] in BULLETS + ". |\t":
            at += 1
        if at < len(line) and line[at] in BOX_SIGNS:
            return box_at(line, at)
    return None


def box_at(line: str, at: int) -> tuple[bool, int] | None:
    """The tick box at a place of a line, as ☑, [x] or ( ): ticked, and where it ends."""
    rest = line[at:]
    if rest[0] in TICKED + UNTICKED:
        return rest[0] in TICKED, at + 1
    closing = rest.find({"[": "]", "(": ")"}.get(rest[0], "\0"), 0, LONGEST_BOX)
    if closing < 0:
        return None
    inside = rest[1:closing].strip(" _.")
    letters = "xXvV" if rest[0] == "(" else ""  # (x) and (v) may number an item
    if inside and (inside not in TICKS or inside in letters):
        return None
    return bool(inside), at + closing + 1


def read_label(line: str) -> tuple[str, int, int]:
    """The number or letter that opens a list item: label, level, length of it; length 0 = none."""
    if line[0:1] and line[0] in BULLETS and line[1:2].isspace():
        return "", 5, 2
    word, _, rest = line.partition(" ")
    if word[:1].isupper() and fold(word) in ITEM_WORDS:
        label, _, used = read_label(rest)
        return label, 2, len(word) + 1 + used if used else 0
    quoted = line[:1] in ('"', "“")
    opened = line[quoted : quoted + 1] == "("
    begin = at = quoted + opened
    while at < len(line) and at - begin < LONGEST_LABEL and (line[at].isalnum() or line[at] == "."):
        at += 1
    label = line[begin:at].rstrip(".")
    closed = line[at : at + 1] == ")"
    marked = closed or line[begin:at].endswith(".")
    after = at + closed
    complete = marked or (is_section_number(label) and not opened)
    alone = after >= len(line) or line[after].isspace()
    if not label or (opened and not closed) or not complete or not alone or not is_label(label):
        return "", 9, 0
    return label, level_of(label, opened), after


def is_section_number(label: str) -> bool:
    """Whether a label is a number with inner dots, as 12.3 or C.2, which needs no closing sign."""
    parts = label.split(".")
    return len(parts) > 1 and all(p.isalnum() and len(p) <= 3 for p in parts) and parts[-1][:1].isdigit()


def is_label(label: str) -> bool:
    """Whether a word may number an item: digits (14, 14a, 6.1), a letter (B, B3), or a small roman number."""
    if "." in label:
        return is_section_number(label)
    if label[0].isdigit():
        return len(label) <= 4 and label.rstrip("abcdefABCDEF").isdigit()
    return len(label) == 1 or set(label.lower()) <= set("ivx") or (label[1:].isdigit() and len(label) <= 4)


def level_of(label: str, opened: bool) -> int:
    """How deep an item stands: 1 for 5., 2 for 5.1 and (1), 3 for a., 4 for i."""
    if "." in label:
        return 1 + label.count(".")
    if label[0].isdigit():
        return 2 if opened else 1
    return 4 if len(label) > 1 or label in ("i", "v", "x") else 3


def is_heading(lines: list[Line], at: int) -> bool:
    """Whether a line is a heading: "Pasal 14 ...", "28. Kerahasiaan", capitals, or the title under one of these."""
    line = lines[at]
    if line.kind in ("box", "row") or not line.text:
        return False
    text = line.text.strip(DECORATION)
    count = len(text.split())
    if count > TITLE_WORDS or not text or (text[-1] in ".;:,-" and not text[-2:-1].isdigit()):
        return False
    named = heading_word(text) and (not at or ends_thought(lines[at - 1]))
    if line.kind == "item":
        return line.level == 1 and count > 1 and text[-1].isalpha() and opens_below(lines, at) and titled(text)
    if named or (capitals(text) and count > 1 and max(map(len, text.split())) > 4):
        return True
    below = at and lines[at - 1].text and heading_word(lines[at - 1].text.strip(DECORATION))
    return bool(below) and len(lines[at - 1].text.split()) <= TITLE_WORDS and opens_below(lines, at) and text[-1] != ","


def titled(text: str) -> bool:
    """Whether a numbered line reads like a title: capitals, or most longer words with a capital."""
    longer = [word for word in text.split()[1:] if len(word) > 3]
    return capitals(text) or sum(word[:1].isupper() for word in longer) * 2 > len(longer)


def heading_word(text: str) -> bool:
    """Whether a line begins with a heading word and a number ("Pasal 3", "Annex C", "ADDENDUM KE - 3")."""
    parts = text.replace("-", " ").replace(".", " ").replace(":", " ").split()
    if not parts or fold(parts[0]) not in HEADING_WORDS or not parts[0][0].isupper():
        return False
    return len(parts) == 1 or any(map(numberlike, parts[1:3])) or capitals(text)


def numberlike(word: str) -> bool:
    """Whether a word is a number, a letter or a roman number."""
    bare = word.strip("().,:;–")
    return bare[:1].isdigit() or (len(bare) == 1 and bare.isupper()) or (bare != "" and set(bare) <= set("IVXLl"))


def ends_thought(line: Line) -> bool:
    """Whether a line is empty or ends a sentence or a heading, so that the next may begin something."""
    return not line.text or line.text[-1] in '.;:"”-|)=' or len(line.text.split()) <= SHORT_LINE_WORDS


def opens_below(lines: list[Line], at: int) -> bool:
    """Whether the next line is empty or begins with a marker or a capital."""
    if at + 1 >= len(lines):
        return False
    following = lines[at + 1]
    return not following.text or following.kind != "text" or following.text[0].isupper()


def capitals(text: str) -> bool:
    """Whether a line is written in capitals (small letters from OCR among them are forgiven)."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 3 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def number_in(text: str) -> str:
    """The first number of a heading, as "14" of "Pasal 14", or its letter ("C" of "Annex C"); "" if it has none."""
    for part in text.replace("(", " ").replace("-", " ").split()[:4]:
        bare = part.strip("().,:;–|")
        if numberlike(bare):
            return bare
    return ""
