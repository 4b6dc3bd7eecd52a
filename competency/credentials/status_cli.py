"""``competency credentials change``, and the list of what does not stand."""

from __future__ import annotations

import click
import sqlalchemy as sa

from competency import clock
from competency.credentials.cli import credentials_group
from competency.credentials.models import RegisterEntry
from competency.credentials.queries import normalise_number
from competency.credentials.register import status_list
from competency.credentials.schema import Reason, StatusAction
from competency.credentials.standings import change_status
from competency.credentials.status_file import written
from competency.errors import NotFound
from competency.extensions import db
from competency.web.command import acting_as, as_json, as_person, print_json, with_app


@credentials_group.command("change")
@click.argument("number")
@click.argument("action", type=click.Choice([one.value for one in StatusAction]))
@click.option(
    "--category",
    required=True,
    type=click.Choice([one.value for one in Reason]),
    help="What anybody who verifies the document reads.",
)
@click.option("--reason", required=True, help="What only those who read the register read.")
@as_person
@with_app(writes=True)
def change(number: str, action: str, category: str, reason: str, by: str) -> None:
    """Suspend, reinstate, revoke or supersede the document with NUMBER."""
    public_id = db.session.scalar(
        sa.select(RegisterEntry.public_id).where(RegisterEntry.number == normalise_number(number))
    )
    if public_id is None:
        raise NotFound("There is no document %(number)s.", number=number)
    entry = change_status(
        db.session,
        actor=acting_as(by),
        now=clock.now(),
        entry_public_id=public_id,
        action=StatusAction(action),
        category=Reason(category),
        reason=reason,
    )
    click.echo(f"{entry.number}  {entry.state.value}")


@credentials_group.command("status-list")
@as_json
@with_app()
def status_list_command(*, wants_json: bool) -> None:
    """List the numbers that are suspended, revoked or superseded; it names nobody.

    As JSON it is the whole of the public list, for verifiers that keep a copy.
    """
    found = status_list(db.session)
    if wants_json:
        print_json(written(found, clock.now()))
        return
    for one in found:
        since, reason = one.since or "", one.reason or ""
        click.echo(f"{one.number}  {one.state}  {since}  {reason}")
