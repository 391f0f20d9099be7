"""One sentence: which cues hold in it, which are negated, excepted or only promised, and what it then says.

A clause ends at a semicolon, a contrast ("but", "tetapi"), an exception, or a new verb of permission after "and". A
negation reaches to the end of its clause, a prohibition ("dilarang", "prohibited") over the whole clause.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ckanext.smartcity.contracts.clauses.match import Hit, matches
from ckanext.smartcity.contracts.clauses.repair import Word, fold
from ckanext.smartcity.contracts.clauses.rules import Rules

ABOUT_DATA = ("object", "act", "offer", "access", "portal", "channel", "reuse", "use", "format", "audience")
PUBLIC_LICENCES = ("licence-name", "open-licence")
OPEN_PORTAL = "open-data-portal"
SERVICE_DATA = "service-data"
JOINING = frozenset({"dan", "serta", "and", "or", "atau", "nor"})
ENOUGH_STOP_WORDS = 3
# What a negation before it does not take the force from
UNTOUCHED = frozenset({"negation", "prohibit", "flip", "except", "only", "resident", "contrast"})
AWAITING = frozenset(map(fold, ("before", "until", "unless", "sebelum", "kecuali", "hingga", "sampai")))
CLAUSE_SIGNS = (";", "|", "\t", "–", "—", ":")
WITHOUT_REACH = 8
OPENING_WORDS = 2
ONLY_REACH = 4
PERSONAL_REACH = 8


@dataclass
class Sentence:
    """A sentence of a segment, by its words, and what the cues in it come to.

    ``public`` and ``reuse`` say how strongly (0 to 2) parts 2 and 3 of the test are met; ``against`` holds the kinds of
    contrary statements; ``withheld`` says that it keeps some service data from the public.
    """

    segment: int
    start: int
    end: int
    language: str
    hits: list[Hit]
    public: int = 0
    reuse: int = 0
    withheld: bool = False
    tail_negated: bool = False
    against: set[str] = field(default_factory=set)
    holding: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    def settle(self) -> None:
        """Remember which families stand here and which hold, once negations are known."""
        self.named = frozenset(hit.family for hit in self.hits)
        self.holding = frozenset(hit.family for hit in self.hits if hit.live)

    def has(self, *families: str, live: bool = True) -> bool:
        """Whether a cue of one of the families stands here (and holds, unless ``live`` is false)."""
        return not (self.holding if live else self.named).isdisjoint(families)

    def where(self, family: str) -> list[Hit]:
        """The cues of a family that hold."""
        return [hit for hit in self.hits if hit.family == family and hit.live]


def language_of(words: Iterable[str], rules: Rules) -> str:
    """ "id", "en", or "both" when stop words of both languages or too few of any stand in it."""
    counts = {"id": 0, "en": 0}
    for word in words:
        for language, stop in rules.stop_words.items():
            counts[language] += word in stop
    if counts["id"] >= ENOUGH_STOP_WORDS and counts["en"] == 0:
        return "id"
    if counts["en"] >= ENOUGH_STOP_WORDS and counts["id"] == 0:
        return "en"
    return "both"


@dataclass(frozen=True)
class Shape:
    """A sentence's folded words, what stands between them, where clauses begin, and how far a negation reaches."""

    words: list[str]
    gaps: list[str]
    breaks: list[int]
    reach: int


def brought_by(lead: Sentence | None) -> frozenset[str]:
    """What a list's lead-in brings to its items: "negated", "promise", "not_operative"."""
    if lead is None:
        return frozenset()
    negated = {"negated"} if lead.tail_negated else set()
    return frozenset(negated | (lead.against & {"promise", "not_operative"}))


def read_sentence(text: str, here: list[Word], brought: frozenset[str], rules: Rules) -> Sentence:
    """What the words of one sentence of a page's text say; ``brought`` is what its list's lead-in says."""
    folded = [word.text for word in here]
    language = language_of(folded, rules)
    sentence = Sentence(0, 0, len(here), language, matches(folded, rules.tables[language]))
    gaps = [text[a.end : b.start] for a, b in pairwise(here)]
    breaks = clause_breaks(sentence, folded, gaps)
    shape = Shape(folded, gaps, breaks, int(rules.settings["negation_words"]))
    negate(sentence, shape, "negated" in brought)
    sentence.settle()
    judge(sentence, breaks)
    sentence.against |= brought - {"negated"}
    return sentence


def clause_breaks(sentence: Sentence, words: list[str], gaps: list[str]) -> list[int]:
    """The places (words) where a clause begins, with 0 and the end."""
    breaks = {0, len(words)}
    breaks |= {at + 1 for at, gap in enumerate(gaps) if gap == " / " or any(sign in gap for sign in CLAUSE_SIGNS)}
    breaks |= granted(sentence)
    breaks |= {hit.start for hit in sentence.hits if hit.family in ("contrast", "except")}
    opening = ("permit", "force", "negation", "prohibit", "no_consent")
    starts = {hit.start for hit in sentence.hits if hit.family in opening and hit.name != "letting"}
    interrupted = {
        hit.end for hit in sentence.hits if hit.family == "negation"
    }  # "shall not, without consent, publish"
    for at in range(1, len(words)):
        joined = words[at - 1] in JOINING
        after_comma = "," in gaps[at - 1]
        if (joined or after_comma) and at not in interrupted and starts & {at, at + 1, at + 2}:
            breaks.add(at)
    return sorted(breaks)


def granted(sentence: Sentence) -> set[int]:
    """The places where anyone is given a permission ("setiap orang boleh"): a clause begins there."""
    audience = {hit.end: hit.start for hit in sentence.hits if hit.family == "audience"}
    return {
        audience[at]
        for hit in sentence.hits
        if hit.family == "permit"
        for at in (hit.start, hit.start - 1)
        if at in audience
    }


def clause_of(at: int, breaks: list[int]) -> tuple[int, int]:
    """Begin and end of the clause in which a word stands."""
    place = bisect_right(breaks, at)
    return breaks[place - 1], breaks[min(place, len(breaks) - 1)]


def negate(sentence: Sentence, shape: Shape, from_lead: bool) -> None:
    """Mark the cues that a negation, a prohibition or an exception takes the force from."""
    breaks, length = shape.breaks, shape.breaks[-1]
    dead = [False] * (length + 1)
    if from_lead:
        first = clause_of(0, breaks)[1]
        dead[0:first] = [True] * first
    inside_negation: set[int] = set()
    for hit in sentence.hits:
        if hit.family == "negation" and not goes_on(sentence, hit, shape.words):
            last = min(
                clause_of(hit.end - 1, breaks)[1],
                hit.end + shape.reach,
                lacked_until(hit, shape),
                bracketed_until(hit, shape),
            )
            inside_negation.update(range(hit.end, last))
            dead[hit.end : last] = [True] * (last - hit.end)
    for hit in sentence.hits:
        if hit.family != "prohibit":
            continue
        begin, last = clause_of(hit.start, breaks)
        undone = hit.start in inside_negation
        dead[begin:last] = [not undone] * (last - begin)
    except_positive(sentence, shape, dead)
    for hit in sentence.hits:
        if hit.family not in UNTOUCHED and not awaits(hit, shape.words):
            hit.live = not (dead[hit.start] or dead[hit.end - 1])
    sentence.tail_negated = length > 0 and (
        dead[length - 1] or any(h.family in ("negation", "prohibit") and h.end >= length - 1 for h in sentence.hits)
    )


def awaits(hit: Hit, words: list[str]) -> bool:
    """Whether a need for consent stands under a negation: "not published before the Supplier agrees"."""
    return hit.family == "consent" and words[hit.start] in AWAITING


def lacked_until(hit: Hit, shape: Shape) -> int:
    """Where that which "without" says is lacking ends: at the next comma or "and", after few words."""
    if hit.name != "without":
        return shape.breaks[-1]
    last = min(hit.end + WITHOUT_REACH, len(shape.words))
    for at in range(hit.end + 1, last):
        if "," in shape.gaps[at - 1] or shape.words[at] in ("dan", "and"):
            return at
    return last


def bracketed_until(hit: Hit, shape: Shape) -> int:
    """Where the brackets close in which a negation stands: "(REST, no key) that anyone may use"."""
    for at in range(hit.start - 1, max(-1, hit.start - shape.reach), -1):
        if ")" in shape.gaps[at]:
            break
        if "(" in shape.gaps[at]:
            closing = (end + 1 for end in range(hit.start, len(shape.gaps)) if ")" in shape.gaps[end])
            return next(closing, shape.breaks[-1])
    return shape.breaks[-1]


def goes_on(sentence: Sentence, hit: Hit, words: list[str]) -> bool:
    """Whether "nor" goes on what undid a prohibition: "nothing prevents the City from ..., nor anyone from ..."."""
    return words[hit.start] == "nor" and any(h.family == "flip" and h.end <= hit.start for h in sentence.hits)


def except_positive(sentence: Sentence, shape: Shape, dead: list[bool]) -> None:
    """What follows "except" after a positive is kept from the public; after a prohibition it is allowed."""
    for hit in sentence.hits:
        if hit.family != "except" or any(h.family == "flip" and h.start <= hit.start < h.end for h in sentence.hits):
            continue
        _, last = clause_of(hit.start, shape.breaks)
        closing = next((at + 1 for at in range(hit.start, last - 1) if ")" in shape.gaps[at]), None)
        if closing is not None and hit.start and "(" in shape.gaps[hit.start - 1]:
            last = closing
        elif hit.start <= 1:
            last = next((at + 1 for at in range(hit.start, last - 1) if "," in shape.gaps[at]), last)
        prohibited = hit.start > 1 and dead[hit.start - 1]
        dead[hit.end : last] = [not prohibited] * max(0, last - hit.end)
        if not prohibited:
            content = [h for h in sentence.hits if hit.end <= h.start < last]
            if not any(h.family in ("personal", "secrecy") for h in content) and hit.start > 1:
                sentence.withheld = True


def judge(sentence: Sentence, breaks: list[int]) -> None:
    """Work out what the sentence says: how public, how reusable, and what it says against it."""
    has = sentence.has
    sentence.public = publicity(sentence)
    sentence.reuse = reusability(sentence, breaks)
    promised = [clause_of(hit.start, breaks) for hit in sentence.where("later")]
    conditional = any(hit.start < OPENING_WORDS for hit in sentence.where("later"))
    audience = has("audience")
    against = {
        "promise": bool(promised) and (conditional or not free_of(sentence, promised)),
        "consent": has("consent") or (has("no_consent", live=False) and not has("no_consent")),
        "residents": has("resident", live=False),
        "paid": has("paid") and (audience or not has("money")) and has(*ABOUT_DATA),
        "no_reuse": has("view_only", live=False) or reuse_forbidden(sentence, breaks),
        "deleted": struck_out(sentence),
        "not_operative": has("void") and not has("personal", "money", "paid"),
        "discretion": left_to_supplier(sentence),
        "request": has("request") and has(*ABOUT_DATA, live=False),
        "agency": has("agency") and not audience,
        "internal": kept_inside(sentence, breaks) and not audience,
        "other": (has("other") and not data_named(sentence)) or consumes_only(sentence),
    }
    sentence.against = {kind for kind, is_said in against.items() if is_said}
    kept = "internal" in sentence.against and has("object")
    sentence.withheld = sentence.withheld or kept or publication_denied(sentence, breaks)


def struck_out(sentence: Sentence) -> bool:
    """Whether a provision is deleted: not put in another's place, and not personal data that are erased or exempt."""
    for hit in sentence.where("deleted"):
        beside = [h for h in sentence.where("personal") if abs(h.start - hit.start) <= PERSONAL_REACH]
        if not beside and (hit.name == "replaced-by-nothing" or not sentence.has("replaced")):
            return True
    return False


def kept_inside(sentence: Sentence, breaks: list[int]) -> bool:
    """Whether data are only for the city, an agency or internal use: "hanya untuk Dinas", "for the Authority only"."""
    inside = [hit.start for family in ("internal", "agency", "city") for hit in sentence.where(family)]
    for only in sentence.where("only"):
        begin = only.start - ONLY_REACH if only.end in breaks else only.end
        if any(begin <= at <= only.end + ONLY_REACH for at in inside):
            return True
    return False


def left_to_supplier(sentence: Sentence) -> bool:
    """Whether publishing is left to the supplier's will: the last party before "if it sees fit" is not the city."""
    for may in sentence.where("supplier_may"):
        before = [hit for hit in sentence.hits if hit.family in ("city", "supplier") and hit.start < may.start]
        if not before or before[-1].family == "supplier":
            return True
    return False


def data_named(sentence: Sentence) -> bool:
    """Whether service data are named: by a word for data (not in "open data", "data portal"), or before other data."""
    names = [h for h in sentence.hits if h.family == "portal" or (h.family == "reuse" and h.name in PUBLIC_LICENCES)]
    first_other = min((hit.start for hit in sentence.where("other")), default=0)
    return any(
        (hit.name == SERVICE_DATA or hit.start < first_other) and not any(h.start <= hit.start < h.end for h in names)
        for hit in sentence.where("object")
    )


def consumes_only(sentence: Sentence) -> bool:
    """Whether the sentence tells of using open data that others publish, and publishes none itself."""
    spans = [(hit.start, hit.end) for hit in sentence.where("consumes")]
    own_acts = [h for h in sentence.where("act") if not any(start <= h.start < end for start, end in spans)]
    return bool(spans) and not own_acts


def publication_denied(sentence: Sentence, breaks: list[int]) -> bool:
    """Whether a clause keeps data other than personal or secret ones from the public."""
    for hit in sentence.hits:
        if hit.family not in ("act", "access") or hit.live:
            continue
        begin, end = clause_of(hit.start, breaks)
        families = {h.family for h in sentence.hits if begin <= h.start < end}
        if families & {"negation", "prohibit"} and not families & {"personal", "secrecy", "supplier"}:
            return True
    return False


def free_of(sentence: Sentence, clauses: list[tuple[int, int]]) -> bool:
    """Whether an act and a reuse cue hold outside these clauses: then only a detail is left to agree."""
    outside = [h for h in sentence.hits if h.live and not any(a <= h.start < b for a, b in clauses)]
    families = {h.family for h in outside}
    return bool(families & {"act", "access", "portal"}) and bool(families & {"reuse", "format"})


def publicity(sentence: Sentence) -> int:
    """How strongly the sentence brings data to anyone, 0 to 2."""
    has = sentence.has
    if has("audience") and (has("act", "offer", "access", "portal", "reuse") or (has("use") and has("permit", "free"))):
        return 2
    if has("portal") and has("act", "offer", "access", "reuse"):
        return 2
    if has("act") and has("reuse", "no_consent"):
        return 2
    if any(hit.name in PUBLIC_LICENCES for hit in sentence.where("reuse")) and has("object"):
        return 1
    if has("act", "portal") or (has("channel") and has("offer", "access")):
        return 1
    obtained = has("access") and has("permit", "free")
    return 1 if obtained or (has("reuse") and has("offer") and has("object")) else 0


def reusability(sentence: Sentence, breaks: list[int]) -> int:
    """How strongly the sentence lets the data be used again, 0 to 2."""
    has = sentence.has
    if any(not between_parties(sentence, hit, breaks) for hit in sentence.where("reuse")):
        return 2
    if has("audience"):
        clauses = [clause_of(hit.start, breaks) for hit in sentence.where("use")]
        permitted = [(a, b) for a, b in clauses if any(a <= h.start < b for h in sentence.where("permit"))]
        if any(a <= h.start < b for a, b in permitted for h in sentence.where("audience")):
            return 2
    if has("use") and has("free", "permit") and has("audience", "portal"):
        return 1
    on_open_portal = any(hit.name == OPEN_PORTAL for hit in sentence.where("portal")) and has("act", "offer")
    return 1 if has("format") or on_open_portal else 0


def between_parties(sentence: Sentence, hit: Hit, breaks: list[int]) -> bool:
    """Whether a permission to use is one of the parties' or the agencies' own, not of anyone."""
    if hit.name in PUBLIC_LICENCES or sentence.has("audience", "portal"):
        return False
    begin, end = clause_of(hit.start, breaks)
    inside = [h for h in sentence.hits if begin <= h.start < end]
    return any(h.family in ("city", "supplier", "agency", "internal") or h.name == "not-anyone" for h in inside)


def reuse_forbidden(sentence: Sentence, breaks: list[int]) -> bool:
    """Whether others than the supplier are forbidden to use the data again."""
    for hit in sentence.hits:
        if hit.family not in ("reuse", "use") or hit.live:
            continue
        begin, end = clause_of(hit.start, breaks)
        inside = [h for h in sentence.hits if begin <= h.start < end]
        families = {h.family for h in inside}
        negated = bool(families & {"negation", "prohibit"})
        named = hit.family == "reuse" or "audience" in families
        if negated and named and "supplier" not in families and not families & {"personal", "secrecy"}:
            return True
    return False
