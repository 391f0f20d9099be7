"""What a start makes anew, and what it leaves alone."""

from __future__ import annotations

import pytest
from stack import running
from stack.errors import Trouble
from stack.lock import hold
from stack.places import Places
from stack.running import data_stamps, guarded, make_folders, prepare_solr
from stack.services import CORES, solr_digest


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    make_folders(places)
    schema = places.venv / "lib" / "python3.11" / "site-packages" / "ckan" / "config" / "solr" / "schema.xml"
    settings = places.dev / "solr" / "solrconfig.xml"
    for file in (schema, settings):
        file.parent.mkdir(parents=True)
        file.write_text("<xml/>")
    return places


def came_up(places: Places) -> None:
    """What a start does when Solr has answered, here with an index in it."""
    data_stamps(places).mark("solr", solr_digest(places))
    data_stamps(places).mark("portal", "set up")
    (places.data / "solr" / "index").touch()


def test_each_core_has_ckans_schema_and_our_settings(places):
    prepare_solr(places)
    for core in CORES:
        conf = places.data / "solr" / core / "conf"
        assert {"schema.xml", "solrconfig.xml", "stopwords.txt"} <= {file.name for file in conf.iterdir()}


def test_an_index_that_came_up_is_kept(places):
    prepare_solr(places)
    came_up(places)
    prepare_solr(places)
    assert (places.data / "solr" / "index").exists()
    assert data_stamps(places).fresh("portal", "set up")


def test_an_index_that_did_not_come_up_is_made_anew_and_filled_again(places):
    prepare_solr(places)
    came_up(places)
    prepare_solr(places)  # a start that never got to the end
    prepare_solr(places)
    assert not (places.data / "solr" / "index").exists()
    assert not data_stamps(places).fresh("portal", "set up")


def test_an_index_of_another_schema_is_made_anew(places):
    prepare_solr(places)
    came_up(places)
    (places.dev / "solr" / "solrconfig.xml").write_text("<other/>")
    prepare_solr(places)
    assert not (places.data / "solr" / "index").exists()


def test_a_start_waits_for_processes_of_a_killed_one_and_names_the_lock_when_they_stay(places, monkeypatch):
    monkeypatch.setattr(running, "LEFTOVER_PATIENCE", 0.1)
    with hold(places.children_lock), pytest.raises(Trouble, match=r"fuser .*children\.lock"), guarded(places):
        pass
    with guarded(places):
        pass
