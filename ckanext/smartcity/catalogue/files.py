"""Finds files and reads their YAML, refusing what YAML would let pass in silence."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ckanext.smartcity.catalogue.problems import Problem

if TYPE_CHECKING:
    from importlib.abc import Traversable

_TEXT_TAG = "tag:yaml.org,2002:str"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that notes keys said twice and keys that are no text, such as ``no`` and ``on``."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self.mistakes: list[str] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key_node.tag != _TEXT_TAG:
                self.mistakes.append(f"line {line}: YAML does not read the key {key} as text: write it in quotes")
            elif key in mapping:
                self.mistakes.append(f"line {line}: the key {key} stands here twice")
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


def locate(source: str, problems: list[Problem]) -> Traversable | None:
    """The file or folder of ``module:path`` or of an absolute path; None, and a problem, where there is none."""
    module, colon, inside = source.partition(":")
    try:
        found = resources.files(module).joinpath(inside) if colon else Path(source)
    except (ImportError, TypeError, ValueError):
        problems.append(Problem(source, "", "", f"there is no Python package {module}"))
        return None
    if not colon and not Path(source).is_absolute():
        problems.append(Problem(source, "", "", "give the whole path, or package:path"))
        return None
    if not (found.is_file() or found.is_dir()):
        problems.append(Problem(source, "", "", "there is no such file or folder"))
        return None
    return found


def yaml_files(folder: Traversable, problems: list[Problem]) -> list[Traversable]:
    """The YAML files of a folder by name. None at all is a problem: the folder is then the wrong one."""
    found = [file for file in folder.iterdir() if file.name.endswith(".yaml")] if folder.is_dir() else []
    if not found:
        problems.append(Problem(str(folder), "", "", "has no file whose name ends in .yaml"))
    return sorted(found, key=lambda file: file.name)


def read_yaml(file: Traversable, problems: list[Problem]) -> Any:
    """What a YAML file says; None, and a problem with the line, where it cannot be read."""
    try:
        loader = _Loader(file.read_text(encoding="utf-8"))
        try:
            data = loader.get_single_data()
        finally:
            loader.dispose()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(Problem(str(file), "", "", " ".join(str(error).split())))
        return None
    problems.extend(Problem(str(file), "", "", mistake) for mistake in loader.mistakes)
    if data is None:
        problems.append(Problem(str(file), "", "", "is empty"))
    return data
