"""``competency frameworks export`` and ``import``: files as YAML or as tables, and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

import click
from pydantic import BaseModel

from competency.errors import InvalidFile
from competency.files.checking import Checked, check_file
from competency.files.faults import Severity
from competency.files.tables.reading import check_table
from competency.files.tables.writing import as_csv_files, as_workbook
from competency.files.writing import as_yaml
from competency.frameworks.cli import frameworks_group

force = click.option("--force", is_flag=True, help="Write over what is there already.")


@frameworks_group.command("export")
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=FilePath)
)
@click.option(
    "--to",
    "form",
    type=click.Choice(["yaml", "csv", "xlsx"]),
    required=True,
    help="YAML; a folder of CSV files; a workbook.",
)
@click.option(
    "--output",
    type=click.Path(path_type=FilePath),
    help="Where to write it. Without it YAML goes to the screen, and a table beside you as"
    " <id>-<version>.xlsx or into the folder <id>-<version>.",
)
@force
def export_file(path: FilePath, form: str, output: FilePath | None, *, force: bool) -> None:
    """Write a file of any kind anew: as canonical YAML, or as a table to fill in.

    What the file says is kept whole. Its comments and its way of writing are not: a model
    of what it says is written, and comments are no part of that.
    """
    value = _sound(check_file(path))
    try:
        if form == "yaml":
            _put_text(as_yaml(value), output, is_forced=force)
        elif form == "xlsx":
            _put({output or FilePath(f"{_name(value)}.xlsx"): as_workbook(value)}, is_forced=force)
        else:
            folder = output or FilePath(_name(value))
            files = as_csv_files(value)
            _put_folder(folder, files, is_forced=force)
    except InvalidFile as error:
        raise click.ClickException("\n".join([str(error), *error.faults])) from error


@frameworks_group.command("import")
@click.argument("path", metavar="TABLE", type=click.Path(exists=True, path_type=FilePath))
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=FilePath),
    help="The YAML file to write; without it, the screen.",
)
@force
def import_table(path: FilePath, output: FilePath | None, *, force: bool) -> None:
    """Write the YAML of a TABLE: of a workbook (.xlsx), or of a folder of CSV files.

    Every fault is reported with its sheet, row and column, and nothing is written as long
    as there is one. What the file says of other files, competency frameworks check says.
    """
    try:
        _put_text(as_yaml(_sound(check_table(path))), output, is_forced=force)
    except InvalidFile as error:
        raise click.ClickException("\n".join([str(error), *error.faults])) from error


def _sound(checked: Checked) -> BaseModel:
    """Return what a file says, its warnings shown; end with its faults where it has any."""
    for fault in checked.faults:
        warning = " (warning)" if fault.severity is Severity.WARNING else ""
        click.echo(f"{fault}{warning}", err=True)
    if checked.value is None:
        raise click.ClickException("Nothing was written.")
    return checked.value


def _name(value: BaseModel) -> str:
    """Return what a table is called by itself."""
    data = value.model_dump(mode="json")
    if "of" in data:
        return f"{data['of']}-{data['version']}.{data['language']}"
    return f"{data['id']}-{data['version']}"


def _put_text(text: str, output: FilePath | None, *, is_forced: bool) -> None:
    """Print a text, or write it into a file."""
    if output is None:
        click.echo(text, nl=False)
    else:
        _put({output: text.encode("utf-8")}, is_forced=is_forced)


def _put_folder(folder: FilePath, files: Mapping[str, bytes], *, is_forced: bool) -> None:
    """Write files into a folder that is made where there is none."""
    if folder.exists() and not folder.is_dir():
        raise click.ClickException(f"{folder} is not a folder; name another.")
    others = folder.exists() and any(folder.iterdir())
    if others and not is_forced:
        raise click.ClickException(f"{folder} is not empty; name another folder, or add --force.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder} can't be made: {error.strerror}.") from error
    _put({folder / name: content for name, content in files.items()}, is_forced=is_forced)


def _put(files: Mapping[FilePath, bytes], *, is_forced: bool) -> None:
    """Write files, each whole or not at all, and say which."""
    for path, content in files.items():
        if path.exists() and not is_forced:
            raise click.ClickException(f"{path} is there already; add --force to write over it.")
        beginning = path.with_name(f"{path.name}.part")
        try:
            beginning.write_bytes(content)
            beginning.replace(path)
        except OSError as error:
            beginning.unlink(missing_ok=True)
            raise click.ClickException(f"{path} can't be written: {error.strerror}.") from error
        click.echo(str(path), err=True)
