"""The clockwork of a process: a thread that does what dates bring about, by itself.

Every process that serves pages has one. It looks first and writes only where something is
due; two that meet at one appraisal take turns at its lock, and the second is refused.
``competency cycles advance`` does the same from a schedule.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from competency import clock
from competency.assessments.advancing import Advanced, advance_in_portions
from competency.extensions import db
from competency.people.queries import actor_of, system_account

AnySession = Session | scoped_session[Session]

INTERVAL_SECONDS = 600.0

logger = logging.getLogger(__name__)


def do_what_is_due(session: AnySession, now: datetime) -> Advanced:
    """Open, release and close what dates bring about, as the system; name what was refused."""
    done = advance_in_portions(session, actor=actor_of(session, system_account(session)), now=now)
    for public_id, reason in done.refused.items():
        logger.warning("what a date brings about was refused: %s: %s", public_id, reason)
    return done


def start_clockwork(app: Flask) -> threading.Event:
    """Start this process's clockwork; setting the returned event ends it."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(INTERVAL_SECONDS):
            try:
                with app.app_context():
                    do_what_is_due(db.session, clock.now())
            except SQLAlchemyError as error:
                logger.warning("what dates bring about waits: %s", error)
            except Exception:
                logger.exception("what dates bring about waits: a defect of ours")

    threading.Thread(target=run, name="clockwork", daemon=True).start()
    return stop
