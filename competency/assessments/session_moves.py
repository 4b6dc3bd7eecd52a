"""Moving a planned session: the candidate asks, examiners and planners move it or keep the day.

Whatever is said is appended with its reason; a session that is moved stays the same
attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession, SessionMove
from competency.assessments.permissions import can_move_session, is_subject
from competency.assessments.schema import MoveAction
from competency.assessments.session_queries import LoadedSession, load_session
from competency.assessments.session_telling import tell_of_ask, tell_of_keeping, tell_of_move
from competency.assessments.sessions import (
    NOTE_MAXIMUM,
    check_texts,
    checked_day,
    record_about,
    require_planned,
)
from competency.errors import IllegalTransition, Invalid, NotAllowed, message_id
from competency.people.models import Account, Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

MOVE_WHY = message_id("Say why the session is moved: it is kept, and everybody concerned reads it.")
NOT_MOVING = message_id("A session is moved by its examiners, the assessor and human resources.")


@dataclass(frozen=True)
class Move:
    """To when (an aware instant) and where a session is moved, and why."""

    at: datetime
    place: str
    reason: str


@dataclass(frozen=True)
class Where:
    """When and where a session was before it was moved."""

    planned_for: datetime
    place: str | None


def where_of(held: AssessmentSession) -> Where:
    """Return when and where a session is."""
    return Where(held.planned_for, held.place)


def ask_to_move(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Ask for another day of one's own session, saying why and when it could be.

    Raises ``IllegalTransition`` while an earlier wish waits for an answer.
    """
    found = load_session(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not is_subject(actor, found.loaded.facts):
        raise NotAllowed("Only the person who is tested asks for another day.")
    require_planned(found)
    said = checked_reason(reason, message_id("Say why you ask, and when you could."))
    if open_ask(moves_of(session, found.session.id)) is not None:
        raise IllegalTransition("You have asked for another day already, and wait for an answer.")
    append_move(session, found, actor, now, MoveAction.ASK, where_of(found.session), said)
    record_about(session, actor, now, "session.move_asked", found.loaded, found.session)
    tell_of_ask(session, found.loaded, found.session, found.examiners, now)


def move_session(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, move: Move
) -> None:
    """Move a planned session to another day, time or place; it uses up no attempt.

    Raises ``Invalid`` without a reason, for an instant that has passed, and where day,
    time and place stay as they are.
    """
    found = _to_move(session, actor, now, public_id)
    held, loaded = found.session, found.loaded
    said = checked_reason(move.reason, MOVE_WHY)
    zone = loaded.time_zone
    day = checked_day(loaded, move.at, zone)
    if move.at <= now:
        raise Invalid("Choose a day and a time that are still to come.", "day")
    check_texts(move.place, "")
    was, place = where_of(held), move.place.strip() or None
    if (was.planned_for, was.place) == (move.at, place):
        raise Invalid("Choose another day, time or place.", "day")
    held.planned_for, held.planned_on = move.at, day
    held.time_zone, held.place = zone, place
    session.flush()
    append_move(session, found, actor, now, MoveAction.MOVE, was, said)
    record_about(session, actor, now, "session.moved", loaded, held)
    tell_of_move(session, loaded, held, found.examiners, now)


def keep_session(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, reason: str
) -> None:
    """Answer the wish for another day with no, saying why."""
    found = _to_move(session, actor, now, public_id)
    if open_ask(moves_of(session, found.session.id)) is None:
        raise IllegalTransition("Nobody waits for an answer: the session is as it was planned.")
    said = checked_reason(reason, message_id("Say why the day stays: the candidate reads it."))
    append_move(session, found, actor, now, MoveAction.KEEP, where_of(found.session), said)
    record_about(session, actor, now, "session.kept", found.loaded, found.session)
    tell_of_keeping(session, found.loaded, found.session, now)


def _to_move(session: AnySession, actor: Actor, now: datetime, public_id: str) -> LoadedSession:
    """Load a session under its lock; raise unless the actor may move it, and it is planned."""
    found = load_session(session, actor=actor, now=now, public_id=public_id, lock=True)
    facts, place = found.loaded.facts, found.loaded.standing
    if not can_move_session(actor, facts, place, examines=found.is_examiner(actor)):
        raise NotAllowed(NOT_MOVING)
    require_planned(found)
    return found


def checked_reason(text: str, missing: str) -> str:
    """Return a reason, trimmed; raise ``Invalid`` for none and for too much."""
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Invalid(missing, "reason")
    if len(said) > NOTE_MAXIMUM:
        raise Invalid("A note can have at most 4,000 characters.", "reason")
    return said


def append_move(
    session: AnySession,
    found: LoadedSession,
    actor: Actor,
    now: datetime,
    action: MoveAction,
    was: Where,
    reason: str,
) -> None:
    """Append what was said about the day of a session, which is moved already if it is."""
    held = found.session
    is_moved = action is MoveAction.MOVE
    session.add(
        SessionMove(
            session_id=held.id,
            subject_id=held.subject_id,
            action=action,
            was_for=was.planned_for,
            was_place=was.place,
            planned_for=held.planned_for if is_moved else None,
            place=held.place if is_moved else None,
            time_zone=held.time_zone,
            reason=reason,
            actor_id=actor.account_id,
            moved_at=now,
        )
    )
    session.flush()


def moves_of(session: AnySession, session_id: int) -> Sequence[tuple[SessionMove, str]]:
    """Return what was said about the day of a session, oldest first, each with by whom."""
    rows = session.execute(
        sa.select(SessionMove, Employee.printed_name)
        .join(Account, Account.id == SessionMove.actor_id)
        .outerjoin(Employee, Employee.id == Account.employee_id)
        .where(SessionMove.session_id == session_id)
        .order_by(SessionMove.id)
    )
    return [(move, name or "") for move, name in rows]


def open_ask(moves: Sequence[tuple[SessionMove, str]]) -> SessionMove | None:
    """Return the wish for another day that waits for an answer, if one does."""
    last = moves[-1][0] if moves else None
    return last if last is not None and last.action is MoveAction.ASK else None
