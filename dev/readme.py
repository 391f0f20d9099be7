"""Write the table of options in README.md from the declaration; with ``--check`` only compare."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
DECLARATION = ROOT / "ckanext/smartcity/config_declaration.yaml"
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- options -->\n).*?(?=<!-- /options -->)", re.DOTALL)


def table(declaration: dict) -> str:
    """The options as a Markdown table: name, default as an ini file writes it, meaning."""
    rows = ["| option | default | meaning |", "|---|---|---|"]
    for group in declaration["groups"]:
        for option in group["options"]:
            rows.append(f"| `{option['key']}` | {_default(option['default'])} | {option['description'].strip()} |")
    return "\n".join(rows) + "\n"


def _default(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if text else ""


def main(arguments: list[str]) -> int:
    before = README.read_text(encoding="utf-8")
    after = TABLE.sub(lambda _: table(yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))), before)
    if "--check" in arguments:
        return int(before != after)
    README.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
