"""Reads of one appraisal with all that decides about it, and of cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, scoped_session

from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Assessor,
    Cycle,
    Draft,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.outcomes import from_data
from competency.assessments.permissions import can_see_appraisal
from competency.assessments.schema import (
    Action,
    Answer,
    AppraisalFacts,
    AssessorKind,
    Node,
    State,
)
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import (
    framework_by_hash,
    unconfirmed_reading,
)
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import employee_and_standing, employees_in_scope
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Loaded:
    """An appraisal with everything that permission and rules are decided on."""

    appraisal: Appraisal
    cycle: Cycle
    subject: Employee
    facts: AppraisalFacts
    standing: Standing
    framework: Framework
    assessors: tuple[Assessor, ...]

    @property
    def scope(self) -> frozenset[str] | None:
        """Return the ids of the criteria in scope, or ``None`` for all."""
        return None if self.appraisal.scope is None else frozenset(self.appraisal.scope)

    def assessor(self, kind: AssessorKind) -> Assessor | None:
        """Return the assessor of ``kind`` in this round, if there is one."""
        return next((a for a in self.assessors if a.kind is kind), None)


_READING = (
    sa.select(Appraisal, FrameworkVersion.content_hash)
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .where(Appraisal.public_id == sa.bindparam("public_id"))
    .options(joinedload(Appraisal.cycle))
)
_LOCKING = _READING.with_for_update(of=Appraisal).execution_options(populate_existing=True)
_ASSESSORS = (
    sa.select(Assessor)
    .where(
        Assessor.appraisal_id == sa.bindparam("appraisal_id"),
        Assessor.round == sa.bindparam("round"),
    )
    .order_by(Assessor.id)
)
"""Read after the lock is held, as is where the subject stands."""


def load(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    lock: bool = False,
    admitted: bool = False,
) -> Loaded:
    """Return one appraisal; ``NotFound`` where it is missing or not the actor's to see.

    ``lock`` takes the appraisal's row lock, the first of the order. ``admitted`` is for
    callers that let somebody see it for a reason of their own and have checked it.
    """
    found = session.execute(_LOCKING if lock else _READING, {"public_id": public_id}).one_or_none()
    if found is None:
        raise NotFound
    appraisal, content_hash = found
    assessors = tuple(
        session.scalars(_ASSESSORS, {"appraisal_id": appraisal.id, "round": appraisal.round})
    )
    facts = _facts(appraisal, assessors)
    subject, subject_standing = employee_and_standing(
        session, appraisal.subject_id, actor.today(now)
    )
    if not admitted and not can_see_appraisal(actor, facts, subject_standing):
        raise NotFound
    return Loaded(
        appraisal=appraisal,
        cycle=appraisal.cycle,
        subject=subject,
        facts=facts,
        standing=subject_standing,
        framework=framework_by_hash(session, appraisal.framework_version_id, content_hash),
        assessors=assessors,
    )


def _facts(appraisal: Appraisal, assessors: Sequence[Assessor]) -> AppraisalFacts:
    """Return what permission is decided on."""
    handed_in = any(a.kind is AssessorKind.SELF and a.submitted_at is not None for a in assessors)
    cycle = appraisal.cycle
    return AppraisalFacts(
        state=appraisal.state,
        subject_id=appraisal.subject_id,
        lead_id=appraisal.lead_id,
        reviewer_id=appraisal.reviewer_id,
        review=cycle.review,
        flagged=bool(appraisal.flags),
        self_assessment=cycle.self_assessment,
        self_submitted=handed_in,
        blind=cycle.blind,
    )


_DRAFTS = sa.select(Draft).where(Draft.assessor_id == sa.bindparam("assessor_id"))


def drafts(session: AnySession, assessor: Assessor | None) -> dict[str, Draft]:
    """Return an assessor's drafts by criterion."""
    if assessor is None:
        return {}
    rows = session.scalars(_DRAFTS, {"assessor_id": assessor.id})
    return {draft.criterion_id: draft for draft in rows}


def answers_of(drafted: dict[str, Draft]) -> dict[str, Answer]:
    """Return drafts as answers."""
    return {
        i: Answer(criterion_id=i, level=d.level, excused=d.excused, note=d.note)
        for i, d in drafted.items()
    }


def judgements(session: AnySession, loaded: Loaded) -> dict[AssessorKind, dict[str, Judgement]]:
    """Return the standing judgements of this round, by assessor kind and criterion.

    Of lead and review only those of the last submission stand; the earlier ones stay
    readable in ``history``.
    """
    appraisal = loaded.appraisal
    rows = session.scalars(
        sa.select(Judgement)
        .where(
            Judgement.appraisal_id == appraisal.id,
            Judgement.round == appraisal.round,
            sa.or_(
                Judgement.turn == appraisal.turn,
                Judgement.kind.in_([AssessorKind.SELF, AssessorKind.PEER]),
            ),
        )
        .order_by(Judgement.id)
    )
    found: dict[AssessorKind, dict[str, Judgement]] = {}
    for row in rows:
        found.setdefault(row.kind, {})[row.criterion_id] = row
    return found


def unconfirmed_version(session: AnySession, loaded: Loaded) -> str | None:
    """Return the public id of the framework's version, where its reading is not confirmed."""
    version_id = loaded.appraisal.framework_version_id
    return unconfirmed_reading(session, loaded.framework, version_id)


def returned_comment(session: AnySession, loaded: Loaded) -> str | None:
    """Return what the last return of this round said, if there was one."""
    if loaded.appraisal.turn == 0:  # never submitted in this round, so never returned
        return None
    return session.scalar(
        sa.select(AppraisalStep.comment)
        .where(
            AppraisalStep.appraisal_id == loaded.appraisal.id,
            AppraisalStep.round == loaded.appraisal.round,
            AppraisalStep.action == Action.RETURN,
        )
        .order_by(AppraisalStep.id.desc())
        .limit(1)
    )


def outcome_of(session: AnySession, appraisal: Appraisal) -> Node | None:
    """Return the outcome that was decided last in this round, if one was."""
    tree = session.scalar(
        sa.select(OutcomeRecord.tree)
        .where(OutcomeRecord.appraisal_id == appraisal.id, OutcomeRecord.round == appraisal.round)
        .order_by(OutcomeRecord.turn.desc())
        .limit(1)
    )
    return None if tree is None else from_data(tree)


def cycle_by_public_id(session: AnySession, public_id: str) -> Cycle:
    """Return a cycle; ``NotFound``."""
    cycle = session.scalar(sa.select(Cycle).where(Cycle.public_id == public_id))
    if cycle is None:
        raise NotFound
    return cycle


def cycles_with_counts(
    session: AnySession, actor: Actor, now: datetime
) -> list[tuple[Cycle, dict[State, int]]]:
    """Return cycles, newest first, with counts by state over the actor's people.

    A cycle without anybody in the actor's scope is left out.
    """
    counts: dict[int, dict[State, int]] = {}
    condition = employees_in_scope(actor, actor.today(now), [Role.HR, Role.AUDITOR])
    rows: Any = session.execute(
        sa.select(Appraisal.cycle_id, Appraisal.state, sa.func.count())
        .join(Employee, Employee.id == Appraisal.subject_id)
        .where(condition)
        .group_by(Appraisal.cycle_id, Appraisal.state)
    )
    for cycle_id, state, number in rows:
        counts.setdefault(cycle_id, {})[state] = number
    cycles = session.scalars(sa.select(Cycle).where(Cycle.id.in_(counts)).order_by(Cycle.id.desc()))
    return [(cycle, counts[cycle.id]) for cycle in cycles]
