"""Indicators by number: a name gets its own the first time that something is kept of it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.inserting import insert_new
from competency.kpis.models import KpiName

AnySession = Session | scoped_session[Session]


def numbers_of(session: AnySession, slugs: Sequence[str]) -> dict[str, int]:
    """Return the number of each indicator, new ones numbered now in this order."""
    query = sa.select(KpiName.slug, KpiName.id).where(KpiName.slug.in_(slugs))
    known = dict(session.execute(query).all())
    new = [{"slug": slug} for slug in slugs if slug not in known]
    if new:
        session.execute(insert_new(session, KpiName).values(new))
        known = dict(session.execute(query).all())
    return known


def number_of(session: AnySession, slug: str) -> int:
    """Return the number of one indicator, a new one numbered now."""
    return numbers_of(session, [slug])[slug]
