"""Reads ``vocabularies/<name>.yaml``: each file is a list of choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ckanext.smartcity.catalogue.entries import Entry
from ckanext.smartcity.catalogue.files import locate, read_yaml, yaml_files
from ckanext.smartcity.catalogue.model import NOTHING, Choice, ListPlace, Vocabulary
from ckanext.smartcity.catalogue.problems import Problem, duplicates

if TYPE_CHECKING:
    from importlib.abc import Traversable


def read_vocabularies(shipped: str, own_path: str, problems: list[Problem]) -> dict[str, Vocabulary]:
    """The shipped vocabularies; a file of the city's folder replaces the shipped one of the same name."""
    files = _files(shipped, problems)
    if own_path:
        own = _files(own_path, problems)
        for name in own.keys() - files.keys():
            message = f"is no vocabulary of that name; known: {', '.join(files)}"
            problems.append(Problem(str(own[name]), "", "", message))
        files |= {name: file for name, file in own.items() if name in files}
    return {name: _read(name, file, problems) for name, file in files.items()}


def _files(source: str, problems: list[Problem]) -> dict[str, Traversable]:
    folder = locate(source, problems)
    files = yaml_files(folder, problems) if folder else []
    return {file.name.removesuffix(".yaml"): file for file in files}


def _read(name: str, file: Traversable, problems: list[Problem]) -> Vocabulary:
    data = read_yaml(file, problems)
    if data == []:
        problems.append(Problem(str(file), "", "", "has no choice"))
    choices = Entry({"choices": data}, str(file), problems).children("choices", code="value")
    vocabulary = Vocabulary(name, tuple(_choice(name, entry) for entry in choices))
    for value in duplicates([choice.value for choice in vocabulary.choices]):
        problems.append(Problem(str(file), value, "value", "stands here twice"))
    places = [f"{name} {place.position}" for choice in vocabulary.choices for name, place in _lists(choice).items()]
    for place in duplicates(places):
        problems.append(Problem(str(file), "", "lists", f"{place}: this position stands here twice"))
    return vocabulary


def _lists(choice: Choice) -> Mapping[str, ListPlace]:
    return choice.extra.get("lists", NOTHING)


def _choice(vocabulary: str, entry: Entry) -> Choice:
    value, label = entry.line("value"), entry.both("label")
    choice = Choice(
        value=value,
        label=label,
        short=entry.short(label),
        uri=entry.line("uri", required=False) or None,
        retired=entry.flag("retired"),
        extra=MappingProxyType(_EXTRAS[vocabulary](entry)) if vocabulary in _EXTRAS else NOTHING,
    )
    entry.finish()
    return choice


def _frequency(entry: Entry) -> dict[str, Any]:
    return {"days": entry.whole_or_null("days")}


def _unit(entry: Entry) -> dict[str, Any]:
    return {key: entry.line(key, required=False) or None for key in ("symbol", "unece")}


def _clause_reason(entry: Entry) -> dict[str, Any]:
    return {
        "clause": entry.one_of("clause", ("yes", "no")),
        "part": entry.whole("part", required=False, most=3),
        "meaning": entry.both_or_none("meaning"),
    }


def _service_area(entry: Entry) -> dict[str, Any]:
    lists: dict[str, ListPlace] = {}
    for name, place in entry.items("lists"):
        lists[name] = ListPlace(place.whole("position") or 0, place.both_or_none("label"))
        place.finish()
    return {"lists": MappingProxyType(lists)}


_EXTRAS: Mapping[str, Callable[[Entry], dict[str, Any]]] = {
    "frequencies": _frequency,
    "units": _unit,
    "clause_reasons": _clause_reason,
    "service_areas": _service_area,
}
