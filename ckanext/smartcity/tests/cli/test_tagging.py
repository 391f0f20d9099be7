"""The commands about tags and schemas, with their reports and exit status."""

from __future__ import annotations

import pytest
from ckan import model
from ckan.tests import helpers
from click.testing import CliRunner

from ckanext.smartcity.cli import smartcity
from ckanext.smartcity.portal import schemafiles
from ckanext.smartcity.tests.tagging_city import CONTRACTS, LAMPS, build, stored


@pytest.fixture
def city(clean):
    build()


@pytest.fixture
def run(tmp_path):
    def call(*arguments: str, file: str = ""):
        if file:
            path = tmp_path / "tags.csv"
            path.write_text(file, encoding="utf-8")
            arguments = (*arguments, str(path))
        return CliRunner().invoke(smartcity, list(arguments))

    return call


@pytest.mark.usefixtures("city")
def test_a_file_is_checked_then_written_then_unchanged(run):
    file = f"dataset,indicators,opd\naduan,{CONTRACTS};{LAMPS},dishub\nrahasia,{CONTRACTS},\nlampu,{LAMPS},\n"
    dry = run("tag", file=file)
    assert dry.exit_code == 0
    assert dry.output.splitlines() == [
        f"line 2: new: aduan + {CONTRACTS}, {LAMPS}, dishub",
        f"line 3: new: rahasia + {CONTRACTS}",
        "line 4: unchanged: lampu",
        "new 2, unchanged 1, refused 0. Nothing was written: write with --apply.",
    ]
    assert not stored("aduan", "indicators")
    done = run("tag", "--apply", file=file)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "new 2, unchanged 1, refused 0. Written: 2.")
    assert stored("aduan", "indicators") == [CONTRACTS, LAMPS]
    assert stored("rahasia", "indicators") == [CONTRACTS]
    again = run("tag", "--apply", file=file)
    assert (again.exit_code, again.output.splitlines()[-1]) == (0, "new 0, unchanged 3, refused 0. Written: 0.")


@pytest.mark.usefixtures("city")
def test_a_refused_row_is_named_by_its_line_and_keeps_the_others_from_being_written(run):
    done = run("tag", "--apply", file=f"dataset,indicators\naduan,{CONTRACTS}\n\nhalte,7.1\nx\x1b[31m,{LAMPS}\n")
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[1] == "line 4: refused: halte"
    assert lines[2].startswith('  indicators: "7.1"')
    assert LAMPS in lines[2]
    assert "\x1b" not in done.output
    assert lines[-1] == "new 1, unchanged 0, refused 2. Nothing was written: mend the refused rows first."
    assert not stored("aduan", "indicators")


def test_a_file_that_is_no_table_ends_with_its_name_and_the_reason(run):
    done = run("tag", file="dataset,indikator\naduan,x\n")
    assert done.exit_code == 1
    assert "tags.csv" in done.output
    assert '"indikator" is not a column' in done.output


@pytest.mark.usefixtures("city")
def test_renaming_an_opd(run):
    refused = run("opd", "rename", "dishub", "dinas-perhubungan")
    assert refused.exit_code == 1
    assert "still the name of an organization" in refused.output
    helpers.call_action("organization_patch", id="dishub", name="dinas-perhubungan")
    dry = run("opd", "rename", "dishub", "dinas-perhubungan", "--dry-run")
    assert dry.output.splitlines() == ["lampu", "To move: 1. Failed: 0."]
    assert stored("lampu", "opd") == ["dishub"]
    done = run("opd", "rename", "dishub", "dinas-perhubungan")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Moved: 1. Failed: 0.")
    assert stored("lampu", "opd") == ["dinas-perhubungan"]


@pytest.mark.usefixtures("city")
def test_the_check_of_the_schema_ends_with_1_where_a_page_would_fail(run):
    good = run("schema", "check")
    assert good.exit_code == 0
    assert "dataset: all our fields" in good.output
    model.Package.get("aduan").extras = {"contact": "telepon 112"}
    model.Session.commit()
    bad = run("schema", "check")
    assert bad.exit_code == 1
    assert "Dataset aduan: contact holds" in bad.output


@pytest.mark.parametrize("schema_type", schemafiles.SCHEMAS)
def test_our_yaml_is_printed_as_it_is_packaged(run, schema_type):
    printed = run("schema", "print", schema_type)
    assert printed.exit_code == 0
    assert schema_type in printed.output
    assert "field_name: name" in printed.output


def test_printing_an_unknown_type_names_the_known_ones(run):
    printed = run("schema", "print", "group")
    assert printed.exit_code == 2
    assert "service_contract" in printed.output
