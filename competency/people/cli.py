"""``competency people``: bring people in from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.people.import_file import read_people
from competency.people.importing import import_people, preview_people, refusal
from competency.web.command import as_json, print_json, system_actor, with_app


@click.group("people")
def people_group() -> None:
    """Look after the people who are assessed."""


@people_group.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Say what would change, change nothing.")
@click.option(
    "--from",
    "starts_on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="From which day changes hold; without it, today. New people's hold from their first day.",
)
@as_json
@with_app()
def import_command(
    path: Path, starts_on: datetime | None, *, only_check: bool, wants_json: bool
) -> None:
    """Add and change people as a CSV file says: all of it or nothing.

    Every fault is reported with its row and column in one run. The same file again
    changes nothing. Exit code 1 when there is a fault.
    """
    file = read_people(path.read_bytes())
    actor, now = system_actor(), clock.now()
    day = starts_on.date() if starts_on else None
    if only_check or file.faults:
        result = preview_people(db.session, actor=actor, now=now, file=file, starts_on=day)
        if result.faults:
            raise refusal(result.faults)
    else:
        with unit_of_work(db.session):
            result = import_people(db.session, actor=actor, now=now, rows=file.lines, starts_on=day)
    counts = {
        "added": result.added,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "imported": not only_check,
    }
    if wants_json:
        print_json(counts)
    else:
        verb = "would be " if only_check else ""
        click.echo(
            f"{verb}added: {result.added}, {verb}changed: {result.changed}, "
            f"unchanged: {result.unchanged}"
        )
