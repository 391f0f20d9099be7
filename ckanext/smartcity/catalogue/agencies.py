"""Reads ``agencies.yaml``: the agencies, and who answers for each theme and indicator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ckanext.smartcity.catalogue.entries import Entry
from ckanext.smartcity.catalogue.files import locate, read_yaml
from ckanext.smartcity.catalogue.model import Agency, Indicator, Responsibility, TableSupply, Vocabulary
from ckanext.smartcity.catalogue.problems import Problem, duplicates
from ckanext.smartcity.catalogue.tables import DAY

SUPPLIES = ("single", "each")
ORIGINS = ("programme", "programme_adjusted", "usual")

_SLUG = r"[a-z0-9_-]{2,100}"


def read_agencies(
    source: str,
    vocabularies: Mapping[str, Vocabulary],
    indicators: Sequence[Indicator],
    tables: Collection[str],
    problems: list[Problem],
) -> tuple[tuple[Agency, ...], dict[str, Responsibility], dict[str, TableSupply]]:
    """The agencies; by uid, who answers for an indicator (its line, else its theme's); by name, who fills a table."""
    file = locate(source, problems)
    data = read_yaml(file, problems) if file else None
    if data is None:
        return (), {}, {}
    entry = Entry(data, str(file), problems)
    agencies = tuple(_agency(child, vocabularies) for child in entry.children("agencies", code="slug"))
    slugs = [agency.slug for agency in agencies]
    for slug in duplicates(slugs):
        problems.append(Problem(entry.file, slug, "slug", "stands here twice"))
    by_theme = _by_theme(entry, slugs, {one.theme for one in indicators})
    by_uid = _by_uid(entry, slugs, {one.uid for one in indicators})
    supplies = _supplies(entry, slugs, tables)
    entry.finish()
    responsibilities = {}
    for one in indicators:
        found = by_uid.get(one.uid) or by_theme.get(one.theme)
        if found:
            responsibilities[one.uid] = found
        else:
            message = f"nobody answers for {one.uid}: add a line for it or for theme {one.theme}"
            problems.append(Problem(entry.file, one.code, "indicators", message))
    return agencies, responsibilities, supplies


def _agency(entry: Entry, vocabularies: Mapping[str, Vocabulary]) -> Agency:
    agency = Agency(
        slug=entry.quoted("slug", _SLUG, "dinkes"),
        short=entry.line("short"),
        kind=entry.one_of("kind", _values(vocabularies, "agency_kinds")),
        sdi_role=entry.one_of("sdi_role", _values(vocabularies, "sdi_roles")),
        default=entry.flag("default"),
        name=entry.both("name"),
    )
    entry.finish()
    return agency


def _values(vocabularies: Mapping[str, Vocabulary], name: str) -> list[str]:
    return [choice.value for choice in vocabularies[name].choices] if name in vocabularies else []


def _by_theme(entry: Entry, slugs: Sequence[str], themes: set[int]) -> dict[int, Responsibility]:
    found: dict[int, Responsibility] = {}
    for line in entry.children("themes", code="theme"):
        theme = line.whole("theme") or 0
        if theme not in themes:
            line.wrong("theme", f"{theme} is not a theme with indicators")
        if theme in found:
            line.wrong("theme", f"{theme} stands here twice")
        found[theme] = _responsibility(line, slugs)
    return found


def _by_uid(entry: Entry, slugs: Sequence[str], uids: set[str]) -> dict[str, Responsibility]:
    found: dict[str, Responsibility] = {}
    for line in entry.children("indicators", code="indicator"):
        uid = line.line("indicator")
        if uid and uid not in uids:
            line.wrong("indicator", f"{uid!r} is not known; write it with its standard, like iso37122:2019/10.1")
        if uid in found:
            line.wrong("indicator", f"{uid} stands here twice")
        found[uid] = _responsibility(line, slugs)
    return found


def _supplies(entry: Entry, slugs: Sequence[str], tables: Collection[str]) -> dict[str, TableSupply]:
    found: dict[str, TableSupply] = {}
    for line in entry.children("tables", code="table"):
        name = line.one_of("table", tables)
        if name in found:
            line.wrong("table", f"{name} stands here twice")
        found[name] = TableSupply(
            producers=line.known("producers", slugs),
            supply=line.one_of("supply", SUPPLIES),
            due=line.quoted("due", DAY, "02-28") if line.has("due") else None,
        )
        line.finish()
    return {name: found.get(name, TableSupply((), "single", None)) for name in tables}


def _responsibility(line: Entry, slugs: Sequence[str]) -> Responsibility:
    found = Responsibility(
        lead=line.one_of("lead", slugs),
        producers=line.known("producers", slugs, required=True),
        supply=line.one_of("supply", SUPPLIES),
        origin=line.one_of("origin", ORIGINS, default="usual"),
        others=line.both_or_none("others"),
        note=line.both_or_none("note"),
        named_in_document=line.known("named_in_document", slugs),
    )
    line.finish()
    return found
