"""Rounds: what a later one takes over from the one before, and coming back to the lead.

A contest that leads to reassessment begins a round (ADR 0024). Of the earlier one nothing
is changed: what was not contested is copied into the later round at its submission, each
row with who judged, when, why and from which round.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import ShortfallReason
from competency.assessments.finding_models import FindingDecision, FindingStep
from competency.assessments.history import deciding_rows
from competency.assessments.models import (
    Appraisal,
    Assessor,
    Draft,
    EarlierLead,
    FrozenEvidence,
    Judgement,
)
from competency.assessments.queries import Loaded
from competency.assessments.rules import UNFINISHED
from competency.assessments.schema import AssessorKind
from competency.errors import IllegalTransition

AnySession = Session | scoped_session[Session]
Kept = TypeVar("Kept", FrozenEvidence, ShortfallReason)


def require_no_other(session: AnySession, loaded: Loaded) -> None:
    """Raise ``IllegalTransition`` where the person has unfinished work of this framework."""
    other = sa.select(Appraisal.id).where(
        Appraisal.subject_id == loaded.appraisal.subject_id,
        Appraisal.framework_version_id == loaded.appraisal.framework_version_id,
        Appraisal.id != loaded.appraisal.id,
        Appraisal.state.in_(UNFINISHED),
    )
    if session.scalar(other.limit(1)) is not None:
        raise IllegalTransition(
            "This person has another unfinished appraisal of this framework. Finish or cancel "
            "that one first."
        )


def start_over(session: AnySession, loaded: Loaded) -> None:
    """Give the drafts of this round back to its lead; whoever may can review it again."""
    lead = loaded.assessor(AssessorKind.LEAD)
    if lead is not None:
        lead.submitted_at = None
    review = loaded.assessor(AssessorKind.REVIEW)
    if review is not None:
        session.execute(sa.delete(Draft).where(Draft.assessor_id == review.id))
        review.submitted_at = None
        judged = sa.select(Judgement.id).where(Judgement.assessor_id == review.id)
        if session.scalar(judged.limit(1)) is None:
            session.delete(review)
    _undecided(loaded.appraisal)


def _undecided(appraisal: Appraisal) -> None:
    """Forget what belongs to a submission, its decision and its delivery."""
    appraisal.reviewer_id = appraisal.submitted_at = None
    appraisal.released_at = appraisal.contest_until = None
    appraisal.flags = {}


def begin_round(
    session: AnySession, loaded: Loaded, *, lead_id: int, anew: Iterable[str], now: datetime
) -> None:
    """Begin the next round under a new lead, to judge ``anew``; the earlier one stays."""
    appraisal = loaded.appraisal
    if session.get(EarlierLead, (appraisal.id, appraisal.lead_id)) is None:
        session.add(
            EarlierLead(
                appraisal_id=appraisal.id,
                employee_id=appraisal.lead_id,
                subject_id=appraisal.subject_id,
                handed_over_at=now,
            )
        )
    _undecided(appraisal)
    appraisal.round += 1
    appraisal.turn = 0
    appraisal.judged_anew = list(anew)
    appraisal.lead_id = lead_id
    _add_assessor(session, appraisal, AssessorKind.LEAD, lead_id)
    if loaded.cycle.self_assessment:
        own = _add_assessor(session, appraisal, AssessorKind.SELF, appraisal.subject_id)
        _carry_self(session, loaded, own)


def _add_assessor(
    session: AnySession, appraisal: Appraisal, kind: AssessorKind, employee_id: int
) -> Assessor:
    """Give somebody their part in this round."""
    assessor = Assessor(
        appraisal_id=appraisal.id,
        subject_id=appraisal.subject_id,
        round=appraisal.round,
        kind=kind,
        employee_id=employee_id,
    )
    session.add(assessor)
    session.flush()
    return assessor


def _carry_self(session: AnySession, loaded: Loaded, own: Assessor) -> None:
    """Carry the self-assessment of the earlier round over, where it was handed in."""
    earlier = loaded.assessor(AssessorKind.SELF)
    if earlier is None or earlier.submitted_at is None:
        return
    rows = session.scalars(sa.select(Judgement).where(Judgement.assessor_id == earlier.id))
    for row in rows.all():
        session.add(_copy(row, loaded.appraisal, own, turn=0))
    own.submitted_at = earlier.submitted_at
    session.flush()


def _copy(row: Judgement, appraisal: Appraisal, assessor: Assessor, *, turn: int) -> Judgement:
    """Return a judgement as the current round carries it over: who, when and why are kept."""
    return Judgement(
        appraisal_id=appraisal.id,
        round=appraisal.round,
        turn=turn,
        assessor_id=assessor.id,
        subject_id=appraisal.subject_id,
        employee_id=row.employee_id,
        kind=assessor.kind,
        criterion_id=row.criterion_id,
        level=row.level,
        excused=row.excused,
        reason=row.reason,
        judged_at=row.judged_at,
        carried_from=row.carried_from or row.round,
    )


def carry_over(session: AnySession, loaded: Loaded, lead: Assessor) -> None:
    """Add to a submission what decided about each criterion that was not contested.

    With the evidence that was frozen for it, what indicators said of it, and the reasons of a
    certification.
    """
    appraisal, anew = loaded.appraisal, loaded.judged_anew or frozenset()
    rows = deciding_rows(session, appraisal, appraisal.round - 1)
    for criterion_id, row in sorted(rows.items()):
        if criterion_id not in anew:
            session.add(_copy(row, appraisal, lead, turn=appraisal.turn))
    last = max((row.turn for row in rows.values()), default=0)
    for frozen in _of_turn(session, FrozenEvidence, appraisal, last):
        if frozen.criterion_id not in anew:
            session.add(
                FrozenEvidence(
                    **_place(appraisal),
                    criterion_id=frozen.criterion_id,
                    evidence_id=frozen.evidence_id,
                    content_hash=frozen.content_hash,
                    frozen_at=frozen.frozen_at,
                )
            )
    _carry_findings(session, appraisal, last, anew)
    explained = _explained(session, appraisal)
    for short in _of_turn(session, ShortfallReason, appraisal, last):
        if short.criterion_id not in anew | explained:
            session.add(
                ShortfallReason(
                    **_place(appraisal), criterion_id=short.criterion_id, reason=short.reason
                )
            )
    session.flush()


def _carry_findings(
    session: AnySession, appraisal: Appraisal, last: int, anew: frozenset[str]
) -> None:
    """Carry over what indicators said of criteria at the earlier submission, and what was decided.

    Decisions stand in the round once, however often it is submitted.
    """
    rows = session.scalars(
        sa.select(FindingDecision)
        .where(
            FindingDecision.appraisal_id == appraisal.id,
            FindingDecision.round.in_((appraisal.round - 1, appraisal.round)),
            FindingDecision.turn.in_((0, last)),
            FindingDecision.criterion_id.not_in(anew),
        )
        .order_by(FindingDecision.id)
    ).all()
    is_there = any(row.round == appraisal.round for row in rows)
    for row in rows:
        is_kept = row.step is FindingStep.KEPT
        if row.round == appraisal.round or (is_there and not is_kept):
            continue
        session.add(
            FindingDecision(
                **_place(appraisal) | ({} if is_kept else {"turn": 0}),
                criterion_id=row.criterion_id,
                kpi=row.kpi,
                step=row.step,
                evidence_id=row.evidence_id,
                facts=row.facts,
                reason=row.reason,
                decided_by_id=row.decided_by_id,
                decided_at=row.decided_at,
            )
        )
    session.flush()


def _explained(session: AnySession, appraisal: Appraisal) -> frozenset[str]:
    """Return the criteria and units of which this submission says itself why less suffices."""
    rows = session.scalars(
        sa.select(ShortfallReason.criterion_id).where(
            ShortfallReason.appraisal_id == appraisal.id,
            ShortfallReason.round == appraisal.round,
            ShortfallReason.turn == appraisal.turn,
        )
    )
    return frozenset(rows)


def _of_turn(session: AnySession, table: type[Kept], appraisal: Appraisal, turn: int) -> list[Kept]:
    """Return what a submission of the earlier round kept."""
    query = sa.select(table).where(
        table.appraisal_id == appraisal.id,
        table.round == appraisal.round - 1,
        table.turn == turn,
    )
    return list(session.scalars(query.order_by(table.criterion_id)))


def _place(appraisal: Appraisal) -> dict[str, int]:
    """Return what says to which submission a row belongs."""
    return {
        "appraisal_id": appraisal.id,
        "subject_id": appraisal.subject_id,
        "round": appraisal.round,
        "turn": appraisal.turn,
    }
