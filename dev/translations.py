#!/usr/bin/env python3
"""Keep ``i18n/`` in step with the code: extract messages, update each language, compile. ``--check`` only looks.

What people read comes from two places: our own code (babel.cfg says where) and those files of CKAN and
ckanext-scheming that dev/core_texts.txt names. A language's file holds a message only while the installed CKAN has no
text for it in that language, so whatever CKAN's translators add takes the place of ours at the next run.
Run it with a Python in which ckanext-smartcity is installed. docs/translations.md is the guide.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timezone
from functools import cache
from io import BytesIO
from pathlib import Path

import ckan
from babel.messages import Catalog, Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "i18n"
DOMAIN = "ckanext-smartcity"
INSTALLED = Path(ckan.__file__).resolve().parents[1]
EXTRACTORS = {".html": "ckan", ".txt": "ckan", ".py": "python", ".js": "javascript"}
SOURCE_LANGUAGE = "en"
# The day of the first catalogue, for ever: a run that changes no text changes no byte, and git knows the days.
CREATED = datetime(2026, 11, 25, tzinfo=timezone.utc)
Key = tuple[str, str | None]
# CKAN puts these together from the name of our dataset type, so no code holds them; the English needs a text as well.
OF_OUR_TYPE = (
    "Service_Contract",
    "Service_Contracts",
    ("{number} service_contract found", "{number} service_contracts found"),
    ('{number} service_contract found for "{query}"', '{number} service_contracts found for "{query}"'),
    "No service_contracts found",
    'No service_contracts found for "{query}"',
)


def key(message: Message) -> Key:
    """What gettext looks a message up by: its (singular) English text and its context."""
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id, message.context


def forms(message: Message) -> tuple[str, ...]:
    """The message's text; one for each plural form of the language where it counts something."""
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string or "",)


def is_translated(message: Message | None) -> bool:
    """Whether every form of the message has a text that nobody marked as doubtful."""
    if message is None or message.fuzzy:
        return False
    return all(forms(message))


def listed_files(section: str | None = None) -> list[Path]:
    """The files that dev/core_texts.txt names, of one section or of all, each once.

    :raises LookupError: a line that matches no installed file
    """
    files: dict[Path, None] = {}
    current = None
    for line in (ROOT / "dev/core_texts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif line and not line.startswith("#") and section in (None, current):
            found = sorted(INSTALLED.glob(line))
            if not found:
                raise LookupError(f"dev/core_texts.txt: no installed file matches {line}")
            files.update(dict.fromkeys(found))
    return list(files)


def new_catalog(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        project=DOMAIN,
        version="main",
        msgid_bugs_address="the project's issue tracker",
        copyright_holder="The ckanext-smartcity authors",
        header_comment=f"# Texts of {DOMAIN}, and of CKAN where CKAN has none (docs/translations.md).",
        creation_date=CREATED,
        charset="utf-8",
        fuzzy=False,
    )


@cache
def our_messages() -> Catalog:
    """Every message of our own Python, templates and scripts, with the files it stands in."""
    catalog = new_catalog()
    with (ROOT / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    for name, _line, text, comments, context in extract_from_dir(ROOT, methods, options, comment_tags=["i18n:"]):
        catalog.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    for text in OF_OUR_TYPE:
        catalog.add(text, locations=[("schemas/datasets/service_contract.yaml", 0)])
    return catalog


@cache
def core_messages(section: str | None = None) -> Catalog:
    """Every message of the listed files of CKAN and ckanext-scheming."""
    catalog = new_catalog()
    for path in listed_files(section):
        with path.open("rb") as file:
            for _line, text, _comments, context in extract(EXTRACTORS[path.suffix], file):
                catalog.add(text, locations=[(path.relative_to(INSTALLED).as_posix(), 0)], context=context)
    return catalog


@cache
def core_translation(language: str) -> Catalog:
    """The installed CKAN's own catalogue of a language; empty where CKAN has none."""
    path = INSTALLED / "ckan/i18n" / language / "LC_MESSAGES/ckan.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing_in_core(language: str, messages: Catalog) -> Iterator[Message]:
    """Those of the messages that the installed CKAN leaves without a text in that language."""
    core = core_translation(language)
    return (message for message in messages if message.id and not is_translated(core.get(*key(message))))


def languages() -> list[str]:
    """The languages of ``i18n/``, as CKAN names its folders."""
    return sorted(path.parent.name for path in FOLDER.glob("*/LC_MESSAGES"))


def needed(language: str) -> Catalog:
    """What the file of a language has to hold: our messages, then CKAN's, without those that CKAN itself translates.

    CKAN's English needs no translation.
    """
    catalog = new_catalog()
    sources = [our_messages()] if language == SOURCE_LANGUAGE else [our_messages(), core_messages()]
    for source in sources:
        for message in missing_in_core(language, source):
            catalog.add(
                message.id,
                locations=message.locations,
                flags=message.flags,
                auto_comments=message.auto_comments,
                context=message.context,
            )
    return catalog


def path_of(language: str, ending: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def committed(language: str) -> Catalog:
    """The file of a language as it stands in ``i18n/``; empty, with CKAN's rule for plurals, for a new language."""
    path = path_of(language, "po")
    if not path.exists():
        catalog = new_catalog(language)
        catalog.mime_headers = [("Plural-Forms", core_translation(language).plural_forms)]
        return catalog
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The file of a language as it should be: every needed message, with the text it has so far, no guesses."""
    catalog = committed(language)
    catalog.update(needed(language), no_fuzzy_matching=True, update_header_comment=True)
    catalog.obsolete.clear()
    catalog.revision_date = CREATED
    catalog.last_translator = catalog.language_team = DOMAIN
    return catalog


def template() -> Catalog:
    """The messages of all languages together, from which a new language starts."""
    catalog = new_catalog()
    for language in languages():
        for message in needed(language):
            if message.id:
                catalog[message.id] = message
    return catalog


def as_po(catalog: Catalog) -> str:
    """The catalogue as text, without line numbers: they would change with every edit of the code."""
    file = BytesIO()
    write_po(file, catalog, width=100, include_lineno=False)
    return file.getvalue().decode("utf-8")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it, without untranslated messages: those show their English."""
    served = deepcopy(catalog)
    for message in catalog:
        if message.id and not is_translated(message):
            served.delete(*key(message))
    file = BytesIO()
    write_mo(file, served)
    return file.getvalue()


def texts(catalog: Catalog) -> dict[Key, tuple[str, ...]]:
    """What gettext would serve: the translated messages."""
    return {key(message): forms(message) for message in catalog if message.id and is_translated(message)}


def is_current(path: Path, catalog: Catalog) -> bool:
    """Whether a committed file says what the catalogue says; which Babel wrote it does not count."""

    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith('"Generated-By')]

    return path.exists() and lines(path.read_text(encoding="utf-8")) == lines(as_po(catalog))


def is_compiled(language: str, catalog: Catalog) -> bool:
    """Whether the compiled file serves the texts of the catalogue."""
    path = path_of(language, "mo")
    if not path.exists():
        return False
    with path.open("rb") as file:
        return texts(read_mo(file)) == texts(catalog)


def problems() -> list[str]:
    """What is left to do, in sentences; empty when everything is translated, up to date and compiled."""
    found = []
    if not is_current(FOLDER / f"{DOMAIN}.pot", template()):
        found.append(f"{DOMAIN}.pot is out of date")
    for language in languages():
        catalog = updated(language)
        if not is_current(path_of(language, "po"), catalog):
            found.append(f"{path_of(language, 'po').relative_to(FOLDER)} is out of date")
        if not is_compiled(language, catalog):
            found.append(f"{path_of(language, 'mo').relative_to(FOLDER)} is not what the .po file compiles to")
        wanted = [message for message in catalog if language != SOURCE_LANGUAGE or message.id in OF_OUR_TYPE]
        found += [f"{language}: {message.id!r} has no text" for message in wanted if not is_translated(message)]
    return found


def update() -> None:
    """Write the template, and each language's file and its compiled form."""
    (FOLDER / f"{DOMAIN}.pot").write_text(as_po(template()), encoding="utf-8")
    for language in languages():
        catalog = updated(language)
        path_of(language, "po").write_text(as_po(catalog), encoding="utf-8")
        path_of(language, "mo").write_bytes(compiled(catalog))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Keep i18n/ in step with the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when something is left to do")
    if not parser.parse_args(arguments).check:
        update()
    found = problems()
    print(*found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
