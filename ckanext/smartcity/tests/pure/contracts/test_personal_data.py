"""Personal data that patterns find, and texts that only look like some."""

from __future__ import annotations

import pytest

from ckanext.smartcity.contracts import personal_data


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tulis ke budi.s@dinas.example.id", "email"),
        ("NPWP 99.999.999.9-999.999", "npwp"),
        ("NIP 19900101 201501 1 001", "nip"),
        ("NIK 3204010101900001.", "nik"),
        ("No. Rekening: 123-456-7890", "account"),
        ("hubungi +62 812 3456 7890", "phone"),
        ("Telp. (022) 5555270", "phone"),
        ("Semen 50 sak Rp 1.500.000.000.000, pasir 12.500.000,00", ""),
        ("nilai 1500000000 tahun 2025, volume 0812", ""),
        ("602.1/09/KTR/2025", ""),
    ],
)
def test_patterns(text, kind):
    assert personal_data.found(text) == kind


def test_a_number_of_a_contract_may_be_of_digits():
    assert personal_data.found("1234567890123456", digits=False) == ""


def test_all_patterns_of_a_text_are_named():
    text = "Budi (budi@dinas.example.id, NIP 199001012015011001, HP 0812-3456-7890)"
    assert personal_data.kinds(text) == ["email", "nip", "phone"]
