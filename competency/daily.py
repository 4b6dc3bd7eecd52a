"""What dates bring about, of all features: one function, a thread and a command that call it.

Every process that serves has the thread, so that nothing needs a schedule; the command
``competency cycles advance`` does the same at once. Any number of both may run: what one
has done is not due any more for another.
"""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.assessments.advancing import Advanced, advance_in_portions
from competency.assessments.cli import cycles_group
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.kpis.import_contacts import forget_old_contacts
from competency.kpis.import_drafts import KEPT
from competency.kpis.import_running import forget_old
from competency.kpis.retention import remove_expired
from competency.mail.operations import trim
from competency.people.queries import actor_of, system_account
from competency.progression.reminders import Reminded, remind
from competency.web.command import as_json, print_json, with_app

AnySession = Session | scoped_session[Session]

INTERVAL_SECONDS = 600.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What one run did: of cycles, of development plans, and what was too old."""

    cycles: Advanced
    plans: Reminded
    trimmed: int
    contacts_forgotten: int = 0
    expired: int = 0
    """Figures deleted whose time was over."""

    def as_data(self) -> dict[str, object]:
        """Return it as one flat object for programs."""
        return {
            **asdict(self.cycles),
            "plans_due": self.plans.due,
            "plans_overdue": self.plans.overdue,
            "trimmed": self.trimmed,
            "contacts_forgotten": self.contacts_forgotten,
            "expired": self.expired,
        }


def do_what_is_due(session: AnySession, now: datetime) -> Done:
    """Do all that dates bring about, as the system, in transactions of its own.

    Cycles advance, people are reminded of cycles and plans, and messages, references of contacts
    and figures older than they are kept are deleted. Running it again the same day, or at once
    elsewhere, changes nothing more.
    """
    system = actor_of(session, system_account(session))
    cycles = advance_in_portions(session, actor=system, now=now)
    with unit_of_work(session):
        plans = remind(session, actor=system, now=now)
    with unit_of_work(session):
        trimmed = trim(session, actor=system, now=now)
    with unit_of_work(session):
        forgotten = forget_old_contacts(session, actor=system, now=now)
    expired = remove_expired(session, actor=system, now=now, only_due=True)
    forget_old(current_app.extensions["competency"].data_folder, now, KEPT)
    return Done(cycles, plans, trimmed, forgotten, sum(one.figures for one in expired))


def start_clockwork(app: Flask) -> threading.Event:
    """Start this process's clockwork; setting the returned event ends it."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(INTERVAL_SECONDS):
            try:
                with app.app_context():
                    _tick()
            except SQLAlchemyError as error:
                logger.warning("what dates bring about waits: %s", error)
            except Exception:
                logger.exception("what dates bring about waits: a defect of ours")

    threading.Thread(target=run, name="clockwork", daemon=True).start()
    return stop


def _tick() -> None:
    """Do what is due now, and name what was refused."""
    done = do_what_is_due(db.session, clock.now())
    for public_id, reason in done.cycles.refused.items():
        logger.warning("what a date brings about was refused: %s: %s", public_id, reason)


@cycles_group.command("advance")
@as_json
@with_app()
def advance_command(*, wants_json: bool) -> None:
    """Do what dates bring about: open, release and close what is due, remind, delete old mail.

    Again changes nothing. One that is refused is named and holds back no other; exit code 1.
    """
    done = do_what_is_due(db.session, clock.now())
    cycles = done.cycles
    if wants_json:
        print_json(done.as_data())
    else:
        for public_id, reason in cycles.refused.items():
            click.echo(f"{public_id}: {reason}", err=True)
        click.echo(
            f"opened: {cycles.opened}, released: {cycles.released}, "
            f"closed without an answer: {cycles.lapsed}, reminded: {cycles.reminded}"
        )
        if cycles.overdue:
            click.echo(f"requests without an answer in time: {cycles.overdue}")
        click.echo(
            f"plans: told of what is due: {done.plans.due}, of what is overdue: "
            f"{done.plans.overdue}; old messages deleted: {done.trimmed}, figures: {done.expired}"
        )
    sys.exit(1 if cycles.refused else 0)
