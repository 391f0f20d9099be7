"""Reads ``programme.yaml``: what the work programme asks of a city, indicator by indicator."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ckanext.smartcity.catalogue.entries import Entry
from ckanext.smartcity.catalogue.files import locate, read_yaml
from ckanext.smartcity.catalogue.model import (
    Document,
    NamedAgency,
    Programme,
    ProgrammeEntry,
    Requirement,
    Text,
    Vocabulary,
)
from ckanext.smartcity.catalogue.problems import Problem


def read_programme(
    source: str, marked: Collection[str], vocabularies: Mapping[str, Vocabulary], problems: list[Problem]
) -> Programme:
    """The programme. ``marked`` are the uids of the indicators with ``programme: true``: each has its entry."""
    file = locate(source, problems)
    data = read_yaml(file, problems) if file else {}
    entry = Entry(data, str(file), problems)
    document = _document(entry.child("document"))
    areas = vocabularies.get("service_areas", Vocabulary("service_areas", ()))
    entries = tuple(_entry(child, areas) for child in entry.children("entries", code="uid"))
    entry.finish()
    told = [one.uid for one in entries]
    for uid in sorted(set(marked) ^ set(told)):
        message = "is not marked programme: true" if uid in told else "is marked programme: true and has no entry"
        problems.append(Problem(entry.file, uid, "uid", message))
    return Programme(document, entries)


def _document(entry: Entry) -> Document:
    document = Document(
        title=entry.both("title"),
        publisher=entry.line("publisher"),
        author=entry.line("author"),
        date=entry.line("date"),
        standard=entry.line("standard"),
    )
    entry.finish()
    return document


def _entry(entry: Entry, areas: Vocabulary) -> ProgrammeEntry:
    found = ProgrammeEntry(
        uid=entry.line("uid"),
        activities=entry.texts("activities"),
        requirements=tuple(_requirement(child, areas) for child in entry.children("requirements")),
        success=entry.both("success"),
        agencies=tuple(_agency(child) for child in entry.children("agencies")),
        notes=entry.texts("notes"),
    )
    entry.finish()
    return found


def _requirement(entry: Entry, areas: Vocabulary) -> Requirement:
    named = entry.line("service_areas", required=False) or None
    if named and not areas.in_list(named):
        entry.wrong("service_areas", f"{named!r} is not a list of service_areas")
    text: Text = entry.as_text()
    return Requirement(text.id, text.en, named)


def _agency(entry: Entry) -> NamedAgency:
    slug = entry.line("slug", required=False) or None
    text: Text = entry.as_text()
    return NamedAgency(text.id, text.en, slug)
