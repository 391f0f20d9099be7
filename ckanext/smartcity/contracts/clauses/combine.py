"""From sentences to an assessment: the three parts of the test must meet near each other, and nothing may undo them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ckanext.smartcity.contracts.clauses.lines import DECORATION, heading_word
from ckanext.smartcity.contracts.clauses.match import matches
from ckanext.smartcity.contracts.clauses.repair import pieces
from ckanext.smartcity.contracts.clauses.rules import Rules
from ckanext.smartcity.contracts.clauses.scope import PUBLIC_LICENCES, Sentence
from ckanext.smartcity.contracts.clauses.segment import Segment

SILENT_ROLES = ("recital", "definition", "minutes")
STRENGTH_NEEDED = 2
FULL_STRENGTH = 5
RECITING = "bahwa"  # an item that begins so tells a reason
LEAD_IN_END = 120
PUBLISHING = ("act", "portal", "format")


@dataclass(frozen=True)
class Permission:
    """Two sentences (often the same) that together meet parts 2 and 3 of the test, and how strongly."""

    public: int
    reuse: int
    strength: int


@dataclass
class Reading:
    """A whole document read: segments, sentences, and the role of each segment."""

    segments: list[Segment]
    sentences: list[Sentence]
    roles: list[str]
    ticked: list[bool]
    texts: dict[int, str]

    @cached_property
    def place(self) -> dict[int, int]:
        """Where each sentence stands, by its identity."""
        return {id(sentence): at for at, sentence in enumerate(self.sentences)}

    @cached_property
    def contrary(self) -> list[int]:
        """The sentences that say something against, but those of options left open."""
        return [at for at, s in enumerate(self.sentences) if (s.against or s.withheld) and self.ticked[s.segment]]


def roles_of(segments: list[Segment], texts: dict[int, str], rules: Rules) -> list[str]:
    """The role of each segment: from its heading, kept until one that opens provisions; or from its first words."""
    roles: list[str] = []
    role, own = "operative", ""
    for at, segment in enumerate(segments):
        if at == 0 and segment.kind == "text":
            role = role_in(first_words(segment), rules, ("minutes",)) or role
        if segment.kind == "heading":
            found = role_in(texts[segment.page][segment.start : segment.end], rules)
            named = heading_word(segment.heading.strip(DECORATION))
            role = found or ("operative" if named or role == "definition" else role)
            own = ""
        elif segment.words:
            opened = role_in(first_words(segment), rules, ("recital", "agreed"))
            if opened == "agreed":
                role, own = "operative", ""
            elif opened == "recital" or (segment.kind == "item" and segment.words[0].text == RECITING):
                own = "recital"
            elif segment.lead is not None and lists_terms(segments[segment.lead], texts, rules):
                own = "definition"
            elif segment.kind == "text" or segment.level <= 1:
                own = ""
        roles.append(own or role)
    return roles


def lists_terms(lead: Segment, texts: dict[int, str], rules: Rules) -> bool:
    """Whether the lead-in of a list announces definitions: "dalam Perjanjian ini yang dimaksud dengan:"."""
    ending = texts[lead.page][max(lead.start, lead.end - LEAD_IN_END) : lead.end]
    return role_in(ending, rules, ("definition_strong",)) != ""


def first_words(segment: Segment) -> str:
    """The first words of a segment."""
    return " ".join(word.text for word in segment.words[:6])


def role_in(text: str, rules: Rules, families: tuple[str, ...] = (*SILENT_ROLES, "defining")) -> str:
    """The role that a heading or the first words of a segment give; "" = none."""
    hits = matches([word.text for word in pieces(text, 0, min(len(text), 200))], rules.tables["both"])
    for hit in hits:
        if hit.family in families:
            return "definition" if hit.family == "defining" else hit.family
    return ""


def speaks(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence can support: operative, not an option left open, not itself undone."""
    if reading.roles[sentence.segment] in SILENT_ROLES or not reading.ticked[sentence.segment]:
        return False
    if defines(reading, sentence) or (sentence.has("minutes") and sentence.has("later", "supplier")):
        return False
    silencing = {"promise", "discretion", "other", "request", "not_operative", "agency"}
    if any(hit.name in PUBLIC_LICENCES for hit in sentence.where("reuse")):
        silencing -= {"agency"}
    return not sentence.against & silencing or strong(sentence)


def strong(sentence: Sentence) -> bool:
    """Whether both parts stand in full in a sentence that only mentions a request, beside them."""
    return sentence.against <= {"request", "residents", "paid", "consent"} and sentence.public + sentence.reuse == 4


def defines(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence is a definition: a term in quotes, then "means"."""
    segment = reading.segments[sentence.segment]
    begin = segment.words[sentence.start].start
    quoted = any(c in "\"“‘”'" for c in reading.texts[segment.page][max(0, begin - 2) : begin + 1])
    return any(hit.start < 10 for hit in sentence.where("definition")) and (quoted or sentence.has("definition_strong"))


def permissions(reading: Reading, rules: Rules) -> list[Permission]:
    """All pairs of a public and a reusable part that stand near each other, strongest first."""
    window = int(rules.settings["window_segments"])
    found: list[Permission] = []
    able = [at for at, s in enumerate(reading.sentences) if (s.public or s.reuse) and speaks(reading, s)]
    for place, at in enumerate(able):
        reuse = reading.sentences[at]
        if not reuse.reuse:
            continue
        best = (0, False, 0, at)
        for other in able[max(0, place - 2 * window) : place + window]:
            public = reading.sentences[other]
            distance = abs(public.segment - reuse.segment)
            if public.public and distance <= window and may_join(reading, public, reuse):
                best = max(best, (public.public + reuse.reuse, distance == 0, -distance, other))
        strength = best[0] + best[1]
        if strength >= STRENGTH_NEEDED and has_object(reading, (best[3], at), window):
            found.append(Permission(best[3], at, strength))
    found.extend(by_policy(reading))
    return sorted(found, key=lambda p: (-p.strength, -reading.sentences[p.reuse].reuse))


def half_said(reading: Reading) -> list[int]:
    """Sentences that let anyone use data again without saying how they become public: a person should look."""
    said = [at for at, s in enumerate(reading.sentences) if s.reuse == 2 and s.has("object") and not s.against]
    return [at for at in said if speaks(reading, reading.sentences[at])]


def has_object(reading: Reading, pair: tuple[int, int], window: int) -> bool:
    """Whether data are named in one of two sentences or shortly before, or their segments are about publishing."""
    first, segments = max(0, min(pair) - window), {reading.sentences[at].segment for at in pair}
    before = reading.sentences[first : max(pair) + 1]
    return any(
        s.has("object", live=False) or (s.segment in segments and s.has("thing", *PUBLISHING, live=False))
        for s in before
    )


def may_join(reading: Reading, public: Sentence, reuse: Sentence) -> bool:
    """Whether two sentences together may be one permission; a format alone counts only where data are published."""
    if public is reuse:
        return reuse.reuse == 2 or reuse.public == 2 or reuse.has("act")
    if reuse.reuse == 2:
        return True
    same = reading.segments[public.segment].group == reading.segments[reuse.segment].group
    return same and public.public == 2 and (public.segment == reuse.segment or reuse.has("act", "access", "portal"))


def by_policy(reading: Reading) -> list[Permission]:
    """Sentences that make a published open-data policy part of the contract."""
    told = any(s.public and s.reuse for s in reading.sentences)
    found = []
    for at, sentence in enumerate(reading.sentences):
        silent = reading.roles[sentence.segment] in SILENT_ROLES or not reading.ticked[sentence.segment]
        if (
            silent
            or defines(reading, sentence)
            or sentence.against & {"promise", "not_operative", "deleted", "discretion"}
        ):
            continue
        if sentence.has("policy") and (sentence.has("open_policy") or (told and policy_named(sentence))):
            found.append(Permission(at, at, 3))
    return found


def policy_named(sentence: Sentence) -> bool:
    """Whether a policy, guideline or standard is named in the sentence."""
    return sentence.has("policy_name")
