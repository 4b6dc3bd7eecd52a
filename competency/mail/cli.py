"""``competency mail``: send what waits, say how it stands, delete what is old."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
from flask import current_app

from competency import clock
from competency.errors import Invalid
from competency.extensions import db
from competency.mail.operations import trim
from competency.mail.queries import counts
from competency.mail.sender import post_of, send_waiting
from competency.web.command import as_json, print_json, system_actor, with_app


@click.group("mail")
def mail_group() -> None:
    """Send messages to people, and delete old ones."""


@mail_group.command("send")
@as_json
@with_app()
def send(*, wants_json: bool) -> None:
    """Send what waits. What fails is tried again later; exit code 1 where some was given up."""
    post = post_of(current_app)
    if post is None:
        raise Invalid("No mail server is set: COMPETENCY_SMTP_URL is empty.")
    done = send_waiting(post)
    if wants_json:
        print_json(asdict(done))
    else:
        click.echo(f"sent: {done.sent}, to be tried again: {done.later}, given up: {done.failed}")
    sys.exit(1 if done.failed else 0)


@mail_group.command("status")
@as_json
@with_app()
def status(*, wants_json: bool) -> None:
    """Say how many messages wait, were sent, failed, and stay in the mailbox only."""
    found = counts(db.session)
    if wants_json:
        print_json(found)
        return
    for state, number in found.items():
        click.echo(f"{state}: {number}")


@mail_group.command("trim")
@as_json
@with_app(writes=True)
def trim_messages(*, wants_json: bool) -> None:
    """Delete the messages that are older than 90 days."""
    trimmed = trim(db.session, actor=system_actor(), now=clock.now())
    if wants_json:
        print_json({"trimmed": trimmed})
    else:
        click.echo(f"trimmed: {trimmed}")
