"""Where CKAN finds our texts: ``i18n/<language>/LC_MESSAGES/ckanext-smartcity.mo`` (docs/translations.md)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


class Translation:
    """The methods of ``ITranslation``. CKAN's defaults look for ``i18n/`` beside the plugin; ours is a package."""

    def i18n_directory(self) -> str:
        """The folder with one sub-folder for each language."""
        return str(files("ckanext.smartcity.i18n"))

    def i18n_locales(self) -> list[str]:
        """The languages we have texts in, as CKAN spells them: ``["en", "id"]``."""
        folders = Path(self.i18n_directory()).iterdir()
        return sorted(folder.name for folder in folders if (folder / "LC_MESSAGES").is_dir())

    def i18n_domain(self) -> str:
        """The name of our files, without ending."""
        return "ckanext-smartcity"
