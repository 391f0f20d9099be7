"""Blueprints: one file per page family."""

from __future__ import annotations

from ckanext.smartcity.views import agencies, tables  # noqa: F401  add their pages to the blueprint
from ckanext.smartcity.views.answers import careful_answer
from ckanext.smartcity.views.contract_documents import smartcity_contract_documents
from ckanext.smartcity.views.contract_imports import smartcity_contract_imports
from ckanext.smartcity.views.contract_review import smartcity_contract_review
from ckanext.smartcity.views.contracts import smartcity_contracts
from ckanext.smartcity.views.indicators import smartcity
from ckanext.smartcity.views.tagging import smartcity_tagging
from ckanext.smartcity.views.visit_choice import smartcity_visit_choice
from ckanext.smartcity.views.visits import smartcity_visits, smartcity_visits_admin

__all__ = [
    "smartcity",
    "smartcity_contract_documents",
    "smartcity_contract_imports",
    "smartcity_contract_review",
    "smartcity_contracts",
    "smartcity_tagging",
    "smartcity_visit_choice",
    "smartcity_visits",
    "smartcity_visits_admin",
]

smartcity.after_app_request(careful_answer)
