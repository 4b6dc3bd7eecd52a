"""``competency frameworks new``: a first file of any kind, to be filled in."""

from __future__ import annotations

import re
from pathlib import Path as FilePath

import click
from pydantic import BaseModel

from competency.files import kinds
from competency.files.checking import check_file
from competency.files.starting import Asked, starting_text
from competency.frameworks.cli import frameworks_group
from competency.frameworks.values import LANGUAGE_PATTERN, SLUG_PATTERN


@frameworks_group.command("new")
@click.argument("name", metavar="KIND")
@click.argument("file_id", metavar="ID")
@click.option("--language", default="en", show_default=True, help="As in es or es-CL.")
@click.option(
    "--about",
    type=click.Path(exists=True, dir_okay=False, path_type=FilePath),
    help="The file that a translation translates, whose positions paths join, or whose"
    " knowledge questions test.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=FilePath),
    help="Where to write it; without it, on the screen. Nothing is ever overwritten.",
)
def new_file(
    name: str, file_id: str, language: str, about: FilePath | None, output: FilePath | None
) -> None:
    """Write a first file of KIND, sound as it stands, with a mark where words are yours to write.

    KIND is framework, positions, kpis, paths, questions or translation. A translation has the ID of
    the file that it translates.
    """
    kind = kinds.kind_named(name)
    if kind is None:
        known = ", ".join(kinds.known_kinds())
        raise click.UsageError(f"There is no kind {name!r}; use one of {known}.")
    if not re.fullmatch(SLUG_PATTERN, file_id):
        raise click.UsageError(f"{file_id!r} is not an id; write it as in back-office-agent.")
    if not re.fullmatch(LANGUAGE_PATTERN, language):
        raise click.UsageError(f"{language!r} is not a language; write it as in es or es-CL.")
    data = kind.beginning(Asked(file_id, language, _sound(about) if about else None))
    if data is None:
        raise click.UsageError(f"Files of kind {name} need --about FILE: {kind.needs}.")
    _write(starting_text(kind.model, data), output)


def _sound(path: FilePath) -> BaseModel:
    """Return what a file says; end with its faults where it can't be used."""
    checked = check_file(path)
    if checked.value is None:
        raise click.ClickException("\n".join(str(fault) for fault in checked.faults))
    return checked.value


def _write(text: str, output: FilePath | None) -> None:
    """Print the text, or write it where nothing is yet."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        said = f"can't be written: {error.strerror}."
        taken = "is there already; nothing was written."
        raise click.ClickException(f"{output} {taken if output.exists() else said}") from error
    click.echo(output)
