"""Who reaches a person's evidence, and one piece of it; strangers find nothing there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.beside_queries import scores_now
from competency.assessments.certification_models import AssessmentSession, SessionExaminer
from competency.assessments.evidence_models import EvidenceQuarantine, EvidenceReplacement
from competency.assessments.models import Appraisal, Evidence, FrozenEvidence
from competency.assessments.permissions import (
    can_add_evidence,
    can_quarantine,
    can_read_evidence,
)
from competency.assessments.rules import SHOWN_TO_SUBJECT
from competency.assessments.schema import State
from competency.errors import NotAllowed, NotFound
from competency.people.models import Employee
from competency.people.permissions import can_read_person
from competency.people.queries import standing
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]

_TESTED = (
    sa.select(AssessmentSession.id)
    .join(Appraisal, Appraisal.id == AssessmentSession.appraisal_id)
    .where(
        AssessmentSession.evidence_id == Evidence.id,
        Appraisal.state.not_in(sorted(SHOWN_TO_SUBJECT)),
    )
    .correlate(Evidence)
)
IS_KEPT_BACK = _TESTED.exists()
"""Whether an evidence says what came of a test that is not released to the person yet."""
IS_REPLACED = (
    sa.select(EvidenceReplacement.evidence_id)
    .where(EvidenceReplacement.replaced_id == Evidence.id)
    .correlate(Evidence)
    .exists()
)
"""Whether a later version took its place."""
IS_QUARANTINED = (
    sa.select(sa.func.count())
    .select_from(EvidenceQuarantine)
    .where(EvidenceQuarantine.evidence_id == Evidence.id)
    .correlate(Evidence)
    .scalar_subquery()
    % 2
) == 1
"""Whether human resources have set it aside; odd steps do."""


def kept_back_from(employee_id: sa.ColumnElement[int] | int | None) -> sa.ColumnElement[bool]:
    """Return ``not permissions.can_read_marks`` of the test that an evidence records, if any.

    The person reads it once it is released; the lead and the examiners at once; everybody
    else when the lead has submitted. Human resources, who read all, are not asked for here.
    """
    examines = sa.select(SessionExaminer.session_id).where(
        SessionExaminer.employee_id == employee_id
    )
    unsubmitted = (
        sa.select(AssessmentSession.id)
        .join(Appraisal, Appraisal.id == AssessmentSession.appraisal_id)
        .where(
            AssessmentSession.evidence_id == Evidence.id,
            sa.func.coalesce(Appraisal.resumes_to, Appraisal.state).in_(
                [State.PLANNED, State.OPEN]
            ),
            Appraisal.lead_id != employee_id,
            AssessmentSession.id.not_in(examines),
        )
        .correlate(Evidence)
        .exists()
    )
    return sa.case((Evidence.subject_id == employee_id, IS_KEPT_BACK), else_=unsubmitted)


def leads(session: AnySession, actor: Actor, employee_id: int, *, only_open: bool) -> bool:
    """Return whether the actor is lead or reviewer of an appraisal of the employee."""
    if actor.employee_id is None:
        return False
    condition = (Appraisal.subject_id == employee_id) & (Appraisal.lead_id == actor.employee_id)
    if only_open:
        condition &= Appraisal.state == State.OPEN
    else:
        condition |= (Appraisal.subject_id == employee_id) & (
            Appraisal.reviewer_id == actor.employee_id
        )
    return session.scalar(sa.select(sa.func.count()).where(condition)) != 0


def _awaits_review(session: AnySession, actor: Actor, evidence: Evidence) -> bool:
    """Return whether a submission relies on the evidence that the actor could review."""
    if not actor.has(Role.REVIEWER):
        return False
    query = (
        sa.select(FrozenEvidence.id)
        .join(Appraisal, Appraisal.id == FrozenEvidence.appraisal_id)
        .where(
            FrozenEvidence.evidence_id == evidence.id,
            FrozenEvidence.round == Appraisal.round,
            FrozenEvidence.turn == Appraisal.turn,
            Appraisal.state.in_([State.SUBMITTED, State.CONTESTED]),
            Appraisal.subject_id != actor.employee_id,
            Appraisal.lead_id != actor.employee_id,
        )
    )
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class Reach:
    """A person whose evidence somebody reads, and what else they may do."""

    employee: Employee
    may_add: bool
    may_open_person: bool
    may_quarantine: bool


def subject_for_reading(
    session: AnySession, *, actor: Actor, now: datetime, employee_public_id: str
) -> Reach:
    """Return the employee whose evidence the actor may read; ``NotFound`` otherwise."""
    employee = session.scalar(sa.select(Employee).where(Employee.public_id == employee_public_id))
    if employee is None:
        raise NotFound
    place = standing(session, employee.id, actor.today(now))
    assigned = leads(session, actor, employee.id, only_open=False)
    if not can_read_evidence(actor, place, assigned=assigned):
        raise NotFound
    may_add = may_add_to(session, actor, place, assigned=assigned)
    return Reach(employee, may_add, can_read_person(actor, place), can_quarantine(actor, place))


def may_add_to(session: AnySession, actor: Actor, place: Standing, *, assigned: bool) -> bool:
    """Return whether the actor may add; only who was ever assigned can lead what is open."""
    return actor.employee_id is not None and (
        can_add_evidence(actor, place, leads=False)
        or (assigned and leads(session, actor, place.employee_id, only_open=True))
    )


def subject_for_adding(
    session: AnySession, *, actor: Actor, now: datetime, employee_public_id: str
) -> Employee:
    """Return the employee about whom the actor may add evidence.

    Raises ``NotFound`` where the actor can't read it, ``NotAllowed`` where not add to it.
    """
    reach = subject_for_reading(
        session, actor=actor, now=now, employee_public_id=employee_public_id
    )
    if not reach.may_add:
        raise NotAllowed("Only the employee, their supervisor and their assessor add evidence.")
    return reach.employee


@dataclass(frozen=True)
class Found:
    """One evidence that somebody reads, and what else they may do about the person's.

    ``reads_all`` says whether they read all that was collected, ``may_add`` whether they
    add to it, ``place`` where the person stands today.
    """

    evidence: Evidence
    place: Standing
    reads_all: bool
    may_add: bool


def evidence_for_reading(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> Evidence:
    """Return one evidence; ``NotFound`` where it is missing or not the actor's to read."""
    return evidence_and_reach(session, actor=actor, now=now, public_id=public_id).evidence


def evidence_and_reach(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> Found:
    """Return one evidence with what the actor may do.

    Raises ``NotFound`` where it is missing or not the actor's to read: what was withdrawn
    is for who added it, what was set aside for human resources, and what a test came to
    for who may know it (``kept_back_from``).
    """
    row = session.execute(
        sa.select(Evidence, IS_QUARANTINED, kept_back_from(actor.employee_id)).where(
            Evidence.public_id == public_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    evidence, is_aside, is_kept_back = row
    place = standing(session, evidence.subject_id, actor.today(now))
    assigned = leads(session, actor, evidence.subject_id, only_open=False)
    reads_all = can_read_evidence(actor, place, assigned=assigned)
    awaits = not reads_all and _awaits_review(session, actor, evidence)
    if not can_read_evidence(
        actor,
        place,
        assigned=assigned,
        awaits_review=awaits,
        scores_it=not reads_all and scores_now(session, actor.employee_id, evidence),
    ):
        raise NotFound
    if is_aside and not can_quarantine(actor, place):
        raise NotFound
    if evidence.withdrawn_at is not None and evidence.added_by_id != actor.employee_id:
        raise NotFound
    if is_kept_back and not can_quarantine(actor, place):
        raise NotFound
    may_add = may_add_to(session, actor, place, assigned=assigned)
    return Found(evidence, place, reads_all, may_add)
