"""The steps of an import of contracts: reading files, checking rows against the register, applying them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.plugins import toolkit as tk
from ckan.types import Context

from ckanext.smartcity import config
from ckanext.smartcity.contracts import documents, register, sheet_reading, staging, store
from ckanext.smartcity.contracts.importers import matching, pipeline, spse
from ckanext.smartcity.contracts.importers import rows as words
from ckanext.smartcity.contracts.importers.matching import Match, Stored
from ckanext.smartcity.contracts.models import ContractImport, ContractImportRow
from ckanext.smartcity.contracts.sheets import SIZE, SheetRefused

CHECKED = 500  # rows of a step
APPLIED = 50  # contracts of a step
OF_KEPT = ("location", "size")  # of a file that is not read yet
TO_APPLY = (*words.WRITTEN, words.UNCHANGED)  # the last is marked only: what it wanted is compared with next time


# Reading


def keep(batch: ContractImport, uploads: Sequence[Any]) -> None:
    """Keep the files of a batch until they are read; or say in the batch why it is refused."""
    for upload in uploads:
        try:
            kept = documents.keep(upload, SIZE)
        except documents.DocumentRefused as refused:
            too_large = str(refused) == "too_large"
            code, found = ("too_large", {"most": SIZE // 1024 // 1024}) if too_large else ("no_header", {})
            batch.problem = {"code": code, "file": documents.plain_name(upload.filename), "found": found}
            batch.state = "refused"
            forget_files(batch)
            return
        file = {"name": kept.name, "sha256": kept.sha256, "location": kept.location, "size": kept.size}
        batch.files = [*batch.files, file]


def forget_files(batch: ContractImport) -> None:
    """Delete the files of a batch; their names and hashes stay."""
    for file in batch.files:
        if "location" in file:
            documents.remove(file["location"])
    batch.files = [{name: value for name, value in file.items() if name not in OF_KEPT} for file in batch.files]


def read_kept(batch: ContractImport) -> None:
    """Read the files that were kept; see ``read``. They are deleted, whatever becomes of the batch."""
    kept = [dict(file) for file in batch.files]
    try:
        read(batch, [(file["name"], documents.copy(file["location"], file["size"])) for file in kept])
    finally:
        for file in kept:
            documents.remove(file["location"])


def read(batch: ContractImport, given: Sequence[tuple[str, AbstractContextManager[Path]]]) -> None:
    """Read files, given by name, and stage their rows; or say in the batch why it is refused."""
    found: list[words.Row] = []
    reader = spse.Reader(config.timezone(), config.contract_klpd_code())
    files: list[dict[str, Any]] = []
    try:
        for place, (name, opened) in enumerate(given):
            files.append({"name": name})
            with opened as path:
                found += _read_file(path, place, reader, files[-1])
        pipeline.build(found, pipeline.Choice(batch.options["categories"], batch.options["category_missing"]))
    except (SheetRefused, words.FileRefused) as refused:
        name = "" if refused.code == "no_contracts" else files[-1]["name"]
        batch.problem = {"code": refused.code, "file": name, "found": dict(refused.found)}
        batch.state = "refused"
    else:
        staging.add_rows(_staged(batch.id, found))
        batch.state = "checking"
    batch.files = files


def fail(batch: ContractImport) -> None:
    """Say that the files could not be read, and are gone."""
    forget_files(batch)
    batch.problem = {"code": "not_read", "file": "", "found": {}}
    batch.state = "failed"


@contextmanager
def saved(upload: Any) -> Iterator[Path]:
    """An upload as a file, for as long as it is read."""
    with TemporaryDirectory(prefix="contracts-") as folder:
        path = Path(folder) / "table"
        upload.save(path)
        yield path


def _read_file(path: Path, place: int, reader: spse.Reader, file: dict[str, Any]) -> list[words.Row]:
    file["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    sheet = sheet_reading.read(path, spse.columns()["keep"], config.contract_import_rows())
    file.update(rows=len(sheet.rows), dropped=list(sheet.dropped), kind=spse.kind_of(sheet.columns))
    return spse.rows(sheet, place, reader)


def _staged(batch_id: str, found: Sequence[words.Row]) -> list[dict[str, Any]]:
    """Rows as the table has them. Names of the source that are not kept do not get this far."""
    numbers = {id(row): number for number, row in enumerate(found, 1)}
    return [
        {
            "import_id": batch_id,
            "number": number,
            "file": row.file,
            "row": row.row,
            "fields": {
                **row.fields,
                **row.wanted,
                "code": row.code,
                "kind": row.kind,
                "version": row.version,
                "lead": numbers[id(row.lead)] if row.lead else None,
                "equal": row.equal_to is not None,
            },
            "outcome": row.outcome,
            "reasons": [
                {"row": row.row, "column": r.column, "rule": r.rule, "found": dict(r.found)} for r in row.reasons
            ],
        }
        for number, row in enumerate(found, 1)
    ]


def _reason(row: int, column: str, rule: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {"row": row, "column": column, "rule": rule, "found": dict(found)}


# Checking


def check(batch: ContractImport) -> None:
    """Give the next rows their outcomes; after the last the batch is ``staged``."""
    open_rows = staging.unchecked(batch.id, CHECKED)
    if open_rows:
        _Check(open_rows).run()
    else:
        batch.counts = _counts(batch)
        batch.state = "staged"


class _Check:
    """All rows of some procurement codes; of each code some are open, others may be settled."""

    def __init__(self, found: Sequence[ContractImportRow]) -> None:
        self.rows = [row for row in found if not row.outcome]
        self.leads: dict[str, list[ContractImportRow]] = defaultdict(list)
        for row in found:
            if row.fields["lead"] == row.number:
                self.leads[row.fields["code"]].append(row)
        self.offices = staging.offices()
        self.stored = staging.stored(list(self.leads))
        self.context = _as_site_user()

    def run(self) -> None:
        for code, leads in self.leads.items():
            settled = {place for place, lead in enumerate(leads) if lead.outcome}
            wanted = [lead.fields for lead in leads]
            matches = matching.match(code, wanted, self.stored.get(code, []), settled)
            for place, (lead, match) in enumerate(zip(leads, matches, strict=True)):
                if place not in settled:
                    self._lead(lead, match)
        self._possible_duplicates()
        self._followers()

    def _lead(self, lead: ContractImportRow, match: Match) -> None:
        owner = self._owner(lead)
        if owner is None:
            return
        if not match.contract_id:
            _say(lead, "no_kontrak", "unclear_match")
            lead.outcome = words.CONFLICT
            return
        lead.contract_id = match.contract_id
        fields = {**lead.fields, "owner_org": owner}
        if match.stored is None:
            lead.package_id = str(uuid4())
            lead.outcome, lead.fields = words.NEW, fields
        else:
            lead.package_id = match.stored.package_id
            _compare(lead, fields, match.stored)
        self._validate(lead, match.stored)

    def _owner(self, lead: ContractImportRow) -> str | None:
        """The organization of a row's office; without exactly one the row needs a mapping."""
        codes = lead.fields["offices"]
        owners = set().union(*(self.offices.get(code, set()) for code in codes))
        if len(owners) == 1:
            return owners.pop()
        rule = "office_double" if owners else "office_unknown"
        _say(lead, "kd_satker", rule, codes=", ".join(codes), office=lead.fields["office_name"] or "")
        lead.outcome = words.NEEDS_MAPPING
        return None

    def _validate(self, lead: ContractImportRow, known: Stored | None) -> None:
        """Let the dataset type judge, and nothing else: other plug-ins' hooks belong to saving."""
        if lead.outcome not in words.WRITTEN:
            return
        form: Any = lib_plugins.lookup_package_plugin(store.CONTRACT)
        context: Any = {**self.context, "smartcity_contract_key": lead.contract_id}
        if known is None:
            data, schema, action = _dataset(lead, "private"), form.create_package_schema(), "package_create"
        else:
            context["package"] = model.Package.get(known.package_id)
            new = {name: pair[1] for name, pair in lead.changes.items()}
            data = {**known.fields, **_sent(new), "id": known.package_id, "type": store.CONTRACT}
            schema, action = form.update_package_schema(), "package_update"
        _, errors = lib_plugins.plugin_validate(form, context, data, schema, action)
        if errors:
            _refuse(lead, errors)

    def _possible_duplicates(self) -> None:
        new = [lead for leads in self.leads.values() for lead in leads if lead.outcome == words.NEW]
        names = staging.organization_names({lead.fields["owner_org"] for lead in new})
        typed = {
            lead.number: register.manual_id(names[lead.fields["owner_org"]], lead.fields["contract_number"])
            for lead in new
        }
        known = staging.registered(set(typed.values()))
        for lead in new:
            if typed[lead.number] in known:
                _say(lead, "no_kontrak", "possible_duplicate", contract=typed[lead.number])

    def _followers(self) -> None:
        """The other rows of a contract fare as the one that stands for it."""
        leads = {lead.number: lead for found in self.leads.values() for lead in found}
        for row in self.rows:
            lead = leads[row.fields["lead"]]
            if row is lead:
                continue
            lower = row.fields["version"] < lead.fields["version"] and lead.outcome in words.WRITTEN
            row.outcome = words.LOWER_VERSION if lower else lead.outcome
            row.contract_id, row.package_id = lead.contract_id, lead.package_id


def _compare(lead: ContractImportRow, fields: dict[str, Any], known: Stored) -> None:
    """What an import changes in a stored contract; what the files do not give stays as the last import wrote it."""
    names = matching.given(fields, known.fields)
    last = known.last or {}
    stays = {name: last[name] for name in matching.OWNED if name in last and name not in names}
    lead.fields = {**fields, **stays, "given": names}
    found = matching.difference(fields, names, known)
    lead.changes = {name: list(pair) for name, pair in found.changes.items()}
    for name in found.kept:
        _say(lead, name, "kept_by_person")
    lead.outcome = words.CHANGED if found.changes else words.UNCHANGED


def _say(row: ContractImportRow, column: str, rule: str, **found: Any) -> None:
    row.reasons = [*row.reasons, _reason(row.row, column, rule, found)]


def _refuse(row: ContractImportRow, errors: Mapping[str, Any]) -> None:
    for field, sentences in errors.items():
        listed = sentences if isinstance(sentences, list) else [sentences]
        _say(row, field, "not_accepted", text=" ".join(str(sentence) for sentence in listed))
    row.outcome = words.REFUSED


def _counts(batch: ContractImport) -> dict[str, Any]:
    """What the report says on top; the numbers of ``rows`` add up to the rows of the files."""
    rows: Counter[str] = Counter()
    contracts: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    years: set[str] = set()
    offices: dict[str, dict[str, Any]] = {}
    without = {spse.START_ORDERS: 0, spse.FINISHED: 0}
    equal = assumed = 0
    for row in staging.every_row(batch.id):
        rows[row.outcome] += 1
        rules.update(reason["rule"] for reason in row.reasons)
        equal += bool(row.fields.get("equal"))
        if row.fields.get("kind") != spse.CONTRACTS:  # a companion, or a contract that was purged since
            continue
        years |= {row.fields["budget_year"]} if row.fields.get("budget_year") else set()
        if row.fields["lead"] == row.number:
            contracts[row.outcome] += 1
            assumed += bool(row.fields.get("dates_assumed")) and row.outcome in words.WRITTEN
            for kind in without:
                without[kind] += row.outcome in TO_APPLY and kind not in row.fields["companions"]
        _add_office(offices, row)
    return {
        "rows": dict(rows),
        "contracts": dict(contracts),
        "rules": dict(rules),
        "equal": equal,
        "dates_assumed": assumed,
        "without": without,
        "years": sorted(years),
        "offices": sorted(offices.values(), key=lambda office: office["codes"]),
    }


def _add_office(offices: dict[str, dict[str, Any]], row: ContractImportRow) -> None:
    if row.outcome == words.NEEDS_MAPPING:
        codes = ", ".join(row.fields["offices"])
        office = offices.setdefault(codes, {"codes": codes, "office": row.fields["office_name"] or "", "rows": 0})
        office["rows"] += 1


# Applying


def apply(batch: ContractImport) -> None:
    """Write the next contracts into the register, each with a commit of its own; after the last the batch is done.

    After a crash it goes on: what was written is found by its key, and the id it was given when it was checked.
    """
    leads = staging.unapplied(batch.id, TO_APPLY, APPLIED)
    for lead in leads:
        _apply(lead, batch.options["visibility"])
        if lead.outcome in TO_APPLY:
            lead.applied = True
            staging.mark_followers(lead)
        model.repo.commit()
    if not leads:
        batch.counts = _counts(batch)
        batch.state, batch.applied_at = "applied", datetime.now(timezone.utc)


def _apply(lead: ContractImportRow, visibility: str) -> None:
    known = staging.stored_one(lead.contract_id or "")
    if known is None and lead.outcome != words.NEW:
        _say(lead, "", "gone_meanwhile")
        lead.outcome = words.CONFLICT
    elif known is not None and known.package_id != lead.package_id:
        _say(lead, "", "registered_meanwhile")
        lead.outcome = words.CONFLICT
    elif known is None:
        _save(lead, "package_create", _dataset(lead, visibility))
    elif lead.outcome == words.CHANGED:
        found = matching.difference(lead.fields, lead.fields["given"], known)
        if found.changes:
            new = {name: pair[1] for name, pair in found.changes.items()}
            _save(lead, "package_patch", {**_sent(new), "id": known.package_id})


def _save(lead: ContractImportRow, action: str, data: dict[str, Any]) -> None:
    """Write a dataset as the site's user: the public activity stream must not name who imports."""
    context: Any = {**_as_site_user(), "smartcity_contract_key": lead.contract_id}
    try:
        tk.get_action(action)(context, data)
    except tk.ValidationError as error:
        _refuse(lead, error.error_dict)


def _dataset(lead: ContractImportRow, visibility: str) -> dict[str, Any]:
    """A new contract's dataset, under the id that it was given when it was checked."""
    wanted = {name: lead.fields.get(name) for name in (*matching.OWNED, "import_source", "amendments")}
    name, package_id = (lead.contract_id or "").replace(":", "-"), lead.package_id or ""
    return {
        **_sent(wanted),
        "id": package_id,
        "type": store.CONTRACT,
        "name": f"{name}-{package_id[:8]}" if staging.is_name_taken(name, package_id) else name,
        "private": visibility != "public",
    }


def _sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the actions take them: a field without value is left out, but an assumption that was cleared."""
    return {name: value for name, value in fields.items() if value is not None}


def _as_site_user() -> Context:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"model": model, "session": model.Session, "user": user, "ignore_auth": True}
    return context


def publish(batch: ContractImport, most: int) -> tuple[int, int]:
    """Publish the next contracts that a batch wrote; how many were, and how many are still private."""
    waiting = staging.private_contracts(batch.id)
    for package_id in waiting[:most]:
        tk.get_action("package_patch")(_as_site_user(), {"id": package_id, "private": False})
    return len(waiting[:most]), max(0, len(waiting) - most)
