"""Which authorisation lets a statutory document be issued on a day, or what is missing; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from competency.credentials.schema import Authorisation, Lack
from competency.frameworks.schema import DocumentKind


def lack_on(day: date, authorisation: Authorisation) -> Lack | None:
    """Return why an authorisation does not hold on ``day``, or ``None`` where it does.

    ``valid_until`` is its last day; on ``ended_on`` it no longer holds.
    """
    if authorisation.ended_on is not None and day >= authorisation.ended_on:
        return Lack.ENDED
    if authorisation.valid_until is not None and day > authorisation.valid_until:
        return Lack.EXPIRED
    return Lack.NOT_YET if day < authorisation.starts_on else None


def authorised(
    known: Iterable[Authorisation], slug: str, document: DocumentKind, day: date
) -> tuple[Authorisation | None, Lack | None]:
    """Return the authorisation that covers a document on ``day``, or what is missing.

    With nothing in force that covers it, the second value says why: the nearest miss
    counts, one that covers the document and does not hold on that day, and the
    authorisation beside it is the one that misses. Of several in force the one that
    lasts longest is taken.
    """
    every = sorted(known, key=lambda one: (one.valid_until or date.max, one.id))
    covering = [one for one in every if (slug, document) in one.covers]
    in_force = [one for one in covering if lack_on(day, one) is None]
    if in_force:
        return in_force[-1], None
    if covering:
        return covering[-1], lack_on(day, covering[-1])
    held = [one for one in every if lack_on(day, one) is None]
    return (held[-1], Lack.SCOPE) if held else (None, Lack.NONE)
