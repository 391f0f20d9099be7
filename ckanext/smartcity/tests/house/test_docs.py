"""Options, actions, commands and pages have their place in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import yaml
from ckan import plugins as p

from ckanext.smartcity.cli import smartcity

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="an installed package has no docs folder")


def text(*names: str) -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def declared_options() -> list[dict]:
    declaration = yaml.safe_load((ROOT / "ckanext/smartcity/config_declaration.yaml").read_text(encoding="utf-8"))
    return [option for group in declaration["groups"] for option in group["options"]]


@pytest.mark.parametrize("option", [o["key"] for o in declared_options()])
def test_each_option_is_read_somewhere(option: str) -> None:
    assert f'"{option}"' in text("ckanext/smartcity/config.py")


def test_the_readme_has_the_table_of_the_declared_options() -> None:
    rows = re.findall(r"^\| `(ckanext\.smartcity\.[a-z_.]+)` \| (.*?) \| (.*?) \|$", text("README.md"), re.MULTILINE)
    assert rows == [
        (o["key"], f"`{o['default']}`" if o["default"] != "" else "", o["description"].strip()) for o in shown()
    ]


def shown() -> list[dict]:
    """The declaration as the table prints it: booleans as an ini file writes them."""
    return [
        {**o, "default": str(o["default"]).lower() if isinstance(o["default"], bool) else o["default"]}
        for o in declared_options()
    ]


@pytest.mark.usefixtures("with_plugins")
def test_each_action_is_documented() -> None:
    documented = text("docs/api.md")
    assert not [name for name in p.get_plugin("smartcity").get_actions() if f"`{name}`" not in documented]


def commands(group: click.Group, prefix: str = "ckan smartcity") -> list[str]:
    found = []
    for name, command in group.commands.items():
        inner = isinstance(command, click.Group)
        found += commands(command, f"{prefix} {name}") if inner else [f"{prefix} {name}"]
    return found


@pytest.mark.parametrize("command", commands(smartcity))
def test_each_command_is_documented(command: str) -> None:
    assert f"`{command}" in text("docs/commands.md")


@pytest.mark.usefixtures("with_plugins")
def test_each_page_is_documented(app) -> None:
    documented = text("docs/pages.md", "docs/tagging.md", "docs/contracts.md")
    ours = [
        re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)
        for rule in app.flask_app.url_map.iter_rules()
        if rule.endpoint.startswith("smartcity")
    ]
    assert ours
    assert not [rule for rule in sorted(set(ours)) if f"`{rule}`" not in documented]
