"""For whom each action and each page is. The house tests ask every one of them; one that is missing here fails."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ckanext.smartcity.tests.house.city import KINDS

EVERYBODY = frozenset(KINDS)
SYSADMIN = frozenset({"sysadmin"})
WALIDATA = frozenset({"sysadmin", "walidata_editor", "walidata_admin"})
OFFICE = WALIDATA | {"editor", "admin"}
"""Who handles the documents of a contract of bapenda."""
DOCUMENT = "dokumen-kontrak"


class Case(NamedTuple):
    """For whom an action or page is, and what to send it. Whatever is sent must not change the city."""

    audience: frozenset[str]
    data: Mapping[str, Any] = MappingProxyType({})
    address: str = ""
    writes: bool = False  # by POST only
    status: int = 200  # of the answer to its audience
    refusal: int = 403  # of the answer to all others; 404 where forbidden and unknown things are answered alike

    @property
    def public(self) -> bool:
        return self.audience == EVERYBODY


ACTIONS = {
    "smartcity_agency_list": Case(EVERYBODY),
    "smartcity_agency_show": Case(EVERYBODY, {"id": "bapenda"}),
    "smartcity_contract_decision_list": Case(EVERYBODY, {"id": "kontrak-server"}),
    "smartcity_contract_export": Case(EVERYBODY),
    "smartcity_contract_figure_show": Case(EVERYBODY, {"by": ["organization", "area", "year", "contract"]}),
    # nothing is decided, so it is refused after it was allowed
    "smartcity_contract_decision_create": Case(WALIDATA, {"id": "kontrak-server"}, writes=True, status=409),
    "smartcity_contract_check": Case(WALIDATA),
    # no file, so it is refused after it was allowed
    "smartcity_contract_document_create": Case(OFFICE, {"id": "kontrak-server"}, writes=True, status=409),
    "smartcity_contract_document_delete": Case(WALIDATA, {"id": "tidak-ada"}, writes=True, status=404),
    "smartcity_contract_document_list": Case(OFFICE, {"id": "kontrak-server"}),
    "smartcity_contract_document_read": Case(OFFICE, {"id": DOCUMENT}, writes=True),
    "smartcity_contract_document_show": Case(OFFICE, {"id": DOCUMENT}),
    "smartcity_contract_page_show": Case(WALIDATA, {"id": DOCUMENT, "page": 1}),
    "smartcity_contract_supplier_hide": Case(WALIDATA, {"id": "tidak-ada"}, writes=True, status=404),
    "smartcity_contract_import_create": Case(WALIDATA, writes=True, status=409),
    "smartcity_contract_import_list": Case(WALIDATA),
    "smartcity_contract_import_show": Case(WALIDATA, {"id": "impor"}),
    "smartcity_contract_import_apply": Case(WALIDATA, {"id": "tidak-ada"}, writes=True, status=404),
    "smartcity_contract_import_delete": Case(WALIDATA, {"id": "tidak-ada"}, writes=True, status=404),
    "smartcity_contract_import_publish": Case(WALIDATA, {"id": "tidak-ada"}, writes=True, status=404),
    "smartcity_contract_import_step": Case(WALIDATA, {"id": "tidak-ada"}, writes=True, status=404),
    "smartcity_contract_queue_list": Case(WALIDATA),
    "smartcity_contract_suggestion_show": Case(WALIDATA, {"id": "kontrak-server"}),
    "smartcity_indicator_list": Case(EVERYBODY),
    "smartcity_indicator_show": Case(EVERYBODY, {"id": "iso37122:2019/5.1"}),
    "smartcity_opd_rename": Case(WALIDATA, {"old": "dinas-lama", "new": "dlh", "dry_run": True}, writes=True),
    "smartcity_schema_check": Case(WALIDATA),
    "smartcity_table_list": Case(EVERYBODY),
    "smartcity_table_show": Case(EVERYBODY, {"id": "payments"}),
    "smartcity_tag_list": Case(WALIDATA),
    "smartcity_tag_update": Case(
        WALIDATA, {"rows": [{"dataset": "reklame", "indicators": ["iso37122:2019/5.1"]}], "dry_run": True}, writes=True
    ),
    "smartcity_visit_filter_list": Case(EVERYBODY),
    "smartcity_visit_gap_list": Case(EVERYBODY),
    "smartcity_visit_method_show": Case(EVERYBODY),
    "smartcity_visit_series_list": Case(EVERYBODY),
    "smartcity_visit_status_show": Case(SYSADMIN),
    "smartcity_visit_top_list": Case(EVERYBODY),
    "smartcity_visit_year_show": Case(EVERYBODY),
}
TAGGED_ALREADY = {"dataset": "pajak-hotel", "indicator": "iso37122:2019/5.1"}
PAGES = {
    "smartcity.summary": Case(EVERYBODY, address="/smartcity"),
    "smartcity.summary_file": Case(EVERYBODY, address="/smartcity.json"),
    "smartcity.indicator": Case(EVERYBODY, address="/smartcity/indicator/iso37122-2019/5.1"),
    "smartcity.indicator_file": Case(EVERYBODY, address="/smartcity/indicator/iso37122-2019/5.1.csv"),
    "smartcity.agency_list": Case(EVERYBODY, address="/smartcity/agency"),
    "smartcity.agency_list_file": Case(EVERYBODY, address="/smartcity/agency.csv"),
    "smartcity.agency": Case(EVERYBODY, address="/smartcity/agency/bapenda"),
    "smartcity.agency_file": Case(EVERYBODY, address="/smartcity/agency/bapenda.json"),
    "smartcity.table_list": Case(EVERYBODY, address="/smartcity/table"),
    "smartcity.table_list_file": Case(EVERYBODY, address="/smartcity/table.csv"),
    "smartcity.table": Case(EVERYBODY, address="/smartcity/table/payments"),
    "smartcity.table_template": Case(EVERYBODY, address="/smartcity/table/payments.csv"),
    "smartcity_contracts.index": Case(EVERYBODY, address="/smartcity/contracts"),
    "smartcity_contracts.register_file": Case(EVERYBODY, address="/smartcity/contracts.csv"),
    "smartcity_contracts.clauses": Case(EVERYBODY, address="/smartcity/contracts/clauses"),
    "smartcity_visits.index": Case(EVERYBODY, address="/smartcity/visits"),
    "smartcity_visits.series_file": Case(EVERYBODY, address="/smartcity/visits/series.csv"),
    "smartcity_visits.top_file": Case(EVERYBODY, address="/smartcity/visits/top.csv"),
    "smartcity_visits.filter_file": Case(EVERYBODY, address="/smartcity/visits/filter.json"),
    "smartcity_visits.gap_file": Case(EVERYBODY, address="/smartcity/visits/gap.csv"),
    "smartcity_visits_admin.admin": Case(SYSADMIN, address="/ckan-admin/smartcity/visits"),
    "smartcity_contract_documents.listed": Case(
        OFFICE, address="/smartcity/contracts/kontrak-server/documents", refusal=404
    ),
    "smartcity_contract_documents.upload": Case(
        OFFICE, address="/smartcity/contracts/kontrak-server/documents", writes=True, status=400, refusal=404
    ),
    "smartcity_contract_documents.download": Case(
        OFFICE, address=f"/smartcity/contracts/documents/{DOCUMENT}", refusal=404
    ),
    "smartcity_contract_documents.delete": Case(
        frozenset(), address="/smartcity/contracts/documents/tidak-ada/delete", writes=True, refusal=404
    ),
    "smartcity_contract_imports.listed": Case(WALIDATA, address="/smartcity/contracts/import"),
    "smartcity_contract_imports.upload": Case(WALIDATA, address="/smartcity/contracts/import", writes=True, status=400),
    "smartcity_contract_imports.shown": Case(WALIDATA, address="/smartcity/contracts/import/impor", refusal=404),
    "smartcity_contract_imports.report": Case(WALIDATA, address="/smartcity/contracts/import/impor.csv", refusal=404),
    "smartcity_contract_imports.act": Case(
        frozenset(), address="/smartcity/contracts/import/tidak-ada/apply", writes=True, refusal=404
    ),
    "smartcity_contract_review.queue": Case(WALIDATA, address="/smartcity/contracts/review"),
    "smartcity_contract_review.contract": Case(WALIDATA, address="/smartcity/contracts/review/kontrak-server"),
    "smartcity_contract_review.decide": Case(
        WALIDATA, address="/smartcity/contracts/review/kontrak-server", writes=True, status=400
    ),
    "smartcity_contract_review.hide_supplier": Case(
        WALIDATA, address="/smartcity/contracts/review/tidak-ada/supplier", writes=True, status=404
    ),
    "smartcity_tagging.choose": Case(WALIDATA, address="/smartcity/tagging"),
    "smartcity_tagging.review": Case(WALIDATA, TAGGED_ALREADY, "/smartcity/tagging/review", writes=True),
    "smartcity_tagging.apply": Case(WALIDATA, TAGGED_ALREADY, "/smartcity/tagging/apply", writes=True),
    "smartcity_visit_choice.leave": Case(EVERYBODY, address="/smartcity/visits/opt-out", writes=True, status=302),
    "smartcity_visit_choice.come_back": Case(EVERYBODY, address="/smartcity/visits/opt-in", writes=True, status=302),
}
# Addresses of ours that are refused: an unknown thing, a filter without sense
REFUSED = (
    "/smartcity?theme=99",
    "/smartcity.csv?theme=99",
    "/smartcity/indicator/iso37122-2019/99.9",
    "/smartcity/indicator/iso37122-2019/99.9.json",
    "/smartcity/agency/nowhere",
    "/smartcity/agency/nowhere.csv",
    "/smartcity/table/nowhere",
    "/smartcity/table/nowhere.xlsx",
    "/smartcity/table/contracts.csv",
    "/smartcity/contracts?year=2099",
    "/smartcity/visits?first=yesterday",
    "/smartcity/visits/series.csv?interval=x",
    "/smartcity/visits/series.json?kind=dataset&id=nowhere",
    "/api/3/action/smartcity_indicator_list?theme=99",
    "/api/3/action/smartcity_agency_show?id=nowhere",
    "/api/3/action/smartcity_table_show?id=nowhere",
    "/api/3/action/smartcity_contract_figure_show?by=supplier",
    "/api/3/action/smartcity_contract_decision_list?id=nowhere",
)
