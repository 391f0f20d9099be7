"""Whatever is sent to our pages and actions is answered or refused: never an error of the server, never more rows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from ckan.plugins import toolkit as tk
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ckanext.smartcity.tests.house.audience import ACTIONS, PAGES
from ckanext.smartcity.tests.house.city import ANONYMOUS, our_actions, our_endpoints

ANSWERED = {200, 302, 400, 403, 404, 409}  # 409: how CKAN's API says that values were refused
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SNIPPETS = (
    "'",
    '"',
    "';--",
    '" OR "1"="1',
    "' OR 1=1 --",
    "%",
    "%s%(x)s",
    "{0}{x}",
    "\0",
    "\\",
    "../../etc/passwd",
    "{!lucene q.op=OR}*:*",
    "_query_:x",
    "+state:draft",
    "*:*",
    "[* TO *]",
    "x" * 5_000,
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "99.9",
    "-1",
    "1e9",
    "9" * 40,
)
texts = st.one_of(
    st.sampled_from(SNIPPETS),
    st.lists(st.sampled_from(SNIPPETS), min_size=2, max_size=3).map("".join),
    st.text(max_size=40).filter(lambda text: text.isprintable() or "\0" in text),
)
words = st.one_of(texts, st.lists(texts, min_size=2, max_size=4))  # a list: the parameter several times
odd = st.recursive(
    st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=2)),
    max_leaves=5,
)


def parameters(action: str) -> list[str]:
    """The parameters of an action, from its docstring."""
    return re.findall(r":param (\w+):", our_actions()[action].__doc__ or "")


FORM_FIELDS = ("dataset", "indicator", "page", "back", "_csrf_token")  # of /smartcity/tagging


def everything() -> list[str]:
    """The parameters of all actions together: what a page may read from its address or its form."""
    return sorted({*FORM_FIELDS, *(name for action in our_actions() for name in parameters(action))})


def fits(names: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the parameters, each with a hostile value."""
    return st.dictionaries(st.sampled_from(names), values, min_size=1, max_size=3) if names else st.just({})


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_refuses_what_it_cannot_use(ask, action):
    names = parameters(action)

    @BOUNDED
    @given(fits(names, odd))
    def check(hostile: dict[str, Any]) -> None:
        data = {**ACTIONS[action].data, **hostile}
        if ACTIONS[action].writes:
            data["dry_run"] = True
        answer = ask("sysadmin", f"/api/3/action/{action}", method="POST", json=data)
        assert answer.status_code in ANSWERED, (data, answer.text[:500])

    check()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_refuses_what_it_cannot_use(ask, app, page):
    (method,) = our_endpoints(app)[page]
    case = PAGES[page]
    kind = ANONYMOUS if case.public else "walidata_editor"

    @BOUNDED
    @given(fits(everything(), words))
    def check(hostile: dict[str, Any]) -> None:
        answer = ask(kind, case.address, method=method, query_string=hostile, data={**case.data, **hostile})
        assert answer.status_code in ANSWERED, (hostile, answer.text[:500])

    check()


ADDRESSES = (
    "/smartcity/indicator/{}/5.1",
    "/smartcity/indicator/iso37122-2019/{}",
    "/smartcity/indicator/iso37122-2019/{}.json",
    "/smartcity/agency/{}",
    "/smartcity/agency/{}.csv",
    "/smartcity/table/{}",
    "/smartcity/table/{}.csv",
    "/smartcity/table/{}.xlsx",
)


def test_each_variable_of_an_address_is_tried(app):
    variables = {
        (rule.endpoint, name)
        for rule in app.flask_app.url_map.iter_rules()
        if rule.endpoint.startswith("smartcity")
        for name in rule.arguments - {"form"}
    }
    tried = {("indicator", "standard"), ("indicator", "code"), ("indicator_file", "code"), ("agency", "org")}
    tried |= {
        ("agency_file", "org"),
        ("indicator_file", "standard"),
        ("contract", "id"),
        ("decide", "id"),
        ("hide_supplier", "id"),
    }
    tried |= {("listed", "id"), ("upload", "id"), ("download", "document_id"), ("delete", "document_id")}
    tried |= {("shown", "batch"), ("report", "batch"), ("act", "batch"), ("act", "verb")}
    tried |= {("table", "name"), ("table_template", "name")}
    assert {(endpoint.partition(".")[2], name) for endpoint, name in variables} == tried


@pytest.mark.parametrize("address", [*ADDRESSES, "/smartcity/indicator/{}/5.1.csv"])
def test_an_address_refuses_what_it_cannot_use(ask, address):
    @BOUNDED
    @example("\0")
    @given(texts)
    def check(hostile: str) -> None:
        answer = ask(ANONYMOUS, address.format(quote(hostile, safe="")))
        assert answer.status_code in {404, 302, 308, 400}, (hostile, answer.status_code)

    check()


CONTRACT_ADDRESSES = (
    ("GET", "/smartcity/contracts/review/{}"),
    ("POST", "/smartcity/contracts/review/{}"),
    ("POST", "/smartcity/contracts/review/{}/supplier"),
    ("GET", "/smartcity/contracts/{}/documents"),
    ("POST", "/smartcity/contracts/{}/documents"),
    ("GET", "/smartcity/contracts/documents/{}"),
    ("POST", "/smartcity/contracts/documents/{}/delete"),
)


@pytest.mark.parametrize(("method", "path"), CONTRACT_ADDRESSES)
def test_an_address_of_contracts_refuses_what_it_cannot_use(ask, method, path):
    @BOUNDED
    @example("\0")
    @given(texts)
    def check(hostile: str) -> None:
        answer = ask("walidata_editor", path.format(quote(hostile, safe="")), method=method)
        assert answer.status_code in {404, 302, 308, 400, 405}, (hostile, answer.status_code)

    check()


COUNTS = {
    "smartcity_indicator_list": lambda result: len(result["indicators"]) + result["totals"]["datasets"],
    "smartcity_indicator_show": lambda result: len(result["datasets"]),
    "smartcity_agency_list": lambda result: len(result["agencies"]),
    "smartcity_agency_show": lambda result: len(result["indicators"]) + len(result["due"]),
    "smartcity_tag_list": lambda result: result["count"] + len(result["results"]),
    "smartcity_contract_queue_list": lambda result: result["count"] + len(result["results"]),
    "smartcity_contract_import_list": lambda result: result["count"] + len(result["results"]),
    "smartcity_contract_import_show": lambda result: len(result["rows"]),
    "smartcity_contract_figure_show": lambda result: result["counted"],
    "smartcity_contract_decision_list": len,
    "smartcity_contract_export": len,
}


@pytest.mark.parametrize("action", COUNTS)
def test_no_filter_gives_more_rows_than_none(ask, action):
    def rows(data: dict[str, Any]) -> int:
        answer = ask("sysadmin", f"/api/3/action/{action}", method="POST", json={**ACTIONS[action].data, **data})
        return COUNTS[action](answer.json["result"]) if answer.status_code == 200 else 0

    without = rows({})

    @BOUNDED
    @given(fits([name for name in parameters(action) if name != "id"], texts))
    def check(hostile: dict[str, Any]) -> None:
        assert rows(hostile) <= without

    check()


SEARCHES = {
    "/dataset/": ("vocab_smartcity_indicators", "vocab_smartcity_opd", "ext_smartcity_overdue", "q"),
    "/service_contract/": ("vocab_smartcity_open_data_clause", "vocab_smartcity_years", "organization", "sort", "q"),
}


@pytest.mark.parametrize(("address", "parameter"), [(a, name) for a, names in SEARCHES.items() for name in names])
def test_no_filter_of_the_search_opens_what_is_hidden(ask, city, address, parameter):
    """Core puts a facet value between quotes as it is: what a value breaks out of must still meet the visible only."""

    @BOUNDED
    @example('x" OR state:draft OR capacity:private OR "')
    @example("x) OR (*:*")
    @given(texts.filter(lambda text: "\0" not in text))
    def check(hostile: str) -> None:
        answer = ask(ANONYMOUS, address, query_string={parameter: hostile})
        assert answer.status_code in ANSWERED, (hostile, answer.status_code)
        assert not [name for name in city.hidden if name in answer.text.replace(hostile, "")]

    check()


CORE_FIELDS = {"title", "name", "notes", "owner_org", "tag_string", "license_id"}
DATASETS = {
    "dataset": {"data_kind": "geospatial"},
    "service_contract": {
        "contract_number": "1",
        "supplier_name": "PT Contoh",
        "counterparty": "business",
        "contract_status": "active",
        "start_date": "2025-03-01",
    },
}


def our_fields(schema_type: str) -> list[str]:
    """Names of the fields of a type that are not core's."""
    fields = tk.h.scheming_get_dataset_schema(schema_type)["dataset_fields"]
    return [field["field_name"] for field in fields if field["field_name"] not in CORE_FIELDS]


@pytest.fixture
def save(ask):
    """Save a dataset of a type with some fields changed; the status, and nothing is left of it."""

    def call(schema_type: str, hostile: dict[str, Any]) -> None:
        required = {"title": "Umpan", "license_id": "CC-BY-4.0", "owner_org": "bapenda", "type": schema_type}
        data = {**required, **DATASETS[schema_type], "name": "umpan", **hostile}
        answer = ask("editor", "/api/3/action/package_create", method="POST", json=data)
        assert answer.status_code in ANSWERED, (hostile, answer.text[:500])
        if answer.status_code == 200:
            ask("sysadmin", "/api/3/action/dataset_purge", method="POST", json={"id": "umpan"})

    return call


@pytest.mark.parametrize("schema_type", DATASETS)
def test_every_field_refuses_what_it_cannot_keep(save, schema_type):
    """All at once, so that every rule sees what another has refused; then alone what only the database refuses."""
    names = our_fields(schema_type)
    for value in (7.1, True, ["'", {}], {"a": ["\0"]}, [[1]], "x" * 40_000, "[[1]]", '{"a": 1}', -(10**400)):
        save(schema_type, dict.fromkeys(names, value))
    for value in (["a\0"], [{"name": "\0", "start": "\0", "version": "\0"}]):
        save(schema_type, dict.fromkeys(names, value))
    for name in names:
        save(schema_type, {name: "a\0\ud800"})


@pytest.mark.parametrize("schema_type", DATASETS)
def test_a_dataset_refuses_what_it_cannot_keep(save, schema_type):
    names = our_fields(schema_type)

    @BOUNDED
    @given(fits(names, odd))
    def check(hostile: dict[str, Any]) -> None:
        save(schema_type, hostile)

    check()
