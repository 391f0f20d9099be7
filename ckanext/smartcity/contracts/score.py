"""How well the detector judges labelled excerpts: ``python -m ckanext.smartcity.contracts.score FILE.jsonl [--json]``.

Each line holds ``lang``, ``text``, ``label`` (yes, partial, no) and ``evidence``, a literal part of the text. Partial
counts as yes; ``needs_reading`` misses a yes but is not wrong about a no. Overlap: the best supporting finding shares
at least half the characters of the shorter of quote and evidence, counted over the yes that were found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ckanext.smartcity.contracts.clauses import Assessment, Document, Page, assess


@dataclass(frozen=True)
class Score:
    """Shares from 0 to 1 for the excerpts of one language; None where nothing was there to share."""

    excerpts: int
    recall: float | None
    precision: float | None
    needs_reading: float | None
    evidence_overlap: float | None


@dataclass(frozen=True)
class Judged:
    """One excerpt, what was suggested for it, and whether the evidence was met."""

    excerpt: dict[str, Any]
    assessment: Assessment
    overlaps: bool

    @property
    def is_yes(self) -> bool:
        """Whether people said yes or partial."""
        return self.excerpt["label"] in ("yes", "partial")

    @property
    def error(self) -> str:
        """What is wrong with the suggestion; "" = nothing."""
        if self.is_yes and self.assessment.result != "likely_yes":
            return "missed"
        if self.is_yes:
            return "" if self.overlaps else "other evidence"
        return "false yes" if self.assessment.result == "likely_yes" else ""


def judge(excerpt: dict[str, Any]) -> Judged:
    """Assess the text of one excerpt as a document of one page."""
    assessment = assess(Document((Page(1, excerpt["text"]),)))
    return Judged(excerpt, assessment, overlaps(excerpt, assessment))


def overlaps(excerpt: dict[str, Any], assessment: Assessment) -> bool:
    """Whether the best supporting finding shares half of the shorter of quote and evidence."""
    start = excerpt["text"].find(excerpt.get("evidence") or "")
    end = start + len(excerpt.get("evidence") or "")
    for finding in assessment.findings:
        if finding.kind == "supports":
            shared = min(end, finding.end) - max(start, finding.start)
            return start >= 0 and shared * 2 >= min(end - start, finding.end - finding.start) > 0
    return False


def score(judged: Sequence[Judged]) -> Score:
    """The shares over some excerpts."""
    yes = [j for j in judged if j.is_yes]
    said = [j for j in judged if j.assessment.result == "likely_yes"]
    right = [j for j in yes if j.assessment.result == "likely_yes"]
    unread = [j for j in judged if j.assessment.result == "needs_reading"]
    return Score(
        len(judged),
        share(len(right), len(yes)),
        share(len(right), len(said)),
        share(len(unread), len(judged)),
        share(sum(j.overlaps for j in right), len(right)),
    )


def share(part: int, whole: int) -> float | None:
    """A share rounded to three places, or None of nothing."""
    return round(part / whole, 3) if whole else None


def by_language(judged: Iterable[Judged]) -> dict[str, Score]:
    """A score for each language in order."""
    parts: dict[str, list[Judged]] = {}
    for item in judged:
        parts.setdefault(item.excerpt["lang"], []).append(item)
    return {language: score(parts[language]) for language in sorted(parts)}


def read(path: Path) -> list[dict[str, Any]]:
    """The excerpts of a file, one JSON object a line.

    Raises ValueError with the line's number when a line is no JSON or lacks a key.
    """
    excerpts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            excerpt = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number}: {error}") from error
        missing = [key for key in ("lang", "text", "label", "evidence") if key not in excerpt]
        if missing:
            raise ValueError(f"{path}, line {number}: without {', '.join(missing)}")
        excerpts.append(excerpt)
    return excerpts


def report(judged: Sequence[Judged], totals_only: bool) -> list[str]:
    """Lines to print: a row for each language, then the errors with their text."""
    columns = ("excerpts", "recall", "precision", "needs_reading", "evidence_overlap")
    lines = [f"{'lang':6}" + "".join(f"{name:>18}" for name in columns)]
    for language, result in by_language(judged).items():
        shown = asdict(result)
        lines.append(f"{language:6}" + "".join(f"{'-' if shown[c] is None else shown[c]:>18}" for c in columns))
    if not totals_only:
        for item in judged:
            if item.error:
                lines.append(f"\n{item.error}: {item.excerpt.get('id', '')} ({item.excerpt['label']})")
                lines.append(item.excerpt["text"])
                lines.extend(f"  {f.kind} {f.score:.2f} {f.quote!r}" for f in item.assessment.findings)
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Score one file; returns the exit code: 0, or 2 for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="score", description="Score the clause detector on labelled excerpts.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--totals", action="store_true", help="print no texts, only the scores")
    chosen = parser.parse_args(arguments)
    try:
        judged = [judge(excerpt) for excerpt in read(chosen.file)]
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps({language: asdict(result) for language, result in by_language(judged).items()}, indent=2))
    else:
        print("\n".join(report(judged, chosen.totals)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
