"""The rules of the house, read from the source itself: who imports whom, and who may not.

Each exception to a rule stands in this file with its reason; there is no other list.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from competency import tables
from competency.cli import COMMANDS
from competency.config import PREFIX, Config

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "competency"

MAY_IMPORT: dict[str, set[str]] = {
    "files": set(),
    "audit": {"files"},
    "people": {"audit", "files"},
    # every feature may ask it to queue a message; it knows people and no other
    "mail": {"audit", "people"},
    "frameworks": {"audit", "files"},
    # documents for the notice to staff and the charts
    "kpis": {"audit", "files", "frameworks", "people", "documents"},
    "questions": {"files", "frameworks"},
    # documents only for what its fonts can print: a reason is refused where it is typed
    "assessments": {
        "audit",
        "files",
        "frameworks",
        "kpis",
        "questions",
        "mail",
        "people",
        "documents",
    },
    "progression": {
        "audit",
        "files",
        "frameworks",
        "kpis",
        "mail",
        "people",
        "assessments",
        "documents",
    },
    "observations": {
        "audit",
        "files",
        "frameworks",
        "kpis",
        "mail",
        "people",
        "assessments",
        "documents",
    },
    "credentials": {
        "audit",
        "files",
        "frameworks",
        "mail",
        "people",
        "assessments",
        "progression",
        "documents",
    },
    "privacy": {"audit", "files", "frameworks", "kpis", "people", "assessments", "credentials"},
    # fills every feature through its operations
    "demonstration": {
        "audit",
        "frameworks",
        "kpis",
        "people",
        "assessments",
        "observations",
        "progression",
        "credentials",
        "documents",
    },
    "documents": set(),
    "database": set(),
    # identity and permission need who acts; the shapes of charts are drawn as SVG
    "web": {"people", "documents"},
}
"""Which rooms each room may import, itself apart."""

FOR_EVERYBODY = {
    "people.schema": "an Actor is a parameter of every operation",
    "people.permissions": "pure predicates on an Actor, of which features build their own",
}
"""Modules that any room but the neutral ones may import, with the reason."""

EXCEPTIONS = {
    ("audit.views", "people"): "the auditor's page writes names beside accounts",
    ("audit.cli", "people"): "the command acts as the system account",
    ("people.access", "mail"): "who is invited is told that a code waits",
    ("frameworks.views", "people"): "publishing is a role's, and the page names who published",
    ("frameworks.cli", "people"): "publishing from the command line acts as the system",
    ("web.command", "audit"): "what a command read is logged when it ends",
    ("privacy.operations", "tables"): "erasure walks every table, whatever feature it is of",
}
"""Single modules that go further than their room, with the reason."""

IMPORTS_LATE = {
    "kpis.intervals": "scipy takes half a second to import, and few processes draw an interval",
}
"""Modules that import inside a function, with the reason."""

KNOW_ALL = {"app", "cli", "daily", "running", "tables", "formats", "migrations.env"}
"""The modules that wire or list all features."""

NEUTRAL = {"files", "database", "documents"}
EDGES = re.compile(r"(^|_)(views|cli|blueprint|home)$")
PURE_NAMES = {
    "schema",
    "rules",
    "permissions",
    "outcomes",
    "agreement",
    "peers",
    "sampling",
    "eligibility",
}
IMPURE = {"flask", "sqlalchemy", "wtforms", "flask_wtf", "flask_login", "flask_sqlalchemy"}
TIME_READERS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("func", "now"),
    ("func", "current_timestamp"),
}
COMMITTERS = {"database.transactions", "web.transaction", "migrations.env"}


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package but the migrations, by name within the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[:2] != ("migrations", "versions"):
            name = ".".join(part for part in parts if part != "__init__")
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything that is imported, names of a package included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def own_imports(name: str) -> frozenset[str]:
    """Return the modules of the package that a module imports, by name within it."""
    known = modules()
    ours = (i.removeprefix("competency.") for i in imported(known[name]))
    return frozenset(i for i in ours if i in known and i != name)


def foreign_imports(name: str) -> set[str]:
    """Return the top-level names of the libraries that a module imports."""
    return {i.split(".")[0] for i in imported(modules()[name])} - {"competency", "__future__"}


def reached(name: str) -> set[str]:
    """Return a module and all of the package's that it imports, directly or through others."""
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(own_imports(current))
    return seen


def room(name: str) -> str:
    """Return the room that a module belongs to."""
    return name.split(".", maxsplit=1)[0]


def is_pure(name: str) -> bool:
    """Return whether a module promises to be pure."""
    return room(name) == "documents" or name.rsplit(".", maxsplit=1)[-1] in PURE_NAMES


def is_edge(name: str) -> bool:
    """Return whether a module answers requests or commands."""
    return EDGES.search(name.rsplit(".", maxsplit=1)[-1]) is not None


def may(name: str, other: str) -> bool:
    """Return whether a module may import another of the package."""
    here, there = room(name), room(other)
    if here == there or there not in MAY_IMPORT or other == there:
        return True
    if there in MAY_IMPORT[here] or (name, there) in EXCEPTIONS:
        return True
    if there == "web":
        return is_edge(name)
    return here not in NEUTRAL and (there == "database" or other in FOR_EVERYBODY)


def test_each_room_imports_only_the_rooms_that_it_may() -> None:
    wrong = [
        f"{name} imports {other}"
        for name in modules()
        if room(name) in MAY_IMPORT
        for other in own_imports(name)
        if not may(name, other)
    ]
    assert wrong == []


def test_every_room_has_its_rule() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms - {"migrations", "static", "translations"} <= set(MAY_IMPORT)


def test_only_app_and_its_like_know_all_features() -> None:
    wrong = [
        f"{name} imports {other}"
        for name in modules()
        for other in own_imports(name)
        if other in {"app", "cli", "tables", "formats"}
        and name not in KNOW_ALL
        and (name, other) not in EXCEPTIONS
    ]
    wiring = [
        name
        for name in modules()
        if "." not in name
        and name not in KNOW_ALL | set(MAY_IMPORT)
        and any(room(other) in set(MAY_IMPORT) - {"database"} for other in own_imports(name))
    ]
    assert wrong + wiring == []


def test_what_works_for_pages_and_commands_does_not_know_them() -> None:
    wrong = [
        f"{name} imports {other}"
        for name in modules()
        if room(name) in MAY_IMPORT and not is_edge(name)
        for other in own_imports(name)
        if is_edge(other)
    ]
    assert wrong == []


def test_no_operation_reads_the_request_or_who_is_signed_in() -> None:
    features = set(MAY_IMPORT) - {"web"}
    reading = {
        name
        for name in modules()
        if room(name) in features and not is_edge(name)
        if {"flask", "flask_login"} & foreign_imports(name)
    }
    # their threads need the application's context
    assert reading == {
        "assessments.file_reading",
        "audit.access",
        "kpis.import_running",
        "mail.sender",
    }


@pytest.mark.parametrize("name", sorted(name for name in modules() if is_pure(name)))
def test_pure_modules_reach_no_library_of_the_web_or_the_database(name: str) -> None:
    through = {
        other: sorted(foreign_imports(other) & IMPURE)
        for other in reached(name)
        if foreign_imports(other) & IMPURE
    }
    assert through == {}


def test_pure_modules_do_not_ask_the_clock_for_now() -> None:
    asking = [
        name
        for name in modules()
        if is_pure(name)
        for node in ast.walk(modules()[name])
        if (
            (isinstance(node, ast.ImportFrom) and node.module == "competency.clock")
            and any(alias.name == "now" for alias in node.names)
        )
        or (
            (isinstance(node, ast.ImportFrom) and node.module == "competency")
            and any(alias.name == "clock" for alias in node.names)
        )
    ]
    assert asking == []


def test_only_documents_know_reportlab() -> None:
    users = {name for name in modules() if "reportlab" in foreign_imports(name)}
    assert {room(name) for name in users} == {"documents"}


def test_only_the_clock_reads_the_time() -> None:
    readers = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, (ast.Name, ast.Attribute))
        and (getattr(node.value, "id", getattr(node.value, "attr", "")), node.attr) in TIME_READERS
    ]
    bare = [
        name for name in modules() if {"time.time", "time.time_ns"} & set(imported(modules()[name]))
    ]
    assert {reader.split(":")[0] for reader in readers} | set(bare) == {"clock"}


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert {where.split(":")[0] for where in inside} == set(IMPORTS_LATE)


def test_only_the_root_command_imports_by_name_and_only_what_is_there() -> None:
    by_name = {name for name in modules() if "importlib" in foreign_imports(name)}
    assert by_name == {"cli"}
    named = {later.module for later in COMMANDS.values()}
    named |= {name for later in COMMANDS.values() for name in (*later.needs, *later.further)}
    assert {name.removeprefix("competency.") for name in named} <= set(modules())
    groups = {name for name in modules() if name.endswith("cli") and name != "cli"}
    assert {f"competency.{name}" for name in groups} <= named


def test_only_the_edges_commit() -> None:
    committing = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    }
    assert committing == COMMITTERS


def test_every_table_is_known_to_the_metadata() -> None:
    written = {
        str(node.value.value)
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and any(getattr(target, "id", "") == "__tablename__" for target in node.targets)
    }
    assert written == set(tables.metadata.tables)
    listed = {module.__name__.removeprefix("competency.") for module in tables.MODULES}
    assert listed == {name for name in modules() if re.search(r"[._]models$", name)}


def test_raw_types_that_differ_between_databases_are_not_used() -> None:
    raw = (sa.DateTime, sa.Numeric, sa.JSON, sa.Interval, sa.Time, sa.PickleType)
    used = [
        str(column)
        for table in tables.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, raw)
    ]
    assert used == []


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    mentioned = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", documented))
    assert mentioned == {field.name.upper() for field in fields(Config)}


def test_the_rules_are_read_from_the_package_under_test() -> None:
    assert Path(str(sys.modules["competency"].__file__)).parent == PACKAGE
    assert len(modules()) > 60
