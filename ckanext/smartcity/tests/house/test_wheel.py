"""The wheel, built and unpacked into a place of its own: everything that the checkout has is in it and opens.

An editable install hides files that a package forgets.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.skipif(not (ROOT / "setup.py").is_file(), reason="an installed package has no setup.py")

BUILD = (
    "import os, sys; os.chdir(sys.argv[1]); from setuptools import build_meta as b; print(b.build_wheel(sys.argv[2]))"
)

OPEN_EVERYTHING = """
import gettext, sys
from importlib.resources import files

sys.meta_path[:] = [f for f in sys.meta_path if not getattr(f, "__module__", "").startswith("__editable__")]
import ckanext
ckanext.__path__ = [sys.argv[1] + "/ckanext", *ckanext.__path__]
import ckanext.smartcity
import ckanext.smartcity.schemas as schemas

assert sys.argv[1] in ckanext.smartcity.__file__ and sys.argv[1] in schemas.__file__, schemas.__file__
from ckanext.smartcity import catalogue
assert len(catalogue.load().indicators) == 80
from ckanext.smartcity.portal import licenses, schemafiles
for address in (*schemafiles.SCHEMAS.values(), schemafiles.PRESETS):
    assert schemafiles.read(address), address
assert schemafiles.our_fields("dataset")["indicators"]["validators"]
import jinja2
from ckan.lib import jinja_extensions as tags
ours = [tag for name, tag in vars(tags).items() if name.endswith(("Extension", "Extend")) and name != "BaseExtension"]
environment = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", *ours])
templates = list((files("ckanext.smartcity") / "templates").rglob("*.html"))
assert templates
for template in templates:
    environment.parse(template.read_text(encoding="utf-8"), str(template))
from ckanext.smartcity.contracts.clauses import rules
assert rules.load().groups
folder = files("ckanext.smartcity.i18n")
for language in ("id", "en"):
    with (folder / language / "LC_MESSAGES" / "ckanext-smartcity.mo").open("rb") as compiled:
        gettext.GNUTranslations(compiled)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of what git tracks, as a release would build it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(source), str(target)], check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr[-2000:]
    return next(target.glob("*.whl"))


def test_the_wheel_holds_the_data_of_the_checkout_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {"ckanext_smartcity-0.1.0-py3-none-any-nspkg.pth"}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    for name in tracked:
        if name.startswith("ckanext/smartcity/"):
            expected.add(name)
        elif name.startswith(("schemas/", "i18n/")):
            expected.add(f"ckanext/smartcity/{name}")
    missing = {name for name in expected - packed if not name.endswith("nspkg.pth")}
    strange = {name for name in packed - expected if not name.endswith("nspkg.pth")}
    assert not missing, sorted(missing)
    assert not strange, sorted(strange)
    assert "ckanext/__init__.py" not in packed


def test_everything_in_the_wheel_opens(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    opened = subprocess.run(
        [sys.executable, "-c", OPEN_EVERYTHING, str(site)],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert opened.returncode == 0, opened.stderr[-2000:]
