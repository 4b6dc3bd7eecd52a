"""Reads of sources, and of what allows their figures to be used about one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, scoped_session

from competency.clock import local_date
from competency.database.text import fold
from competency.errors import NotFound
from competency.kpis.models import DataSource, SourceBasis
from competency.people.models import Employer
from competency.people.queries import employers, holding

AnySession = Session | scoped_session[Session]


def usable_sources(session: AnySession, employer_id: int, day: date) -> set[int]:
    """Return the sources whose figures may be used about one person of an employer on a day."""
    return usable_by_employer(session, [employer_id], day)[employer_id]


def usable_by_employer(
    session: AnySession, employer_ids: Iterable[int], day: date
) -> dict[int, set[int]]:
    """Return ``usable_sources`` of each of the employers, in one read."""
    wanted = set(employer_ids)
    rows = session.execute(
        sa.select(SourceBasis.employer_id, SourceBasis.source_id).where(
            SourceBasis.employer_id.in_(wanted),
            holding(SourceBasis.starts_on, SourceBasis.ends_on, day),
        )
    )
    found: dict[int, set[int]] = {employer_id: set() for employer_id in wanted}
    for employer_id, source_id in rows:
        found[employer_id].add(source_id)
    return found


@dataclass(frozen=True)
class AtEmployer:
    """A source at one employer: what holds today there, and all that was ever set."""

    employer: Employer
    today: date
    bases: tuple[SourceBasis, ...]
    """The latest first."""

    @property
    def current(self) -> SourceBasis | None:
        """Return what holds today."""
        return next((one for one in self.bases if self.state(one) == "holds"), None)

    def state(self, basis: SourceBasis) -> str:
        """Return ``planned``, ``holds`` or ``ended``."""
        if basis.holds_on(self.today):
            return "holds"
        return "planned" if basis.starts_on > self.today else "ended"


@dataclass(frozen=True)
class SourceRow:
    """A source, and what allows its figures at each employer."""

    source: DataSource
    places: tuple[AtEmployer, ...]

    @property
    def missing(self) -> tuple[Employer, ...]:
        """Return the employers about whose people its figures may not be used."""
        return tuple(place.employer for place in self.places if place.current is None)

    def at(self, public_id: str) -> AtEmployer:
        """Return what holds at one employer; ``NotFound``."""
        found = next((one for one in self.places if one.employer.public_id == public_id), None)
        if found is None:
            raise NotFound
        return found


def source_rows(session: AnySession, now: datetime) -> list[SourceRow]:
    """Return every source with what allows its figures at each employer, by name."""
    sources = session.scalars(sa.select(DataSource).options(joinedload(DataSource.retention))).all()
    of: dict[tuple[int, int], list[SourceBasis]] = defaultdict(list)
    for basis in session.scalars(
        sa.select(SourceBasis)
        .options(joinedload(SourceBasis.source))
        .order_by(SourceBasis.starts_on.desc())
    ):
        of[basis.source_id, basis.employer_id].append(basis)
    places = employers(session)
    return [
        SourceRow(
            source,
            tuple(
                AtEmployer(
                    employer,
                    local_date(now, employer.time_zone),
                    tuple(of[source.id, employer.id]),
                )
                for employer in places
            ),
        )
        for source in sorted(sources, key=lambda one: (fold(one.name), one.id))
    ]


def source_row(session: AnySession, public_id: str, now: datetime) -> SourceRow:
    """Return one source with what allows its figures at each employer; ``NotFound``."""
    for row in source_rows(session, now):
        if row.source.public_id == public_id:
            return row
    raise NotFound
