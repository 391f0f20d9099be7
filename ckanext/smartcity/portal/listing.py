"""What a search lists. Pure: search parameters in, search parameters out."""

from __future__ import annotations

from datetime import date
from typing import Any

from ckanext.smartcity.portal import index

CONTRACT = "service_contract"
OVERDUE_PARAMETER = "ext_smartcity_overdue"


def search_parameters(parameters: dict[str, Any], list_contracts: bool, today: date) -> dict[str, Any]:
    """Parameters of ``package_search`` with our filters added.

    Contracts stay out of every search that does not speak of them, and ``ext_smartcity_overdue=1`` of the search page
    becomes a filter: a range cannot pass as a facet parameter.
    """
    filters = list(parameters.get("fq_list") or [])
    if not list_contracts and not _speaks_of_contracts(parameters):
        filters.append(f"-dataset_type:{CONTRACT}")
    if (parameters.get("extras") or {}).get(OVERDUE_PARAMETER) == "1":
        filters.append(index.overdue_filter(today))
    return {**parameters, "fq_list": filters} if filters else parameters


def _speaks_of_contracts(parameters: dict[str, Any]) -> bool:
    texts = [parameters.get("q"), parameters.get("fq"), *(parameters.get("fq_list") or [])]
    return any(CONTRACT in str(text) for text in texts if text)
