"""Contracts of files against contracts of the register."""

from __future__ import annotations

from ckanext.smartcity.contracts import codes
from ckanext.smartcity.contracts.importers import matching
from ckanext.smartcity.contracts.importers.matching import Difference, Stored, given, match
from ckanext.smartcity.contracts.importers.rows import NOT_NAMED


def stored(number: int = 1, last: dict | None = None, **fields) -> Stored:
    return Stored(f"spse:93:tender:7:{number}", f"package-{number}", fields, last)


def difference(wanted: dict, known: Stored) -> Difference:
    return matching.difference(wanted, given(wanted, known.fields), known)


def ids(matches) -> list[str]:
    return [found.contract_id.rpartition(":")[2] for found in matches]


def test_new_contracts_are_numbered_by_their_numbers():
    wanted = [{"contract_number": "B", "supplier_name": "b"}, {"contract_number": "A", "supplier_name": "a"}]
    found = match("93:tender:7", wanted, [])
    assert [row.contract_id for row in found] == ["spse:93:tender:7:2", "spse:93:tender:7:1"]
    assert found[0].stored is None


def test_one_and_one_are_the_same():
    known = stored(3, supplier_name="PT A", contract_number="1")
    assert match("93:tender:7", [{"supplier_name": "CV B", "contract_number": "2"}], [known])[0].stored is known


def test_suppliers_then_numbers():
    known = [stored(1, supplier_name="PT Satu"), stored(2, supplier_name=codes.NO_NAME, contract_number="X 2")]
    wanted = [{"supplier_name": codes.NO_NAME, "contract_number": "x2"}, {"supplier_name": "Satu, PT."}]
    assert ids(match("93:tender:7", wanted, known)) == ["2", "1"]


def test_a_further_contract_gets_the_next_number():
    wanted = [{"supplier_name": "PT Satu"}, {"supplier_name": "PT Dua", "contract_number": "9"}]
    assert ids(match("93:tender:7", wanted, [stored(4, supplier_name="Satu")])) == ["4", "5"]


def test_a_contract_that_is_stopped_keeps_its_place():
    wanted = [{"supplier_name": "PT Satu"}, {"supplier_name": "PT Dua"}]
    assert ids(match("93:tender:7", wanted, [stored(1, supplier_name="PT Satu")], stopped={0})) == ["1", "2"]
    assert ids(match("93:tender:7", wanted, [], stopped={0})) == ["", "1"]


def test_a_supplier_that_files_do_not_name_replaces_none():
    last = {"supplier_name": "PT Satu"}
    assert difference({"supplier_name": NOT_NAMED}, stored(**last, last=last)) == Difference()


def test_what_is_unclear_has_no_key():
    known = [stored(1, supplier_name="PT Satu"), stored(2, supplier_name="PT Dua")]
    assert ids(match("93:tender:7", [{"supplier_name": "PT Tiga"}], known)) == [""]


def test_an_unchanged_contract():
    wanted = {"title": "a", "value_amount": "1500", "dates_assumed": True, "amendments": [], "end_date": None}
    known = stored(title="a", value_amount=1500, dates_assumed=True, last=wanted)
    assert difference(wanted, known).changes == {}


def test_a_change_of_the_source():
    found = difference({"title": "b", "notes": None}, stored(title="a", notes="x", last={"title": "a"}))
    assert (found.changes, found.kept) == ({"title": ("a", "b")}, [])


def test_what_a_person_changed_is_kept():
    found = difference({"title": "b"}, stored(title="c", last={"title": "a"}))
    assert (found.changes, found.kept) == ({}, ["title"])
    assert difference({"title": "b"}, stored(title="c")).kept == ["title"]


def test_a_name_that_was_taken_out_stays_out():
    last = {"supplier_name": codes.NO_NAME}
    found = difference({"supplier_name": "PT Eko Fiktif"}, stored(supplier_name=codes.NO_NAME, last=last))
    assert (found.changes, found.kept) == ({}, ["supplier_name"])


def test_assumed_days_replace_no_known_ones():
    wanted = {"start_date": "2025-01-01", "end_date": "2025-12-31", "dates_assumed": True}
    known = {"start_date": "2025-02-01", "end_date": "2025-06-30"}
    assert difference(wanted, stored(**known, last=known)).changes == {}


def test_a_start_order_clears_the_assumption():
    last = {"start_date": "2025-01-01", "dates_assumed": True}
    wanted = {"start_date": "2025-02-01", "dates_assumed": False}
    found = difference(wanted, stored(**last, last=last))
    assert found.changes == {"start_date": ("2025-01-01", "2025-02-01"), "dates_assumed": (True, False)}


def test_amendments_are_added():
    before = [{"version": "1", "note": "a", "end_date": "2026-01-01"}]
    wanted = {"amendments": [{"version": "1", "note": "b"}, {"version": "2", "note": "c"}]}
    found = difference(wanted, stored(amendments=before))
    assert found.changes == {"amendments": (before, [*before, {"version": "2", "note": "c"}])}
