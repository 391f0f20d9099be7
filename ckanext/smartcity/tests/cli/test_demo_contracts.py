"""The demo city's contracts: their files say what the decisions quote, and every state can be seen."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ckanext.smartcity.contracts import clauses, decisions, reading
from ckanext.smartcity.contracts.clauses.document import Document, Page

SHIPPED = Path(__file__).parents[4] / "dev" / "demo"
REVIEWS = yaml.safe_load((SHIPPED / "reviews.yaml").read_text(encoding="utf-8"))
FILES = {row["contract"]: SHIPPED / "contract_files" / row["file"] for row in REVIEWS["documents"]}

QUOTED = [row for row in REVIEWS["decisions"] if "quote" in row]


def read(contract: str) -> reading.Reading:
    return reading.read(FILES[contract], reading.Limits())


@pytest.mark.parametrize(
    "row", [row for row in REVIEWS["decisions"] if "quote" in row], ids=lambda row: row["contract"]
)
def test_what_a_decision_quotes_stands_on_its_page(row):
    page = read(row["contract"]).pages[row["page"] - 1]
    assert decisions.is_on_page(row["quote"], page.text)


@pytest.mark.parametrize(
    ("contract", "result"),
    [
        ("pengangkutan-sampah-wilayah-timur", "likely_yes"),
        ("operasional-bus-koridor-1-2", "likely_yes"),
        ("pemeliharaan-lampu-lalu-lintas", "likely_yes"),
        ("pengelolaan-rumah-kompos", "likely_no"),
        ("pemeliharaan-saluran-drainase", "likely_no"),
    ],
)
def test_the_detector_finds_what_was_planted(contract, result):
    pages = tuple(Page(page.number, page.text) for page in read(contract).pages)
    assert clauses.assess(Document(pages)).result == result


def test_one_document_is_a_scan():
    assert [name for name in FILES if read(name).state == "no_text"] == ["pusat-panggilan-112"]
