"""SPSE's files: which one it is, which columns are kept, what its rows say. Pure.

Columns as in the ISB exports (``Docs/DataAlias.md`` of msaworks/DataprepsITKP). What stands for a person, or looks like
personal data, is taken out here, so that what comes after never sees it (UU 27/2022).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from ckanext.smartcity.contracts import codes, notation, personal_data
from ckanext.smartcity.contracts.importers import plain
from ckanext.smartcity.contracts.importers.rows import NOT_NAMED, FileRefused, Row
from ckanext.smartcity.contracts.sheets import Sheet

CONTRACTS, START_ORDERS, FINISHED = "contracts", "start_orders", "finished"

SCOPE = 8_000  # characters of a description that are kept
TITLE = 200  # characters of a title; the register takes no more
MOST_VERSIONS = 99

_CODE = re.compile(r"[0-9]{1,20}")
_LEGAL_WORDS = re.compile(r"\b(?:pt|cv|tbk|ud|fa)\b\.?")


@cache
def columns() -> dict[str, Any]:
    """What ``spse_columns.yaml`` says."""
    file = resources.files("ckanext.smartcity.contracts.importers").joinpath("spse_columns.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Reader:
    """How rows are read: the city's zone, and the code of its government in SPSE (empty: any)."""

    zone: tzinfo
    klpd_code: str = ""


def kind_of(names: Collection[str]) -> str:
    """Which kind of file has these columns. Raises ``FileRefused`` with the columns that the nearest kind misses."""
    has_code = any(code in names for code in columns()["codes"])
    missing: dict[str, list[str]] = {}
    for kind, rule in columns()["kinds"].items():
        if any(name in names for name in rule["without"]):
            continue
        missing[kind] = [name for name in rule["needs"] if name not in names]
        missing[kind] += [] if has_code else ["kd_tender / kd_nontender"]
        if not missing[kind]:
            return kind
    nearest = min(missing.values(), key=len)
    raise FileRefused("unknown_columns", missing=", ".join(nearest))


def rows(sheet: Sheet, file: int, reader: Reader) -> list[Row]:
    """The rows of a file. Raises ``FileRefused`` where a doubt about one row is a doubt about all."""
    kind = kind_of(sheet.columns)
    read = [
        _Cells(dict(zip(sheet.columns, cells, strict=True)), Row(file, number, kind)) for number, cells in sheet.rows
    ]
    for cells in read:
        cells.read(reader)
    _refuse_mixed_numbers(read)
    return [cells.row for cells in read]


def _refuse_mixed_numbers(read: list[_Cells]) -> None:
    for column in columns()["amounts"]:
        if notation.is_mixed({cells.notations[column] for cells in read if column in cells.notations}):
            raise FileRefused("mixed_numbers", column=column)


def folded_supplier(name: str | None) -> str:
    """A supplier's name for comparing: without case, punctuation and legal form."""
    words = _LEGAL_WORDS.sub(" ", (name or "").casefold())
    return "".join(character for character in words if character.isalnum())


class _Cells:
    """The cells of one row, and the row that is made of them."""

    def __init__(self, cells: Mapping[str, str | None], row: Row) -> None:
        raw = cells.get("lingkup_pekerjaan")
        self.cells = {name: notation.folded(value) for name, value in cells.items()}
        self.scope = plain.text(raw) if raw else ""
        self.row = row
        self.notations: dict[str, str] = {}

    def read(self, reader: Reader) -> None:
        """Fill the row: what it says, and every rule that it breaks."""
        row = self.row
        row.cells = tuple(sorted((name, value) for name, value in self.cells.items() if value))
        self._code()
        if reader.klpd_code and self.cells.get("kd_klpd") not in (None, reader.klpd_code):
            row.refuse("kd_klpd", "other_government", own=reader.klpd_code)
        row.supplier = folded_supplier(self.cells.get("nama_penyedia"))
        row.supplier_code = self.cells.get("kd_penyedia") or ""
        days = {name: self._day(name, reader.zone) for name in columns()["days"] if name in self.cells}
        if row.kind == CONTRACTS:
            self._contract(days)
        elif row.kind == START_ORDERS:
            self._version()
            row.fields = {"start_date": days["tgl_mulai_pekerjaan"], "end_date": days["tgl_selesai_pekerjaan"]}
        else:
            row.fields = {**self._procurement(), "rup_code": self.cells.get("kd_rup")}

    def _code(self) -> None:
        given = {name: self.cells[name] for name in columns()["codes"] if self.cells.get(name)}
        if len(given) != 1:
            self.row.refuse(" / ".join(columns()["codes"]), "code_missing")
            return
        (name, code), lpse = next(iter(given.items())), self.cells.get("kd_lpse") or ""
        for column, value in ((name, code), ("kd_lpse", lpse)):
            if not _CODE.fullmatch(value or ""):
                self.row.refuse(column, "code_form")
                return
        self.row.code = f"{lpse}:{columns()['codes'][name]}:{code}"

    def _contract(self, days: dict[str, str | None]) -> None:
        row, cells = self.row, self.cells
        self._version()
        row.fields = {
            "contract_number": self._number(),
            "title": self._title(),
            "notes": self._scope(),
            "value_amount": self._amount("nilai_kontrak"),
            "budget_year": self._year(),
            "rup_code": cells.get("kd_rup"),
            "contract_status": self._status(),
            "signed_date": days["tgl_kontrak"],
            **_term(days),
            **self._supplier(),
            **self._procurement(),
            "offices": [code for code in (cells.get("kd_satker"), cells.get("kd_satker_str")) if code],
            "office_name": cells.get("nama_satker"),
        }
        if row.fields["contract_status"] == "terminated":
            row.fields["terminated_date"] = days.get("tgl_penetapan_status_kontrak")
        if not row.fields["offices"]:
            row.refuse("kd_satker", "missing")

    def _version(self) -> None:
        version = self.cells.get("versi_addendum") or "0"
        if _CODE.fullmatch(version) and int(version) <= MOST_VERSIONS:
            self.row.version = int(version)
        else:
            self.row.refuse("versi_addendum", "version_form", most=MOST_VERSIONS)

    def _needed(self, column: str) -> str:
        value = self.cells.get(column)
        if not value:
            self.row.refuse(column, "missing")
        return value or ""

    def _number(self) -> str | None:
        value = self.cells.get("no_kontrak")
        hit = personal_data.found(value or "", digits=False)
        if hit:
            self.row.refuse("no_kontrak", "personal_data_number", kind=hit)
        return None if hit else value

    def _title(self) -> str:
        value = self._needed("nama_paket")
        hit = personal_data.found(value)
        if hit:
            self.row.note("nama_paket", "personal_data", kind=hit)
            return f"Paket {self.row.code.rpartition(':')[2]}"
        if len(value) > TITLE:
            self.row.note("nama_paket", "text_cut", characters=len(value), most=TITLE)
            return value[: TITLE - 1].rstrip() + "…"
        return value

    def _scope(self) -> str | None:
        hit = personal_data.found(self.scope)
        if hit:
            self.row.note("lingkup_pekerjaan", "personal_data", kind=hit)
            return None
        if len(self.scope) > SCOPE:
            self.row.note("lingkup_pekerjaan", "text_cut", characters=len(self.scope), most=SCOPE)
        return self.scope[:SCOPE].rstrip() or None

    def _amount(self, column: str) -> str | None:
        value = self.cells.get(column)
        if value is None:
            return None
        try:
            number = notation.number(value)
        except notation.NotationError as refused:
            self.row.refuse(column, str(refused))
            return None
        self.notations[column] = number.notation
        return _plain(number.value)

    def _day(self, column: str, zone: tzinfo) -> str | None:
        value = self.cells.get(column)
        if value is None:
            return None
        try:
            return notation.day(value, zone).isoformat()
        except notation.NotationError as refused:
            if str(refused) == "date_month_first":
                raise FileRefused("date_month_first", row=self.row.row, column=column) from None
            self.row.refuse(column, str(refused))
            return None

    def _year(self) -> str | None:
        value = self.cells.get("tahun_anggaran")
        if value is None or re.fullmatch("20[0-9]{2}|2100", value):
            return value
        self.row.refuse("tahun_anggaran", "year_form")
        return None

    def _status(self) -> str | None:
        value = self._needed("status_kontrak")
        status = columns()["statuses"].get(value.casefold())
        if value and not status:
            self.row.refuse("status_kontrak", "status_unknown")
        return status

    def _supplier(self) -> dict[str, str]:
        """Kind and name of the supplier. A person's name goes no further, nor one of whom it is not known."""
        form = (self.cells.get("bentuk_usaha_penyedia") or "").casefold()
        if form in columns()["individuals"]:
            return {"counterparty": codes.INDIVIDUAL, "supplier_name": codes.NO_NAME}
        name = self.cells.get("nama_penyedia")
        if not form.startswith(tuple(columns()["businesses"])):
            self.row.note("bentuk_usaha_penyedia", "form_unknown")
            name = None
        hit = personal_data.found(name or "")
        if hit:
            self.row.note("nama_penyedia", "personal_data", kind=hit)
        return {"counterparty": "business", "supplier_name": NOT_NAMED if hit or not name else name}

    def _procurement(self) -> dict[str, str | None]:
        """Category and method, as far as this kind of file gives them."""
        kind = self.cells.get("jenis_pengadaan")
        known = columns()["categories"]
        category = next((known[start] for start in known if (kind or "").casefold().startswith(start)), None)
        if kind and not category:
            self.row.note("jenis_pengadaan", "category_unknown")
        method = self.cells.get("mtd_pengadaan") or self.cells.get("mtd_pemilihan")
        return {
            "procurement_category": category,
            "procurement_method": columns()["methods"].get(method.casefold(), "other") if method else None,
        }


def _plain(value: Decimal) -> str:
    """An amount as the register stores it: no zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _term(days: Mapping[str, str | None]) -> dict[str, str | None]:
    """First and last day, where the file really says them: often all three days are that of the signing."""
    first, last = days.get("tgl_kontrak_awal"), days.get("tgl_kontrak_akhir")
    if not first or not last or first == last == days.get("tgl_kontrak"):
        return {}
    return {"start_date": first, "end_date": last}
