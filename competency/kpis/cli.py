"""``competency kpis``: bring measurements in, take an import back, watch a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
import sqlalchemy as sa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile
from competency.extensions import db
from competency.kpis.import_files import MAXIMUM_BYTES, NamedFile
from competency.kpis.import_preparing import Prepared, prepare, refusal
from competency.kpis.import_profile import read_profile
from competency.kpis.import_progress import Step, Tell
from competency.kpis.import_queries import imports
from competency.kpis.import_schema import ImportProfile
from competency.kpis.import_watching import Watched, watch_once
from competency.kpis.importing import (
    Imported,
    apply_import,
    refuse_observed,
    rehearse,
    reverse_import,
)
from competency.kpis.models import SavedProfile
from competency.kpis.retention import remove_expired
from competency.people.schema import Actor
from competency.web.command import acting_as, as_json, print_json, system_actor, with_app

as_somebody = click.option(
    "--as", "by", metavar="NUMBER", help="The employee number of who acts; without it, the system."
)
with_profile = click.option(
    "--profile",
    "profile",
    required=True,
    metavar="FILE|NAME",
    help="How the files are read: a YAML file, or the name of a saved profile.",
)
SHOWN = 20


@click.group("kpis")
def kpis_group() -> None:
    """Import what operations measured, reverse an import, delete what is over."""


def _actor(by: str | None) -> Actor:
    """Return who acts."""
    return acting_as(by) if by else system_actor()


def _profile(named: str) -> ImportProfile:
    """Return a profile by the path of its file, or by the name it was saved under."""
    path = Path(named)
    if path.is_file():
        content = path.read_bytes()
        return read_profile(content.decode("utf-8", "replace"), named)
    text = db.session.scalar(sa.select(SavedProfile.text).where(SavedProfile.name == named))
    if text is None:
        raise InvalidFile("There is no profile “%(name)s”: no file, and none saved.", name=named)
    return read_profile(text, named)


@contextmanager
def _shown() -> Iterator[Tell]:
    """Show on a terminal how far an import is, and nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    error = Console(stderr=True)
    with Progress(*columns, console=error, transient=True, disable=not error.is_terminal) as bars:
        task = bars.add_task("", total=None)

        def tell(step: Step, done: int, total: int) -> None:
            bars.update(task, description=step.value, completed=done, total=total or None)

        yield tell


def _read(paths: tuple[Path, ...]) -> list[NamedFile]:
    """Return files, none more than one byte longer than a file may be."""
    found = []
    for path in paths:
        with path.open("rb") as stream:
            found.append(NamedFile(path.name, stream.read(MAXIMUM_BYTES + 1)))
    return found


@kpis_group.command("import")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@with_profile
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@as_somebody
@as_json
@with_app()
def import_command(
    paths: tuple[Path, ...], profile: str, by: str | None, *, dry_run: bool, wants_json: bool
) -> None:
    """Import measurements from CSV, XLSX or Parquet files: all of it or nothing.

    Every fault is reported with its file, row and column in one run. The same files again
    change nothing. Ctrl-C leaves everything as it was. Exit code 1 when there is a fault.
    """
    actor, now, read = _actor(by), clock.now(), _profile(profile)
    with _shown() as tell:
        prepared = prepare(
            db.session, actor=actor, now=now, files=_read(paths), profile=read, tell=tell
        )
        if prepared.is_refused:
            raise refusal(prepared)
        if dry_run:
            done = rehearse(db.session, prepared, tell)
            refuse_observed(done.merge)
        else:
            with unit_of_work(db.session):
                done = apply_import(db.session, actor=actor, now=now, prepared=prepared, tell=tell)
    _report(prepared, done, dry_run=dry_run, wants_json=wants_json)


def _report(prepared: Prepared, done: Imported, *, dry_run: bool, wants_json: bool) -> None:
    """Print what an import did, or would do."""
    if wants_json:
        print_json(facts(prepared, done) | {"imported": not dry_run})
        return
    verb = "would be " if dry_run else ""
    for fault in prepared.faults:
        click.echo(f"set aside: {fault}", err=True)
    days = prepared.days
    span = f", {days[0]} to {days[1]}" if days else ""
    click.echo(f"rows: {prepared.rows_read}, people: {prepared.people}{span}")
    click.echo(
        f"{verb}added: {done.merge.added}, {verb}changed: {done.merge.changed}, "
        f"unchanged: {done.merge.unchanged}, {verb}set aside: {done.set_aside}, "
        f"left out: {prepared.left_out}"
        + (f", {verb}kept contacts: {done.contacts}" if done.contacts else "")
    )
    if done.public_id:
        click.echo(f"import {done.public_id}")


def facts(prepared: Prepared, done: Imported) -> dict[str, object]:
    """Return what an import did as plain values."""
    days = prepared.days
    return {
        "id": done.public_id,
        "rows": prepared.rows_read,
        "people": prepared.people,
        "first_on": days[0] if days else None,
        "last_on": days[1] if days else None,
        "added": done.merge.added,
        "changed": done.merge.changed,
        "unchanged": done.merge.unchanged,
        "set_aside": done.set_aside,
        "left_out": prepared.left_out,
        "contacts": done.contacts,
    }


@kpis_group.command("reverse")
@click.argument("public_id", metavar="ID")
@click.option("--reason", required=True, help="Why; it stays with the import.")
@as_somebody
@as_json
@with_app(writes=True)
def reverse_command(public_id: str, reason: str, by: str | None, *, wants_json: bool) -> None:
    """Take an import back: what it brought goes, and what it replaced comes back."""
    row = reverse_import(
        db.session, actor=_actor(by), now=clock.now(), public_id=public_id, reason=reason
    )
    if wants_json:
        print_json({"id": row.public_id, "added": row.added, "changed": row.changed})
    else:
        click.echo(f"import {row.public_id} reversed: {row.added} removed, {row.changed} restored")


@kpis_group.command("expire")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, delete nothing.")
@as_json
@with_app()
def expire_command(*, dry_run: bool, wants_json: bool) -> None:
    """Delete figures that are older than their source's notice says they are kept.

    What was frozen as evidence stays. Again changes nothing.
    """
    found = remove_expired(db.session, actor=system_actor(), now=clock.now(), dry_run=dry_run)
    if wants_json:
        print_json({"dry_run": dry_run, "sources": [asdict(one) for one in found]})
        return
    verb = "would be " if dry_run else ""
    for one in found:
        click.echo(
            f"{one.source}: {verb}deleted: figures {one.figures}, "
            f"earlier values {one.earlier}, rows set aside {one.rows}"
        )


@kpis_group.command("imports")
@click.option("--all", "every", is_flag=True, help="All of them, not only the last ones.")
@as_json
@with_app()
def imports_command(*, every: bool, wants_json: bool) -> None:
    """List the imports, the last one first."""
    rows, count = imports(db.session, limit=None if every else SHOWN)
    if wants_json:
        print_json(
            [
                {
                    "id": row.public_id,
                    "source": row.source.code,
                    "state": row.state.value,
                    "imported_at": row.imported_at,
                    "first_on": row.first_on,
                    "last_on": row.last_on,
                    "people": row.people,
                    "added": row.added,
                    "changed": row.changed,
                    "unchanged": row.unchanged,
                    "set_aside": row.set_aside,
                }
                for row in rows
            ]
        )
        return
    for row in rows:
        click.echo(
            f"{row.public_id}  {row.imported_at:%Y-%m-%d %H:%M}  {row.source.code}  "
            f"added {row.added}, changed {row.changed}  {row.state.value}"
        )
    if count > len(rows):
        click.echo(f"the last {len(rows)} of {count}; --all lists every one")


@kpis_group.command("watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_profile
@click.option("--once", is_flag=True, required=True, help="Look once and end: for nightly runs.")
@as_somebody
@as_json
@with_app()
def watch_command(
    folder: Path, profile: str, by: str | None, *, once: bool, wants_json: bool
) -> None:
    """Import each file of a folder by itself, in the order of their names.

    A file that is imported goes into the folder done, one that is refused into refused,
    each with a report beside it. Files that are being written still, and hidden ones, wait.
    Exit code 1 when any was refused.
    """
    assert once  # noqa: S101 - the option is required
    read, actor = _profile(profile), _actor(by)
    found = watch_once(db.session, actor=actor, now=clock.now(), folder=folder, profile=read)
    if wants_json:
        print_json([_watched(one) for one in found])
    else:
        for one in found:
            click.echo(f"{one.name}: {'imported' if one.done else 'refused'}; {one.report}")
    if not all(one.done for one in found):
        click.get_current_context().exit(1)


def _watched(one: Watched) -> dict[str, object]:
    """Return what became of one file as plain values."""
    return {"file": one.name, "imported": one.done is not None, "report": str(one.report)}
