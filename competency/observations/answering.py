"""What follows an observation: the person's reply or dispute, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_links import require_not_erased
from competency.audit.operations import record
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed
from competency.observations.evidencing import replace_evidence
from competency.observations.models import ObservationStep
from competency.observations.operations import lock_person, write_score
from competency.observations.permissions import can_answer, can_reply
from competency.observations.queries import Loaded, load, marks_in, scores_of, sheet_of
from competency.observations.rules import may_dispute, missing, score
from competency.observations.schema import NOTE_MAXIMUM, Mark, Sheet, StepKind
from competency.observations.telling import tell_of_answer, tell_of_dispute, tell_of_reply
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def reply(session: AnySession, *, actor: Actor, now: datetime, public_id: str, text: str) -> None:
    """Let the person say something about it; the score stays."""
    loaded = _of_person(session, actor, now, public_id)
    _step(session, actor, now, loaded, StepKind.REPLY, text)
    tell_of_reply(session, loaded, now)


def dispute(session: AnySession, *, actor: Actor, now: datetime, public_id: str, text: str) -> None:
    """Let the person dispute the score, once and with a reason."""
    loaded = _of_person(session, actor, now, public_id)
    if not may_dispute(step.kind for step in loaded.steps):
        raise IllegalTransition("You have disputed this observation already.")
    _step(session, actor, now, loaded, StepKind.DISPUTE, text)
    tell_of_dispute(session, loaded, actor, now)


def _of_person(session: AnySession, actor: Actor, now: datetime, public_id: str) -> Loaded:
    """Return an observation of the actor's own contact, locked."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not can_reply(actor, loaded.facts, loaded.standing):
        raise NotAllowed("Only the person observed replies to an observation, or disputes it.")
    require_not_erased(session, loaded.subject.id)
    return loaded


def uphold(session: AnySession, *, actor: Actor, now: datetime, public_id: str, text: str) -> None:
    """Answer a dispute: the score stands, for a reason."""
    loaded = _disputed(session, actor, now, public_id)
    _step(session, actor, now, loaded, StepKind.UPHOLD, text)
    tell_of_answer(session, loaded, now)


def change(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    marks: Mapping[str, Mark],
    text: str,
) -> None:
    """Answer a dispute with other marks: a new score, beside which the earlier one stays.

    The day's measurement and the evidence are corrected. Raises ``Invalid`` where the marks
    are those that stand.
    """
    loaded = _disputed(session, actor, now, public_id, settles=True)
    items = loaded.form.items
    known = {item.criterion_id for item in items}
    if missing(items, marks) or not marks.keys() <= known:
        raise Incomplete("Mark every behaviour before handing in.", missing(items, marks))
    last = scores_of(session, loaded.row.id)[-1]
    if marks_in(last) == dict(marks):
        raise Invalid("These marks are the ones that stand. Change one, or let it stand.")
    result = score(items, marks, loaded.form.row.cap_percent)
    if result.possible == 0:
        raise Incomplete("Nothing would apply to this contact any more. Leave one mark at least.")
    sheet = sheet_of(session, loaded.row)
    evidence = replace_evidence(
        session,
        actor,
        now,
        loaded,
        result,
        Sheet(dict(marks), sheet.notes, sheet.note),
        earlier_id=last.evidence_id,
    )
    number = last.number + 1
    write_score(session, actor, now, loaded, result, number=number, evidence_id=evidence.id)
    _step(session, actor, now, loaded, StepKind.CHANGE, text)
    tell_of_answer(session, loaded, now)


def _disputed(
    session: AnySession, actor: Actor, now: datetime, public_id: str, *, settles: bool = False
) -> Loaded:
    """Return a disputed observation that the actor may answer, locked."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if loaded.facts.was_disputed and not loaded.facts.disputed:
        raise IllegalTransition("This dispute was answered already.")
    if not can_answer(actor, loaded.facts, loaded.standing):
        raise NotAllowed(
            "A dispute is answered by human resources or by the observer's own supervisor."
        )
    (lock_person if settles else require_not_erased)(session, loaded.subject.id)
    return loaded


def _step(
    session: AnySession,
    actor: Actor,
    now: datetime,
    loaded: Loaded,
    kind: StepKind,
    text: str,
) -> None:
    """Append a step with its text, which none goes without, and record it."""
    text = text.strip()
    if not text:
        raise Invalid("Say why, in a few words.", "text")
    if len(text) > NOTE_MAXIMUM:
        raise Invalid("A note can have at most 2,000 characters.", "text")
    session.add(
        ObservationStep(
            observation_id=loaded.row.id,
            subject_id=loaded.subject.id,
            kind=kind,
            text=text,
            taken_by_id=actor.account_id,
            taken_at=now,
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"observation.{kind.value}",
        subject_kind="observation",
        subject=loaded.row.public_id,
        data={},
    )
