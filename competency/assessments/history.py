"""Reads of what happened to an appraisal: every judgement, every step, who took it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Judgement,
    OutcomeRecord,
)
from competency.assessments.nodes import from_data
from competency.assessments.queries import BESIDE
from competency.assessments.schema import AssessorKind, Node
from competency.people.models import Account, Employee

AnySession = Session | scoped_session[Session]

DECIDING = (AssessorKind.LEAD, AssessorKind.REVIEW)


def all_judgements(session: AnySession, appraisal: Appraisal) -> list[Judgement]:
    """Return every judgement of subject, lead and review about an appraisal, oldest first."""
    return list(
        session.scalars(
            sa.select(Judgement)
            .where(Judgement.appraisal_id == appraisal.id, Judgement.kind.not_in(BESIDE))
            .order_by(Judgement.id)
        )
    )


def standing_judgements(
    rows: Iterable[Judgement], appraisal: Appraisal
) -> dict[AssessorKind, dict[str, Judgement]]:
    """Return which of the judgements stand: of lead and review those of the last turn."""
    found: dict[AssessorKind, dict[str, Judgement]] = {}
    for row in rows:
        current = row.kind not in DECIDING or row.turn == appraisal.turn
        if row.round == appraisal.round and current:
            found.setdefault(row.kind, {})[row.criterion_id] = row
    return found


def earlier_judgements(
    rows: Iterable[Judgement], appraisal: Appraisal
) -> dict[tuple[int, int], list[Judgement]]:
    """Return the judgements of this round that no longer stand, by round and turn."""
    found: dict[tuple[int, int], list[Judgement]] = {}
    for row in rows:
        if row.round == appraisal.round and row.kind in DECIDING and row.turn != appraisal.turn:
            found.setdefault((row.round, row.turn), []).append(row)
    return found


def deciding_rows(session: AnySession, appraisal: Appraisal, number: int) -> dict[str, Judgement]:
    """Return what decided about each criterion in a round: its last review over its lead."""
    rows = session.scalars(
        sa.select(Judgement)
        .where(
            Judgement.appraisal_id == appraisal.id,
            Judgement.round == number,
            Judgement.kind.in_(DECIDING),
        )
        .order_by(Judgement.kind == AssessorKind.REVIEW, Judgement.id)
    ).all()
    last = max((row.turn for row in rows), default=0)
    return {row.criterion_id: row for row in rows if row.turn == last}


def steps_with_names(
    session: AnySession, appraisal: Appraisal
) -> list[tuple[AppraisalStep, str | None]]:
    """Return the steps, oldest first, each with who took it; ``None`` is the system."""
    rows = session.execute(
        sa.select(AppraisalStep, Employee.printed_name)
        .join(Account, Account.id == AppraisalStep.actor_id)
        .outerjoin(Employee, Employee.id == Account.employee_id)
        .where(AppraisalStep.appraisal_id == appraisal.id)
        .order_by(AppraisalStep.id)
    )
    return [(step, name) for step, name in rows]


def outcomes_of(session: AnySession, appraisals: Iterable[Appraisal]) -> dict[int, Node]:
    """Return the outcome decided last, by appraisal id, of those that have one."""
    rounds = {appraisal.id: appraisal.round for appraisal in appraisals}
    rows = session.execute(
        sa.select(OutcomeRecord.appraisal_id, OutcomeRecord.round, OutcomeRecord.tree)
        .where(OutcomeRecord.appraisal_id.in_(rounds))
        .order_by(OutcomeRecord.turn)
    )
    return {i: from_data(tree) for i, number, tree in rows if number == rounds[i]}


def deciding_judgements(
    session: AnySession, appraisals: Iterable[Appraisal]
) -> dict[int, dict[str, Judgement]]:
    """Return what decided about each criterion, by appraisal id: review over lead."""
    turns = {a.id: (a.round, a.turn) for a in appraisals}
    rows = session.scalars(
        sa.select(Judgement)
        .where(Judgement.appraisal_id.in_(turns), Judgement.kind.in_(DECIDING))
        .order_by(Judgement.kind == AssessorKind.REVIEW, Judgement.id)
    )
    found: dict[int, dict[str, Judgement]] = {}
    for row in rows:
        if (row.round, row.turn) == turns[row.appraisal_id]:
            found.setdefault(row.appraisal_id, {})[row.criterion_id] = row
    return found
