"""Actions: one file per room. ``__all__`` decides what the API has."""

from __future__ import annotations

from ckanext.smartcity.logic.action.contract_care import (
    dataset_purge,
    smartcity_contract_check,
    smartcity_contract_supplier_hide,
)
from ckanext.smartcity.logic.action.contract_decisions import smartcity_contract_decision_create
from ckanext.smartcity.logic.action.contract_documents import (
    smartcity_contract_document_create,
    smartcity_contract_document_delete,
    smartcity_contract_document_list,
    smartcity_contract_document_read,
    smartcity_contract_document_show,
    smartcity_contract_page_show,
)
from ckanext.smartcity.logic.action.contract_figures import (
    smartcity_contract_decision_list,
    smartcity_contract_export,
    smartcity_contract_figure_show,
)
from ckanext.smartcity.logic.action.contract_imports import (
    smartcity_contract_import_apply,
    smartcity_contract_import_create,
    smartcity_contract_import_delete,
    smartcity_contract_import_list,
    smartcity_contract_import_publish,
    smartcity_contract_import_show,
    smartcity_contract_import_step,
)
from ckanext.smartcity.logic.action.contract_queue import (
    smartcity_contract_queue_list,
    smartcity_contract_suggestion_show,
)
from ckanext.smartcity.logic.action.indicators import (
    smartcity_agency_list,
    smartcity_agency_show,
    smartcity_indicator_list,
    smartcity_indicator_show,
)
from ckanext.smartcity.logic.action.portal import (
    smartcity_opd_rename,
    smartcity_schema_check,
    smartcity_tag_list,
    smartcity_tag_update,
)
from ckanext.smartcity.logic.action.tables import smartcity_table_list, smartcity_table_show
from ckanext.smartcity.logic.action.visit_lists import (
    smartcity_visit_filter_list,
    smartcity_visit_gap_list,
    smartcity_visit_series_list,
    smartcity_visit_top_list,
)
from ckanext.smartcity.logic.action.visits import (
    smartcity_visit_method_show,
    smartcity_visit_status_show,
    smartcity_visit_year_show,
)

__all__ = [
    "dataset_purge",
    "smartcity_agency_list",
    "smartcity_agency_show",
    "smartcity_contract_check",
    "smartcity_contract_decision_create",
    "smartcity_contract_decision_list",
    "smartcity_contract_document_create",
    "smartcity_contract_document_delete",
    "smartcity_contract_document_list",
    "smartcity_contract_document_read",
    "smartcity_contract_document_show",
    "smartcity_contract_export",
    "smartcity_contract_figure_show",
    "smartcity_contract_import_apply",
    "smartcity_contract_import_create",
    "smartcity_contract_import_delete",
    "smartcity_contract_import_list",
    "smartcity_contract_import_publish",
    "smartcity_contract_import_show",
    "smartcity_contract_import_step",
    "smartcity_contract_page_show",
    "smartcity_contract_queue_list",
    "smartcity_contract_suggestion_show",
    "smartcity_contract_supplier_hide",
    "smartcity_indicator_list",
    "smartcity_indicator_show",
    "smartcity_opd_rename",
    "smartcity_schema_check",
    "smartcity_table_list",
    "smartcity_table_show",
    "smartcity_tag_list",
    "smartcity_tag_update",
    "smartcity_visit_filter_list",
    "smartcity_visit_gap_list",
    "smartcity_visit_method_show",
    "smartcity_visit_series_list",
    "smartcity_visit_status_show",
    "smartcity_visit_top_list",
    "smartcity_visit_year_show",
]
