"""The tool of a checkout that extracts and compiles our texts, loaded as a module."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from ckanext.smartcity import i18n


@pytest.fixture(scope="session")
def translations() -> ModuleType:
    """``dev/translations.py``; where the package was installed without its checkout there is nothing to compare."""
    path = Path(i18n.__file__).parents[1] / "dev/translations.py"
    if not path.exists():
        pytest.skip("needs the checkout: dev/translations.py is not part of the package")
    spec = spec_from_file_location("translations", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
