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
from competency.credentials.operations import attach, ensure_issuer, render, take_number
from competency.credentials.queries import unfinished
from competency.database.transactions import unit_of_work
from competency.errors import NotFound
from competency.extensions import db
from competency.people.models import Employer
from competency.people.queries import account_by_number, actor_of
from competency.web.command import as_json, print_json, system_actor, with_app

PREFIX_MAXIMUM = 12


@click.group("credentials")
def credentials_group() -> None:
    """Issue attestations, and verify what was issued."""


@credentials_group.command("issue")
@click.argument("appraisal_id")
@click.option("--as", "by", required=True, help="Employee number of the certifier.")
@with_app()
def issue(appraisal_id: str, by: str) -> None:
    """Issue the attestation of a closed appraisal and print its number."""
    account = account_by_number(db.session, by)
    if account is None:
        raise NotFound("There is no account for %(number)s.", number=by)
    actor = actor_of(db.session, account)
    with unit_of_work(db.session):
        entry = take_number(
            db.session,
            actor=actor,
            now=clock.now(),
            appraisal_public_id=appraisal_id,
            public_url=current_app.extensions["competency"].public_url,
        )
        number, entry_id, facts = entry.number, entry.public_id, entry.facts
    content = render(facts)
    with unit_of_work(db.session):
        attach(db.session, actor=actor, now=clock.now(), entry_public_id=entry_id, content=content)
    click.echo(number)


@credentials_group.command("issuer")
@click.argument("employer_code")
@click.argument("prefix")
@with_app(writes=True)
def issuer(employer_code: str, prefix: str) -> None:
    """Let an employer issue internal attestations, numbered PREFIX-year-00001."""
    employer = db.session.scalar(sa.select(Employer).where(Employer.code == employer_code))
    if employer is None:
        raise NotFound("There is no employer %(code)s.", code=employer_code)
    if not prefix.isalnum() or prefix != prefix.upper() or len(prefix) > PREFIX_MAXIMUM:
        raise click.BadParameter("up to 12 capital letters and digits", param_hint="PREFIX")
    made = ensure_issuer(
        db.session, actor=system_actor(), now=clock.now(), employer=employer, prefix=prefix
    )
    click.echo(f"{employer_code}: {made.prefix}")


@credentials_group.command("resume")
@with_app()
def resume() -> None:
    """Finish entries that have a number and no document, after a crash."""
    waiting = [(e.public_id, e.number, e.facts) for e in unfinished(db.session)]
    for entry_id, number, facts in waiting:
        content = render(facts)
        with unit_of_work(db.session):
            attach(
                db.session,
                actor=system_actor(),
                now=clock.now(),
                entry_public_id=entry_id,
                content=content,
            )
        click.echo(number)


@credentials_group.command("register")
@as_json
@with_app()
def register(*, wants_json: bool) -> None:
    """List every number, oldest first."""
    rows = db.session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.id))
    found = [
        {"number": row.number, "state": row.state.value, "issued_at": row.issued_at} for row in rows
    ]
    if wants_json:
        print_json(found)
        return
    for row in found:
        click.echo(f"{row['number']}  {row['state']}  {row['issued_at'] or ''}")


@credentials_group.command("verify")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_app()
def verify(path: Path) -> None:
    """Compare a PDF, byte by byte, with the documents of the register."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = db.session.scalar(
        sa.select(RegisterEntry)
        .join(IssuedDocument, IssuedDocument.entry_id == RegisterEntry.id)
        .where(IssuedDocument.sha256 == sha256)
    )
    if entry is None:
        click.echo("not issued here, or changed since")
        sys.exit(1)
    click.echo(f"{entry.number}  {entry.state.value}")
