"""Reads of one appraisal with all that decides about it, and of cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, scoped_session

from competency.assessments.finding_models import FindingDecision
from competency.assessments.involvement import HAS_EARLIER, involved_in, led_or_examined
from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Assessor,
    Cycle,
    Draft,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.nodes import from_data
from competency.assessments.permissions import can_see_appraisal, takes_part_beside
from competency.assessments.rules import DECIDED
from competency.assessments.schema import (
    Action,
    Answer,
    AppraisalFacts,
    AssessorKind,
    BesidePart,
    Node,
    State,
    WrittenDraft,
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
    time_zone: str
    """Of the subject's site, or of the employer without one."""
    framework: Framework
    content_hash: str
    """The framework's, which names everything that is kept of it."""
    assessors: tuple[Assessor, ...]
    """Who is asked in this round, the self-assessment and the review included."""
    has_findings: bool = False
    """Whether figures were kept of it, or anybody decided about them."""

    @property
    def scope(self) -> frozenset[str] | None:
        """Return the ids of the criteria in scope, or ``None`` for all."""
        return None if self.appraisal.scope is None else frozenset(self.appraisal.scope)

    @property
    def judged_anew(self) -> frozenset[str] | None:
        """Return what this round judges, ``None`` where that is all of the scope."""
        anew = self.appraisal.judged_anew
        return None if anew is None else frozenset(anew)

    def asked_of(self, kind: AssessorKind) -> frozenset[str] | None:
        """Return the criteria that an assessor of ``kind`` judges, ``None`` for all.

        In a later round only what was contested is judged and reviewed again.
        """
        return self.scope if kind is AssessorKind.SELF else self.judged_anew or self.scope

    def assessor(self, kind: AssessorKind) -> Assessor | None:
        """Return the assessor of ``kind`` in this round, if there is one.

        The reviewer is who has it now: another may have reviewed it before it was reopened.
        """
        found = (a for a in self.assessors if a.kind is kind)
        if kind is AssessorKind.REVIEW:
            found = (a for a in found if a.employee_id == self.appraisal.reviewer_id)
        return next(found, None)

    def part(self, kind: AssessorKind, employee_id: int | None) -> Assessor | None:
        """Return somebody's part of ``kind`` in this round, if they have one."""
        mine = (a for a in self.assessors if a.kind is kind and a.employee_id == employee_id)
        return next(mine, None)


_HAS_FINDINGS = (
    sa.select(FindingDecision.id).where(FindingDecision.appraisal_id == Appraisal.id).exists()
)
_READING = (
    sa.select(Appraisal, FrameworkVersion.content_hash, HAS_EARLIER, _HAS_FINDINGS)
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .where(Appraisal.public_id == sa.bindparam("public_id"))
    .options(joinedload(Appraisal.cycle))
)
_LOCKING = _READING.with_for_update(of=Appraisal).execution_options(populate_existing=True)
_ASSESSORS = (
    sa.select(Assessor)
    .where(Assessor.appraisal_id == sa.bindparam("appraisal_id"))
    .order_by(Assessor.id)
)
"""Of every round; read after the lock is held, as is where the subject stands."""
BESIDE = (AssessorKind.SECOND, AssessorKind.PEER)
"""Who judges beside those who decide."""


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
    appraisal, content_hash, has_earlier, has_findings = found
    ever = session.scalars(_ASSESSORS, {"appraisal_id": appraisal.id}).all()
    assessors = tuple(a for a in ever if a.round == appraisal.round and a.ended_at is None)
    earlier = led_or_examined(session, appraisal.id) if has_earlier else frozenset()
    facts = _facts(appraisal, assessors, ever, involved_in(session, appraisal), earlier)
    subject, subject_standing, time_zone = employee_and_standing(
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
        time_zone=time_zone,
        framework=framework_by_hash(session, appraisal.framework_version_id, content_hash),
        content_hash=content_hash,
        assessors=assessors,
        has_findings=has_findings,
    )


def load_own(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, lock: bool = False
) -> Loaded:
    """Return an appraisal that the actor sees, or judges beside the lead; ``NotFound``.

    A second or peer who sees it only so reads their own answers of it and no others.
    """
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=lock, admitted=True)
    if not (
        can_see_appraisal(actor, loaded.facts, loaded.standing)
        or takes_part_beside(actor, loaded.facts)
    ):
        raise NotFound
    return loaded


def _facts(
    appraisal: Appraisal,
    assessors: Sequence[Assessor],
    ever: Sequence[Assessor],
    involved: frozenset[int],
    earlier: frozenset[int],
) -> AppraisalFacts:
    """Return what permission is decided on.

    ``ever`` are the assessors of every round, ``involved`` who had a part that keeps them
    from deciding anew, ``earlier`` who led it before or examined.
    """
    handed_in = any(a.kind is AssessorKind.SELF and a.submitted_at is not None for a in assessors)
    cycle = appraisal.cycle
    return AppraisalFacts(
        state=appraisal.state,
        subject_id=appraisal.subject_id,
        lead_id=appraisal.lead_id,
        reviewer_id=appraisal.reviewer_id,
        review=cycle.review,
        flagged=bool(appraisal.flags),
        mode=appraisal.mode,
        self_assessment=cycle.self_assessment,
        self_submitted=handed_in,
        blind=cycle.blind,
        turn=appraisal.turn,
        cycle_closed=cycle.closed_at is not None,
        beside=tuple(
            BesidePart(a.employee_id, a.kind, a.submitted_at is not None, a.drawn)
            for a in assessors
            if a.kind in BESIDE
        ),
        judged_beside=frozenset(a.employee_id for a in ever if a.kind in BESIDE),
        led_or_examined=earlier,
        resumes_to=appraisal.resumes_to,
        round=appraisal.round,
        involved=involved,
    )


def time_zone_of(session: AnySession, subject_id: int, today: date) -> str:
    """Return the time zone of somebody's site on a day, or of the employer without one."""
    return employee_and_standing(session, subject_id, today)[2]


_DRAFTS = sa.select(Draft).where(Draft.assessor_id == sa.bindparam("assessor_id"))
_WRITTEN = sa.select(
    Draft.criterion_id, Draft.level, Draft.excused, Draft.note, Draft.version, Draft.saved_at
).where(Draft.assessor_id == sa.bindparam("assessor_id"))


def drafts(session: AnySession, assessor: Assessor | None) -> dict[str, Draft]:
    """Return an assessor's drafts by criterion."""
    if assessor is None:
        return {}
    rows = session.scalars(_DRAFTS, {"assessor_id": assessor.id})
    return {draft.criterion_id: draft for draft in rows}


def written_drafts(session: AnySession, assessor: Assessor | None) -> dict[str, WrittenDraft]:
    """Return what an assessor's drafts say, by criterion."""
    if assessor is None:
        return {}
    rows = session.execute(_WRITTEN, {"assessor_id": assessor.id})
    return {row[0]: WrittenDraft(*row) for row in rows}


def answers_of(drafted: Mapping[str, Draft] | Mapping[str, WrittenDraft]) -> dict[str, Answer]:
    """Return drafts as answers."""
    return {
        i: Answer(criterion_id=i, level=d.level, excused=d.excused, note=d.note)
        for i, d in drafted.items()
    }


def judgements(session: AnySession, loaded: Loaded) -> dict[AssessorKind, dict[str, Judgement]]:
    """Return the standing judgements of this round, by assessor kind and criterion.

    Of lead and review only those of the last submission stand; the earlier ones stay
    readable in ``history``. What seconds and peers say decides nothing and is not among
    them: ``beside_queries`` reads it.
    """
    appraisal = loaded.appraisal
    rows = session.scalars(
        sa.select(Judgement)
        .where(
            Judgement.appraisal_id == appraisal.id,
            Judgement.round == appraisal.round,
            sa.or_(
                Judgement.turn == appraisal.turn,
                Judgement.kind == AssessorKind.SELF,
            ),
            Judgement.kind.not_in(BESIDE),
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
    """Return why this round's last submission came back, if it did."""
    if loaded.appraisal.turn == 0:  # never submitted in this round, so never returned
        return None
    return session.scalar(
        sa.select(AppraisalStep.comment)
        .where(
            AppraisalStep.appraisal_id == loaded.appraisal.id,
            AppraisalStep.round == loaded.appraisal.round,
            AppraisalStep.action.in_([Action.RETURN, Action.REOPEN]),
        )
        .order_by(AppraisalStep.id.desc())
        .limit(1)
    )


def outcome_of(session: AnySession, appraisal: Appraisal) -> Node | None:
    """Return the outcome of the decision that stands, if one does."""
    if appraisal.state not in DECIDED:
        return None
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
