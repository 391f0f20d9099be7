"""What takes a permission back: a deletion, an overriding clause, a need for consent, a payment, a closed circle.

A statement elsewhere undoes a permission only if it names its provision, or speaks of the same data or of their
publication. What it says about data of its own keeps those back and leaves the permission whole.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from ckanext.smartcity.contracts.clauses.combine import SILENT_ROLES, Permission, Reading, defines
from ckanext.smartcity.contracts.clauses.rules import Rules
from ckanext.smartcity.contracts.clauses.scope import Sentence
from ckanext.smartcity.contracts.clauses.segment import Segment

# What undoes a permission: in its own sentence, or in another one.
UNDOING_HERE = frozenset({"consent", "residents", "no_reuse", "promise", "discretion", "request", "other", "internal"})
UNDOING_NEAR = frozenset({"consent", "residents", "no_reuse"})
DELETION_REACH = 16  # segments within which a deletion without a number is about the permission
QUALIFIED = 2  # words on either side of "data" that say which data
SHORTEST_NAME = 3
STEM = 6  # letters by which two words are taken for one
ABOUT_IT = ("object", "thing", "portal", "channel", "format", "access")


def undone_by(reading: Reading, permission: Permission, rules: Rules) -> int | None:
    """The sentence that undoes a permission, or None."""
    own = {reading.sentences[permission.public].segment, reading.sentences[permission.reuse].segment}
    reach = 2 * rules.settings["window_segments"]
    for at in reading.contrary:
        sentence = reading.sentences[at]
        if at in (permission.public, permission.reuse):
            kinds = sentence.against & UNDOING_HERE
            if kinds and not resists(reading, permission, kinds, itself=True):
                return at
        elif sentence.segment in own and refers(reading, sentence, permission, rules):
            kinds = sentence.against & UNDOING_NEAR
            if kinds and not resists(reading, permission, kinds):
                return at
        if deletes(reading, sentence, permission):
            return at
        near = min(own) - reach <= sentence.segment <= max(own) + reach
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
    named = any(is_named(reading.segments[s.segment], numbers_named(reading, sentence)) for s in own)
    if "not_operative" in against and any(sentence.segment == s.segment for s in own):
        return True
    if overriding and ((sentence.withheld and not same) or "consent" in against):
        return True
    if not named and not refers(reading, sentence, permission, rules):
        return False
    answered = resists(reading, permission, against & {"paid", "consent"})
    said = {
        "not_operative": same,
        "paid": sentence.has("access", "portal", "channel", "use", "format", "audience") and not answered,
        "promise": named,
        "residents": True,
        "no_reuse": True,
        "consent": named or (not answered and not sentence.has("secrecy", live=False)),
    }
    return any(said.get(kind, False) for kind in against)


def refers(reading: Reading, sentence: Sentence, permission: Permission, rules: Rules) -> bool:
    """Whether a sentence speaks of the data of the permission, or of data or their publication without saying which."""
    own = {reading.sentences[permission.public].segment, reading.sentences[permission.reuse].segment}
    segment = reading.segments[sentence.segment]
    places = {(reading.segments[at].page, reading.segments[at].group) for at in own}
    if segment.page not in {page for page, _ in places} and segment.group not in {group for _, group in places}:
        return False
    told = {word.text[:STEM] for at in own for word in reading.segments[at].words}
    naming = named_so_far(reading, sentence, rules)
    if any(word[:STEM] in told for word in naming | words_of(reading, sentence, ("portal", "channel"))):
        return True
    if naming or sentence.has("other", live=False):
        return False
    beside = any(segment.group == reading.segments[at].group and abs(sentence.segment - at) <= 1 for at in own)
    return beside or sentence.has(*ABOUT_IT, "act", "reuse", live=False)


def named_so_far(reading: Reading, sentence: Sentence, rules: Rules) -> set[str]:
    """Which data a sentence speaks of: its own words, else those before it in its segment ("such reports")."""
    before = reading.sentences[: reading.place[id(sentence)] + 1]
    for earlier in reversed(before):
        if earlier.segment != sentence.segment:
            break
        if naming := qualifiers(reading, earlier, rules):
            return naming
    return set()


def qualifiers(reading: Reading, sentence: Sentence, rules: Rules) -> set[str]:
    """The words that say which data: beside a word for data, unless stop words or cues, and names such as "tonnage"."""
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
    beside |= {hit.start for hit in sentence.hits if hit.family == "object" and hit.name == "quantity"}
    return {words[at] for at in beside if len(words[at]) >= SHORTEST_NAME and words[at] not in stop}


def words_of(reading: Reading, sentence: Sentence, families: tuple[str, ...]) -> set[str]:
    """The words that the cues of some families stand on."""
    words = [word.text for word in reading.segments[sentence.segment].words[sentence.start : sentence.end]]
    return {words[at] for hit in sentence.hits if hit.family in families for at in range(hit.start, hit.end)}


def lifted(reading: Reading, contrary: Sentence, permission: Permission) -> bool:
    """Whether a prohibition is undone between its place and the permission: "that rule has one exception"."""
    begin = reading.place[id(contrary)]
    end = max(permission.public, permission.reuse)
    return any(reading.sentences[at].has("flip") for at in range(begin + 1, end + 1))


def deletes(reading: Reading, sentence: Sentence, permission: Permission) -> bool:
    """Whether a sentence deletes, or rewrites to the contrary, the provision of the permission or the one it quotes."""
    rewritten = rewrites(sentence)
    both = (permission.public, permission.reuse)
    if ("deleted" not in sentence.against and not rewritten) or put_in_place(reading, sentence, min(both)):
        return False
    own = [reading.segments[reading.sentences[at].segment] for at in both]
    segment = reading.segments[sentence.segment]
    numbers = numbers_deleted(reading, sentence)
    if any(is_named(stands, numbers) for stands in own if stands is not segment or stands.label):
        return not for_some_data(sentence)
    if any(stands is segment for stands in own) and not numbers and not rewritten:
        return not for_some_data(sentence)
    if sentence.has("flip") or rewritten:
        return False
    inside = sentence in (reading.sentences[permission.public], reading.sentences[permission.reuse])
    if inside or (any(stands.group == segment.group for stands in own) and not numbers):
        return True
    near = any(abs(reading.sentences[at].segment - sentence.segment) <= DELETION_REACH for at in both)
    return near and sentence.has("portal", "act", "reuse", live=False) and not sentence.has("secrecy")


def rewrites(sentence: Sentence) -> bool:
    """Whether a sentence puts a prohibition in a provision's place."""
    first = min((hit.start for hit in sentence.where("replaced")), default=None)
    return first is not None and any(
        hit.start > first and not hit.live for hit in sentence.hits if hit.family in ("act", "access", "offer")
    )


def put_in_place(reading: Reading, deleting: Sentence, permission: int) -> bool:
    """Whether the sentence after a deletion puts the permission in its place: "in its place is inserted"."""
    at = reading.place[id(deleting)]
    following = reading.sentences[at + 1 : at + 2]
    return at < permission and any(sentence.has("replaced") for sentence in following)


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
    """The numbers of provisions that a sentence names, but those it excepts ("save as provided in clause 23.4")."""
    first = min((hit.start for hit in sentence.where("except")), default=None)
    if first is None:
        return numbers_in(written(reading, sentence))
    following = written(reading, sentence, first, None).partition(",")[2]
    return numbers_in(written(reading, sentence, 0, first)) + numbers_in(following)


def numbers_deleted(reading: Reading, sentence: Sentence) -> list[str]:
    """The numbers of provisions that a sentence deletes: those before the verb, or after it where none is before."""
    first = min((hit.start for hit in sentence.where("deleted")), default=0)
    before = numbers_in(written(reading, sentence, 0, first)) if first else []
    return before or numbers_in(written(reading, sentence, first, None))


def written(reading: Reading, sentence: Sentence, first: int = 0, last: int | None = None) -> str:
    """The text of a sentence, from one of its words up to another."""
    segment = reading.segments[sentence.segment]
    words = segment.words[sentence.start : sentence.end][first:last]
    return reading.texts[segment.page][words[0].start : words[-1].end] if words else ""


def numbers_in(text: str) -> list[str]:
    """The numbers of provisions that a sentence names, as "14" and "58.1"."""
    parts = text.replace("(", " ").replace(")", " ").split()
    return [bare for bare in (part.strip(".,:;\"'“”") for part in parts) if bare[:1].isdigit()]
