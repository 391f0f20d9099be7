"""What the catalogue holds: approaches, themes, indicators, agencies, vocabularies, the work programme.

All values are immutable and shared by every request of a process. Texts that people read carry both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ckanext.smartcity.catalogue.tables import Table

NOTHING: Mapping[str, Any] = MappingProxyType({})


class UnknownIndicator(LookupError):
    """No loaded indicator has this uid or code."""


class AmbiguousCode(LookupError):
    """A bare code while several standards are loaded: the same code means other things in each."""


@dataclass(frozen=True)
class Text:
    """One text in Indonesian and in English."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """The Indonesian text for ``"id"``, the English one for any other language."""
        return self.id if language == "id" else self.en


@dataclass(frozen=True)
class Theme:
    """A clause of the standard, such as 10 Governance; ``short`` has at most 22 characters."""

    number: int
    approach: str
    name: Text
    short: Text

    @property
    def value(self) -> str:
        """The number as stored in datasets, facets and addresses."""
        return str(self.number)


@dataclass(frozen=True)
class Approach:
    """One of the six approaches of article 61(1) of PP 59/2022, with its themes in order of their numbers."""

    slug: str
    position: int
    name: Text
    themes: tuple[Theme, ...]


@dataclass(frozen=True)
class Bounds:
    """What a value can be: ``minimum <= value <= maximum``; ``None`` is no bound."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True)
class Indicator:
    """One indicator. Its value is ``multiplier * numerator / denominator``, without exception.

    ``readings`` are the choices that the standard leaves open, ``certainty`` says how sure the definition is.
    ``recipe`` names the formula, ``inputs`` the tables it reads, ``parameters`` its thresholds.
    ``local`` is true where the city's own folder replaces a shipped definition.
    """

    uid: str
    standard: str
    code: str
    theme: int
    approach: str
    name: Text
    short: Text
    meaning: Text
    numerator: Text
    denominator: Text
    formula_type: str
    measure_kind: str
    multiplier: Decimal
    unit: str
    decimals: int
    bounds: Bounds
    better: str
    recipe: str
    parameters: Mapping[str, str] = field(hash=False)
    inputs: tuple[str, ...]
    certainty: str
    readings: tuple[Text, ...]
    note: Text | None
    source: tuple[str, ...]
    programme: bool
    local: bool

    @property
    def standard_slug(self) -> str:
        """The standard as a part of an address: ``iso37122-2019``."""
        return self.standard.replace(":", "-")

    @property
    def path(self) -> str:
        """The address below ``/smartcity/indicator/``: ``iso37122-2019/5.1``."""
        return f"{self.standard_slug}/{self.code}"

    @property
    def sort_key(self) -> tuple[int, int]:
        """Theme and item as numbers: 7.9 comes before 7.10."""
        return self.theme, int(self.code.partition(".")[2])


@dataclass(frozen=True)
class Agency:
    """An agency (OPD) or another body that supplies data. ``default`` ones become organisations at ``init``."""

    slug: str
    short: str
    kind: str
    sdi_role: str
    default: bool
    name: Text


@dataclass(frozen=True)
class Responsibility:
    """Who answers for an indicator. ``lead`` answers for value and publication, ``producers`` supply the data.

    ``supply``: ``single`` = one of the producers keeps one table for the whole city; ``each`` = every producer
    supplies its own part. ``origin``: ``programme`` = as the work programme says, ``programme_adjusted`` = that
    completed, ``usual`` = the usual split of duties, to be confirmed by the city.
    """

    lead: str
    producers: tuple[str, ...]
    supply: str
    origin: str
    others: Text | None
    note: Text | None
    named_in_document: tuple[str, ...]


@dataclass(frozen=True)
class TableSupply:
    """Who fills an input table: ``supply`` as in Responsibility; no producer = those of the indicators that read it.

    ``due`` is month and day of the following year where the city sets another day than the table, else None.
    """

    producers: tuple[str, ...]
    supply: str
    due: str | None


@dataclass(frozen=True)
class Requirement(Text):
    """A requirement of the work programme; ``service_areas`` names a list of that vocabulary it refers to."""

    service_areas: str | None = None


@dataclass(frozen=True)
class NamedAgency(Text):
    """An agency as the work programme calls it; ``slug`` is None where it names a kind of agency."""

    slug: str | None = None


@dataclass(frozen=True)
class ProgrammeEntry:
    """What the work programme says of one indicator."""

    uid: str
    activities: tuple[Text, ...]
    requirements: tuple[Requirement, ...]
    success: Text
    agencies: tuple[NamedAgency, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Document:
    """The document the work programme was taken from; ``date`` is a year and month."""

    title: Text
    publisher: str
    author: str
    date: str
    standard: str


@dataclass(frozen=True)
class Programme:
    document: Document
    entries: tuple[ProgrammeEntry, ...]


@dataclass(frozen=True)
class ListPlace:
    """Place of a choice in a named list, and its label there where it differs."""

    position: int
    label: Text | None


@dataclass(frozen=True)
class Choice:
    """A value of a vocabulary. ``retired`` stays valid and is not offered; ``extra`` is per vocabulary."""

    value: str
    label: Text
    short: Text
    uri: str | None = None
    retired: bool = False
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)


@dataclass(frozen=True)
class Vocabulary:
    """Choices in the order in which they are offered."""

    name: str
    choices: tuple[Choice, ...]

    @cached_property
    def _by_value(self) -> dict[str, Choice]:
        return {choice.value: choice for choice in self.choices}

    def get(self, value: str) -> Choice | None:
        """The choice of this value, a retired one too, or None."""
        return self._by_value.get(value)

    def in_list(self, name: str) -> tuple[Choice, ...]:
        """The choices of a named list (``"5.1"`` or ``"10.2"`` of service_areas), in its order and with its labels."""
        places = [
            (choice, choice.extra["lists"][name]) for choice in self.choices if name in choice.extra.get("lists", ())
        ]
        places.sort(key=lambda pair: pair[1].position)
        return tuple(replace(choice, label=place.label or choice.label) for choice, place in places)


@dataclass(frozen=True)
class Catalogue:
    """Everything that was loaded, checked, with its look-ups."""

    approaches: tuple[Approach, ...]
    themes: tuple[Theme, ...]
    indicators: tuple[Indicator, ...]
    agencies: tuple[Agency, ...]
    vocabularies: Mapping[str, Vocabulary]
    responsibilities: Mapping[str, Responsibility]
    tables: Mapping[str, Table]
    supplies: Mapping[str, TableSupply]
    programme: Programme

    @cached_property
    def standards(self) -> tuple[str, ...]:
        """The keys of the standards that have an indicator."""
        return tuple(sorted({indicator.standard for indicator in self.indicators}))

    @cached_property
    def _by_uid(self) -> dict[str, Indicator]:
        return {indicator.uid: indicator for indicator in self.indicators}

    @cached_property
    def _by_path(self) -> dict[str, Indicator]:
        return {indicator.path: indicator for indicator in self.indicators}

    @cached_property
    def _themes(self) -> dict[int, Theme]:
        return {theme.number: theme for theme in self.themes}

    @cached_property
    def _approaches(self) -> dict[str, Approach]:
        return {approach.slug: approach for approach in self.approaches}

    @cached_property
    def _agencies(self) -> dict[str, Agency]:
        return {agency.slug: agency for agency in self.agencies}

    @cached_property
    def _entries(self) -> dict[str, ProgrammeEntry]:
        return {entry.uid: entry for entry in self.programme.entries}

    def indicator(self, uid_or_code: str) -> Indicator:
        """The indicator of a uid, or of a bare code while one standard is loaded.

        Raises UnknownIndicator, or AmbiguousCode for a bare code beside several standards.
        """
        if ":" not in uid_or_code:
            if len(self.standards) != 1:
                raise AmbiguousCode(uid_or_code)
            uid_or_code = f"{self.standards[0]}/{uid_or_code}"
        try:
            return self._by_uid[uid_or_code]
        except KeyError:
            raise UnknownIndicator(uid_or_code) from None

    def indicator_at(self, standard_slug: str, code: str) -> Indicator:
        """The indicator of an address, such as ``iso37122-2019``, ``5.1``. Raises UnknownIndicator."""
        try:
            return self._by_path[f"{standard_slug}/{code}"]
        except KeyError:
            raise UnknownIndicator(f"{standard_slug}/{code}") from None

    def theme(self, number: int) -> Theme:
        """The theme of a clause number. Raises LookupError."""
        return self._themes[number]

    def approach(self, slug: str) -> Approach:
        """The approach of a slug. Raises LookupError."""
        return self._approaches[slug]

    def agency(self, slug: str) -> Agency | None:
        """The agency of a slug, or None: an organisation of the portal need not be in the list."""
        return self._agencies.get(slug)

    def responsibility(self, uid: str) -> Responsibility:
        """Who answers for an indicator. Raises LookupError for an unknown uid."""
        return self.responsibilities[uid]

    def led_by(self, slug: str) -> tuple[Indicator, ...]:
        """The indicators an agency answers for."""
        return tuple(i for i in self.indicators if self.responsibilities[i.uid].lead == slug)

    def produced_by(self, slug: str) -> tuple[Indicator, ...]:
        """The indicators an agency supplies data for."""
        return tuple(i for i in self.indicators if slug in self.responsibilities[i.uid].producers)

    def table(self, name: str) -> Table:
        """The input table of a name. Raises LookupError."""
        return self.tables[name]

    def reading(self, table: str) -> tuple[Indicator, ...]:
        """The indicators that are computed from a table."""
        return tuple(i for i in self.indicators if table in i.inputs)

    def due(self, table: str) -> str | None:
        """Month and day of the following year by which a table is due (``MM-DD``); None where the portal writes it."""
        return self.supplies[table].due or self.tables[table].due

    def programme_entry(self, uid: str) -> ProgrammeEntry | None:
        """What the work programme says of an indicator, or None."""
        return self._entries.get(uid)
