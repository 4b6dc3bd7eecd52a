"""``competency plans``: remind people of what development plans ask of them."""

from __future__ import annotations

from dataclasses import asdict

import click

from competency import clock
from competency.extensions import db
from competency.progression.reminders import remind
from competency.web.command import as_json, print_json, system_actor, with_app


@click.group("plans")
def plans_group() -> None:
    """Remind people of development plans."""


@plans_group.command("remind")
@as_json
@with_app(writes=True)
def remind_command(*, wants_json: bool) -> None:
    """Tell people which of their actions are due within a week or overdue, once each."""
    done = remind(db.session, actor=system_actor(), now=clock.now())
    if wants_json:
        print_json(asdict(done))
    else:
        click.echo(f"told of what is due: {done.due}, of what is overdue: {done.overdue}")
