"""The formulas. One file each; ``RECIPES`` holds them by the name that the catalogue uses."""

from ckanext.smartcity.indicators.recipes import (
    business_survival,
    downtime,
    electronic_payments,
    generic,
    labour_force_education_rd,
    labour_force_ict,
    open_data_clause,
    portal_visits,
    response_time,
    services_online,
    sharing_economy_revenue,
)
from ckanext.smartcity.indicators.recipes.shape import Asked, Recipe

RECIPES: dict[str, Recipe] = {
    file.RECIPE.name: file.RECIPE
    for file in (
        business_survival,
        downtime,
        electronic_payments,
        generic,
        labour_force_education_rd,
        labour_force_ict,
        open_data_clause,
        portal_visits,
        response_time,
        services_online,
        sharing_economy_revenue,
    )
}

__all__ = ["RECIPES", "Asked", "Recipe"]
