"""What a route of the portal is to the count: a page with its object, a file, a program's address. Pure.

The same rule serves live requests and log lines. It looks at the part of the endpoint after the dot and at the
arguments that CKAN gives the routes of every dataset type (``package_type``) and group type (``is_organization``), so
that types of other extensions are counted without being known here. docs/visits-requests.md lists pages and names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Route(NamedTuple):
    """``role`` is one of

    - ``page`` an HTML page that counts, ``file`` the download of a resource, both with an object;
    - ``api``, ``feed`` for programs;
    - ``static`` files of the portal, ``robots`` robots.txt, ``opt_out`` the form that ends being counted;
    - ``html`` everything else that has a route: forms, dashboard, other files;
    - ``none`` an address without a route.

    ``kind`` and ``ref`` name the object: a kind with a name or id as the address has it, or ``page`` and a fixed name.
    ``framed`` marks the view of a resource, which our own pages show in a frame.
    """

    role: str
    kind: str = ""
    ref: str = ""
    framed: bool = False


def _page(name: str) -> Route:
    return Route("page", "page", name)


HTML = Route("html")

# Pages with a fixed name, and routes that settle it by themselves.
ENDPOINTS = {
    "home.index": _page("home"),
    "home.about": _page("about"),
    "stats.index": _page("stats"),
    "smartcity.summary": _page("smartcity"),
    "smartcity.indicator": _page("indicator"),
    "smartcity.agency_list": _page("agencies"),
    "smartcity.agency": _page("agency"),
    "smartcity_visits.index": _page("visits"),
    "static": Route("static"),
    "webassets.index": Route("static"),
    "home.robots_txt": Route("robots"),
    "smartcity_visit_choice.leave": Route("opt_out"),
}
PAGE_NAMES = (
    "home",
    "search",
    "organizations",
    "groups",
    "smartcity",
    "indicator",
    "agencies",
    "agency",
    "visits",
    "about",
    "content",
    "stats",
)
"""Names of pages that are no object of CKAN."""

BLUEPRINTS = {
    "api": Route("api"),
    "feeds": Route("feed"),
    "dcat_json_interface": Route("feed"),
    "sitemap": Route("feed"),
    "file": Route("static"),
}
# Tabs of ckanext-activity: endpoint -> kind, argument that names the object.
ACTIVITY = {
    "activity.package_activity": ("dataset", "id"),
    "activity.package_history": ("dataset", "id"),
    "activity.resource_history": ("resource", "resource_id"),
    "activity.organization_activity": ("organization", "id"),
    "activity.group_activity": ("group", "id"),
}
DATASET_TABS = ("read", "groups")
GROUP_TABS = ("read", "about", "members")


def route(endpoint: str | None, arguments: Mapping[str, Any]) -> Route:
    """What the endpoint with these arguments of the address is; ``None`` is an address without a route."""
    if not endpoint:
        return Route("none")
    if endpoint in ENDPOINTS:
        return ENDPOINTS[endpoint]
    if endpoint in ACTIVITY:
        kind, argument = ACTIVITY[endpoint]
        return Route("page", kind, str(arguments[argument]))
    blueprint, _, name = endpoint.rpartition(".")
    if blueprint in BLUEPRINTS:
        return BLUEPRINTS[blueprint]
    return _of_extension(blueprint, name, arguments) or _of_type(name, arguments)


def _of_extension(blueprint: str, name: str, arguments: Mapping[str, Any]) -> Route | None:
    if blueprint == "pages":
        return _content(name)
    return _dcat(name, arguments) if blueprint == "dcat" else None


def _of_type(name: str, arguments: Mapping[str, Any]) -> Route:
    if "package_type" in arguments:
        return _resource(name, arguments) if "resource_id" in arguments else _dataset(name, arguments)
    return _group(name, arguments) if "is_organization" in arguments else HTML


def _dataset(name: str, arguments: Mapping[str, Any]) -> Route:
    if name == "search":
        return _page("search")
    return Route("page", "dataset", str(arguments["id"])) if name in DATASET_TABS and "id" in arguments else HTML


def _resource(name: str, arguments: Mapping[str, Any]) -> Route:
    ref = str(arguments["resource_id"])
    if name == "download":
        return Route("file", "resource", ref)
    return Route("page", "resource", ref, name == "view") if name in ("read", "view") else HTML


def _group(name: str, arguments: Mapping[str, Any]) -> Route:
    kind = "organization" if arguments["is_organization"] else "group"
    if name == "index":
        return _page(f"{kind}s")
    return Route("page", kind, str(arguments["id"])) if name in GROUP_TABS and "id" in arguments else HTML


def _content(name: str) -> Route:
    """ckanext-pages: its texts and their lists are one object, for it answers 200 to any name."""
    return _page("content") if name.endswith(("index", "show")) else HTML


def _dcat(name: str, arguments: Mapping[str, Any]) -> Route:
    """ckanext-dcat: with content negotiation it answers for home and dataset pages too, then without a format."""
    if arguments.get("_format"):
        return Route("feed")
    if name == "read_dataset" and "_id" in arguments:
        return Route("page", "dataset", str(arguments["_id"]))
    return _page("home") if name == "read_catalog" else HTML
