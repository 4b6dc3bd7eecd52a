"""Who had a part in an appraisal that keeps them from deciding about it anew."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession, SessionExaminer
from competency.assessments.models import Appraisal, AppraisalStep, Assessor, EarlierLead
from competency.assessments.schema import Action, AssessorKind, State
from competency.people.models import Account
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

DECIDING = (Action.SUBMIT, Action.TAKE, Action.RETURN, Action.APPROVE, Action.UPHOLD)
"""Steps after which somebody has made up their mind about a result."""

_ROUND = sa.bindparam("before", type_=sa.Integer)
_WHOLE = sa.bindparam("whole", type_=sa.Boolean(create_constraint=False))
"""Whether every round counts."""
_ID = sa.bindparam("appraisal_id", type_=sa.BigInteger)


def _in_earlier_round(at: sa.SQLColumnExpression[datetime]) -> sa.ColumnElement[bool]:
    """Return whether an instant lies before the last round began."""
    return sa.exists().where(
        AppraisalStep.appraisal_id == _ID,
        AppraisalStep.action == Action.REASSESS,
        AppraisalStep.taken_at >= at,
    )


_INVOLVED: sa.CompoundSelect[int | None] = sa.union(
    sa.select(Assessor.employee_id).where(
        Assessor.appraisal_id == _ID, Assessor.round < _ROUND, Assessor.kind != AssessorKind.SELF
    ),
    sa.select(Account.employee_id)
    .join(AppraisalStep, AppraisalStep.actor_id == Account.id)
    .where(
        AppraisalStep.appraisal_id == _ID,
        AppraisalStep.round < _ROUND,
        AppraisalStep.action.in_(DECIDING),
        Account.employee_id.is_not(None),
    ),
    sa.select(EarlierLead.employee_id).where(
        EarlierLead.appraisal_id == _ID, _WHOLE | _in_earlier_round(EarlierLead.handed_over_at)
    ),
    sa.select(SessionExaminer.employee_id)
    .join(AssessmentSession, AssessmentSession.id == SessionExaminer.session_id)
    .where(
        AssessmentSession.appraisal_id == _ID,
        _WHOLE | _in_earlier_round(AssessmentSession.made_at),
    ),
)


_EARLIER_LEADS = sa.select(EarlierLead.employee_id).where(EarlierLead.appraisal_id == _ID)
_EXAMINERS = (
    sa.select(SessionExaminer.employee_id)
    .join(AssessmentSession, AssessmentSession.id == SessionExaminer.session_id)
    .where(AssessmentSession.appraisal_id == _ID)
)
_LED_OR_EXAMINED: sa.CompoundSelect[int] = sa.union(_EARLIER_LEADS, _EXAMINERS)
HAS_EARLIER: sa.ColumnElement[bool] = sa.or_(
    sa.exists().where(EarlierLead.appraisal_id == Appraisal.id).correlate(Appraisal),
    sa.exists().where(AssessmentSession.appraisal_id == Appraisal.id).correlate(Appraisal),
)
"""Whether anybody led it earlier or may have examined, so that few appraisals cost a read more."""


def led_or_examined(session: AnySession, appraisal_id: int) -> frozenset[int]:
    """Return who led an appraisal until it was handed over, and who examined in its tests."""
    return frozenset(session.scalars(_LED_OR_EXAMINED, {"appraisal_id": appraisal_id}))


def involved_in(session: AnySession, appraisal: Appraisal) -> frozenset[int]:
    """Return who led, assessed, examined or reviewed, by employee id.

    In any round while it is contested; else in the rounds before this one, of which the
    first has none, so that nothing is read then.
    """
    contested = appraisal.state is State.CONTESTED
    if appraisal.round == 1 and not contested:
        return frozenset()
    before = appraisal.round + 1 if contested else appraisal.round
    values = {"appraisal_id": appraisal.id, "before": before, "whole": contested}
    return frozenset(session.scalars(_INVOLVED, values))


def took_no_part(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that somebody is new to an appraisal, as ``involved_in`` says."""
    contested = Appraisal.state == State.CONTESTED
    before = Appraisal.round + sa.case((contested, 1), else_=0)
    assessed = sa.exists().where(
        Assessor.appraisal_id == Appraisal.id,
        Assessor.round < before,
        Assessor.kind != AssessorKind.SELF,
        Assessor.employee_id == actor.employee_id,
    )
    decided = sa.exists().where(
        AppraisalStep.appraisal_id == Appraisal.id,
        AppraisalStep.round < before,
        AppraisalStep.action.in_(DECIDING),
        AppraisalStep.actor_id == actor.account_id,
    )
    led = sa.exists().where(
        EarlierLead.appraisal_id == Appraisal.id, EarlierLead.employee_id == actor.employee_id
    )
    examined = (
        sa.select(SessionExaminer.employee_id)
        .join(AssessmentSession, AssessmentSession.id == SessionExaminer.session_id)
        .where(
            AssessmentSession.appraisal_id == Appraisal.id,
            SessionExaminer.employee_id == actor.employee_id,
        )
        .correlate(Appraisal)
        .exists()
    )
    return ~(assessed | decided | led | examined)
