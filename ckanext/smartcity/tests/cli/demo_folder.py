"""A small demo city in a folder, for the tests of its reader and its loader."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

MARKER = {"tag": "contoh", "notice": "Data rekaan.", "notice_en": "Invented data."}

CITY: dict[str, Any] = {
    "name": "Kota Kecil",
    "marker": MARKER,
    "dataset_defaults": {"license_id": "CC-BY-4.0"},
    "contract_defaults": {"license_id": "CC-BY-4.0"},
    "accounts": [
        {
            "name": "walidata",
            "fullname": "Walidata",
            "email": "walidata@example.org",
            "member_of": [{"organization": "diskominfo", "role": "admin"}],
        },
        {"name": "warga", "fullname": "Warga", "email": "warga@example.org", "member_of": []},
    ],
}

AGENCIES = {
    "diskominfo": {"contact_name": "Pengelola data", "contact_email": "data@example.org", "themes": ["10"]},
    "dlh": {"description": "Lingkungan hidup"},
}

WIFI = {
    "name": "titik-wifi",
    "title": "Titik Wifi",
    "title_en": "Wifi Spots",
    "notes": "Lokasi wifi.",
    "notes_en": "Places of wifi.",
    "indicators": ["iso37122:2019/18.3"],
    "opd": ["dlh"],
    "data_kind": "other",
    "tags": ["internet"],
    "resources": [
        {"file": "wifi-2025.csv", "name": "Wifi 2025", "smartcity_years": "2025", "published": "2025-08-11"},
        {"file": "wifi-2026.csv", "name": "Wifi 2026", "smartcity_years": "2026", "days_ago": 12},
    ],
}
PRIVATE = {"name": "rahasia", "title": "Rahasia", "notes": "Terbatas.", "data_kind": "other", "private": True}
DRAFT = {"name": "rancangan", "title": "Rancangan", "notes": "Belum selesai.", "data_kind": "other", "state": "draft"}
CONTRACT = {
    "name": "kontrak-satu",
    "owner": "dlh",
    "title": "Kontrak Satu",
    "notes": "Pengangkutan.",
    "contract_number": "1/KTR/2025",
    "supplier_name": "PT Contoh",
    "counterparty": "business",
    "value_amount": "1250000.50",
    "start_date": "2025-01-02",
    "contract_status": "active",
    "amendments": [{"version": "1", "signed_date": "2025-08-04", "note": "Tambahan"}],
}


class DemoFolder:
    """Writes the files; a test changes ``city``, ``agencies``, ``datasets``, ``contracts`` and writes again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.city, self.agencies = copy.deepcopy(CITY), copy.deepcopy(AGENCIES)
        self.datasets = copy.deepcopy([WIFI, PRIVATE, DRAFT])
        self.contracts = copy.deepcopy([CONTRACT])
        self.files = {"wifi-2025.csv": "titik\n1\n", "wifi-2026.csv": "titik\n2\n"}

    def write(self) -> Path:
        (self.path / "datasets").mkdir(exist_ok=True)
        (self.path / "files").mkdir(exist_ok=True)
        self._dump("city.yaml", self.city)
        self._dump("agencies.yaml", self.agencies)
        self._dump("datasets/diskominfo.yaml", {"owner": "diskominfo", "datasets": self.datasets})
        self._dump("contracts.yaml", {"contracts": self.contracts})
        for name, text in self.files.items():
            (self.path / "files" / name).write_text(text, encoding="utf-8")
        return self.path

    def _dump(self, name: str, data: Any) -> None:
        (self.path / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
