"""Documents and decisions of the demo city's contracts (``reviews.yaml`` and ``contract_files/`` of its folder).

What is there already stays: a document with the same bytes, a contract about which somebody has decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from ckanext.smartcity.cli.calls import call

Outcome = str


def put_documents(folder: Path) -> Iterator[Outcome]:
    """Upload and read the documents, each as the person the file names."""
    for row in _reviews(folder).get("documents", []):
        content = (folder / "contract_files" / row["file"]).read_bytes()
        kept = call("smartcity_contract_document_list", id=row["contract"])
        if hashlib.sha256(content).hexdigest() in {document["sha256"] for document in kept}:
            yield "unchanged"
            continue
        with (folder / "contract_files" / row["file"]).open("rb") as stream:
            file = FileStorage(stream, filename=row["file"])
            data = {"id": row["contract"], "kind": row["kind"], "upload": file}
            document = _as(row["by"], "smartcity_contract_document_create", data)
        call("smartcity_contract_document_read", id=document["id"])
        yield "created"


def put_decisions(folder: Path) -> Iterator[Outcome]:
    """Decide, each as the person the file names: no program does."""
    for row in _reviews(folder).get("decisions", []):
        shown = call("smartcity_contract_suggestion_show", id=row["contract"])
        if shown["decisions"]:
            yield "unchanged"
            continue
        answer = {name: value for name, value in row.items() if name not in ("contract", "by", "quote", "page")}
        _as(row["by"], "smartcity_contract_decision_create", {"id": row["contract"], **answer, **_evidence(row, shown)})
        yield "created"


def _evidence(row: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """The quote of a row, in the newest document of its contract."""
    if "quote" not in row:
        return {}
    document = shown["documents"][-1]["id"]
    return {"evidence": [{"document_id": document, "quote": row["quote"], "page": row["page"]}]}


def _reviews(folder: Path) -> dict[str, Any]:
    file = folder / "reviews.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}


def _as(user: str, action: str, data: dict[str, Any]) -> Any:
    return tk.get_action(action)({"user": user, "ignore_auth": False}, data)
