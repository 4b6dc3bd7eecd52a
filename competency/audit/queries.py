"""Reads of the audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.models import AuditEvent

AnySession = Session | scoped_session[Session]


def events(
    session: AnySession,
    *,
    action: str = "",
    subject: str = "",
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[AuditEvent], int]:
    """Return one page of events, newest first, and how many there are.

    ``action`` is the beginning of an action, ``subject`` a public identifier.
    """
    query = sa.select(AuditEvent)
    if action:
        query = query.where(AuditEvent.action.startswith(action.strip().lower(), autoescape=True))
    if subject:
        wanted = subject.strip()
        query = query.where(sa.or_(AuditEvent.subject == wanted, AuditEvent.actor == wanted))
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.order_by(AuditEvent.sequence.desc()).offset((page - 1) * page_size).limit(page_size)
    )
    return list(rows), total
