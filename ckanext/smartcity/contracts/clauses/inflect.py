"""The forms of a root, so that a rule names a verb once: Indonesian affixes, English endings.

Makes too many rather than too few: a form that no text holds does no harm. Agent nouns (penyedia, penerbit, pengguna)
are not made: they are parties, not acts.
"""

from __future__ import annotations

VOWELS = "aeiou"
SUFFIXES = ("", "kan", "i", "an", "nya", "kannya", "inya", "annya", "lah")
PLAIN_PREFIXES = ("", "di", "ter", "ber", "diper", "memper", "per", "se")


# First letter of the root -> how meN- and peN- go on; "-" stands for the root without its first letter.
NASALS = {
    **dict.fromkeys(VOWELS + "gh", ("ng+",)),
    **dict.fromkeys("bfv", ("m+",)),
    **dict.fromkeys("cdjz", ("n+",)),
    "k": ("ng-", "ng+"),
    "p": ("m-", "m+"),
    "t": ("n-", "n+"),
    "s": ("ny-", "n+"),
}


def nasal(root: str) -> list[str]:
    """The root after meN- and peN- without "me" or "pe"; two of them where usage varies (menerbitkan, mentransfer)."""
    shapes = NASALS.get(root[0], ("+",))
    return [shape[:-1] + (root if shape.endswith("+") else root[1:]) for shape in shapes]


def indonesian(root: str) -> set[str]:
    """All verb forms and action nouns of an Indonesian root: terbit, menerbitkan, diterbitkannya, penerbitan."""
    stems = nasal(root)
    forms = {prefix + root + suffix for prefix in PLAIN_PREFIXES for suffix in SUFFIXES}
    forms |= {"me" + stem + suffix for stem in stems for suffix in SUFFIXES}
    forms |= {"pe" + stem + suffix for stem in stems for suffix in ("an", "annya")}
    return forms


def english(root: str) -> set[str]:
    """All endings of an English verb: publish, published, publishing; copy, copies; use, using; permit, permitted."""
    forms = {root, root + "s", root + "ed", root + "ing", root + "es"}
    if root.endswith("e"):
        forms |= {root + "d", root[:-1] + "ing"}
    if root.endswith("y") and root[-2:-1] not in VOWELS:
        forms |= {root[:-1] + "ies", root[:-1] + "ied"}
    if root[-1] not in VOWELS + "wxy" and root[-2:-1] in VOWELS:
        forms |= {root + root[-1] + "ed", root + root[-1] + "ing"}
    return forms


def forms(root: str, language: str) -> set[str]:
    """The forms of a root in a language ("id" or "en"); in any other language only the root itself."""
    if language == "id":
        return indonesian(root)
    return english(root) if language == "en" else {root}
