"""A register as tests need it: offices with their people, contracts, documents as if they had been read."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ckanext.smartcity.contracts import store
from ckanext.smartcity.contracts.models import ContractDocument, ContractPage
from ckanext.smartcity.tests.tagging_city import agency, site_user

CLAUSE = "Penyedia wajib menerbitkan data layanan pada portal data terbuka dengan lisensi CC BY 4.0."
PAGE = f"PASAL 7\nData\n(1) {CLAUSE}\n(2) Data pribadi tidak diterbitkan."


def offices() -> None:
    """``diskominfo`` is the walidata with its editor ``wali`` and member ``anggota``; ``dishub`` has ``petugas``."""
    for name in ("wali", "wakil", "anggota", "petugas", "warga"):
        model.Session.add(model.User(name=name, fullname=name.title(), email=f"{name}@example.org"))
    people = (("wali", "editor"), ("wakil", "admin"), ("anggota", "member"))
    agency("diskominfo", "Dinas Komunikasi", *people, sdi_role="walidata")
    agency("dishub", "Dinas Perhubungan", ("petugas", "editor"))


def contract(name: str = "bus-kota", owner: str = "dishub", **fields: Any) -> dict[str, Any]:
    """A public contract for a service with a business, in force in 2026."""
    given = {
        "type": "service_contract",
        "name": name,
        "title": f"Pengoperasian {name}",
        "owner_org": owner,
        "contract_number": f"027/{name}/2026",
        "supplier_name": "PT Angkutan Jaya",
        "counterparty": "business",
        "procurement_category": "other_services",
        "contract_status": "active",
        "signed_date": "2025-12-20",
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
        "private": False,
    }
    return tk.get_action("package_create")({**site_user(), "ignore_auth": True}, {**given, **fields})


def document(contract_name: str = "bus-kota", *pages: str, **fields: Any) -> ContractDocument:
    """A document that was uploaded and read; without text it is a scan."""
    package = store.contract(contract_name)
    assert package
    texts = pages or (PAGE,)
    given = {
        "package_id": package.id,
        "kind": "signed",
        "name": "kontrak.pdf",
        "size": 1000,
        "type": "application/pdf",
        "sha256": sha256("".join(texts).encode()).hexdigest(),
        "location": "kontrak.pdf",
        "pages": len(texts),
        "pages_with_text": sum(bool(text) for text in texts),
        "state": "read" if any(texts) else "no_text",
        "uploaded_by": model.User.get(fields.pop("uploader", "petugas")).id,
    }
    row = ContractDocument(**{**given, **fields})
    store.add(row)
    for number, text in enumerate(texts, 1):
        if text:
            store.add(ContractPage(document_id=row.id, page=number, text=text))
    model.Session.commit()
    return row


def evidence(row: ContractDocument, quote: str = CLAUSE, page: int = 1) -> list[dict[str, Any]]:
    return [{"document_id": row.id, "quote": quote, "page": page}]


def decide(user: str = "wali", name: str = "bus-kota", **answer: Any) -> dict[str, Any]:
    """Answer as a person, having seen what is decided so far."""
    package = store.contract(name)
    assert package
    newest = {row.question: row.id for row in store.decision_rows(package.id, store.contract_id(package))}
    seen = {f"seen_{question}": row_id for question, row_id in newest.items()}
    data = {"id": name, **seen, **answer}
    return tk.get_action("smartcity_contract_decision_create")({"user": user, "ignore_auth": False}, data)


def shown(name: str = "bus-kota") -> dict[str, Any]:
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": name})
