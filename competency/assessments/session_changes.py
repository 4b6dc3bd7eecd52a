"""Changing a planned session: its day, time, place, examiners and situation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession, SessionExaminer
from competency.assessments.permissions import can_plan_session
from competency.assessments.schema import MoveAction
from competency.assessments.session_moves import (
    MOVE_WHY,
    append_move,
    checked_reason,
    where_of,
)
from competency.assessments.session_queries import load_session
from competency.assessments.session_telling import tell_of_change, when_of
from competency.assessments.sessions import (
    check_texts,
    checked_day,
    checked_examiners,
    record_about,
    require_planned,
)
from competency.assessments.written_drawing import refuse_candidates
from competency.assessments.written_queries import has_questions
from competency.errors import NotAllowed
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class SessionChange:
    """What holds from now on: when (an aware instant), who examines (numbers), and where."""

    at: datetime
    examiners: tuple[str, ...]
    place: str = ""
    situation: str = ""
    reason: str = ""
    """Why it is moved; needed where day, time or place change."""


def change_session(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, change: SessionChange
) -> AssessmentSession:
    """Change a session that is still to be held; which test it is and what it covers stays.

    What moves it, day, time or place, needs a reason, which is kept. Sent again
    unchanged it records nothing and tells nobody. Raises
    ``IllegalTransition`` once it was held or cancelled, or its certification was handed
    in, and ``Invalid`` as planning does.
    """
    found = load_session(session, actor=actor, now=now, public_id=public_id, lock=True)
    held, loaded = found.session, found.loaded
    if not can_plan_session(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Tests are planned by human resources and by the assessor.")
    require_planned(found)
    zone = loaded.time_zone
    day = checked_day(loaded, change.at, zone)
    check_texts(change.place, change.situation)
    named = checked_examiners(
        session, loaded, change.examiners, actor, now, zone, kept=found.examiners
    )
    if has_questions(session, held.id):
        refuse_candidates(session, loaded, named)
    examiners = {each.id for each in named}
    before, was, stood = set(found.examiners), when_of(held), where_of(held)
    values: dict[str, object] = {
        "planned_for": change.at,
        "planned_on": day,
        "time_zone": zone,
        "place": change.place.strip() or None,
        "situation": change.situation.strip() or None,
    }
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if examiners != before:
        changed.append("examiners")
    if not changed:
        return held
    is_moved = bool({"planned_for", "place"} & set(changed))
    reason = checked_reason(change.reason, MOVE_WHY) if is_moved else ""
    for name, value in values.items():
        setattr(held, name, value)
    _set_examiners(session, held, before, examiners)
    if is_moved:
        append_move(session, found, actor, now, MoveAction.MOVE, stood, reason)
    record_about(session, actor, now, "session.changed", loaded, held, changed=changed)
    tell_of_change(session, loaded, held, before=before, after=examiners, was=was, now=now)
    return held


def _set_examiners(
    session: AnySession, held: AssessmentSession, before: set[int], after: set[int]
) -> None:
    """Let exactly ``after`` examine."""
    session.execute(
        sa.delete(SessionExaminer).where(
            SessionExaminer.session_id == held.id, SessionExaminer.employee_id.in_(before - after)
        )
    )
    session.add_all(
        SessionExaminer(session_id=held.id, employee_id=one, subject_id=held.subject_id)
        for one in sorted(after - before)
    )
    session.flush()
