"""Reads of what somebody's eligibility for a certification follows from."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.attesting import attested
from competency.assessments.eligibility import EligibilityFacts
from competency.assessments.models import Appraisal
from competency.assessments.nodes import nodes_by_id, takes_no_part
from competency.assessments.queries import outcome_of
from competency.assessments.rules import UNFINISHED
from competency.assessments.schema import Mode, Node, State
from competency.clock import local_date
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import BELOW, NOT_YET_COMPETENT, Framework
from competency.people.models import Employee

AnySession = Session | scoped_session[Session]

_NOT_CLOSED = (State.APPROVED, State.RELEASED, State.CONTESTED, State.SUSPENDED)
"""States of a certification that is not under way and not closed either."""
_NOT_REACHED = frozenset({None, NOT_YET_COMPETENT, BELOW})


def eligibility_facts(
    session: AnySession, employee: Employee, slug: str, *, today: date, now: datetime
) -> EligibilityFacts:
    """Return what stands in the way of certifying somebody, or doesn't; five reads at most."""
    rows = session.scalars(
        sa.select(Appraisal)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            Appraisal.subject_id == employee.id,
            FrameworkVersion.slug == slug,
            Appraisal.state != State.CANCELLED,
        )
        .order_by(Appraisal.decided_at.desc(), Appraisal.id.desc())
    ).all()
    certifications = [row for row in rows if row.mode is Mode.CERTIFICATION]
    opened = {
        unit
        for row in certifications
        if row.state in _NOT_CLOSED
        for unit in _units(framework_of(session, row.framework_version_id), row)
    }
    return EligibilityFacts(
        today=today,
        hired_on=employee.hired_on,
        left_on=employee.left_on,
        is_under_way=any(row.state in UNFINISHED for row in rows),
        open_units=frozenset(opened),
        attested=attested(session, employee.id, slug, now),
        not_reached_on=_not_reached_on(
            session, [row for row in certifications if row.state is State.CLOSED], employee
        ),
        months_least=employee.employer.certification_months,
        days_least=employee.employer.certification_days,
    )


def _units(framework: Framework, appraisal: Appraisal) -> list[str]:
    """Return the outermost units that an appraisal is about."""
    scope = None if appraisal.scope is None else frozenset(appraisal.scope)
    return [
        unit.id
        for unit in framework.units
        if scope is None or any(c.id in scope for c in framework.criteria_in(unit))
    ]


def _not_reached_on(
    session: AnySession, closed: list[Appraisal], employee: Employee
) -> date | None:
    """Return when the newest of closed certifications was decided that was not reached."""
    for appraisal in closed:
        outcome = outcome_of(session, appraisal)
        framework = framework_of(session, appraisal.framework_version_id)
        if outcome is None or appraisal.decided_at is None:
            continue
        nodes = nodes_by_id(outcome)
        if any(_is_missing(nodes.get(unit)) for unit in _units(framework, appraisal)):
            return local_date(appraisal.decided_at, employee.employer.time_zone)
    return None


def _is_missing(node: Node | None) -> bool:
    """Return whether a unit that was asked for was not reached."""
    return node is None or (node.result in _NOT_REACHED and not takes_no_part(node))
