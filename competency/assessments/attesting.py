"""Which units of a framework are attested for somebody: asked of the feature that issues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Session]

Attested = Callable[[AnySession, int, str, datetime], dict[str, date | None]]
"""Returns what stands of a person (employee id) and a framework's slug, as ``attested`` does."""
_readers: dict[str, Attested] = {}


def attests(read: Attested) -> Attested:
    """Ask the function too for what is attested.

    Appraisals may not know the features built upon them; each says here what it attests.
    """
    _readers[f"{read.__module__}.{read.__qualname__}"] = read
    return read


def attested(
    session: AnySession, employee_id: int, slug: str, now: datetime
) -> dict[str, date | None]:
    """Return the units with a document that stands, each with its last day if it has one."""
    found: dict[str, date | None] = {}
    for _, read in sorted(_readers.items()):
        found.update(read(session, employee_id, slug, now))
    return found
