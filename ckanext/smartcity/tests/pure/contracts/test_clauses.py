"""What the detector says of short provisions, and how it reads a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ckanext.smartcity.contracts.clauses import Document, Page, assess, combine, rules
from ckanext.smartcity.contracts.clauses import read as read_document
from ckanext.smartcity.contracts.clauses.repair import fold, running_lines, words
from ckanext.smartcity.contracts.clauses.segment import Segment, segments

CASES = yaml.safe_load((Path(__file__).parents[2] / "data/contracts/cases.yaml").read_text(encoding="utf-8"))
EXPECTED = {"yes": ("likely_yes", "full"), "partial": ("likely_yes", "partial"), "no": ("likely_no", None)}
KNOWN = rules.load()


def segmented(text: str) -> list[Segment]:
    return segments((Page(1, text),), frozenset(), KNOWN.known)


def folded(text: str) -> list[str]:
    return [word.text for word in words(text, 0, len(text), KNOWN.known)]


def read(text: str) -> combine.Reading:
    return read_document(Document((Page(1, text),)), KNOWN)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']}-{case['label']}-{case['text'][:30]!r}")
def test_what_is_suggested(case: dict[str, Any]) -> None:
    assessment = assess(Document((Page(1, case["text"]),)))
    assert (assessment.result, assessment.scope) == EXPECTED[case["label"]]
    assert assessment.warnings == ()


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("mem-\npublikasikan", "mempublikasikan"),
        ("di publikasikan", "dipublikasikan"),
        ("kernbali", "kembali"),
        ("1isensi", "lisensi"),
        ("ter bu ka", "terbuka"),
        ("P A S A L", "pasal"),
        ("publi\u00adkasi", "publikasi"),
        ("ﬁnance", "finance"),
    ],
)
def test_broken_words_are_read_whole(broken: str, whole: str) -> None:
    assert folded(broken) == [fold(whole)]


@pytest.mark.parametrize(
    "apart",
    ["machine-readable", "open data", "machine-\nreadable", "data\n\nset"],
)
def test_whole_words_are_not_joined(apart: str) -> None:
    assert len(folded(apart)) == 2


def test_a_number_of_a_provision_is_no_negation() -> None:
    assert folded("Pasal 3 No. 7")[2] == folded("nomor")[0]
    assert folded("no person")[0] == "no"


def test_provisions_items_rows_and_boxes_are_segments() -> None:
    text = (
        "Pasal 14\nData Operasi\n\n(1) Penyedia wajib:\na. mencatat data;\nb. menyerahkan data.\n"
        "12.3 Data diserahkan\nsetiap bulan.\nTL-4 | Umpan | harian\n"
        "☑ dipublikasikan\n[ ] disimpan\n- butir\n\nPenutup."
    )
    found = segmented(text)
    assert [(s.kind, s.label, s.ticked) for s in found] == [
        ("heading", "14", None),
        ("item", "1", None),
        ("item", "a", None),
        ("item", "b", None),
        ("item", "12.3", None),
        ("row", "TL-4", None),
        ("box", "", True),
        ("box", "", False),
        ("item", "", None),
        ("text", "", None),
    ]
    assert text[found[4].start : found[4].end] == "12.3 Data diserahkan\nsetiap bulan."
    assert found[2].lead == found[3].lead == 1


def test_abbreviations_end_no_sentence() -> None:
    found = segmented("PT. Arum Tbk. membayar Rp. 5.000 menurut Art. 7. Data diserahkan.")
    assert len(found[0].sentences) == 2


def test_lines_on_most_pages_are_no_part_of_the_contract() -> None:
    pages = tuple(Page(n, f"Kontrak Payung - hal. {n}\nIsi halaman {'abc'[n - 1]}.") for n in (1, 2, 3))
    running = running_lines(pages)
    found = segments(pages, running, KNOWN.known)
    left = [pages[s.page - 1].text[s.start : s.end] for s in found]
    assert left == ["Isi halaman a.", "Isi halaman b.", "Isi halaman c."]


def test_a_list_inherits_what_its_lead_in_forbids() -> None:
    text = "Penyedia dilarang:\na. mempublikasikan data kepada siapa pun dengan lisensi terbuka;\nb. merusak alat."
    assert assess(Document((Page(1, text),))).result == "likely_no"
    assert assess(Document((Page(1, text.replace("dilarang", "wajib")),))).result == "likely_yes"


def test_the_language_is_told_by_stop_words() -> None:
    found = read("Data yang diserahkan oleh Penyedia kepada Kota.\n\nThe data of the City shall be kept.")
    assert [sentence.language for sentence in found.sentences] == ["id", "en"]


def test_the_contrary_is_quoted_when_a_permission_is_undone() -> None:
    text = "Pasal 9\nKota menerbitkan data layanan dengan lisensi terbuka.\n\nPasal 30\nPasal 9 dihapus."
    assessment = assess(Document((Page(1, text),)))
    assert [(f.kind, f.quote) for f in assessment.findings] == [("opposes", "Pasal 9 dihapus.")]


def test_a_finding_names_the_rules_that_saw_it() -> None:
    finding = assess(Document((Page(1, "The City publishes the data for anyone under CC BY."),))).findings[0]
    assert {"act:publish", "audience:anyone", "reuse:licence-name"} <= set(finding.cues)


def test_the_selection_of_an_option_explained_below_is_quoted_first() -> None:
    text = (
        "The options selected are Y3 and Y7.\n\nOption Y7 reads: the City publishes the data as open data for anyone."
    )
    assert [f.quote[:3] for f in assess(Document((Page(1, text),))).findings] == ["The", "Opt"]
    boxes = '[ ] Closed shelf\n[x] Wide shelf\n\n"Wide shelf" means that data are published under CC BY.'
    assert assess(Document((Page(1, boxes),))).result == "likely_no"
    applied = boxes.replace("means that data are", "has this effect: data are")
    assert assess(Document((Page(1, applied),))).findings[0].quote == "[x] Wide shelf"
