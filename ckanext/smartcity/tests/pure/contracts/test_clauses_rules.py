"""The rule files by their own examples: each rule sees the sentences it must see, and not the one beside them."""

from __future__ import annotations

import pytest

from ckanext.smartcity.contracts.clauses import rules
from ckanext.smartcity.contracts.clauses.inflect import english, indonesian
from ckanext.smartcity.contracts.clauses.match import matches
from ckanext.smartcity.contracts.clauses.repair import words

KNOWN = rules.load()


def seen(sentence: str, group: rules.Group) -> bool:
    """Whether a rule has a hit in a sentence, among all rules of its language."""
    table = KNOWN.tables["both" if group.language == "common" else group.language]
    folded = [word.text for word in words(sentence, 0, len(sentence), KNOWN.known)]
    return any(hit.family == group.family and hit.name == group.name for hit in matches(folded, table))


@pytest.mark.parametrize("group", KNOWN.groups, ids=lambda g: f"{g.language}-{g.family}-{g.name}")
def test_each_rule_sees_its_examples_and_no_more(group: rules.Group) -> None:
    assert group.match and group.avoid
    assert [sentence for sentence in group.match if not seen(sentence, group)] == []
    assert [sentence for sentence in group.avoid if seen(sentence, group)] == []


def test_no_rule_is_written_twice() -> None:
    names = [(g.language, g.family, g.name) for g in KNOWN.groups]
    assert len(names) == len(set(names))
    lines = [(g.language, g.family, pattern) for g in KNOWN.groups for pattern in g.patterns]
    assert sorted({line for line in lines if lines.count(line) > 1}) == []


@pytest.mark.parametrize("pattern", ["_2 data", "data _2", "data _11 terbuka", "@nobody"])
def test_a_cue_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"cue ends|gap stands|no such class"):
        rules.compile_cue(pattern, "id", {"id": {}, "en": {}, "common": {}})


def test_the_forms_of_an_indonesian_root() -> None:
    assert {"menerbitkan", "diterbitkan", "penerbitan", "terbitkan", "diterbitkannya"} <= indonesian("terbit")
    assert "penerbit" not in indonesian("terbit")
    assert {"mengumumkan", "pengumuman", "diumumkan"} <= indonesian("umum")
    assert {"menyalin", "disalin", "penyalinan"} <= indonesian("salin")
    assert {"memakai", "dipakai", "memakainya", "pemakaian"} <= indonesian("pakai")


def test_the_forms_of_an_english_verb() -> None:
    assert {"publish", "publishes", "published", "publishing"} <= english("publish")
    assert {"copies", "copied", "copying"} <= english("copy")
    assert {"uses", "used", "using"} <= english("use")
    assert {"permitted", "permitting"} <= english("permit")
