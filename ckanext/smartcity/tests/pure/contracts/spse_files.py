"""Small files as SPSE exports them, with every column that is dropped; the real ones where they are at hand."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.smartcity.contracts import sheets
from ckanext.smartcity.contracts.importers import pipeline, spse
from ckanext.smartcity.contracts.importers.rows import Row

REAL = Path(__file__).parents[5].parent / "shared/data/real"
READER = spse.Reader(ZoneInfo("Asia/Jakarta"), "D107")

DROPPED = [
    "nip_ppk",
    "nama_ppk",
    "jabatan_ppk",
    "no_sk_ppk",
    "nama_rek_bank",
    "npwp_penyedia",
    "npwp_16_penyedia",
    "npwp16_penyedia",
    "npwp_penyedia_16",
    "wakil_sah_penyedia",
    "jabatan_wakil_penyedia",
    "no_rek_bank",
    "nama_pemilik_rek_bank",
    "anggota_kso",
    "alamat_satker",
    "alamat_penyedia",
    "alamat_pengiriman",
    "informasi_lainnya",
    "alasan_ubah_nilai_kontrak",
    "alasan_nilai_kontrak_10_persen",
    "alasan_penetapan_status_kontrak",
    "alasan_addendum",
]
PLANTED = {name: f"DITANAM-{number}" for number, name in enumerate(DROPPED)}

CONTRACT: dict[str, Any] = {
    "tahun_anggaran": 2025,
    "kd_klpd": "D107",
    "kd_satker": "12335093",
    "kd_satker_str": "1.03.2.15.1.04.03.0000",
    "nama_satker": "DINAS PERHUBUNGAN",
    "kd_lpse": 93,
    "kd_tender": 10002513000,
    "nama_paket": "Pengoperasian bus kota",
    "lingkup_pekerjaan": "<p>Bus kota\r\n</p><p><br></p>",
    "no_kontrak": "027/01/2025",
    "tgl_kontrak": "2025-03-21T00:00:00.000000Z",
    "tgl_kontrak_awal": "2025-03-21T00:00:00.000000Z",
    "tgl_kontrak_akhir": "2025-03-21T00:00:00.000000Z",
    "nama_penyedia": "PT. Angkutan Jaya",
    "bentuk_usaha_penyedia": "Perseroan Terbatas (PT)",
    "nilai_kontrak": 1500000,
    "status_kontrak": "Kontrak Sedang Berjalan",
    "tgl_penetapan_status_kontrak": None,
    "versi_addendum": 0,
    **PLANTED,
}
ORDER = {
    "kd_lpse": 93,
    "kd_tender": 10002513000,
    "nama_penyedia": "Angkutan Jaya, PT",
    "tgl_mulai_pekerjaan": "Apr 1, 2025, 12:00:00AM",
    "tgl_selesai_pekerjaan": "Dec 30, 2025, 12:00:00AM",
    **PLANTED,
}
FINISHED = {
    "kd_lpse": 93,
    "kd_tender": 10002513000,
    "kd_rup": "53613698",
    "jenis_pengadaan": "Jasa Lainnya",
    "mtd_pemilihan": "Tender",
}


def contract(**cells: Any) -> dict[str, Any]:
    return {**CONTRACT, **cells}


def as_json(rows: Sequence[dict[str, Any]]) -> bytes:
    return json.dumps(rows).encode()


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    table = io.StringIO()
    writer = csv.DictWriter(table, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode()


def read(folder: Path, *contents: bytes) -> list[Row]:
    """The rows of files with these contents."""
    rows: list[Row] = []
    for number, content in enumerate(contents):
        path = folder / f"{number}"
        path.write_bytes(content)
        rows += read_file(path, number)
    return rows


def read_file(path: Path, number: int = 0) -> list[Row]:
    return spse.rows(sheets.read(path, spse.columns()["keep"]), number, READER)


def built(folder: Path, *contents: bytes, **choice: Any) -> tuple[list[Row], list[pipeline.Group]]:
    rows = read(folder, *contents)
    return rows, pipeline.build(rows, pipeline.Choice(**choice))


def one(folder: Path, *contracts: dict[str, Any], **choice: Any) -> pipeline.Group:
    """The one contract that these rows make."""
    _, groups = built(folder, as_json(contracts), **choice)
    assert len(groups) == 1
    return groups[0]


def rules(row: Row) -> list[tuple[str, str]]:
    return [(reason.column, reason.rule) for reason in row.reasons]
