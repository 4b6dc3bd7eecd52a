"""``competency privacy``: erasure, asked for by one person and carried out by another."""

from __future__ import annotations

import click
from flask import current_app

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.people.queries import employee_by_number
from competency.privacy.operations import carry_out, request_erasure
from competency.web.command import acting_as, with_app


@click.group("privacy")
def privacy_group() -> None:
    """Erase a person's data, by two people of human resources."""


@privacy_group.command("request")
@click.argument("number")
@click.option("--as", "by", required=True, help="Employee number of who asks for it.")
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
@click.option("--as", "by", required=True, help="Employee number of who carries it out.")
@with_app()
def erase(request_id: str, by: str) -> None:
    """Carry out a requested erasure; what is erased can't be brought back."""
    with unit_of_work(db.session):
        files = carry_out(
            db.session,
            actor=acting_as(by),
            now=clock.now(),
            request_public_id=request_id,
            data_folder=current_app.extensions["competency"].data_folder,
        )
    for path in files:
        path.unlink(missing_ok=True)
    click.echo(f"erased; {len(files)} files deleted")
