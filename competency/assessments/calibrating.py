"""Calibration sessions: opening, adjusting a level, taking that back, closing.

A session changes nothing by itself: an adjustment is the change of the reviewer who has
taken the appraisal, saved as any other of theirs, and a line in the session's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.calibration_models import (
    Calibration,
    CalibrationAdjustment,
    CalibrationAppraisal,
    CalibrationMember,
)
from competency.assessments.calibration_queries import (
    Seen,
    candidates_of,
    last_adjustment,
    reviewers_over,
    rows_of,
    seen_by,
)
from competency.assessments.judging import clear_change, save_draft
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.permissions import can_judge, can_open_cycle
from competency.assessments.queries import Loaded, drafts, judgements, load
from competency.assessments.schema import Answer, AssessorKind
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.mail.operations import notify
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

TITLE_MAXIMUM = 200
PEOPLE_MAXIMUM = 200


def open_calibration(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    title: str,
    appraisals: Sequence[str],
    members: Sequence[str],
) -> Calibration:
    """Open a session about submitted appraisals of a cycle, for some of their reviewers.

    ``appraisals`` and ``members`` are public ids. Raises ``Invalid`` for an appraisal that
    can't be in it, and for a member who reviews none of these people. The members are told.
    """
    if not can_open_cycle(actor):
        raise NotAllowed("Only human resources open a calibration session.")
    if not title.strip() or len(title.strip()) > TITLE_MAXIMUM:
        raise Invalid("Write a title of at most 200 characters.", "title")
    known = {c.appraisal.public_id: c for c in candidates_of(session, actor, now, cycle)}
    chosen = list(dict.fromkeys(appraisals))
    if not 1 <= len(chosen) <= PEOPLE_MAXIMUM:
        raise Invalid("Tick at least one person, and at most 200.", "appraisal")
    if any(public_id not in known for public_id in chosen):
        raise Invalid(
            "One of these appraisals can't be in a session any more. Look at the list again.",
            "appraisal",
        )
    subjects = [known[public_id].subject.id for public_id in chosen]
    reviewers = reviewers_over(session, subjects, actor.today(now))
    named = list(dict.fromkeys(members))
    if not named:
        raise Invalid("Choose who takes part.", "member")
    if any(public_id not in reviewers for public_id in named):
        raise Invalid("Only who reviews some of these people can take part.", "member")
    calibration = Calibration(
        cycle_id=cycle.id, title=title.strip(), opened_by_id=actor.account_id, opened_at=now
    )
    session.add(calibration)
    session.flush()
    session.add_all(
        CalibrationMember(calibration_id=calibration.id, employee_id=reviewers[each].id)
        for each in named
    )
    session.add_all(
        CalibrationAppraisal(
            calibration_id=calibration.id,
            appraisal_id=known[each].appraisal.id,
            subject_id=known[each].subject.id,
        )
        for each in chosen
    )
    session.flush()
    _record(
        session, actor, now, calibration, "opened", {"appraisals": len(chosen), "members": named}
    )
    notify(
        session,
        now=now,
        to={reviewers[each].id for each in named} - {actor.employee_id},
        kind="calibration_opened",
        params={"cycle": cycle.title},
        link=calibration.public_id,
    )
    return calibration


def _record(
    session: AnySession,
    actor: Actor,
    now: datetime,
    calibration: Calibration,
    what: str,
    data: dict[str, object],
) -> None:
    """Record what happened to a session."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"calibration.{what}",
        subject_kind="calibration",
        subject=calibration.public_id,
        data=data,
    )


def _taking_part(
    session: AnySession, actor: Actor, now: datetime, public_id: str, appraisal_id: str
) -> tuple[Seen, Appraisal]:
    """Return an open session and its appraisal, both of whom the actor takes part in."""
    seen = seen_by(session, actor, now, public_id, lock="read")
    rows = rows_of(session, actor, now, seen, appraisal_id)
    if not rows:
        raise NotFound
    if not seen.is_member:
        raise NotAllowed("Only who takes part in this session adjusts levels.")
    if seen.calibration.closed_at is not None:
        raise IllegalTransition("This session is closed: nothing changes in it any more.")
    return seen, rows[0].appraisal


def _taken(session: AnySession, actor: Actor, now: datetime, appraisal_id: str) -> Loaded:
    """Return an appraisal under its lock, which the actor has taken into review."""
    loaded = load(session, actor=actor, now=now, public_id=appraisal_id, lock=True)
    if not can_judge(actor, AssessorKind.REVIEW, loaded.facts, loaded.standing):
        raise NotAllowed("Only the reviewer who has taken it adjusts it, until it is approved.")
    return loaded


def adjust(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    appraisal_id: str,
    criterion_id: str,
    level: str | None,
    excused: bool,
    rationale: str,
    version: int,
) -> CalibrationAdjustment:
    """Save another level as the reviewer's change, and log it with its rationale.

    Only the reviewer who has taken the appraisal can; whoever it is about, led it or
    judged it never has. ``version`` is that of the change that the page had.
    """
    seen, appraisal = _taking_part(session, actor, now, public_id, appraisal_id)
    loaded = _taken(session, actor, now, appraisal_id)
    written = drafts(session, loaded.assessor(AssessorKind.REVIEW)).get(criterion_id)
    lead = judgements(session, loaded).get(AssessorKind.LEAD, {}).get(criterion_id)
    if lead is None:
        raise NotFound
    changed = written is not None and (written.level is not None or written.excused)
    before = written.level if written is not None and changed else lead.level
    if not rationale.strip():
        raise Invalid("Write why the level is adjusted.", "note")
    if level is None and not excused:
        raise Invalid("Choose a level.", "level")
    if level == before:
        raise Invalid("This level stands already. Choose another.", "level")
    if level == lead.level:
        raise Invalid("This is the assessor's level: take the adjustment back instead.", "level")
    save_draft(
        session,
        actor=actor,
        now=now,
        public_id=appraisal_id,
        kind=AssessorKind.REVIEW,
        answer=Answer(criterion_id, level, excused=excused, note=rationale.strip()),
        version=version,
    )
    return _log(session, actor, now, seen, appraisal, criterion_id, (before, level), rationale)


def undo(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    appraisal_id: str,
    criterion_id: str,
) -> None:
    """Take an adjustment back until the appraisal is approved: the assessor's level stands."""
    seen, appraisal = _taking_part(session, actor, now, public_id, appraisal_id)
    loaded = _taken(session, actor, now, appraisal_id)
    last = last_adjustment(session, seen, appraisal, criterion_id)
    lead = judgements(session, loaded).get(AssessorKind.LEAD, {}).get(criterion_id)
    if last is None or last.undone or lead is None:
        raise IllegalTransition("This session has not adjusted this criterion.")
    written = drafts(session, loaded.assessor(AssessorKind.REVIEW)).get(criterion_id)
    before = last.to_level if written is None else written.level
    clear_change(session, actor=actor, now=now, public_id=appraisal_id, criterion_id=criterion_id)
    _log(session, actor, now, seen, appraisal, criterion_id, (before, lead.level), "", undone=True)


def _log(
    session: AnySession,
    actor: Actor,
    now: datetime,
    seen: Seen,
    appraisal: Appraisal,
    criterion_id: str,
    levels: tuple[str | None, str | None],
    rationale: str,
    *,
    undone: bool = False,
) -> CalibrationAdjustment:
    """Append a line to the session's log and record it."""
    line = CalibrationAdjustment(
        calibration_id=seen.calibration.id,
        appraisal_id=appraisal.id,
        subject_id=appraisal.subject_id,
        round=appraisal.round,
        turn=appraisal.turn,
        criterion_id=criterion_id,
        from_level=levels[0],
        to_level=levels[1],
        undone=undone,
        rationale=rationale.strip() or None,
        employee_id=actor.employee_id,
        adjusted_at=now,
    )
    session.add(line)
    session.flush()
    _record(
        session,
        actor,
        now,
        seen.calibration,
        "undone" if undone else "adjusted",
        {
            "appraisal": appraisal.public_id,
            "criterion": criterion_id,
            "from": levels[0],
            "to": levels[1],
        },
    )
    return line


def close_calibration(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Close a session: its log stays as it is, and nothing is added to it."""
    seen = seen_by(session, actor, now, public_id, lock="write")
    if not seen.runs:
        raise NotAllowed("Only human resources with everybody in their scope close a session.")
    if seen.calibration.closed_at is not None:
        raise IllegalTransition("This session is closed already.")
    seen.calibration.closed_at, seen.calibration.closed_by_id = now, actor.account_id
    session.flush()
    _record(session, actor, now, seen.calibration, "closed", {})
