"""The packaged list of licences: CKAN's own ones unchanged, ours beside them, the operator's list before both."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from ckan.model import license as core

from ckanext.smartcity.portal import licenses

PACKAGED = json.loads(files("ckanext.smartcity.schemas").joinpath("licenses.json").read_text(encoding="utf-8"))
OURS = {"CC-BY-4.0", "CC0-1.0", "ODC-BY-1.0", "terbatas-id"}


def cores_own() -> list[core.DefaultLicense]:
    return [kind() for kind in core.DefaultLicense.__subclasses__()]


def test_ckans_own_licences_are_there_with_every_value_but_the_title():
    packaged = {licence["id"]: licence for licence in PACKAGED}
    assert packaged.keys() == {licence.id for licence in cores_own()} | OURS
    for licence in cores_own():
        for key in set(licence._keys) - {"title"}:
            assert packaged[licence.id][key] == getattr(licence, key), (licence.id, key)


def test_titles_are_in_both_languages_for_ckan_does_not_translate_them():
    assert all(" / " in licence["title"] for licence in PACKAGED)


def test_ckan_reads_the_list_and_knows_which_are_open(ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, licenses.OPTION, licenses.group_url())
    register = core.LicenseRegister()
    assert len(register) == 19
    assert {id for id in OURS if register[id].isopen()} == OURS - {"terbatas-id"}
    assert register["cc-by"].isopen()
    assert not register["notspecified"].isopen()


@pytest.mark.parametrize(("written", "used"), [("", licenses.group_url()), ("https://x.example/l.json",) * 2])
def test_the_list_of_the_operator_goes_before_ours(written, used):
    config: dict[str, Any] = {licenses.OPTION: written}
    licenses.offer_packaged(config)
    assert config[licenses.OPTION] == used
