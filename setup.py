"""Packages and their data; everything else about the distribution stands in pyproject.toml.

``schemas/`` and ``i18n/`` lie at the top of the checkout, where people look for them, and are installed as
``ckanext.smartcity.schemas`` and ``ckanext.smartcity.i18n`` (docs/decisions/0002-mapped-folders.md).
"""

from setuptools import find_packages, setup

MAPPED = {"ckanext.smartcity.schemas": "schemas", "ckanext.smartcity.i18n": "i18n"}

setup(
    packages=find_packages(include=["ckanext", "ckanext.*"]) + list(MAPPED),
    package_dir=MAPPED,
    namespace_packages=["ckanext"],
    include_package_data=True,
)
