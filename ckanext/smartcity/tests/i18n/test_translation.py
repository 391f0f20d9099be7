"""What the plugin tells CKAN about our texts, and what CKAN makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckan.plugins import toolkit as tk

from ckanext.smartcity import i18n
from ckanext.smartcity.translation import Translation


def test_the_folder_is_that_of_the_package_and_holds_each_language():
    ours = Translation()
    assert Path(ours.i18n_directory()) == Path(i18n.__file__).parent
    assert ours.i18n_locales() == ["en", "id"]
    for language in ours.i18n_locales():
        for ending in ("po", "mo"):
            assert (Path(ours.i18n_directory()) / language / "LC_MESSAGES" / f"{ours.i18n_domain()}.{ending}").is_file()
    assert (Path(ours.i18n_directory()) / f"{ours.i18n_domain()}.pot").is_file()


def test_folders_without_messages_are_no_languages(tmp_path, monkeypatch):
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "id/LC_MESSAGES").mkdir(parents=True)
    monkeypatch.setattr(Translation, "i18n_directory", lambda self: str(tmp_path))
    assert Translation().i18n_locales() == ["id"]


@pytest.mark.usefixtures("with_plugins")
class TestOnThePortal:
    @pytest.mark.parametrize(
        ("language", "title", "found"),
        [("id", "Kumpulan data", "7 kumpulan data ditemukan"), ("en", "Datasets", "7 datasets found")],
    )
    def test_texts_of_core_and_ours_come_in_the_language_of_the_request(
        self, test_request_context, language, title, found
    ):
        with test_request_context(f"/{language}/dataset", environ_overrides={"CKAN_LANG": language}):
            assert tk._("Datasets") == title
            assert tk.ungettext("{number} dataset found", "{number} datasets found", 7).format(number=7) == found
            assert tk._("Approach") == {"id": "Pendekatan", "en": "Approach"}[language]

    @pytest.mark.parametrize(
        ("language", "purpose", "words"),
        [
            ("id", "search placeholder", "Cari kontrak layanan..."),
            ("id", "breadcrumb", "Kontrak layanan"),
            ("en", "search placeholder", "Search service contracts..."),
            ("en", "breadcrumb", "Service contracts"),
        ],
    )
    def test_contracts_are_called_by_their_name(self, test_request_context, language, purpose, words):
        with test_request_context("/", environ_overrides={"CKAN_LANG": language}):
            assert tk.h.humanize_entity_type("package", "service_contract", purpose) == words
            assert "Data model" in tk.h.humanize_entity_type("package", "data_model", purpose)
            assert tk.h.humanize_entity_type("package", "dataset", purpose) is None

    def test_letters_come_in_the_language_of_the_request(self, test_request_context):
        with test_request_context("/", environ_overrides={"CKAN_LANG": "id"}):
            letter = tk.render("emails/reset_password.txt", {"user_name": "wulan", "site_title": "Kota Contoh"})
        assert letter.startswith("Yth. wulan,\n\nAnda meminta agar kata sandi Anda di Kota Contoh disetel ulang.")
