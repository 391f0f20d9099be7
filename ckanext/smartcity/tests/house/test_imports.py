"""Who may know whom: the table of docs/architecture.md, held against every import of the package."""

from __future__ import annotations

import ast
import sys
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import pytest

import ckanext.smartcity

PACKAGE = "ckanext.smartcity"
ROOT = Path(ckanext.smartcity.__file__).parent
TOOLKIT = ("ckan.plugins.toolkit", "ckan.plugins", "ckan.types")

# A file of a room is pure unless it stands here.
SHELLS = {
    "portal": ("__init__", "store", "walidata", "choices", "facets", "hooks", "language", "release"),
    "visits": (
        "__init__",
        "store",
        "object_store",
        "reading",
        "hooks",
        "models",
        "objects",
        "staff",
        "middleware",
        "beacon",
        "recorder",
        "robots",
        "flush",
        "logs",
        "state",
        "checks",
        "merge",
        "redis_counters",
    ),
    "contracts": ("models", "store", "projecting", "access", "documents", "suggesting", "queue", "counting", "staging"),
    "indicators": (
        "models",
        "store",
        "value_store",
        "loader",
        "staging",
        "running",
        "supply",
        "computing",
    ),
}

CLI = [*TOOLKIT, "click", "yaml", *(f"{PACKAGE}.{n}" for n in ("config", "catalogue*", "cli*"))]
COUNTING = [*(f"{PACKAGE}.{n}" for n in ("nightly", "visits*"))]

# First match wins: files -> what they may import besides the standard library. A name without a star is exact.
TABLE = [
    ("migration/*", ["alembic", "sqlalchemy*", *TOOLKIT]),
    ("plugin.py", ["ckan.*", f"{PACKAGE}.*"]),
    ("translation.py", [f"{PACKAGE}.i18n"]),
    ("config.py", [*TOOLKIT, f"{PACKAGE}.visits.<pure>", f"{PACKAGE}.contracts.<pure>"]),
    ("jobs.py", ["ckan.model", *TOOLKIT, f"{PACKAGE}.config"]),
    ("catalogue/*", ["yaml", f"{PACKAGE}.catalogue*"]),
    ("portal/store.py", ["sqlalchemy*", "ckan.model", *TOOLKIT, f"{PACKAGE}.portal*"]),
    ("visits/models.py", ["sqlalchemy*", *TOOLKIT, f"{PACKAGE}.visits.<pure>"]),
    ("visits/store.py", ["sqlalchemy*", "ckan.model", *TOOLKIT, f"{PACKAGE}.visits*"]),
    ("visits/object_store.py", ["sqlalchemy*", "ckan.model", *TOOLKIT, f"{PACKAGE}.visits*"]),
    ("visits/reading.py", [f"{PACKAGE}.config", f"{PACKAGE}.visits*"]),
    ("visits/hooks.py", [*TOOLKIT, f"{PACKAGE}.config", f"{PACKAGE}.visits*"]),
    ("visits/texts.py", ["yaml", f"{PACKAGE}.visits.<pure>"]),
    ("visits/objects.py", ["sqlalchemy*", "ckan.model", *TOOLKIT, f"{PACKAGE}.visits*"]),
    ("visits/staff.py", ["sqlalchemy*", "ckan.model"]),
    ("visits/robots.py", ["is_bot", f"{PACKAGE}.visits.<pure>"]),
    ("visits/recorder.py", ["redis*", f"{PACKAGE}.visits.<pure>"]),
    ("visits/beacon.py", [f"{PACKAGE}.visits.<pure>", f"{PACKAGE}.visits.robots"]),
    ("visits/middleware.py", ["flask", "ckan.model", *TOOLKIT, f"{PACKAGE}.config", f"{PACKAGE}.visits*"]),
    ("visits/state.py", ["sqlalchemy*", f"{PACKAGE}.visits.<pure>", f"{PACKAGE}.visits.models"]),
    ("visits/checks.py", ["redis*", f"{PACKAGE}.visits.<pure>"]),
    ("visits/redis_counters.py", ["redis*", f"{PACKAGE}.visits.<pure>"]),
    ("visits/merge.py", ["sqlalchemy*", f"{PACKAGE}.visits.models"]),
    ("visits/flush.py", ["sqlalchemy*", "redis*", *TOOLKIT, f"{PACKAGE}.visits*"]),
    ("visits/logs.py", ["sqlalchemy*", f"{PACKAGE}.visits*"]),
    ("visits/<pure>", [f"{PACKAGE}.visits.<pure>"]),
    ("contracts/documents.py", ["ckan.lib.files", f"{PACKAGE}.config", f"{PACKAGE}.contracts*"]),
    ("contracts/suggesting.py", [f"{PACKAGE}.contracts*"]),
    ("contracts/access.py", [f"{PACKAGE}.contracts*"]),
    ("contracts/codes.py", ["yaml"]),
    ("contracts/text.py", ["pypdf*", "docx*"]),
    ("contracts/sheets.py", ["openpyxl*", f"{PACKAGE}.contracts.<pure>"]),
    ("contracts/importers/spse.py", ["yaml", f"{PACKAGE}.contracts.<pure>"]),
    ("contracts/models.py", ["sqlalchemy*", *TOOLKIT]),
    ("contracts/store.py", ["sqlalchemy*", "ckan.model", *TOOLKIT, f"{PACKAGE}.contracts*"]),
    ("contracts/staging.py", ["sqlalchemy*", "ckan.model", f"{PACKAGE}.contracts*"]),
    ("contracts/queue.py", ["sqlalchemy*", "ckan.model", f"{PACKAGE}.contracts*"]),
    ("contracts/counting.py", ["sqlalchemy*", "ckan.model", f"{PACKAGE}.contracts*"]),
    ("contracts/projecting.py", ["ckan.model", f"{PACKAGE}.config", f"{PACKAGE}.contracts*"]),
    ("contracts/export.py", ["defusedcsv*"]),
    ("contracts/clauses/rules.py", ["yaml", f"{PACKAGE}.contracts.<pure>"]),
    ("contracts/<pure>", [f"{PACKAGE}.contracts.<pure>"]),
    ("indicators/recipes/*", ["sqlalchemy*", f"{PACKAGE}.indicators.<pure>"]),
    ("indicators/supply.py", ["sqlalchemy*", "ckan.model"]),
    ("indicators/running.py", ["sqlalchemy*", f"{PACKAGE}.catalogue", f"{PACKAGE}.indicators.<pure>"]),
    ("indicators/blank_tables.py", ["openpyxl*", f"{PACKAGE}.catalogue", f"{PACKAGE}.indicators.<pure>"]),
    ("indicators/models.py", ["sqlalchemy*", *TOOLKIT]),
    ("indicators/value_store.py", ["sqlalchemy*", "ckan.model", f"{PACKAGE}.indicators*"]),
    ("indicators/computing.py", ["sqlalchemy*", *TOOLKIT, f"{PACKAGE}.catalogue", f"{PACKAGE}.indicators*"]),
    ("indicators/store.py", ["sqlalchemy*", "ckan.model", f"{PACKAGE}.indicators*"]),
    ("indicators/staging.py", ["sqlalchemy*", "psycopg2*", f"{PACKAGE}.catalogue", f"{PACKAGE}.indicators.<pure>"]),
    (
        "indicators/loader.py",
        [
            *("sqlalchemy*", "psycopg2*", "ckan.model"),
            *TOOLKIT,
            *(f"{PACKAGE}.{n}" for n in ("config", "catalogue", "indicators*")),
        ],
    ),
    ("indicators/files.py", ["openpyxl", f"{PACKAGE}.indicators.<pure>"]),
    ("indicators/sources.py", ["sqlalchemy*", f"{PACKAGE}.catalogue"]),
    ("indicators/<pure>", [f"{PACKAGE}.catalogue", f"{PACKAGE}.indicators.<pure>"]),
    ("portal/<shell>", [*TOOLKIT, f"{PACKAGE}.config", f"{PACKAGE}.catalogue*", f"{PACKAGE}.portal*"]),
    ("portal/<pure>", ["yaml", "babel*", f"{PACKAGE}.catalogue*", f"{PACKAGE}.portal.<pure>"]),
    (
        "logic/action/contract_import_steps.py",
        ["ckan.lib.plugins", "ckan.model", *TOOLKIT, *(f"{PACKAGE}.{n}" for n in ("config", "contracts*", "logic.*"))],
    ),
    (
        "logic/action/*",
        [
            *TOOLKIT,
            "ckan.model",
            "redis",
            *(
                f"{PACKAGE}.{n}"
                for n in ("config", "catalogue*", "portal*", "visits*", "contracts*", "indicators*", "logic.*", "jobs")
            ),
        ],
    ),
    ("logic/*", [*TOOLKIT, *(f"{PACKAGE}.{n}" for n in ("config", "catalogue", "<public>", "logic.*"))]),
    # the one view that hands out a file: an action gives no stream
    ("views/contract_documents.py", ["flask", *TOOLKIT, *(f"{PACKAGE}.{n}" for n in ("views*", "contracts*"))]),
    ("views/csrf.py", [*TOOLKIT, "flask", "ckan.config.middleware.flask_app"]),
    ("views/visit_choice.py", ["flask", *TOOLKIT, f"{PACKAGE}.views*", f"{PACKAGE}.visits.caller"]),
    ("views/contract_imports.py", ["flask", *TOOLKIT, f"{PACKAGE}.views*", f"{PACKAGE}.contracts.<pure>"]),
    # tells an index that is away from an error of ours
    (
        "views/contract_review.py",
        ["ckan.lib.search", "flask", *TOOLKIT, f"{PACKAGE}.views*", f"{PACKAGE}.contracts.<pure>"],
    ),
    ("views/contracts.py", ["flask", *TOOLKIT, f"{PACKAGE}.views*", f"{PACKAGE}.contracts.<pure>"]),
    (
        "views/tables.py",
        ["flask", *TOOLKIT, *(f"{PACKAGE}.{n}" for n in ("catalogue", "config", "indicators.<pure>", "views*"))],
    ),
    ("views/visits.py", ["flask", *TOOLKIT, *(f"{PACKAGE}.{n}" for n in ("config", "views*", "visits.<pure>"))]),
    ("views/*", [*TOOLKIT, "flask", "werkzeug*", "defusedcsv*", f"{PACKAGE}.config", f"{PACKAGE}.views*"]),
    ("helpers.py", [*TOOLKIT, *(f"{PACKAGE}.{n}" for n in ("config", "catalogue", "<public>"))]),
    ("cli/contract_care.py", [*CLI, f"{PACKAGE}.nightly_contracts"]),
    ("nightly_contracts.py", ["ckan.model", "ckan.lib.search", *TOOLKIT, f"{PACKAGE}.contracts*"]),
    ("cli/contract_figures.py", [*CLI, f"{PACKAGE}.contracts.<pure>"]),
    ("cli/contract_imports.py", ["werkzeug.datastructures", *CLI, f"{PACKAGE}.contracts.<pure>"]),
    ("cli/demo.py", ["werkzeug.datastructures", "ckan.lib.search", *CLI, f"{PACKAGE}.visits.<pure>"]),
    ("cli/visits_import.py", ["ckan.lib.i18n", "werkzeug.exceptions", *CLI, *COUNTING]),
    ("cli/demo_contracts.py", ["werkzeug.datastructures", *CLI]),
    ("cli/demo_log.py", []),
    ("cli/demo_visits.py", ["sqlalchemy*", *CLI, *COUNTING]),
    ("cli/visits*.py", [*CLI, *COUNTING]),
    ("cli/nightly.py", [*CLI, *COUNTING]),
    ("cli/worker.py", ["sqlalchemy", *CLI, f"{PACKAGE}.worker", *COUNTING]),
    (
        "nightly.py",
        [
            *("sqlalchemy*", "redis"),
            *TOOLKIT,
            *(f"{PACKAGE}.{n}" for n in ("config", "nightly_contracts", "visits*")),
        ],
    ),
    ("worker.py", [f"{PACKAGE}.visits.<pure>"]),
    ("cli/*", CLI),
    ("__init__.py", []),
    ("logic/__init__.py", []),
]


def sources() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "tests" not in p.relative_to(ROOT).parts)


def room_kind(path: Path) -> str:
    """The path as the table writes it: files of rooms by whether they are pure, but those with a row of their own."""
    parts = path.relative_to(ROOT).parts
    own_row = any(fnmatch("/".join(parts), pattern) for pattern, _ in TABLE if pattern.startswith(f"{parts[0]}/"))
    if parts[0] in SHELLS and not own_row:
        return f"{parts[0]}/{'<shell>' if path.stem in SHELLS[parts[0]] else '<pure>'}"
    return "/".join(parts)


def allowed(path: Path) -> list[str]:
    kind = room_kind(path)
    return next(names for pattern, names in TABLE if fnmatch(kind, pattern.replace("<", "[<]")))


def imported(path: Path) -> set[str]:
    """Full names of what a file imports: modules, and ``module.name`` for names taken from our own packages."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name of {node.module}"
            taken = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= taken if (node.module or "").startswith((PACKAGE, "ckan")) else {node.module or ""}
    return names


def is_pure(module: str) -> bool:
    room, _, file = module.removeprefix(f"{PACKAGE}.").partition(".")
    return room in SHELLS and file.split(".")[0] not in SHELLS[room]


def is_public(name: str) -> bool:
    room, _, rest = name.removeprefix(f"{PACKAGE}.").partition(".")
    if room not in SHELLS:
        return False
    module = import_module(f"{PACKAGE}.{room}")
    listed = {public for names in module.PUBLIC.values() for public in names} | set(module.PUBLIC_FILES)
    return not rest or rest.split(".")[0] in listed


def permits(pattern: str, name: str) -> bool:
    if pattern.endswith(".<pure>"):
        return is_pure(name) or is_pure(name.rpartition(".")[0])
    if pattern.endswith(".<public>"):
        return is_public(name)
    return fnmatch(name, pattern) or fnmatch(name.rpartition(".")[0], pattern) or name == f"{PACKAGE}"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_stay_within_the_table(path: Path) -> None:
    foreign = {name for name in imported(path) if name.split(".")[0] not in sys.stdlib_module_names}
    strangers = [name for name in sorted(foreign) if not any(permits(p, name) for p in allowed(path))]
    assert not strangers, f"{path.relative_to(ROOT)} may not import {', '.join(strangers)}"


def test_nobody_imports_the_plugin() -> None:
    guilty = [str(p) for p in sources() if any("smartcity.plugin" in name for name in imported(p))]
    assert not guilty


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_passes_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
