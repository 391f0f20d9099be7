"""The score command, and the floor under the committed excerpts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckanext.smartcity.contracts import score

EXCERPTS = Path(__file__).parents[2] / "data/contracts/excerpts.jsonl"
YES = "Kota menerbitkan data layanan kepada siapa pun dengan lisensi terbuka."
NO = "Penyedia memelihara lampu jalan di seluruh kota."

# Language -> no figure of the committed excerpts may fall under these; needs_reading may not rise over its own.
FLOORS = {
    "id": {"recall": 0.97, "precision": 0.97, "evidence_overlap": 0.97, "needs_reading": 0.01},
    "en": {"recall": 0.97, "precision": 0.96, "evidence_overlap": 0.96, "needs_reading": 0.01},
}


def line(text: str, label: str, evidence: str = "", lang: str = "id") -> dict[str, str]:
    return {"lang": lang, "text": text, "label": label, "evidence": evidence}


def test_partial_counts_as_yes_and_a_miss_lowers_recall() -> None:
    judged = [score.judge(x) for x in (line(YES, "partial", YES), line(NO, "yes", NO), line(NO, "no"))]
    assert score.by_language(judged) == {"id": score.Score(3, 0.5, 1.0, 0.0, 1.0)}
    assert [j.error for j in judged] == ["", "missed", ""]


def test_a_false_yes_lowers_precision() -> None:
    judged = [score.judge(x) for x in (line(YES, "no"), line(YES, "yes", YES))]
    assert score.score(judged).precision == 0.5
    assert judged[0].error == "false yes"


def test_other_evidence_than_the_labelled_is_told() -> None:
    text = f"{NO}\n\n{YES}"
    assert score.judge(line(text, "yes", NO)).error == "other evidence"
    assert score.judge(line(text, "yes", "not in it")).error == "other evidence"
    assert score.judge(line(text, "yes", YES[:20])).error == ""


def test_languages_are_scored_apart_and_nothing_is_a_share_of_nothing() -> None:
    result = score.by_language([score.judge(line(NO, "no")), score.judge(line(NO, "no", lang="en"))])
    assert list(result) == ["en", "id"]
    assert result["en"] == score.Score(1, None, None, 0.0, None)


def test_the_command_prints_a_row_for_each_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(line(NO, "yes", NO)) + "\n\n" + json.dumps(line(NO, "no", lang="en")), encoding="utf-8")
    assert score.main([str(file)]) == 0
    shown = capsys.readouterr().out
    assert "missed" in shown and NO in shown
    assert score.main([str(file), "--totals"]) == 0
    assert NO not in capsys.readouterr().out
    assert score.main([str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"]["recall"] == 0.0


@pytest.mark.parametrize(("content", "told"), [("{", "line 1"), ('{"lang": "id"}', "without text, label, evidence")])
def test_a_file_that_cannot_be_scored_is_refused(
    content: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(content, encoding="utf-8")
    assert score.main([str(file)]) == 2
    assert told in capsys.readouterr().err
    assert score.main([str(tmp_path / "none.jsonl")]) == 2


@pytest.mark.skipif(not EXCERPTS.is_file(), reason="the excerpts are not in this package")
@pytest.mark.parametrize("language", FLOORS)
def test_the_committed_excerpts_are_judged_no_worse(language: str) -> None:
    result = score.by_language(score.judge(x) for x in score.read(EXCERPTS))[language]
    floor = FLOORS[language]
    for figure in ("recall", "precision", "evidence_overlap"):
        assert (getattr(result, figure) or 0) >= floor[figure], figure
    assert (result.needs_reading or 0) <= floor["needs_reading"]
