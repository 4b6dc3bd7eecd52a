"""``competency credentials``: the register, issuing, resuming and verifying."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app

from competency import clock
from competency.config import DATABASE_FILE, InvalidSetting, from_environment
from competency.credentials.keys import signing_key
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.credentials.operations import attach, completed, take_number
from competency.credentials.queries import states_today, unfinished
from competency.credentials.schema import EntryState
from competency.credentials.status_file import ListedState, ask_list
from competency.credentials.wording import signature_words
from competency.database.transactions import unit_of_work
from competency.documents.checking import Checked, Integrity, checked
from competency.errors import CompetencyError, InvalidFile
from competency.extensions import db
from competency.frameworks.schema import DocumentKind
from competency.web.command import acting_as, as_json, as_person, print_json, system_actor, with_app
from competency.wording import Words


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
@click.option(
    "--accept-shortfalls",
    is_flag=True,
    help="Accept the assessor's reasons why less evidence than asked for sufficed.",
)
@as_person
@with_app()
def issue(appraisal_id: str, document: str, by: str, *, accept_shortfalls: bool) -> None:
    """Issue the attestation or statutory document of a closed appraisal; print its number."""
    actor, config = acting_as(by), current_app.extensions["competency"]
    key = signing_key(config, clock.now())
    with unit_of_work(db.session):
        entry = take_number(
            db.session,
            actor=actor,
            now=clock.now(),
            appraisal_public_id=appraisal_id,
            public_url=config.public_url,
            key=key,
            document=DocumentKind(document),
            shortfalls_accepted=accept_shortfalls,
        )
        number, entry_id, facts = entry.number, entry.public_id, entry.facts
    content = completed(facts, key=key, now=clock.now())
    with unit_of_work(db.session):
        attach(db.session, actor=actor, now=clock.now(), entry_public_id=entry_id, content=content)
    click.echo(number)


@credentials_group.command("resume")
@with_app()
def resume() -> None:
    """Finish entries that have a number and no document, after a crash.

    One that can't be finished is named and doesn't hold back the others.
    """
    key = signing_key(current_app.extensions["competency"], clock.now())
    waiting = [(e.public_id, e.number, e.facts) for e in unfinished(db.session)]
    failed = 0
    for entry_id, number, facts in waiting:
        try:
            content = completed(facts, key=key, now=clock.now())
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
@click.option("--offline", is_flag=True, help="Ask the file alone, and no register.")
@click.option(
    "--status-list",
    metavar="URL|FILE",
    help="Ask the public list of what does not stand: the issuer's /verify/status.json, or a copy.",
)
@as_json
def verify(path: Path, *, offline: bool, status_list: str | None, wants_json: bool) -> None:
    """Check a PDF: its signature by itself, and the register where there is one.

    The signature needs neither network nor database. Whether the document stands today
    is told by the register, and by the public list as of when that was made: without them,
    exit code 0 says that the file is signed and unchanged. Exit code 1 where it was
    changed, was not issued here, or stands no more.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    found = checked(content)
    asked = None if offline else _ask_register(sha256)
    listed = None if status_list is None else _ask_list(status_list, found)
    is_sound = found.integrity is Integrity.UNCHANGED
    stands = None if asked is None else asked.state is EntryState.ACTIVE
    if listed is not None and listed.state is not None:
        stands = False
    if wants_json:
        print_json(_told(sha256, found, asked, listed, stands=stands))
    else:
        _say(found, asked, listed)
    sys.exit(0 if stands or (stands is None and is_sound) else 1)


def _ask_list(source: str, found: Checked) -> ListedState | None:
    """Return what the list says of the number in an unchanged file; ``None`` without one."""
    number = (found.facts or {}).get("number")
    try:
        return ask_list(source, number) if isinstance(number, str) else None
    except InvalidFile as error:
        raise click.ClickException(str(error)) from error


@dataclass(frozen=True)
class _Asked:
    """What the register says of a file: nothing where it was not issued here."""

    number: str | None = None
    state: EntryState | None = None
    valid_until: date | None = None


def _ask_register(sha256: str) -> _Asked | None:
    """Return what the register says of a file, ``None`` where no register can be asked."""
    try:
        config = from_environment()
    except InvalidSetting as error:
        raise click.UsageError(str(error)) from error
    if not config.database_url and not (config.data_folder / DATABASE_FILE).exists():
        return None
    try:
        return _in_register(sha256)
    except click.ClickException as error:
        click.echo(error.message, err=True)
        return None


@with_app()
def _in_register(sha256: str) -> _Asked:
    """Return what the register says of the document with that hash."""
    entry = db.session.scalar(
        sa.select(RegisterEntry)
        .join(IssuedDocument, IssuedDocument.entry_id == RegisterEntry.id)
        .where(IssuedDocument.sha256 == sha256)
    )
    if entry is None:
        return _Asked()
    state = states_today(db.session, clock.now(), [entry])[entry.id]
    return _Asked(entry.number, state, entry.valid_until)


def _told(
    sha256: str,
    found: Checked,
    asked: _Asked | None,
    listed: ListedState | None,
    *,
    stands: bool | None,
) -> dict[str, object]:
    """Return the answer for programs; what was not asked is null."""
    issued = asked is not None and asked.number is not None
    return {
        "sha256": sha256,
        "integrity": found.integrity,
        "signer": found.signer and dataclasses.asdict(found.signer),
        "facts": found.facts,
        "register_asked": asked is not None,
        "issued": dataclasses.asdict(asked) if asked and issued else None,
        "list": listed and dataclasses.asdict(listed),
        "stands": stands,
    }


def _say(found: Checked, asked: _Asked | None, listed: ListedState | None) -> None:
    """Print the answer for people."""
    for sentence in signature_words(found, Words("en")):
        click.echo(sentence)
    if found.signer:
        signer = found.signer
        click.echo(f"Certificate (SHA-256): {signer.fingerprint}")
        click.echo(f"Valid from {signer.valid_from:%Y-%m-%d} to {signer.valid_until:%Y-%m-%d}")
        if signer.signed_at:
            click.echo(f"Signed {signer.signed_at:%Y-%m-%d %H:%M} UTC, by the signer's own clock")
    if listed is not None:
        click.echo(_of_list(listed))
    if asked is None and listed is None:
        click.echo("The register was not asked: only it knows what was revoked, or stands today.")
    elif asked is not None and asked.number is None:
        click.echo("not issued here, or changed since")
    elif asked is not None:
        click.echo(f"{asked.number}  {asked.state}")
    if found.facts is not None:
        click.echo("The facts that the file carries:")
        click.echo(json.dumps(found.facts, ensure_ascii=False, indent=2))


def _of_list(listed: ListedState) -> str:
    """Return what the public list says, with how old it is."""
    if listed.state is None:
        return f"Not on the list of what does not stand, made {listed.made_at}."
    since = f" since {listed.since}" if listed.since else ""
    reason = f" ({listed.reason.value})" if listed.reason else ""
    return f"On the list made {listed.made_at}: {listed.state.value}{since}{reason}"
