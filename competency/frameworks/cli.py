"""``competency frameworks``: check files, and show the ones that are shipped.

The commands here need no database. Commands over the published catalogue join the
same group: ``@frameworks_group.command("publish")`` in the module that has them.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path as FilePath

import click
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from competency.errors import CompetencyError, NotFound
from competency.files import kinds
from competency.files.checking import check_file
from competency.files.faults import Fault, Severity
from competency.files.published_schema import json_schema
from competency.frameworks.comparison import Change, compare, plain
from competency.frameworks.loading import framework_in
from competency.frameworks.schema import Criterion, Framework, Unit
from competency.frameworks.shipped import (
    checked_frameworks,
    checked_with_shipped,
    find_framework,
    yaml_files,
)
from competency.resources import FRAMEWORKS

as_json = click.option("--json", "wants_json", is_flag=True, help="Print JSON for programs.")
data_folder = click.option(
    "--data",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=FilePath),
    default=FRAMEWORKS,
    show_default="the shipped files",
    help="The folder of framework files.",
)


@click.group("frameworks")
def frameworks_group() -> None:
    """Check, list and show competency frameworks."""


@frameworks_group.command("check")
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=FilePath), metavar="[PATHS]..."
)
@as_json
@click.pass_context
def check(context: click.Context, paths: tuple[FilePath, ...], *, wants_json: bool) -> None:
    """Check files, or every YAML file of folders; without PATHS, the shipped ones.

    Every fault is reported in one run. Exit code: 0 when all can be used (there may be
    warnings), 1 when a fault was found, 2 when there was nothing to check.
    """
    files = yaml_files(paths or (FRAMEWORKS,))
    if not files:
        raise click.UsageError("There are no YAML files here; name a file or a folder with some.")
    found = [fault for file in checked_with_shipped(files) for fault in file.faults]
    faults = [fault for fault in found if fault.severity is Severity.FAULT]
    warnings = [fault for fault in found if fault.severity is Severity.WARNING]
    if wants_json:
        click.echo(
            _json(
                {
                    "files": [str(file) for file in files],
                    "faults": [_row(fault) for fault in faults],
                    "warnings": [_row(fault) for fault in warnings],
                }
            )
        )
    else:
        for fault in found:
            click.echo(str(fault) + (" (warning)" if fault.severity is Severity.WARNING else ""))
        click.echo(f"files: {len(files)}, faults: {len(faults)}, warnings: {len(warnings)}")
    context.exit(1 if faults else 0)


@frameworks_group.command("list")
@data_folder
@as_json
def list_frameworks(folder: FilePath, *, wants_json: bool) -> None:
    """List the frameworks of a folder; a file that can't be used is listed with its faults."""
    rows = []
    for checked in checked_frameworks(folder):
        framework = framework_in(checked)
        if framework is None:
            click.echo(f"{checked.name} can't be used; see competency frameworks check", err=True)
            continue
        rows.append(
            {
                "id": framework.id,
                "version": framework.version,
                "title": framework.title,
                "language": framework.language,
                "units": len(framework.all_units()),
                "criteria": len(framework.criteria()),
                "inferred": len(framework.inferred),
            }
        )
    if wants_json:
        click.echo(_json(rows))
        return
    table = Table()
    for column in ("id", "version", "title", "language", "units", "criteria", "inferred"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row.values()))
    Console().print(table)


@frameworks_group.command("show")
@click.argument("framework_id", metavar="ID")
@click.option("--version", help="A version; without it, the newest.")
@data_folder
@as_json
def show(framework_id: str, version: str | None, folder: FilePath, *, wants_json: bool) -> None:
    """Show one framework: its units, criteria, scales and what was inferred."""
    try:
        framework = find_framework(folder, framework_id, version)
    except NotFound as error:
        raise click.ClickException(f"{error} competency frameworks list shows all.") from error
    if wants_json:
        click.echo(_json(framework.model_dump(mode="json")))
        return
    Console().print(_tree(framework))


@frameworks_group.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@data_folder
@as_json
@click.pass_context
def diff(
    context: click.Context, before: str, after: str, folder: FilePath, *, wants_json: bool
) -> None:
    """Say what B says otherwise than A, its older version.

    Each is a file of any kind, or ID@VERSION of the shipped frameworks. Exit code: 0 when
    both say the same, 1 when they differ.
    """
    old, new = _named(before, folder), _named(after, folder)
    if type(old) is not type(new):
        raise click.UsageError("Only files of one kind can be compared.")
    changes = compare(old, new)
    if wants_json:
        click.echo(_json([asdict(change) for change in changes]))
    else:
        for change in changes:
            click.echo(_line(change))
        click.echo(f"changes: {len(changes)}")
    context.exit(1 if changes else 0)


def _named(text: str, folder: FilePath) -> BaseModel:
    """Return what a file says, or the framework ``ID@VERSION`` among those of a folder."""
    try:
        if FilePath(text).is_file():
            checked = check_file(FilePath(text))
            if checked.value is None:
                raise click.ClickException("\n".join(str(fault) for fault in checked.faults))
            return checked.value
        framework_id, _, version = text.partition("@")
        return find_framework(folder, framework_id, version or None)
    except CompetencyError as error:
        faults = getattr(error, "faults", ())
        raise click.ClickException("\n".join([str(error), *faults])) from error


def _line(change: Change) -> str:
    """Return one change as a line for people."""
    where = f"{change.sort.value}: {change.thing} {change.id}"
    field = f" {change.field}" if change.field else ""
    if change.before is None and change.after is None:
        return f"{where}{field}: {change.title}"
    return f"{where}{field}: {plain(change.before)} -> {plain(change.after)}"


@frameworks_group.command("schema")
@click.argument("name", metavar="[KIND]", default=kinds.DEFAULT)
def schema(name: str) -> None:
    """Print the JSON Schema of files of KIND (framework, unless one is named), for editors."""
    kind = kinds.kind_named(name)
    if kind is None:
        known = ", ".join(kinds.known_kinds())
        raise click.UsageError(f"There is no kind {name!r}; use one of {known}.")
    click.echo(json_schema(kind), nl=False)


def _json(value: object) -> str:
    """Return indented JSON in which every letter stays itself."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _row(fault: Fault) -> dict[str, object]:
    """Return a fault for programs, with the sentence that people read."""
    return {**asdict(fault), "text": str(fault)}


def _tree(framework: Framework) -> Tree:
    """Return a framework as a tree for the terminal."""
    head = f"{framework.id} {framework.version} ({framework.language}): {framework.title}"
    tree = Tree(Text(head))
    for name, scale in framework.scales.items():
        labels = " < ".join([scale.below_label, *(level.label for level in scale.levels)])
        tree.add(Text(f"{name}: {labels}"))
    for unit in framework.units:
        _grow(tree, unit)
    for reading in framework.inferred:
        tree.add(Text(f"inferred: {reading.path}: {reading.reading}"))
    return tree


def _grow(tree: Tree, unit: Unit) -> None:
    """Add a unit with its criteria and units."""
    branch = tree.add(Text(f"{unit.id}: {unit.title}"))
    for criterion in unit.criteria:
        branch.add(_leaf(criterion))
    for inner in unit.units:
        _grow(branch, inner)


def _leaf(criterion: Criterion) -> Text:
    """Return one criterion in a line."""
    return Text(f"{criterion.id}: {criterion.title}")
