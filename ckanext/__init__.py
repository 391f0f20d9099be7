# Namespace package, in the style the CKAN core packages use: docs/decisions/0001-namespace.md
try:
    import pkg_resources

    pkg_resources.declare_namespace(__name__)
except ImportError:
    import pkgutil

    __path__ = pkgutil.extend_path(__path__, __name__)
