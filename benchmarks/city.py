"""Fill a test portal with many datasets, quickly: rows by SQL, index documents by copying one real one."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.search import clear_all
from ckan.lib.search import common as solr
from ckan.lib.search import index as search_index
from ckan.plugins import toolkit as tk
from ckan.tests import factories

from ckanext.smartcity import catalogue

AGENCIES = 45
BATCH = 1_000
TITLE, NAME = "Judul pola", "nama-pola"
URL = "https://data.example/tabel.csv"


def build(size: int, resources: int = 1) -> None:
    """An empty portal filled with ``size`` public datasets, each with resources, one or two indicators and an OPD."""
    model.repo.delete_all()
    clear_all()
    organizations = [factories.Organization(name=f"opd-{n}") for n in range(AGENCIES)]
    template = _template(organizations[0], resources)
    connection = solr.make_connection()
    for start in range(0, size, BATCH):
        rows = [_dataset(number, organizations) for number in range(start, min(size, start + BATCH))]
        _insert(rows, resources)
        connection.add(docs=[_document(template, row) for row in rows], commit=False)
    connection.commit()
    # What autovacuum has done on a portal that grew by the day; without it the planner guesses at one row.
    model.Session.execute(sa.text("ANALYZE"))
    model.Session.commit()


def _template(organization: dict[str, Any], resources: int) -> dict[str, Any]:
    """The index document of one dataset, as CKAN and its plug-ins make it."""
    taken: list[dict[str, Any]] = []

    class Taking:
        def add(self, docs: list[dict[str, Any]], commit: bool) -> None:
            taken.extend(docs)

    make, search_index.make_connection = search_index.make_connection, Taking
    try:
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        tk.get_action("package_create")(
            {"ignore_auth": True, "user": user},
            {
                "name": NAME,
                "title": TITLE,
                "owner_org": organization["id"],
                "data_kind": "geospatial",
                "license_id": "CC-BY-4.0",
                "indicators": [catalogue.load().indicators[0].uid],
                "frequency": "MONTHLY",
                "resources": [{"name": "Tabel", "url": URL, "format": "CSV"}] * resources,
            },
        )
        return taken[0]
    finally:
        search_index.make_connection = make
        model.Package.get(NAME).purge()
        model.Session.commit()


def _dataset(number: int, organizations: list[dict[str, Any]]) -> dict[str, Any]:
    uids = [indicator.uid for indicator in catalogue.load().indicators]
    tags = {uids[number % len(uids)], uids[(number * 7 + 3) % len(uids)]}
    return {
        "id": str(uuid.UUID(int=number + 1)),
        "name": f"dataset-{number}",
        "title": f"Dataset {number}",
        "owner_org": organizations[number % AGENCIES]["id"],
        "indicators": sorted(tags)[: 1 + number % 2],
        "frequency": ("MONTHLY", "ANNUAL", "WEEKLY")[number % 3],
        "changed": datetime(2026, 1, 1) + timedelta(hours=number % 7_000),
    }


def _insert(rows: list[dict[str, Any]], resources: int) -> None:
    model.Session.execute(model.Package.__table__.insert(), [_package(row) for row in rows])
    files = [_resource(row, position) for row in rows for position in range(resources)]
    model.Session.execute(model.Resource.__table__.insert(), files)
    model.Session.commit()


def _package(row: dict[str, Any]) -> dict[str, Any]:
    extras = {
        "indicators": json.dumps(row["indicators"]),
        "opd": "[]",
        "frequency": row["frequency"],
        "data_kind": "geospatial",
    }
    return {
        **{key: row[key] for key in ("id", "name", "title", "owner_org")},
        "type": "dataset",
        "private": False,
        "state": "active",
        "license_id": "CC-BY-4.0",
        "metadata_created": row["changed"],
        "metadata_modified": row["changed"],
        "extras": extras,
    }


def _resource(row: dict[str, Any], position: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{row['id']}/{position}")),
        "package_id": row["id"],
        "url": URL,
        "name": "Tabel",
        "format": "CSV",
        "position": position,
        "state": "active",
        "created": row["changed"],
        "last_modified": row["changed"],
        "metadata_modified": row["changed"],
        "extras": {},
    }


def _document(template: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """The template as the index document of another dataset: id, name and title exchanged wherever they stand."""
    text = json.dumps(template, default=str)
    for old, new in ((template["id"], row["id"]), (NAME, row["name"]), (TITLE, row["title"])):
        text = text.replace(old, new)
    return {**json.loads(text), "index_id": row["id"].replace("-", "")}
