"""``competency privacy``: erasure, asked for by one person and carried out by another."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
from flask import current_app

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.people.queries import employee_by_number
from competency.privacy.operations import carry_out, request_erasure
from competency.privacy.sweep import Swept, sweep
from competency.web.command import acting_as, as_json, as_person, print_json, system_actor, with_app


@click.group("privacy")
def privacy_group() -> None:
    """Erase a person's data, by two people of human resources."""


@privacy_group.command("request")
@click.argument("number")
@as_person
@with_app(writes=True)
def request(number: str, by: str) -> None:
    """Ask for the erasure of the person with this employee number."""
    made = request_erasure(
        db.session,
        actor=acting_as(by),
        now=clock.now(),
        employee=employee_by_number(db.session, number),
    )
    click.echo(made.public_id)


@privacy_group.command("erase")
@click.argument("request_id")
@as_person
@with_app()
def erase(request_id: str, by: str) -> None:
    """Carry out a requested erasure; what is erased can't be brought back."""
    with unit_of_work(db.session):
        carry_out(db.session, actor=acting_as(by), now=clock.now(), request_public_id=request_id)
    swept = _sweep()
    click.echo(f"erased; {len(swept.removed)} files deleted")
    if swept.young:
        click.echo(f"{len(swept.young)} files are younger than an hour: sweep again later")


def _sweep(*, dry_run: bool = False) -> Swept:
    """Sweep the evidence folder of this application."""
    return sweep(
        db.session,
        actor=system_actor(),
        now=clock.now(),
        folder=current_app.extensions["competency"].data_folder,
        dry_run=dry_run,
    )


@privacy_group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, remove nothing.")
@as_json
@with_app()
def sweep_command(*, dry_run: bool, wants_json: bool) -> None:
    """Remove files that no evidence names, and name evidence whose file is missing.

    What a refused upload or an interrupted erasure left goes once it is an hour old.
    Exit code 1 where an evidence lacks its file.
    """
    swept = _sweep(dry_run=dry_run)
    if wants_json:
        print_json({**asdict(swept), "dry_run": dry_run})
    else:
        for public_id in swept.missing:
            click.echo(f"the file of evidence {public_id} is missing", err=True)
        click.echo(f"{'would be ' if dry_run else ''}removed: {len(swept.removed)}")
    sys.exit(1 if swept.missing else 0)
