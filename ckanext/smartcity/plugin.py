"""Which interfaces of CKAN we implement. Decides nothing: every rule stands in a room of its own."""

from __future__ import annotations

from typing import Any

from ckan import plugins as p
from ckan.exceptions import CkanConfigurationException
from ckan.plugins import toolkit as tk

from ckanext.smartcity import cli, helpers, views
from ckanext.smartcity.catalogue import CatalogueError
from ckanext.smartcity.logic import action, auth, validators
from ckanext.smartcity.portal import facets, hooks, licenses
from ckanext.smartcity.translation import Translation
from ckanext.smartcity.visits import hooks as visit_hooks
from ckanext.smartcity.visits import middleware


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints(views)
@tk.blanket.cli(cli)
@tk.blanket.config_declarations
@tk.blanket.helpers(helpers)
@tk.blanket.validators(validators)
class SmartcityPlugin(p.SingletonPlugin, Translation):
    p.implements(p.IConfigurable)
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITranslation)

    # IConfigurer
    def update_config(self, config: Any) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "smartcity")
        licenses.offer_packaged(config)

    # IConfigurable
    def configure(self, config: Any) -> None:
        try:
            hooks.check_start(config, self.i18n_locales())
        except CatalogueError as error:
            raise CkanConfigurationException(f"The catalogue of ckanext-smartcity has mistakes:\n{error}") from error

    # IFacets
    def dataset_facets(self, facets_dict: dict[str, str], package_type: str) -> dict[str, str]:
        return facets.add_facets(facets_dict, package_type)

    def organization_facets(
        self, facets_dict: dict[str, str], organization_type: str, package_type: str | None
    ) -> dict[str, str]:
        return facets.add_facets(facets_dict, "dataset")

    # IMiddleware
    def make_middleware(self, app: Any, config: Any) -> Any:
        return middleware.count_visits(app)

    # IPackageController
    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        return hooks.search_parameters(search_params)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        return visit_hooks.add_to_results(hooks.label_results(search_results))

    def after_dataset_show(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        visit_hooks.add_to_dataset(context, pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return hooks.index_document(pkg_dict)
