"""Reads of an appraisal's rounds, and of what was contested in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.history import all_judgements, steps_with_names
from competency.assessments.models import Appraisal, AppraisalStep, Contest, OutcomeRecord
from competency.assessments.nodes import from_data
from competency.assessments.round_presenters import RoundFacts
from competency.assessments.schema import Action, Node

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Contested:
    """What an employee contests of a round, in their own words."""

    round: int
    statement: str
    criteria: frozenset[str]
    at: datetime


def contests_of(session: AnySession, appraisal: Appraisal) -> dict[int, Contested]:
    """Return what was contested, by round."""
    rows = session.execute(
        sa.select(Contest, AppraisalStep.comment, AppraisalStep.taken_at)
        .join(AppraisalStep, AppraisalStep.id == Contest.step_id)
        .where(Contest.appraisal_id == appraisal.id)
    )
    return {
        one.round: Contested(one.round, comment or "", frozenset(one.criteria), at)
        for one, comment, at in rows
    }


def reopened_reason(session: AnySession, appraisal: Appraisal) -> str | None:
    """Return why a result was taken back from the employee, if that was the last thing."""
    row = session.execute(
        sa.select(AppraisalStep.action, AppraisalStep.comment)
        .where(
            AppraisalStep.appraisal_id == appraisal.id,
            AppraisalStep.round == appraisal.round,
            AppraisalStep.action.in_([Action.REOPEN, Action.RELEASE]),
        )
        .order_by(AppraisalStep.id.desc())
        .limit(1)
    ).one_or_none()
    return row.comment or "" if row is not None and row.action is Action.REOPEN else None


def rounds_of(
    session: AnySession, appraisal: Appraisal, numbers: Iterable[int]
) -> list[RoundFacts]:
    """Return what is known of some rounds, in order; four reads."""
    rows = all_judgements(session, appraisal)
    steps = steps_with_names(session, appraisal)
    contested = contests_of(session, appraisal)
    outcomes = _outcomes(session, appraisal)
    return [
        RoundFacts(
            number,
            [row for row in rows if row.round == number],
            outcomes.get(number),
            [(step, name) for step, name in steps if step.round == number],
            contested[number].criteria if number in contested else frozenset(),
        )
        for number in sorted(numbers)
    ]


def _outcomes(session: AnySession, appraisal: Appraisal) -> dict[int, Node]:
    """Return what each round came to last."""
    rows = session.execute(
        sa.select(OutcomeRecord.round, OutcomeRecord.tree)
        .where(OutcomeRecord.appraisal_id == appraisal.id)
        .order_by(OutcomeRecord.turn)
    )
    return {number: from_data(tree) for number, tree in rows}
