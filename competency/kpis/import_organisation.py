"""What files of measurements may name, as tables for the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import InvalidFile
from competency.kpis.import_matching import (
    ALIASES,
    ASSIGNMENTS,
    CAMPAIGNS,
    PEOPLE,
    Organisation,
)
from competency.kpis.import_rows import Definition, definitions_of
from competency.kpis.models import DataSource, SourceAlias
from competency.kpis.queries import definitions
from competency.kpis.schema import SourceKind
from competency.people.models import Campaign, CampaignAssignment, Employee

AnySession = Session | scoped_session[Session]
EASTERNMOST = timedelta(hours=14)
"""How far ahead of UTC a day begins first."""


def source_named(session: AnySession, code: str) -> DataSource:
    """Return a source of files by its code; raise ``InvalidFile`` where there is none."""
    query = sa.select(DataSource).where(DataSource.kind == SourceKind.FILES)
    sources = {source.code: source for source in session.scalars(query)}
    if code not in sources:
        raise InvalidFile(
            "There is no source “%(code)s” of files; known are: %(known)s.",
            code=code,
            known=", ".join(sorted(sources)) or "–",
        )
    return sources[code]


def known_definitions(session: AnySession) -> dict[str, Definition]:
    """Return the published indicators that can be of a person or a team."""
    return definitions_of(kpi for _file, kpi in definitions(session).values())


def organisation_of(session: AnySession, source: DataSource, now: datetime) -> Organisation:
    """Return people, the source's names for them, campaigns and assignments."""
    people = sa.select(
        Employee.id, sa.func.upper(Employee.employee_number), Employee.hired_on, Employee.left_on
    )
    aliases = sa.select(SourceAlias.name, SourceAlias.employee_id).where(
        SourceAlias.source_id == source.id
    )
    assigned = sa.select(
        CampaignAssignment.employee_id,
        CampaignAssignment.campaign_id,
        CampaignAssignment.starts_on,
        CampaignAssignment.ends_on,
    )
    return Organisation(
        people=_frame(session, people, PEOPLE),
        aliases=_frame(session, aliases, ALIASES),
        campaigns=_frame(session, sa.select(Campaign.id, Campaign.code, Campaign.name), CAMPAIGNS),
        assignments=_frame(session, assigned, ASSIGNMENTS),
        last_day=(now.astimezone(UTC) + EASTERNMOST).date(),
    )


def _frame(
    session: AnySession, query: sa.Select[*tuple[object, ...]], schema: dict[str, type[pl.DataType]]
) -> pl.DataFrame:
    """Return the rows of a query as a table."""
    rows = [tuple(row) for row in session.execute(query)]
    return pl.DataFrame(rows, schema=schema, orient="row")
