"""``ckan smartcity catalogue check``, and the start of a portal with a bad catalogue."""

from __future__ import annotations

import pytest
from ckan import plugins
from ckan.cli.cli import ckan
from ckan.exceptions import CkanConfigurationException

BAD = "/no/such/folder"

pytestmark = pytest.mark.usefixtures("with_plugins")


def check(cli, *options: str):
    return cli.invoke(ckan, ["smartcity", "catalogue", "check", *options])


def test_a_good_catalogue_is_counted(cli):
    result = check(cli)
    assert result.exit_code == 0, result.output
    assert "80 indicators of iso37122:2019 (0 replaced by the city)" in result.output
    assert "governance 4, economy 6, living 18, people 7, environment 28, mobility 17" in result.output


def test_files_are_checked_before_they_are_configured(cli, tmp_path):
    (tmp_path / "own.yaml").write_text('standard: "kota:2026"\nindicators:\n  - code: 7.10\n    theme: 7\n')
    result = check(cli, "--folder", str(tmp_path), "--agencies", BAD)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert any(line.startswith(f"{tmp_path / 'own.yaml'}: 7.1: code: is the number 7.1") for line in lines)
    assert f"{BAD}: there is no such file or folder" in lines
    assert lines[-1] == f"Problems: {len(lines) - 1}"


def test_a_portal_does_not_start_with_a_bad_catalogue(ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.smartcity.portal.vocabularies_path", BAD)
    with pytest.raises(CkanConfigurationException, match=f"{BAD}: there is no such file or folder"):
        plugins.get_plugin("smartcity").configure(ckan_config)
