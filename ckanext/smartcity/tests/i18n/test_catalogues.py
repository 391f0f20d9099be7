"""The committed catalogues: complete, in step with the code and the installed CKAN, faithful to the English."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from html.parser import HTMLParser

import pytest

READ_BY_PEOPLE = {"title", "alt", "placeholder", "aria-label"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sdr]|\{[^{}]*\}")


class Tags(HTMLParser):
    """Counts the tags of a text with the attributes that people do not read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter = Counter()

    def handle_starttag(self, tag, attrs):
        self.found[(tag, tuple(pair for pair in attrs if pair[0] not in READ_BY_PEOPLE))] += 1

    def handle_endtag(self, tag):
        self.found[f"/{tag}"] += 1


def tags(text: str) -> Counter:
    parser = Tags()
    parser.feed(text)
    parser.close()
    return parser.found


@pytest.fixture(scope="module")
def indonesian(translations):
    return translations.committed("id")


def test_nothing_is_left_to_do(translations):
    assert translations.problems() == []


def test_every_message_of_our_own_has_an_indonesian_text(translations, indonesian):
    core = translations.core_translation("id")
    without = [
        message.id
        for message in translations.our_messages()
        if message.id
        and not any(translations.is_translated(where.get(*translations.key(message))) for where in (indonesian, core))
    ]
    assert without == []


@pytest.mark.parametrize("section", ["visitor", "officer"])
def test_every_message_of_the_listed_files_has_a_text_from_core_or_from_us(translations, indonesian, section):
    core = translations.core_translation("id")
    messages = [message for message in translations.core_messages(section) if message.id]
    without = [
        message.id
        for message in messages
        if not any(translations.is_translated(where.get(*translations.key(message))) for where in (indonesian, core))
    ]
    assert len(messages) > 100
    assert without == []


def test_we_ship_no_text_that_the_installed_core_has(translations, indonesian):
    missing = {translations.key(message) for message in translations.missing_in_core("id", indonesian)}
    assert [message.id for message in indonesian if message.id and translations.key(message) not in missing] == []


def test_the_visitor_list_names_every_kind_of_page(translations):
    names = {
        path.relative_to(translations.INSTALLED / "ckan/templates").as_posix()
        for path in translations.listed_files("visitor")
        if "ckan/templates" in path.as_posix()
    }
    assert names >= {
        "header.html",
        "footer.html",
        "page.html",
        "home/index.html",
        "error_document_template.html",
        "package/search.html",
        "package/read.html",
        "package/resource_read.html",
        "package/snippets/resource_item.html",
        "snippets/facet_list.html",
        "snippets/search_form.html",
        "organization/read.html",
        "group/read.html",
        "user/login.html",
        "macros/form/input.html",
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_placeholders_and_tags_are_those_of_the_english(translations, language):
    for message in translations.committed(language):
        if not message.id or not translations.is_translated(message):
            continue
        english = message.id[-1] if isinstance(message.id, tuple) else message.id
        for text in translations.forms(message):
            assert Counter(PLACEHOLDER.findall(text)) == Counter(PLACEHOLDER.findall(english)), english
            assert tags(text) == tags(english), english
            assert text.strip() and (text[0].isspace(), text[-1].isspace()) == (
                english[0].isspace(),
                english[-1].isspace(),
            )


def test_indonesian_has_one_form_for_every_number(indonesian):
    assert dict(indonesian.mime_headers)["Plural-Forms"] == "nplurals=1; plural=0;"


def test_english_says_what_the_code_says_but_for_the_name_of_our_type(translations):
    english = translations.committed("en")
    assert {message.id for message in english if message.id and translations.is_translated(message)} == set(
        translations.OF_OUR_TYPE
    )


class TestCheck:
    """``dev/translations.py --check`` on a copy of the catalogues."""

    @pytest.fixture
    def folder(self, translations, tmp_path, monkeypatch):
        shutil.copytree(translations.FOLDER, tmp_path / "i18n")
        monkeypatch.setattr(translations, "FOLDER", tmp_path / "i18n")
        return tmp_path / "i18n"

    def test_is_silent_when_all_is_in_step(self, translations, folder, capsys):
        assert translations.main(["--check"]) == 0
        assert capsys.readouterr().err.strip() == ""

    def test_names_a_message_without_a_text(self, translations, folder, capsys):
        path = folder / "id/LC_MESSAGES/ckanext-smartcity.po"
        path.write_text(path.read_text().replace('msgstr "Urutkan menurut"', 'msgstr ""'))
        assert translations.main(["--check"]) == 1
        said = capsys.readouterr().err
        assert "'Order by' has no text" in said
        assert "ckanext-smartcity.mo is not what the .po file compiles to" in said

    def test_names_files_that_lack_a_message_of_the_code(self, translations, folder, capsys):
        for path in [*folder.glob("*.pot"), *folder.glob("id/*/*.po")]:
            path.write_text(re.sub(r'#: [^"]*?\nmsgid "Order by"\nmsgstr "[^"]*"\n\n', "", path.read_text()))
        assert translations.main(["--check"]) == 1
        assert capsys.readouterr().err.count("is out of date") == 2

    def test_an_update_drops_what_the_code_no_longer_says_and_keeps_the_rest(self, translations, folder):
        path = folder / "id/LC_MESSAGES/ckanext-smartcity.po"
        before = path.read_text()
        path.write_text(before + '\nmsgid "Order these by"\nmsgstr "Urutkan ini menurut"\n')
        assert translations.main([]) == 0
        assert path.read_text() == before
