"""``competency people``: bring people in from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.people.absence_file import read_absences
from competency.people.absences import import_absences
from competency.people.import_file import read_people
from competency.people.importing import import_people, preview_people, refusal
from competency.people.leaving import take_back
from competency.people.queries import employee_by_number, place_by_name
from competency.web.command import acting_as, as_json, as_person, print_json, system_actor, with_app


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


@people_group.command("leave")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_person
@as_json
@with_app(writes=True)
def leave_command(path: Path, by: str, *, wants_json: bool) -> None:
    """Enter who is on leave from when until when, as a CSV file says: all of it or nothing.

    Its columns are number, from and until, the last day away; no reason is kept.
    """
    file = read_absences(path.read_bytes())
    new = import_absences(db.session, actor=acting_as(by), now=clock.now(), file=file)
    if wants_json:
        print_json({"entered": new, "unchanged": len(file.lines) - new})
    else:
        click.echo(f"entered: {new}, unchanged: {len(file.lines) - new}")


@people_group.command("return")
@click.argument("number")
@click.option("--site", required=True, help="The name of the site where they work.")
@click.option("--team", help="The name of their team there.")
@click.option(
    "--from", "starts_on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="From which day."
)
@as_person
@with_app(writes=True)
def return_command(number: str, site: str, team: str | None, starts_on: datetime, by: str) -> None:
    """Let somebody who left work here again; a new code then opens their account."""
    employee = employee_by_number(db.session, number)
    site_id, team_id = place_by_name(db.session, employee, site, team)
    take_back(
        db.session,
        actor=acting_as(by),
        now=clock.now(),
        employee=employee,
        site_id=site_id,
        team_id=team_id,
        starts_on=starts_on.date(),
    )
    click.echo(f"{number} works at {site} again from {starts_on:%Y-%m-%d}")
