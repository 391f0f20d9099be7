"""The city that the house tests look at: one account of each kind, one dataset of each visibility.

The OPD is ``bapenda``. Its editor, admin and member have no role elsewhere; ``dlh`` is the other OPD, ``diskominfo``
the walidata; the collaborator may edit the private dataset and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from ckan import model, plugins
from ckan.lib import search
from ckan.tests import factories, helpers

ANONYMOUS = "anonymous"
KINDS = (
    ANONYMOUS,
    "user",
    "member",
    "editor",
    "admin",
    "other_admin",
    "collaborator",
    "sysadmin",
    "deleted",
    "walidata_editor",
    "walidata_admin",
)
ROLES = {
    "bapenda": {"member": "member", "editor": "editor", "admin": "admin"},
    "dlh": {"other_admin": "admin"},
    "diskominfo": {"walidata_editor": "editor", "walidata_admin": "admin"},
}
SERVES = ["iso37122:2019/5.1"]


@dataclass
class City:
    """Names of what stands in the city; ``tokens`` by kind of user, without the anonymous one."""

    tokens: dict[str, str] = field(default_factory=dict)
    public: str = "pajak-hotel"
    untagged: str = "reklame"
    private: str = "rahasia-pajak"
    draft: str = "rancangan-pajak"
    deleted: str = "hapus-pajak"
    contract: str = "kontrak-server"
    private_contract: str = "kontrak-rahasia"
    document: str = "dokumen-kontrak"
    ended_agency: str = "pasar-lama"

    @property
    def hidden(self) -> tuple[str, ...]:
        """What an anonymous visitor may not see."""
        return (self.private, self.draft, self.deleted, self.private_contract)

    def headers(self, kind: str) -> dict[str, str]:
        """Headers that sign a request in as this kind of user; none for the anonymous one."""
        return {} if kind == ANONYMOUS else {"Authorization": self.tokens[kind]}


def build() -> City:
    """Build the city in an empty database."""
    search.clear_all()
    city = City()
    for kind in KINDS[1:]:
        user = factories.UserWithToken(name=kind, sysadmin=kind == "sysadmin")
        city.tokens[kind] = user["token"]
    for name, roles in ROLES.items():
        users = [{"name": kind, "capacity": capacity} for kind, capacity in roles.items()]
        profile = {"sdi_role": "walidata"} if name == "diskominfo" else {}
        factories.Organization(name=name, title=f"Dinas {name}", users=users, **profile)
    helpers.call_action("organization_delete", id=factories.Organization(name=city.ended_agency)["id"])
    _build_datasets(city)
    model.User.get("deleted").state = "deleted"
    model.Session.commit()
    return city


def _build_datasets(city: City) -> None:
    dataset(
        city.public, indicators=SERVES, opd=["dlh"], resources=[{"name": "Tabel", "url": "https://x.example/a.csv"}]
    )
    dataset(city.untagged)
    private = dataset(city.private, indicators=SERVES, private=True)
    dataset(city.draft, indicators=SERVES, state="draft")
    helpers.call_action("package_delete", id=dataset(city.deleted, indicators=SERVES)["id"])
    helpers.call_action(
        "package_collaborator_create", id=private["id"], user_id=model.User.get("collaborator").id, capacity="editor"
    )
    contract(city.contract)
    contract(city.private_contract, private=True)
    document(city.document, city.contract)
    contract_import("impor")


def dataset(name: str, owner: str = "bapenda", **more: Any) -> dict[str, Any]:
    """A dataset with what its form requires."""
    required = {"title": f"Data {name}", "data_kind": "geospatial", "license_id": "CC-BY-4.0"}
    return helpers.call_action("package_create", **{**required, "name": name, "owner_org": owner, **more})


def contract(name: str, owner: str = "bapenda", **more: Any) -> dict[str, Any]:
    """A service contract with what its form requires."""
    required = {
        "type": "service_contract",
        "title": f"Jasa {name}",
        "contract_number": name,
        "supplier_name": "PT Contoh",
        "counterparty": "business",
        "contract_status": "active",
        "start_date": "2025-03-01",
    }
    return helpers.call_action("package_create", **{**required, "name": name, "owner_org": owner, **more})


def document(document_id: str, contract_name: str) -> None:
    """A document of a contract that was kept and read."""
    from werkzeug.datastructures import FileStorage

    from ckanext.smartcity.contracts import documents
    from ckanext.smartcity.contracts.models import ContractDocument, ContractPage

    kept = documents.keep(FileStorage(BytesIO(b"%PDF-1.4 a contract"), filename="kontrak.pdf"))
    package = model.Package.get(contract_name)
    row = ContractDocument(id=document_id, package_id=package.id, kind="signed", state="read", **kept._asdict())
    row.uploaded_by, row.pages, row.pages_with_text = model.User.get("editor").id, 1, 1
    model.Session.add(row)
    model.Session.add(ContractPage(document_id=document_id, page=1, text="Rahasia kontrak", places=[]))
    model.Session.commit()


def contract_import(import_id: str) -> None:
    """A batch of contracts that was checked, with a row."""
    from ckanext.smartcity.contracts.models import ContractImport, ContractImportRow

    file = {"name": "kontrak.csv", "kind": "contracts", "rows": 1, "sha256": "0" * 64, "dropped": ["nama_ppk"]}
    batch = ContractImport(id=import_id, source="spse", state="staged", files=[file])
    batch.started_by = model.User.get("walidata_editor").id
    model.Session.add(batch)
    fields = {"title": "Rahasia impor", "code": "1:tender:1", "kind": "contracts", "lead": 1, "equal": False}
    model.Session.add(ContractImportRow(import_id=import_id, number=1, file=0, row=2, fields=fields, outcome="new"))
    model.Session.commit()


def our_actions() -> dict[str, Any]:
    """Our actions by name, those of core that we chain left out."""
    actions = plugins.get_plugin("smartcity").get_actions()
    return {name: action for name, action in actions.items() if name.startswith("smartcity_")}


def our_endpoints(app: Any) -> dict[str, set[str]]:
    """The methods of each endpoint of our blueprints."""
    found: dict[str, set[str]] = {}
    for rule in app.flask_app.url_map.iter_rules():
        if rule.endpoint.startswith("smartcity"):
            found.setdefault(rule.endpoint, set()).update(rule.methods - {"HEAD", "OPTIONS"})
    return found
