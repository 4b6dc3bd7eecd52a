"""Reads of the register as a whole: its page, its export, and the public list of states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal
from competency.clock import local_date
from competency.credentials.models import EntryStep, Issuer, RegisterEntry
from competency.credentials.queries import STANDING
from competency.credentials.schema import EntryState, Reason
from competency.database.text import search_pattern
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import DocumentKind
from competency.people.models import Employee, Employer
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

READERS = (Role.HR, Role.CERTIFIER, Role.AUDITOR)
LISTED = (EntryState.SUSPENDED, EntryState.REVOKED, EntryState.SUPERSEDED)
"""The states that the public list tells; expiry is printed on the document itself."""


@dataclass(frozen=True)
class Filters:
    """What narrows the register; ``None`` and empty narrow nothing.

    ``state`` is today's, so that what ran out is found as expired.
    """

    search: str = ""
    state: EntryState | None = None
    year: int | None = None
    document: DocumentKind | None = None
    slug: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is narrowed."""
        return self == Filters() or (not self.search.strip() and self == Filters(self.search))


@dataclass(frozen=True)
class Line:
    """One entry of the register with its holder and framework."""

    entry: RegisterEntry
    employee: Employee
    slug: str
    framework_title: str
    framework_version: str
    language: str
    appraisal_id: str
    """The public identifier of the appraisal that it was issued from."""


def entries(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    filters: Filters | None = None,
    page: int = 1,
    page_size: int | None = 25,
) -> tuple[list[Line], int]:
    """Return one page of the register in the actor's scope, newest first, and how many.

    ``page_size`` ``None`` returns all of them.
    """
    condition = _condition(session, actor, now, filters or Filters())
    total = session.scalar(_joined(sa.func.count(RegisterEntry.id)).where(condition))
    query = (
        _joined(
            RegisterEntry,
            Employee,
            FrameworkVersion.slug,
            FrameworkVersion.title,
            FrameworkVersion.version,
            FrameworkVersion.language,
            Appraisal.public_id,
        )
        .where(condition)
        .order_by(RegisterEntry.id.desc())
    )
    if page_size is not None:
        query = query.offset((page - 1) * page_size).limit(page_size)
    return [Line(*row) for row in session.execute(query)], total or 0


def _joined(*columns: Any) -> sa.Select[Any]:  # noqa: ANN401 - columns and entities of any type
    """Return the select of the register with holders and frameworks."""
    return (
        sa.select(*columns)
        .select_from(RegisterEntry)
        .join(Employee, Employee.id == RegisterEntry.subject_id)
        .join(Appraisal, Appraisal.id == RegisterEntry.appraisal_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    )


def _condition(
    session: AnySession, actor: Actor, now: datetime, filters: Filters
) -> sa.ColumnElement[bool]:
    """Return what lets a row into the list: the actor's scope and the filters."""
    condition = employees_in_scope(actor, actor.today(now), READERS)
    if filters.search.strip():
        pattern = search_pattern(filters.search)
        condition &= sa.or_(
            Employee.search_key.like(pattern, escape="\\"),
            sa.func.lower(RegisterEntry.number).like(pattern, escape="\\"),
        )
    if filters.year is not None:
        condition &= RegisterEntry.year == filters.year
    if filters.document is not None:
        condition &= RegisterEntry.document == filters.document
    if filters.slug:
        condition &= FrameworkVersion.slug == filters.slug
    if filters.state is not None:
        condition &= _in_state(session, now, filters.state)
    return condition


def _in_state(session: AnySession, now: datetime, state: EntryState) -> sa.ColumnElement[bool]:
    """Return the condition that an entry shows ``state`` today, by the day at its issuer."""
    zones = session.execute(
        sa.select(Issuer.id, Employer.time_zone).join(Employer, Employer.id == Issuer.employer_id)
    ).all()
    ran_out = sa.or_(
        sa.false(),
        *(
            (RegisterEntry.issuer_id == issuer)
            & (RegisterEntry.valid_until < local_date(now, zone))
            for issuer, zone in zones
        ),
    )
    ran_out = RegisterEntry.valid_until.is_not(None) & ran_out
    if state is EntryState.EXPIRED:
        return RegisterEntry.state.in_(STANDING) & ran_out
    if state in STANDING:
        return (RegisterEntry.state == state) & ~ran_out
    return RegisterEntry.state == state


@dataclass(frozen=True)
class Choices:
    """What the register can be narrowed to: years and frameworks (slug, title, language)."""

    years: list[int]
    frameworks: list[tuple[str, str, str]]


def choices(session: AnySession, *, actor: Actor, now: datetime) -> Choices:
    """Return the years and frameworks that occur in the actor's register."""
    condition = employees_in_scope(actor, actor.today(now), READERS)
    rows: Any = session.execute(
        _joined(
            RegisterEntry.year,
            FrameworkVersion.slug,
            FrameworkVersion.title,
            FrameworkVersion.language,
        )
        .where(condition)
        .distinct()
    ).all()
    frameworks = {row[1]: (row[1], row[2], row[3]) for row in rows}
    return Choices(
        sorted({row[0] for row in rows}, reverse=True),
        sorted(frameworks.values(), key=lambda one: one[1].casefold()),
    )


@dataclass(frozen=True)
class Listed:
    """A number that does not stand now; names nobody."""

    number: str
    state: EntryState
    since: date | None
    reason: Reason | None


def status_list(session: AnySession, *, after: str = "", limit: int | None = None) -> list[Listed]:
    """Return the numbers that are suspended, revoked or superseded, by number.

    At most ``limit`` of them, those that follow the number ``after``.
    """
    latest = (
        sa.select(sa.func.max(EntryStep.id))
        .where(EntryStep.entry_id == RegisterEntry.id)
        .correlate(RegisterEntry)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(RegisterEntry.number, RegisterEntry.state, EntryStep.taken_on, EntryStep.category)
        .outerjoin(EntryStep, EntryStep.id == latest)
        .where(RegisterEntry.state.in_(LISTED), RegisterEntry.number > after)
        .order_by(RegisterEntry.number)
        .limit(limit)
    )
    return [Listed(*row) for row in rows]
