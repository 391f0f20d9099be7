"""Reads folders of ``<approach>.yaml``: the shipped one first, then the city's own ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ckanext.smartcity.catalogue.entries import SHORT, Entry
from ckanext.smartcity.catalogue.files import locate, read_yaml, yaml_files
from ckanext.smartcity.catalogue.model import Approach, Indicator, Theme
from ckanext.smartcity.catalogue.problems import Problem, duplicates

if TYPE_CHECKING:
    from importlib.abc import Traversable

FORMULA_TYPES: Mapping[str, Decimal | None] = {
    "percentage": Decimal(100),
    "per_100000": Decimal(100_000),
    "rate_per_100000": Decimal(100_000),
    "per_1000": Decimal(1000),
    "per_capita": Decimal(1),
    "mean": None,
    "mean_days": None,
    "ratio": None,
    "density": None,
}
"""Formula types, with the multiplier that the name already says."""

PER_INHABITANT = ("per_100000", "per_1000", "per_capita")
"""Formula types whose denominator is the population where no other one is published."""

GENERIC = "generic"
"""The recipe of an indicator that names none: published numerator and denominator."""

MEASURE_KINDS = ("flow", "stock")
DIRECTIONS = ("up", "down", "contextual")
CERTAINTIES = ("high", "medium", "low")
MOST_DECIMALS = 10

_STANDARD = r"[a-z0-9][a-z0-9-]*:\d{4}"
CODE = r"[1-9]\d*\.[1-9]\d*"
_SLUG = r"[a-z][a-z0-9-]*"


@dataclass
class Found:
    """What the files read so far have brought."""

    units: Sequence[str]
    problems: list[Problem]
    approaches: dict[str, Approach] = field(default_factory=dict)
    themes: dict[int, Theme] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    """The folder an indicator was read from, by uid."""
    files: dict[str, str] = field(default_factory=dict)

    def in_order(self) -> tuple[tuple[Approach, ...], tuple[Theme, ...], tuple[Indicator, ...]]:
        """Approaches by position, themes by number, indicators by theme and item."""
        themes = tuple(sorted(self.themes.values(), key=lambda theme: theme.number))
        approaches = tuple(
            replace(approach, themes=tuple(theme for theme in themes if theme.approach == approach.slug))
            for approach in sorted(self.approaches.values(), key=lambda approach: approach.position)
        )
        indicators = sorted(self.indicators.values(), key=lambda one: (*one.sort_key, one.standard))
        return approaches, themes, tuple(indicators)


def read_indicators(folders: Sequence[str], units: Sequence[str], problems: list[Problem]) -> Found:
    """Approaches, themes and indicators of all folders. A later folder may replace, by ``overrides: true``."""
    found = Found(units, problems)
    for source in folders:
        folder = locate(source, problems)
        files = _entries(yaml_files(folder, problems) if folder else [], problems)
        approaches = [_themes(entry, found) for entry in files]  # of all files first: they may refer to each other
        for entry, approach in zip(files, approaches, strict=True):
            _indicators(entry, approach, source, found)
    _check_shorts(found)
    return found


def _entries(files: Sequence[Traversable], problems: list[Problem]) -> list[Entry]:
    read = [(file, read_yaml(file, problems)) for file in files]
    return [Entry(data, str(file), problems) for file, data in read if data is not None]


def _themes(entry: Entry, found: Found) -> str | None:
    """Keep the themes of a file; the slug of the file's approach, None where it names none."""
    approach = _approach(entry, found) if entry.has("approach") else None
    themes = entry.children("themes", code="number")
    if themes and approach is None:
        entry.wrong("approach", "is missing: it says where the themes of this file belong")
    for theme in themes:
        _theme(theme, approach or "", found)
    return approach


def _indicators(entry: Entry, approach: str | None, folder: str, found: Found) -> None:
    standard = entry.quoted("standard", _STANDARD, "iso37122:2019")
    for indicator in entry.children("indicators", code="code"):
        _indicator(indicator, standard, approach, folder, found)
    entry.finish()


def _approach(entry: Entry, found: Found) -> str:
    """The slug of the file's approach: a new one, or one that another file has brought."""
    inner = entry.child("approach")
    slug = inner.quoted("slug", _SLUG, "governance")
    if inner.has("name") or slug not in found.approaches:
        position, name = inner.whole("position") or 0, inner.both("name", SHORT)
        if slug in found.approaches:
            inner.wrong("slug", f"{slug!r} stands in another file already: leave name and position out here")
        elif position in {approach.position for approach in found.approaches.values()}:
            inner.wrong("position", f"{position} is taken by another approach")
        else:
            found.approaches[slug] = Approach(slug, position, name, ())
    inner.finish()
    return slug


def _theme(entry: Entry, approach: str, found: Found) -> None:
    number, name = entry.whole("number") or 0, entry.both("name")
    theme = Theme(number, approach, name, entry.short(name))
    if number in found.themes:
        entry.wrong("number", f"theme {number} stands in another place already")
    else:
        found.themes[number] = theme
    entry.finish()


def _indicator(entry: Entry, standard: str, approach: str | None, folder: str, found: Found) -> None:
    code = entry.quoted("code", CODE, "9.10")
    theme = _theme_of(entry, code, approach, found)
    overrides = entry.flag("overrides")
    formula_type = entry.one_of("formula_type", FORMULA_TYPES)
    indicator = Indicator(
        uid=f"{standard}/{code}",
        standard=standard,
        code=code,
        theme=theme.number if theme else 0,
        approach=theme.approach if theme else "",
        name=entry.both("name"),
        short=entry.both("short", SHORT),
        meaning=entry.both("meaning"),
        numerator=entry.both("numerator"),
        denominator=entry.both("denominator"),
        formula_type=formula_type,
        measure_kind=entry.one_of("measure_kind", MEASURE_KINDS),
        multiplier=_multiplier(entry, formula_type),
        unit=entry.one_of("unit", found.units),
        decimals=entry.whole("decimals", most=MOST_DECIMALS) or 0,
        bounds=entry.bounds(),
        better=entry.one_of("better", DIRECTIONS),
        recipe=entry.line("recipe") if entry.has("recipe") else GENERIC,
        parameters=entry.texts_by_name("parameters"),
        inputs=_inputs(entry, formula_type),
        certainty=entry.one_of("certainty", CERTAINTIES),
        readings=entry.texts("readings"),
        note=entry.both_or_none("note"),
        source=entry.lines("source", required=True),
        programme=entry.flag("programme"),
        local=overrides,
    )
    entry.finish()
    if code and standard and _may_stand(entry, indicator, folder, found):
        found.indicators[indicator.uid] = indicator
        found.folders[indicator.uid] = folder
        found.files[indicator.uid] = entry.file


def _theme_of(entry: Entry, code: str, approach: str | None, found: Found) -> Theme | None:
    """The theme of an indicator: known, in the approach of its file, and the first part of its code."""
    number = entry.whole("theme")
    theme = found.themes.get(number) if number is not None else None
    if number is None:
        return None
    if theme is None:
        entry.wrong("theme", f"{number} is not a theme known here")
    elif approach not in (None, theme.approach):
        entry.wrong("theme", f"theme {number} belongs to {theme.approach}, this file to {approach}")
    elif code and code.partition(".")[0] != str(number):
        entry.wrong("theme", f"is {number}, but the code {code} begins with {code.partition('.')[0]}")
    return theme


def _multiplier(entry: Entry, formula_type: str) -> Decimal:
    value, expected = entry.decimal("multiplier"), FORMULA_TYPES.get(formula_type)
    if value is not None and value <= 0:
        entry.wrong("multiplier", f"{value} is not above 0")
    elif value is not None and expected is not None and value != expected:
        entry.wrong("multiplier", f"is {value}, but {formula_type} means {expected}")
    return value or Decimal(1)


def _inputs(entry: Entry, formula_type: str) -> tuple[str, ...]:
    """The tables an indicator is computed from; without a recipe of its own those of ``generic``."""
    if entry.has("inputs") or entry.has("recipe"):
        return entry.lines("inputs", required=True)
    return ("indicator_parts", "population") if formula_type in PER_INHABITANT else ("indicator_parts",)


def _may_stand(entry: Entry, indicator: Indicator, folder: str, found: Found) -> bool:
    """Whether an indicator is new, or replaces one of an earlier folder and says so."""
    earlier = found.folders.get(indicator.uid)
    if earlier == folder:
        entry.wrong("code", f"{indicator.uid} stands twice in this folder")
    elif earlier and not indicator.local:
        entry.wrong("overrides", f"{indicator.uid} is known already: write overrides: true to replace it")
    elif not earlier and indicator.local:
        entry.wrong("overrides", f"there is no {indicator.uid} to replace")
    elif not earlier and indicator.standard in _standards_before(folder, found):
        entry.wrong(
            "code", f"{indicator.standard} has no such indicator: give your own ones a standard key of your own"
        )
    else:
        return True
    return False


def _standards_before(folder: str, found: Found) -> set[str]:
    return {one.standard for uid, one in found.indicators.items() if found.folders[uid] != folder}


def _check_shorts(found: Found) -> None:
    """Short names tell indicators apart in facets, so no two are the same."""
    for language in ("id", "en"):
        shorts = [getattr(one.short, language) for one in found.indicators.values()]
        for short in filter(None, duplicates(shorts)):
            for uid, one in found.indicators.items():
                if getattr(one.short, language) == short:
                    message = f"{short!r} is the short name of another indicator too"
                    found.problems.append(Problem(found.files[uid], one.code, f"short.{language}", message))
