"""The commands of ``competency frameworks`` that need the database."""

from __future__ import annotations

from pathlib import Path

import click

from competency import clock
from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile
from competency.extensions import db
from competency.files.checking import Checked, check_file, check_together
from competency.files.faults import Severity, refuses
from competency.frameworks.cli import frameworks_group
from competency.frameworks.operations import confirm_reading
from competency.frameworks.publishing import (
    in_order,
    publish_value,
    published_around,
)
from competency.frameworks.queries import published_files, published_versions, version
from competency.frameworks.shipped import yaml_files
from competency.web.command import acting_as, as_json, print_json, system_actor, with_app


@frameworks_group.command("publish")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_app()
def publish_files(paths: tuple[Path, ...]) -> None:
    """Check files or folders of any kind and publish them: all of them, or none.

    What they say of each other and of what is published is checked too. The same
    content again changes nothing.
    """
    files = [check_file(path) for path in yaml_files(paths)]
    around = [value for file in files for value in published_around(db.session, file.document)]
    checked = check_together(files, around)
    _refuse(checked)
    db.session.rollback()
    published = []
    with unit_of_work(db.session):
        for file in in_order(checked):
            if file.value is not None:
                row = publish_value(
                    db.session,
                    actor=system_actor(),
                    now=clock.now(),
                    value=file.value,
                    source_text=file.document.text,
                )
                published.append(f"{row.slug} {row.version} {row.content_hash}")
    for line in published:
        click.echo(line)
    warned = sum(fault.severity is Severity.WARNING for file in checked for fault in file.faults)
    if warned:
        click.echo(f"warnings: {warned}; competency frameworks check shows them", err=True)


def _refuse(checked: tuple[Checked, ...]) -> None:
    """Raise ``InvalidFile`` with every fault of every file, where there is one."""
    faults = tuple(str(f) for file in checked for f in file.faults if refuses([f]))
    if not checked or faults:
        raise InvalidFile("Nothing was published.", faults)


@frameworks_group.command("confirm-reading")
@click.argument("framework_id", metavar="ID")
@click.argument("number", metavar="VERSION")
@click.option("--as", "person", required=True, help="Employee number of who confirms.")
@click.option("--note", required=True, help="On what grounds.")
@with_app(writes=True)
def confirm(framework_id: str, number: str, person: str, note: str) -> None:
    """Confirm how a version reads its source; results then form across its parts."""
    row = version(db.session, framework_id, number)
    if row is None:
        raise click.UsageError(f"{framework_id} {number} is not published.")
    confirm_reading(
        db.session,
        actor=acting_as(person),
        now=clock.now(),
        version_public_id=row.public_id,
        note=note,
    )
    click.echo(f"{row.slug} {row.version}: reading confirmed")


@frameworks_group.command("published")
@as_json
@with_app()
def published(*, wants_json: bool) -> None:
    """List what is published: frameworks, and files of the other kinds."""
    rows = [
        {
            "kind": "framework",
            "id": row.slug,
            "version": row.version,
            "title": row.title,
            "language": row.language,
            "criteria": row.criteria,
            "content_hash": row.content_hash,
        }
        for row in published_versions(db.session)
    ]
    rows += [
        {
            "kind": file.kind,
            "id": file.slug,
            "version": file.version,
            "title": file.title,
            "language": file.language,
            "content_hash": file.content_hash,
        }
        for file in published_files(db.session)
    ]
    if wants_json:
        print_json(rows)
        return
    for found in rows:
        click.echo(f"{found['id']} {found['version']}  {found['title']}")
