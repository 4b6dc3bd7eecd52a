"""Indicators by number: a name gets its own the first time that something is kept of it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.kpis.models import KpiName

AnySession = Session | scoped_session[Session]


def numbers_of(session: AnySession, slugs: Sequence[str]) -> dict[str, int]:
    """Return the number of each indicator, new ones numbered now in this order."""
    query = sa.select(KpiName).where(KpiName.slug.in_(slugs))
    known = {name.slug: name.id for name in session.scalars(query)}
    new = [KpiName(slug=slug) for slug in slugs if slug not in known]
    session.add_all(new)
    session.flush()
    return known | {name.slug: name.id for name in new}


def number_of(session: AnySession, slug: str) -> int:
    """Return the number of one indicator, a new one numbered now."""
    return numbers_of(session, [slug])[slug]
