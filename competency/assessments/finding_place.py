"""Where somebody stands as far as figures about them are concerned: one read for all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.queries import Loaded
from competency.clock import local_date
from competency.kpis.models import DataSource, SourceBasis
from competency.kpis.threshold_rules import Where
from competency.people.models import Employer, PositionAssignment, Site

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Place:
    """Until which day is measured, what may be used, and which thresholds may hold."""

    last: date
    """Today at the site; at the employer where there is none."""
    sources: Mapping[int, Mapping[str, str]]
    """Which sources may be used about the person, each with its basis, by its number."""
    where: Where

    def usable(self, measured: Collection[int]) -> list[Mapping[str, str]]:
        """Return those of the sources that measured something which may be used."""
        return [said for number, said in self.sources.items() if number in measured]


def place_of(session: AnySession, loaded: Loaded, now: datetime) -> Place:
    """Return where the subject of an appraisal stands today."""
    standing = loaded.standing
    of_subject = PositionAssignment.employee_id == loaded.subject.id
    rows = session.execute(
        sa.select(Employer.time_zone, Site.time_zone, SourceBasis, DataSource, PositionAssignment)
        .select_from(Employer)
        .outerjoin(Site, Site.id == standing.site_id)
        .outerjoin(SourceBasis, SourceBasis.employer_id == Employer.id)
        .outerjoin(DataSource, DataSource.id == SourceBasis.source_id)
        .outerjoin(PositionAssignment, of_subject)
        .where(Employer.id == loaded.subject.employer_id)
        .order_by(DataSource.code, SourceBasis.id, PositionAssignment.id)
    ).all()
    employer_zone, site_zone = rows[0][0], rows[0][1]
    today = local_date(now, employer_zone)
    last = local_date(now, site_zone or employer_zone)
    sources = {
        source.id: {
            "source": source.name,
            "basis": basis.legal_basis,
            "notice": basis.notice_version,
        }
        for _, _, basis, source, _ in rows
        if basis is not None and basis.holds_on(today)
    }
    positions = [
        held.position_id
        for *_, held in rows
        if held is not None
        and held.starts_on <= last
        and (held.ends_on is None or held.ends_on > last)
    ]
    position_id = positions[0] if positions else None
    return Place(last, sources, Where(standing.campaign_ids, position_id, standing.site_id))
