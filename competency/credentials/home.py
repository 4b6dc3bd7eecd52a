"""What the register adds to the home page: decisions that wait, and one's own attestations."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext

from competency.clock import local_date
from competency.credentials.commission_queries import SITS, asked_of
from competency.credentials.queries import (
    HAS_ENTRY,
    IS_CERTIFIER,
    READY_SHOWN,
    own_entries,
    ready_to_attest,
)
from competency.extensions import db
from competency.people.schema import Actor
from competency.web.panels import Panel, Paper, panel


@panel(5, when=SITS)
def seats(actor: Actor, _now: datetime) -> Panel | None:
    """List the decisions that wait for the actor as a member of a commission."""
    found = asked_of(db.session, actor)
    if not found:
        return None
    return Panel("credentials/_home_commission.html", {"seats": found}, waits=True)


@panel(6, when=IS_CERTIFIER)
def to_attest(actor: Actor, now: datetime) -> Panel | None:
    """Tell a certifier how much waits to be attested."""
    found = ready_to_attest(db.session, actor=actor, now=now)
    values = {"waiting": len(found), "is_all": len(found) < READY_SHOWN}
    return Panel("credentials/_home_ready.html", values, waits=True) if found else None


@panel(30, when=HAS_ENTRY)
def papers(actor: Actor, now: datetime) -> Panel | None:
    """List the attestations that stand, the newest first."""
    found = own_entries(db.session, actor, actor.today(now))
    return Panel(
        papers=tuple(
            Paper(
                gettext("Attestation %(number)s", number=entry.number),
                title,
                language,
                local_date(entry.issued_at, actor.time_zone) if entry.issued_at else None,
                url_for("credentials.document_file", public_id=entry.public_id),
            )
            for entry, title, language in found
        )
    )
