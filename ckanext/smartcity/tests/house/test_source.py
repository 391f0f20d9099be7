"""What no source of ours may hold: SQL put together from texts, and markup that is not escaped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ckanext.smartcity

ROOT = Path(ckanext.smartcity.__file__).parent
UNESCAPED = re.compile(r"\|\s*safe\b|\bliteral\(|\bMarkup\(|autoescape\s+false|render_markdown\(|html_escape=False")
# What is justified, by file; each needs its reason beside it. Nothing is, so far.
ALLOWED: dict[str, list[str]] = {}


def sources(ending: str) -> list[Path]:
    return sorted(p for p in ROOT.rglob(f"*{ending}") if "tests" not in p.relative_to(ROOT).parts)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_nothing_is_printed_unescaped():
    found = {
        relative(path): UNESCAPED.findall(path.read_text("utf-8")) for path in [*sources(".html"), *sources(".py")]
    }
    assert {name: printed for name, printed in found.items() if printed != ALLOWED.get(name, [])} == {}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def put_together(node: ast.expr) -> bool:
    """Whether a text is made of parts: f-string, ``%``, ``+`` or ``format``."""
    return isinstance(node, (ast.JoinedStr, ast.BinOp)) or (isinstance(node, ast.Call) and called(node) == "format")


def sql_texts(path: Path) -> Iterator[ast.expr]:
    """What is given to ``text()`` of SQLAlchemy or straight to ``execute()``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and called(node) in {"text", "execute", "exec_driver_sql", "literal_column"}:
            yield from node.args[:1]


def test_no_sql_is_put_together_from_texts():
    assert not [
        f"{relative(path)}: {ast.unparse(node)}"
        for path in sources(".py")
        for node in sql_texts(path)
        if put_together(node)
    ]


def test_these_checks_find_what_they_look_for(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text('execute(text(f"SELECT {x}")); execute("SELECT %s" % x); text("a" + b); text("{}".format(x))')
    assert len([node for node in sql_texts(bad) if put_together(node)]) == 4
    assert UNESCAPED.search("{{ title | safe }}")
    assert UNESCAPED.search("h.literal(title)")
