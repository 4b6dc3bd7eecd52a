"""``competency appraisals import-levels``: bring in levels that people held before."""

from __future__ import annotations

from pathlib import Path

import click

from competency import clock
from competency.assessments.cli import appraisals_group
from competency.assessments.opening_level_file import read_levels
from competency.assessments.opening_levels import import_levels, preview_levels, refusal
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.web.command import acting_as, as_json, as_person, print_json, with_app


@appraisals_group.command("import-levels")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Say what would change, change nothing.")
@as_person
@as_json
@with_app()
def import_levels_command(path: Path, by: str, *, only_check: bool, wants_json: bool) -> None:
    """Record levels that people held before, as a CSV file says: all of it or nothing.

    They are shown as imported and count as history for time in a level; they are never
    attested. Every fault is reported with its row and column in one run. The same file
    again changes nothing. Exit code 1 when there is a fault.
    """
    file = read_levels(path.read_bytes())
    actor, now = acting_as(by), clock.now()
    if only_check or file.faults:
        result = preview_levels(db.session, actor=actor, now=now, file=file)
        if result.faults:
            raise refusal(result.faults)
    else:
        with unit_of_work(db.session):
            result = import_levels(db.session, actor=actor, now=now, lines=file.lines)
    counts = {
        "added": result.added,
        "unchanged": result.unchanged,
        "imported": not only_check,
    }
    if wants_json:
        print_json(counts)
    else:
        verb = "would be " if only_check else ""
        click.echo(f"{verb}added: {result.added}, unchanged: {result.unchanged}")
