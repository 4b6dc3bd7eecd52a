"""What there is for somebody at home, asked in one read before each part is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession, SessionExaminer
from competency.assessments.models import Appraisal, AppraisalRequest, Assessor, PeerNomination
from competency.assessments.schema import (
    AssessorKind,
    NominationState,
    RequestState,
    SessionState,
    State,
)
from competency.database.types import fixed
from competency.people.models import ReportingLine
from competency.people.queries import on
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
Conditions = Mapping[str, sa.ColumnElement[bool]]

_ME = sa.bindparam("me", type_=sa.BigInteger)
_TODAY = sa.bindparam("today", type_=sa.Date)
LEADS, REPORTS, ASKED, TO_ANSWER = "leads", "reports", "asked", "to_answer"
TESTED = "tested"
BESIDE, PROPOSED, CONTESTED = "beside", "proposed", "contested"
_EXAMINED = sa.select(SessionExaminer.session_id).where(SessionExaminer.employee_id == _ME)
_OWN: Conditions = {
    LEADS: sa.exists().where(sa.or_(Appraisal.lead_id == _ME, Appraisal.reviewer_id == _ME)),
    REPORTS: sa.exists().where(ReportingLine.supervisor_id == _ME, on(ReportingLine, _TODAY)),
    ASKED: sa.exists().where(AppraisalRequest.subject_id == _ME),
    TO_ANSWER: sa.exists().where(
        AppraisalRequest.state == fixed(RequestState.OPEN),
        AppraisalRequest.subject_id == ReportingLine.employee_id,
        ReportingLine.supervisor_id == _ME,
        on(ReportingLine, _TODAY),
    ),
    TESTED: sa.exists().where(
        AssessmentSession.state == fixed(SessionState.PLANNED),
        sa.or_(AssessmentSession.subject_id == _ME, AssessmentSession.id.in_(_EXAMINED)),
    ),
    BESIDE: sa.exists().where(
        Assessor.employee_id == _ME,
        Assessor.kind.in_([AssessorKind.SECOND, AssessorKind.PEER]),
        Assessor.submitted_at.is_(None),
        Assessor.ended_at.is_(None),
    ),
    CONTESTED: sa.exists().where(Appraisal.state == fixed(State.CONTESTED)),
    PROPOSED: sa.exists().where(PeerNomination.state == NominationState.PROPOSED),
}
"""Whether somebody led or reviewed, has reports today, ever asked, has to answer, is part of a
test that is planned, or is asked as second or peer; and whether any proposed peer or
contested result waits."""


def presence(session: AnySession, actor: Actor, today: date, further: Conditions) -> frozenset[str]:
    """Return the names of the conditions that hold for the actor, ``further`` ones among them."""
    asked = {**_OWN, **further}
    row = session.execute(
        _statement(tuple(asked.values())), {"me": actor.employee_id, "today": today}
    ).one()
    return frozenset(name for name, holds in zip(asked, row, strict=True) if holds)


@lru_cache(maxsize=4)
def _statement(
    conditions: tuple[sa.ColumnElement[bool], ...],
) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of some conditions, made once."""
    return sa.select(*(each.label(f"holds_{place}") for place, each in enumerate(conditions)))
