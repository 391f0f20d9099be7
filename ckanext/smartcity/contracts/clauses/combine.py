"""From sentences to an assessment: the three parts of the test must meet near each other, and nothing may undo them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from ckanext.smartcity.contracts.clauses.lines import DECORATION, heading_word
from ckanext.smartcity.contracts.clauses.match import matches
from ckanext.smartcity.contracts.clauses.repair import pieces
from ckanext.smartcity.contracts.clauses.rules import Rules
from ckanext.smartcity.contracts.clauses.scope import PUBLIC_LICENCES, Sentence
from ckanext.smartcity.contracts.clauses.segment import Segment

SILENT_ROLES = ("recital", "definition", "minutes")
# What undoes a permission, by how far it reaches: in its own segment, or in the sections around it as well.
UNDOING_HERE = frozenset({"consent", "residents", "no_reuse", "promise", "discretion", "request", "other", "internal"})
UNDOING_NEAR = frozenset({"consent", "residents", "no_reuse"})
STRENGTH_NEEDED = 2
FULL_STRENGTH = 5
RECITING = "bahwa"  # an item that begins so tells a reason
LEAD_IN_END = 120
PUBLISHING = ("act", "portal", "format")
QUALIFIED = 2  # words on either side of "data" that say which data
SHORTEST_NAME = 3
STEM = 5  # letters by which two words are taken for one
DELETION_REACH = 16  # segments within which a deletion without a number is about the permission


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
        best = (0, 0, at)
        for other in able[max(0, place - 2 * window) : place + window]:
            public = reading.sentences[other]
            distance = abs(public.segment - reuse.segment)
            if public.public and distance <= window and may_join(reading, public, reuse):
                best = max(best, (public.public + reuse.reuse + (distance == 0), -distance, other))
        told = has_object(reading, (best[2], at), window)
        if best[0] >= STRENGTH_NEEDED and told:
            found.append(Permission(best[2], at, best[0]))
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


def undone_by(reading: Reading, permission: Permission, rules: Rules) -> int | None:
    """The sentence that undoes a permission, or None."""
    own = {reading.sentences[permission.public].segment, reading.sentences[permission.reuse].segment}
    first, last = min(own), max(own)
    for at in reading.contrary:
        sentence = reading.sentences[at]
        if sentence.segment in own:
            kinds = sentence.against & (UNDOING_HERE if at in (permission.public, permission.reuse) else UNDOING_NEAR)
            itself = at in (permission.public, permission.reuse)
            if kinds and not resists(reading, permission, kinds, itself):
                return at
        if deletes(reading, sentence, permission):
            return at
        near = (
            first - 2 * rules.settings["window_segments"]
            <= sentence.segment
            <= last + 2 * rules.settings["window_segments"]
        )
        if near and withdraws(reading, sentence, permission, rules):
            return at
    return None


def resists(reading: Reading, permission: Permission, kinds: AbstractSet[str], itself: bool = False) -> bool:
    """Whether the permission answers what is said against it: "without consent", "free of charge".

    A prohibition undone ("nothing stops the City") answers a need for consent elsewhere, not one it states ``itself``.
    """
    own = (reading.sentences[permission.public], reading.sentences[permission.reuse])
    answers = {
        "consent": any(s.has("no_consent") or (s.has("flip") and not itself) for s in own),
        "paid": any(s.has("free") for s in own),
        "promise": False,
    }
    return all(answers.get(kind, False) for kind in kinds)


def withdraws(reading: Reading, sentence: Sentence, permission: Permission, rules: Rules) -> bool:
    """Whether a sentence elsewhere takes back what the permission gives."""
    silent = reading.roles[sentence.segment] in SILENT_ROLES or defines(reading, sentence)
    if silent or lifted(reading, sentence, permission):
        return False
    against = sentence.against
    own = (reading.sentences[permission.public], reading.sentences[permission.reuse])
    same = any(reading.segments[sentence.segment].group == reading.segments[s.segment].group for s in own)
    overriding = sentence.has("override") and not sentence.has("no_consent")
    on_page = any(reading.segments[sentence.segment].page == reading.segments[s.segment].page for s in own)
    about_data = on_page and sentence.has("object", "portal", "access", live=False)
    paid_access = sentence.has("access", "portal", "channel", "use", "format")
    numbers = numbers_named(reading, sentence)
    named = any(is_named(reading.segments[s.segment], numbers) for s in own)
    if not (overriding or named) and about_other_data(reading, sentence, permission, rules):
        return False
    answered = resists(reading, permission, against & {"paid", "consent"})
    consent = (same or about_data) and not answered and not sentence.has("secrecy", live=False)
    said = {
        "not_operative": same and on_page,
        "paid": (same or on_page) and paid_access and not answered,
        "promise": named,
        "residents": same or about_data,
        "no_reuse": about_data or (same and sentence.has("thing", "demonstrative", live=False)),
        "consent": overriding or named or consent,
    }
    return any(said.get(kind, False) for kind in against) or (overriding and sentence.withheld and not same)


def about_other_data(reading: Reading, sentence: Sentence, permission: Permission, rules: Rules) -> bool:
    """Whether a sentence names data of its own, such as "trip records", that the permission does not speak of."""
    naming = qualifiers(reading, sentence, rules)
    if not naming or sentence.has("portal", "channel", live=False):
        return False
    own = {reading.sentences[permission.public].segment, reading.sentences[permission.reuse].segment}
    told = {word.text[:STEM] for at in own for word in reading.segments[at].words}
    return not any(word[:STEM] in told for word in naming)


def qualifiers(reading: Reading, sentence: Sentence, rules: Rules) -> set[str]:
    """The words beside a word for data that say which data, but those that are cues or stop words themselves."""
    words = [word.text for word in reading.segments[sentence.segment].words[sentence.start : sentence.end]]
    cued = {at for hit in sentence.hits for at in range(hit.start, hit.end)}
    stop = rules.stop_words["id"] | rules.stop_words["en"]
    beside = {
        at
        for hit in sentence.hits
        if hit.family in ("object", "thing")
        for at in (*range(hit.start - QUALIFIED, hit.start), *range(hit.end, hit.end + QUALIFIED))
        if 0 <= at < len(words) and at not in cued
    }
    return {words[at] for at in beside if len(words[at]) >= SHORTEST_NAME and words[at] not in stop}


def lifted(reading: Reading, contrary: Sentence, permission: Permission) -> bool:
    """Whether a prohibition is undone between its place and the permission: "that rule has one exception"."""
    begin = reading.place[id(contrary)]
    end = max(permission.public, permission.reuse)
    return any(reading.sentences[at].has("flip") for at in range(begin + 1, end + 1))


def deletes(reading: Reading, sentence: Sentence, permission: Permission) -> bool:
    """Whether a sentence deletes, or rewrites to the contrary, the provision of the permission or the one it quotes."""
    rewritten = sentence.has("replaced") and sentence.withheld
    if "deleted" not in sentence.against and not rewritten:
        return False
    both = (permission.public, permission.reuse)
    own = [reading.segments[reading.sentences[at].segment] for at in both]
    segment = reading.segments[sentence.segment]
    numbers = numbers_named(reading, sentence)
    if any(is_named(stands, numbers) for stands in own if stands is not segment or stands.label):
        return not for_some_data(sentence)
    if sentence.has("flip") or rewritten:
        return False
    inside = sentence in (reading.sentences[permission.public], reading.sentences[permission.reuse])
    if inside or (any(stands is segment or stands.group == segment.group for stands in own) and not numbers):
        return True
    near = any(abs(reading.sentences[at].segment - sentence.segment) <= DELETION_REACH for at in both)
    return near and sentence.has("portal", "act", "reuse", live=False) and not sentence.has("secrecy")


def for_some_data(sentence: Sentence) -> bool:
    """Whether a provision is said not to apply to some data: an exception to it, not its end."""
    return any(hit.name == "not-for-some-data" for hit in sentence.where("flip"))


def is_named(segment: Segment, numbers: list[str]) -> bool:
    """Whether a provision is among the numbers of a reference: "14", "58.1", or "8" and "4" of "Pasal 8 ayat (4)"."""
    if segment.label in numbers and len(segment.label) > 1:
        return True
    if any(word.text in numbers for word in segment.words[:3]) and segment.kind == "text":
        return True
    if segment.section not in numbers or not segment.section:
        return False
    paragraphs = [number for number in numbers if number != segment.section and "." not in number]
    return not paragraphs or segment.label in paragraphs or segment.label == ""


def numbers_named(reading: Reading, sentence: Sentence) -> list[str]:
    """The numbers of provisions that a sentence names."""
    segment = reading.segments[sentence.segment]
    begin, end = segment.words[sentence.start].start, segment.words[sentence.end - 1].end
    return numbers_in(reading.texts[segment.page][begin:end])


def numbers_in(text: str) -> list[str]:
    """The numbers of provisions that a sentence names, as "14" and "58.1"."""
    parts = text.replace("(", " ").replace(")", " ").split()
    return [bare for bare in (part.strip(".,:;\"'“”") for part in parts) if bare[:1].isdigit()]
