"""What the page of an appraisal offers beyond the usual road, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.contests import is_open_to_contest
from competency.assessments.cycle_queries import possible_leads
from competency.assessments.permissions import (
    can_read_earlier_rounds,
    can_read_result,
    can_take,
    can_withdraw,
    is_subject,
)
from competency.assessments.queries import Loaded
from competency.assessments.round_queries import Contested, contests_of, reopened_reason
from competency.assessments.schema import Action, AssessorKind, Mode, State
from competency.assessments.withdrawing import withdrawal_of
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Further:
    """Contest and what follows it, suspending and reopening, as one viewer may."""

    can_contest: bool = False
    contested: Contested | None = None
    """What is contested of this round, or was of the round before."""
    can_uphold: bool = False
    can_reassess: bool = False
    leads: tuple[Employee, ...] = ()
    had_second: bool = False
    """Whether somebody judged beside the lead in the round that is contested."""
    had_peers: bool = False
    reads_rounds: bool = False
    reopened: str | None = None
    """Why the result was taken back, for its subject."""
    can_suspend: bool = False
    can_resume: bool = False
    can_reopen: bool = False
    can_withdraw: bool = False
    withdrawal: str | None = None
    """Why the candidate of a certification withdrew, if they did."""


def further_steps(session: AnySession, me: Actor, now: datetime, loaded: Loaded) -> Further:
    """Return what the viewer may do or read besides; hardly a read on the usual road."""
    appraisal, facts, place = loaded.appraisal, loaded.facts, loaded.standing

    def may(action: Action) -> bool:
        return can_take(me, action, facts, place)

    reads_rounds = can_read_earlier_rounds(me, facts, place)
    contested = None
    if facts.state is State.CONTESTED or (facts.round > 1 and reads_rounds):
        known = contests_of(session, appraisal)
        if can_read_result(me, facts, place) or reads_rounds:
            contested = known.get(facts.round) or known.get(facts.round - 1)
    can_reassess = may(Action.REASSESS)
    leads: tuple[Employee, ...] = ()
    if can_reassess:
        taboo = facts.involved | {facts.subject_id, me.employee_id}
        leads = tuple(e for e in possible_leads(session, me, now) if e.id not in taboo)
    taken_back = is_subject(me, facts) and appraisal.turn > 0 and appraisal.decided_at is None
    return Further(
        can_contest=may(Action.CONTEST) and is_open_to_contest(loaded, now),
        contested=contested,
        can_uphold=may(Action.UPHOLD),
        can_reassess=can_reassess,
        leads=leads,
        had_second=any(p.kind is AssessorKind.SECOND for p in facts.beside),
        had_peers=any(p.kind is AssessorKind.PEER for p in facts.beside),
        reads_rounds=reads_rounds,
        reopened=reopened_reason(session, appraisal) if taken_back else None,
        can_suspend=may(Action.SUSPEND),
        can_resume=may(Action.RESUME),
        can_reopen=may(Action.REOPEN),
        can_withdraw=can_withdraw(me, facts, place),
        withdrawal=_withdrawal(session, loaded),
    )


def _withdrawal(session: AnySession, loaded: Loaded) -> str | None:
    """Return why a candidate withdrew from a certification that was cancelled so."""
    appraisal = loaded.appraisal
    if appraisal.mode is not Mode.CERTIFICATION or appraisal.state is not State.CANCELLED:
        return None
    found = withdrawal_of(session, appraisal)
    return None if found is None else found.comment or ""
