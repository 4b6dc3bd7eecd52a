"""``competency audit``: verify the chain, take a checkpoint, trim the access log."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from competency import clock
from competency.audit.access import trim
from competency.audit.operations import checkpoint, verify
from competency.audit.rules import Checkpoint
from competency.extensions import db
from competency.web.command import as_json, print_json, system_actor, with_app


@click.group("audit")
def audit_group() -> None:
    """Verify that history was not rewritten."""


@audit_group.command("checkpoint")
@with_app()
def print_checkpoint() -> None:
    """Print the end of the chain as one line, to be kept outside this system."""
    click.echo(checkpoint(db.session))


@audit_group.command("verify")
@click.option(
    "--checkpoint",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a checkpoint that was kept elsewhere.",
)
@as_json
@with_app()
def verify_chain(path: Path | None, *, wants_json: bool) -> None:
    """Verify the whole chain; exit code 1 where anything is wrong."""
    try:
        held = Checkpoint.parse(path.read_text(encoding="ascii")) if path else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    faults = verify(db.session, held)
    tail = checkpoint(db.session)
    if wants_json:
        print_json({"events": tail.sequence, "tail": str(tail), "faults": faults})
    else:
        for fault in faults:
            click.echo(fault)
        if not faults:
            click.echo(f"{tail.sequence} events, all there, in order and unchanged")
        if held is None:
            click.echo(
                "without --checkpoint a cut end or a chain written anew does not show", err=True
            )
    sys.exit(1 if faults else 0)


@audit_group.command("trim")
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day (UTC) that is kept; at least six months stay.",
)
@as_json
@with_app(writes=True)
def trim_access_log(before: datetime, *, wants_json: bool) -> None:
    """Delete old entries of the log of who read whose data; the chain is never trimmed."""
    trimmed = trim(
        db.session, actor=system_actor(), now=clock.now(), before=before.replace(tzinfo=UTC)
    )
    if wants_json:
        print_json({"trimmed": trimmed})
    else:
        click.echo(f"trimmed: {trimmed}")
