"""``competency credentials``: the register, issuing, resuming and verifying."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app

from competency import clock
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.credentials.operations import attach, render, take_number
from competency.credentials.queries import states_today, unfinished
from competency.credentials.schema import EntryState
from competency.database.transactions import unit_of_work
from competency.errors import CompetencyError
from competency.extensions import db
from competency.frameworks.schema import DocumentKind
from competency.web.command import acting_as, as_json, as_person, print_json, system_actor, with_app


@click.group("credentials")
def credentials_group() -> None:
    """Issue attestations, and verify what was issued."""


@credentials_group.command("issue")
@click.argument("appraisal_id")
@click.option(
    "--document",
    type=click.Choice([kind.value for kind in DocumentKind]),
    default=DocumentKind.ATTESTATION.value,
    show_default=True,
    help="A statutory one needs an authorisation in force that covers it.",
)
@as_person
@with_app()
def issue(appraisal_id: str, document: str, by: str) -> None:
    """Issue the attestation or statutory document of a closed appraisal; print its number."""
    actor = acting_as(by)
    with unit_of_work(db.session):
        entry = take_number(
            db.session,
            actor=actor,
            now=clock.now(),
            appraisal_public_id=appraisal_id,
            public_url=current_app.extensions["competency"].public_url,
            document=DocumentKind(document),
        )
        number, entry_id, facts = entry.number, entry.public_id, entry.facts
    content = render(facts)
    with unit_of_work(db.session):
        attach(db.session, actor=actor, now=clock.now(), entry_public_id=entry_id, content=content)
    click.echo(number)


@credentials_group.command("resume")
@with_app()
def resume() -> None:
    """Finish entries that have a number and no document, after a crash.

    One that can't be finished is named and doesn't hold back the others.
    """
    waiting = [(e.public_id, e.number, e.facts) for e in unfinished(db.session)]
    failed = 0
    for entry_id, number, facts in waiting:
        try:
            content = render(facts)
            with unit_of_work(db.session):
                attach(
                    db.session,
                    actor=system_actor(),
                    now=clock.now(),
                    entry_public_id=entry_id,
                    content=content,
                )
        except CompetencyError as error:
            failed += 1
            click.echo(f"{number}: {error}", err=True)
        else:
            click.echo(number)
    sys.exit(1 if failed else 0)


@credentials_group.command("register")
@as_json
@with_app()
def register(*, wants_json: bool) -> None:
    """List every number with where it stands today, oldest first."""
    rows = db.session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.id)).all()
    states = states_today(db.session, clock.now(), rows)
    found = [
        {
            "number": row.number,
            "document": row.document.value,
            "state": states[row.id].value,
            "issued_at": row.issued_at,
            "valid_until": row.valid_until,
        }
        for row in rows
    ]
    if wants_json:
        print_json(found)
        return
    for row in found:
        until = f"  until {row['valid_until']}" if row["valid_until"] else ""
        click.echo(f"{row['number']}  {row['state']}  {row['issued_at'] or ''}{until}")


@credentials_group.command("verify")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@with_app()
def verify(path: Path, *, wants_json: bool) -> None:
    """Compare a PDF, byte by byte, with the documents of the register.

    Exit code 1 where it was not issued here, was changed, or does not stand any more.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = db.session.scalar(
        sa.select(RegisterEntry)
        .join(IssuedDocument, IssuedDocument.entry_id == RegisterEntry.id)
        .where(IssuedDocument.sha256 == sha256)
    )
    state = states_today(db.session, clock.now(), [entry])[entry.id] if entry else None
    stands = state is EntryState.ACTIVE
    found = entry and {
        "number": entry.number,
        "state": state,
        "valid_until": entry.valid_until,
    }
    if wants_json:
        print_json({"sha256": sha256, "issued": found, "stands": stands})
    elif entry is None:
        click.echo("not issued here, or changed since")
    else:
        click.echo(f"{entry.number}  {state}")
    sys.exit(0 if stands else 1)
