"""Nothing about an indicator is in code but its formula: no indicator code stands in Python outside ``recipes/``."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import ckanext.smartcity
from ckanext.smartcity import catalogue

ROOT = Path(ckanext.smartcity.__file__).parent


def literals(path: Path) -> list[str]:
    """Texts and numbers of a file as written, without comments and docstrings."""
    tokens = list(tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline))
    kept = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        starts_line = before is None or before.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.NL)
        if token.type == tokenize.NUMBER or (token.type == tokenize.STRING and not starts_line):
            kept.append(token.string)
    return kept


def test_no_indicator_code_in_python() -> None:
    codes = {indicator.code for indicator in catalogue.load().indicators}
    bare = re.compile(r"""^['"](?:iso37122:2019/)?(\d+\.\d+)['"]$""")
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if "tests" in parts or "recipes" in parts:
            continue
        found += [f"{path.name}: {text}" for text in literals(path) if (m := bare.match(text)) and m[1] in codes]
    assert not found
