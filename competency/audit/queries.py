"""Reads of the audit chain."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.models import AuditEvent

AnySession = Session | scoped_session[Session]


def events(
    session: AnySession,
    *,
    action: str = "",
    about: Collection[str] | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    page: int = 1,
    page_size: int = 50,
) -> tuple[list[AuditEvent], int]:
    """Return one page of events, newest first, and how many there are.

    ``action`` is an action, or with a dot at its end the beginning of some; ``about`` are
    public identifiers of who acted or what was acted on, ``None`` for all.
    """
    query = sa.select(AuditEvent)
    if action.endswith("."):
        query = query.where(AuditEvent.action.startswith(action, autoescape=True))
    elif action:
        query = query.where(AuditEvent.action == action)
    if about is not None:
        query = query.where(sa.or_(AuditEvent.subject.in_(about), AuditEvent.actor.in_(about)))
    if since is not None:
        query = query.where(AuditEvent.occurred_at >= since)
    if before is not None:
        query = query.where(AuditEvent.occurred_at < before)
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.order_by(AuditEvent.sequence.desc()).offset((page - 1) * page_size).limit(page_size)
    )
    return list(rows), total
