"""Where the demonstration's figures come from, and what allows them, as human resources say it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.demonstration.people import actor_named
from competency.kpis.bases import NewBasis, add_source, set_basis
from competency.kpis.schema import SourceKind
from competency.people.queries import employers

AnySession = Session | scoped_session[Session]

HELD = timedelta(days=730)
"""How long the bases have been in force."""


def allowed_source(
    session: AnySession,
    now: datetime,
    *,
    code: str,
    kind: SourceKind,
    said: tuple[str, str, str, str],
    agreement: str | None = None,
) -> None:
    """Add a source, and set at every employer what allows its figures to be used.

    ``said`` are its name, what it records, the legal basis and the purposes.
    """
    name, parameters, legal_basis, purposes = said
    actor, at = actor_named(session, "D100"), now - HELD
    told = (at - timedelta(days=1)).date()
    with unit_of_work(session):
        source = add_source(
            session, actor=actor, now=at, code=code, name=name, kind=kind, parameters=parameters
        )
        for employer in employers(session):
            set_basis(
                session,
                actor=actor,
                now=at,
                source=source,
                employer=employer,
                new=NewBasis(legal_basis, agreement, "1.0", told, purposes, 24, told),
            )
